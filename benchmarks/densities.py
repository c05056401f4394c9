"""Which programs get a compiled log density: those of the workload and of the corpus of valid programs.

    python benchmarks/densities.py                  # about a minute; each that is not covered, with the reason
    python benchmarks/densities.py --folders valid

Nothing is sampled. Each program is built in a process of its own, which has 120 seconds of processor time. The share is
of the continuous programs: where an unknown is discrete, PyMC's compound step samples."""

import argparse
import os
import resource
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tqdm import tqdm

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "fitting")]

from fitting_programs import CORPUS, IMPORTS, corpus_columns, numbers, workload_data  # noqa: E402

SECONDS = 120
COVERED, DISCRETE = "compiled", "discrete"


def verdict(source: str, data: Mapping[str, Any]) -> str:
    """COVERED, DISCRETE, or why there is no compiled density."""
    from refinestat.refinegen.fitting.ir import UnsupportedError  # noqa: PLC0415
    from refinestat.refinegen.fitting.model import initial_values  # noqa: PLC0415
    from refinestat.refinegen.fitting.native import compile_density  # noqa: PLC0415

    namespace: dict[str, Any] = {"data": data}
    exec(source, namespace)
    model = namespace["model"]
    if model.discrete_value_vars:
        return DISCRETE
    try:
        compile_density(model.logp(), model.value_vars, initial_values(model))
    except UnsupportedError as error:
        return str(error)
    return COVERED


def apart(source: str, data: Mapping[str, Any]) -> str:
    """The verdict, found in a process of its own."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        try:
            told = verdict(source, data)
        except Exception as error:  # a program that does not build
            told = f"{type(error).__name__}: {error}"
        os.write(writer, " ".join(told.split())[:200].encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as answer:
        told = answer.read()
    os.waitpid(pid, 0)
    return told or f"more than {SECONDS} seconds"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folders", nargs="+", default=["workload", "valid"], choices=["workload", "valid"])
    folders = parser.parse_args().folders
    os.environ["PYTENSOR_FLAGS"] = f"cxx=,blas__ldflags=,base_compiledir={tempfile.mkdtemp()}"
    import refinestat.refinegen.fitting.native  # noqa: F401, PLC0415 - once, for all processes

    for folder in folders:
        found: Counter[str] = Counter()
        for path in tqdm(sorted((CORPUS / folder).glob("*.py")), desc=folder, dynamic_ncols=True):
            if folder == "workload":
                source, data = IMPORTS + path.read_text(), numbers(workload_data(path.stem))
            else:
                source, data = path.read_text(), corpus_columns()
            told = apart(source, data)
            found[told if told in (COVERED, DISCRETE) else "other"] += 1
            if told not in (COVERED, DISCRETE):
                tqdm.write(f"{path.stem}: {told}")
        continuous = found.total() - found[DISCRETE]
        print(
            f"{folder}: {found[COVERED]} of {continuous} continuous programs compiled, "
            f"{found[COVERED] / continuous:.0%}; {found[DISCRETE]} with discrete unknowns"
        )


if __name__ == "__main__":
    main()
