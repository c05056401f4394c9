"""Makes `catalogue_pymc.json` by introspection of the installed PyMC; `--check` fails where file and library differ.

    python -m refinestat catalogue           # write it again
    python -m refinestat catalogue --check   # exit 1, with what differs, where it does not fit

A distribution's entry is made by `catalogue_distributions`."""

import argparse
import inspect
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import numpy as np
import pymc as pm
import pytensor
import pytensor.tensor as pt
from pymc.logprob.transforms import Transform
from pytensor.graph.op import Op
from pytensor.tensor.type import TensorType

from refinestat.refinegen import catalogue_facts as facts
from refinestat.refinegen import catalogue_signatures, catalogue_tensors
from refinestat.refinegen.catalogue_distributions import distribution

PATH = Path(__file__).with_name("catalogue_pymc.json")
ABSTRACT = {"Distribution", "Continuous", "Discrete", "SymbolicRandomVariable", "Simulator", "EulerMaruyama"}


def _public(module: ModuleType) -> list[str]:
    """Names of a module that a program may use: functions, operations, and the classes that it defines itself."""
    names = [name for name in dir(module) if not name.startswith("_") and name not in facts.CLOSED_IN_OPEN]
    return [name for name in names if _usable(getattr(module, name), name, module)]


def _usable(thing: Any, name: str, module: ModuleType) -> bool:
    home = getattr(thing, "__module__", "") or ""
    if isinstance(thing, type):
        return home == module.__name__ or issubclass(thing, Transform)
    if isinstance(thing, FunctionType):
        return home.split(".")[0] in {"pymc", "pytensor"}
    return isinstance(thing, float | Op | TensorType | Transform) or (name.islower() and callable(thing))


def _open_names(distributions: Iterable[str]) -> dict[str, list[str]]:
    """What a program may use, by module; a name is open only if it is listed and exists."""
    opened: dict[str, list[str]] = {
        "pm": [*facts.OPEN_PM, *distributions, "math", "gp", "ode", "distributions", "logprob"]
    }
    opened["np"] = [*facts.OPEN_NP, "linalg", "random", "polynomial", "fft", "ma"]
    opened["pt"] = (
        ["TensorVariable", "TensorLike", "Variable", "newaxis", "mgrid", "ogrid"]
        + [n for n in _public(pt) if n not in facts.OPEN_PT_CLOSED]
        + [n.removeprefix("pt.") for n in facts.OPEN_PT_SUBMODULES]
    )
    for path, names in {**facts.OPEN_PM_SUBMODULES, **facts.OPEN_NP_SUBMODULES, **facts.OPEN_PT_SUBMODULES}.items():
        if path == "pm.distributions":
            opened[path] = [*distributions, "transforms"]
            continue
        opened[path] = _public(_module(path)) if names is None else list(names)
    opened["pm.gp"] += ["cov", "mean", "util", "hsgp_approx"]
    opened["np.polynomial"] = ["legendre", "chebyshev", "hermite", "polynomial"]
    return {path: sorted({n for n in names if hasattr(_module(path), n)}) for path, names in opened.items()}


def _keywords(opened: dict[str, list[str]]) -> dict[str, list[str]]:
    """The keywords of the functions and classes of a library, together: what any of them takes by name."""
    found: dict[str, set[str]] = {"pm.math": set(), "pm.gp": set(), "np": set(), "pt": set()}
    for path, names in opened.items():
        root = next((root for root in found if path == root or path.startswith(f"{root}.")), None)
        for name in names if root is not None else ():
            try:
                parameters = inspect.signature(getattr(_module(path), name)).parameters.values()
            except (TypeError, ValueError):  # a module, a number, or a function that does not tell
                continue
            found[root or ""] |= {p.name for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)}
    return {root: sorted(n for n in names - {*facts.CLOSED_KEYWORDS} if n[0] != "_") for root, names in found.items()}


def _module(path: str) -> Any:
    root, *rest = path.split(".")
    module: Any = {"pm": pm, "np": np, "pt": pt}[root]
    for name in rest:
        module = getattr(module, name)
    return module


