"""Rules of the semantic grammar for functions of the libraries, from the catalogue."""

from collections.abc import Sequence
from functools import cache

from refinestat.refinegen import catalogue
from refinestat.refinegen.grammar_names import LATER
from refinestat.refinegen.grammar_words import NOTHING, escaped, terminal

CLOSED = ("pm.distributions", "pm.ode", "pm.logprob")
NO_FUNCTIONS = {"np": {"c_", "r_", "pi", "e", "inf", "nan", "newaxis", "mgrid", "ogrid"}}


@cache
def library_rules(modules: tuple[str, ...], scored: bool, roots: frozenset[str]) -> str:
    """Terminals for the functions of the modules that are imported; ROOT: those that the statement has not named.

    roots: those that it has, and pm where all of pm may come."""
    functions: list[str] = []
    gaussian: list[str] = []
    for path, members in catalogue.load().opened.items():
        root = path.split(".", 1)[0]
        closed = path.startswith(CLOSED) or (scored and path == "np.random")
        library = next((name for name in LATER if path.startswith(name)), "pm")
        if root not in modules or closed or library not in roots:
            continue
        called = [m for m in sorted(members) if _is_function(path, m)]
        if called:
            (gaussian if library == "pm.gp" else functions).append(f"{escaped(path)}\\.({'|'.join(called)})")
    later = ["np", "pt", *(["pm.gp", "pm.math"] if "pm" in roots else ["pm"])]
    keywords = catalogue.load().keywords
    transforms = [m for m in sorted(catalogue.load().opened["pm.distributions.transforms"]) if m.islower()]
    return "\n".join(
        [
            f"FUNCTION: /{'|'.join(functions)}/" if functions else f"FUNCTION: {NOTHING}",
            f"GAUSSIAN: /{'|'.join(gaussian)}/" if gaussian else f"GAUSSIAN: {NOTHING}",
            terminal("ROOT", [root for root in later if root.split(".")[0] in modules and root not in roots]),
            r"CONSTANT: /np\.(pi|e|inf)/" if "np" in roots else f"CONSTANT: {NOTHING}",
            f"TRANSFORM: /pm\\.distributions\\.transforms\\.({'|'.join(transforms)})/",
            terminal("KEY", sorted({k for root in ("pm.math", *({"np", "pt"} & roots)) for k in keywords[root]})),
            *(_gaussian(keywords["pm.gp"]) if gaussian else [f"process: {NOTHING}"]),
        ]
    )


def _gaussian(keywords: Sequence[str]) -> list[str]:
    """What a covariance, a mean or a Gaussian process is given: positions, then keywords, each once."""
    by_name = len(keywords)  # the bit that says so
    ways = [f"value gmore::_ %if bit_clear({by_name})"]
    for bit, keyword in enumerate(keywords):
        ways.append(f'"{keyword}" IS value gmore::bit_or({1 << by_name | 1 << bit}) %if bit_clear({bit})')
    more = "gmore::_: RPAR | COMMA RPAR | COMMA garg::_"
    return ["process: LPAR RPAR | LPAR garg::0", more, "garg::_: " + "\n  | ".join(ways)]


def _is_function(path: str, name: str) -> bool:
    """Whether a program calls it as a function: what else has a capital is a class, and only of a GP called."""
    library = catalogue.load()
    if f"{path}.{name}" in library.opened or name in NO_FUNCTIONS.get(path, ()):
        return False
    return name.islower() or path.startswith("pm.gp")
