"""Right model blocks in one line each, statements with `; ` between, and the programs that hold them.

`idioms_given_data.txt`: blocks that use the `data` of the corpus. `idioms_own_data.txt`: the lines before the model,
two bars, the block. All build with PyMC 5.28:

    PYTENSOR_FLAGS=cxx= PYTHONPATH=. python tests/predicates/idioms.py"""

import sys

from programs import CORPUS, corpus_data

IMPORTS = "import numpy as np\nimport pymc as pm\nimport pytensor.tensor as pt\n\n"


def given_data() -> dict[str, str]:
    return {line: f"{IMPORTS}with pm.Model() as model:\n{_lines(line, '    ')}" for line in _read("idioms_given_data")}


def own_data() -> dict[str, str]:
    pairs = {line: line.split(" || ") for line in _read("idioms_own_data")}
    return {
        line: f"{IMPORTS}{_lines(before, '')}with pm.Model() as m:\n{_lines(block, '    ')}"
        for line, (before, block) in pairs.items()
    }


def _read(name: str) -> list[str]:
    return (CORPUS / f"{name}.txt").read_text(encoding="utf-8").strip().splitlines()


def _lines(statements: str, indent: str) -> str:
    parts = (part.strip().replace("\\n", "\n") for part in statements.split("; "))
    return "".join(f"{indent}{part}\n" for part in parts if part)


def main() -> int:
    """Builds all of them; 1 if one does not."""
    failed = 0
    for line, text in {**given_data(), **own_data()}.items():
        try:
            exec(compile(text, "idiom", "exec"), {"data": dict(corpus_data())})
        except Exception as error:
            failed += 1
            print(f"{line}\n    {type(error).__name__}: {error}")
    print(f"{failed} fail")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