def _signatures(opened: dict[str, list[str]]) -> dict[str, dict[str, str]]:
    """How functions, classes and methods of tensors are called; `tensor` holds the methods."""
    told = {path: names for path, names in opened.items() if path.startswith(facts.SIGNED) and names}
    tensors = (pt.scalar(), pt.as_tensor_variable(np.ones(3)), pytensor.shared(np.ones(3)))
    found = catalogue_signatures.of_functions({path: _module(path) for path in told}, told)
    return found | {"tensor": catalogue_signatures.of_tensors(tensors)}


def build() -> dict[str, Any]:
    """The whole catalogue as plain data, in a stable order."""
    names = sorted(n for n in pm.distributions.__all__ if n not in ABSTRACT and hasattr(getattr(pm, n), "dist"))
    opened = _open_names(names)
    closed = {
        path: sorted(n for n in dir(_module(path)) if n[0] != "_" and n not in {*names, *facts.PASSING})
        for path, names in opened.items()
        if names
    }
    functions = {n: list(inspect.signature(getattr(pm, n)).parameters) for n in facts.MODEL_FUNCTIONS}
    common = [
        n for n in inspect.signature(pm.Distribution.__new__).parameters if n not in {"cls", "name", "args", "kwargs"}
    ]
    return {
        "versions": {"pymc": pm.__version__, "numpy": np.__version__},
        "common": [*common, "shape", "size", "dtype", "model"],
        "dist_common": ["shape", "size", "dtype", "rng", "name"],
        "functions": functions,
        "distributions": {name: distribution(name) for name in names},
        "keywords": _keywords(opened),
        "open": opened,
        "closed": closed,
        "tensors": catalogue_tensors.of_tensors(opened),
        "signatures": _signatures(opened),
    }


def render(catalogue: dict[str, Any]) -> str:
    """JSON with one line per distribution or module, so that a change shows as a line."""
    blocks = []
    for key, value in catalogue.items():
        if isinstance(value, dict):
            lines = ",\n".join(f"  {json.dumps(k)}: {json.dumps(v)}" for k, v in value.items())
            blocks.append(f" {json.dumps(key)}: {{\n{lines}\n }}")
        else:
            blocks.append(f" {json.dumps(key)}: {json.dumps(value)}")
    return "{\n" + ",\n".join(blocks) + "\n}\n"


def differences(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """What the file says and the installed library does not, one line each."""
    lines = []
    for key, after in new.items():
        before = old.get(key)
        if isinstance(after, dict) and isinstance(before, dict):
            lines += [_difference(f"{key}.{name}", before.get(name), after.get(name)) for name in {**before, **after}]
        else:
            lines.append(_difference(key, before, after))
    return [line for line in lines if line]


def _difference(name: str, before: Any, after: Any) -> str:
    if before == after:
        return ""
    if isinstance(before, list) and isinstance(after, list):
        gone, come = [x for x in before if x not in after], [x for x in after if x not in before]
        return f"{name}: only in the file {gone}, only installed {come}"
    return f"{name}: file {before!r}, installed {after!r}"


def main(argv: Sequence[str] | None = None) -> int:
    """Write the catalogue, or with --check compare it; exit status."""
    parser = argparse.ArgumentParser(
        prog="refinestat catalogue", description=__doc__.split("\n")[0] if __doc__ else None
    )
    parser.add_argument("--check", action="store_true", help="exit 1 where the file does not fit the installed PyMC")
    options = parser.parse_args(argv)
    new = json.loads(render(build()))
    if options.check:
        found = differences(json.loads(PATH.read_text(encoding="utf-8")), new)
        for line in found:
            sys.stderr.write(f"catalogue: {line}\n")
        return 1 if found else 0
    PATH.write_text(render(new), encoding="utf-8")
    sys.stdout.write(f"{PATH}: {len(new['distributions'])} distributions of PyMC {pm.__version__}\n")
    return 0
