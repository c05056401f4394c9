"""Makes `catalogue_pymc.json` by introspection of the installed PyMC; `--check` fails where file and library differ.

    python -m refinestat catalogue           # write it again
    python -m refinestat catalogue --check   # exit 1, with what differs, where it does not fit

Which parametrisations a distribution accepts is found by calling its `dist` with every subset of its parameters."""

import argparse
import inspect
import itertools
import json
import re
import sys
import warnings
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

from refinestat.refinegen import catalogue_examples as examples
from refinestat.refinegen import catalogue_facts as facts
from refinestat.refinegen import catalogue_signatures, catalogue_tensors

PATH = Path(__file__).with_name("catalogue_pymc.json")
ABSTRACT = {"Distribution", "Continuous", "Discrete", "SymbolicRandomVariable", "Simulator", "EulerMaruyama"}
BASE_SUPPORTS: dict[str, list[Any]] = {
    "PositiveContinuous": [0, "inf"],
    "UnitContinuous": [0, 1],
    "SimplexContinuous": [0, 1],
    "CircularContinuous": ["-pi", "pi"],
}


def _dummy(name: str, parameter: str) -> Any:
    """A value that the parameter accepts, to call `dist` with."""
    if parameter in {"sd_dist", "dist", "innovation_dist"}:
        return pm.Exponential.dist(1.0) if parameter == "sd_dist" else pm.Normal.dist(0.0, 1.0)
    if parameter == "init_dist":
        return pm.MvNormal.dist(np.zeros(2), np.eye(2)) if name.startswith("Mv") else pm.Normal.dist(0.0, 1.0)
    if parameter == "comp_dists":
        return [pm.Normal.dist(0.0, 1.0), pm.Normal.dist(1.0, 1.0)]
    return examples.BY_DISTRIBUTION.get(f"{name}.{parameter}", examples.BY_NAME.get(parameter, 0.4))


def _signature(name: str) -> tuple[list[str], int, list[str]]:
    """Parameters in positional order, how many may be positional, and keywords that are no parameters."""
    if name in facts.HIDDEN_SIGNATURES:
        return [], -1, list(facts.HIDDEN_SIGNATURES[name])
    constructor = getattr(pm, name)
    source = constructor.dist
    if hasattr(constructor, "get_dists"):
        source = constructor.get_dists
    elif name == "OrderedMultinomial":
        from pymc.distributions.multivariate import _OrderedMultinomial  # noqa: PLC0415 - private, this once

        source = _OrderedMultinomial.dist
    parameters = inspect.signature(source).parameters.values()
    names = [p.name for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
    positional = sum(p.kind is p.POSITIONAL_OR_KEYWORD for p in parameters)
    if hasattr(constructor, "get_dists"):
        names.append("steps")
    return names, positional, list(facts.EXTRA_KEYWORDS.get(name, ()))


def _accepts(name: str, given: Iterable[str]) -> Any:
    """The variable that `dist` makes of these parameters; None where it refuses the combination."""
    context = ("init_dist", "steps") if "Walk" in name else facts.NEEDED_CONTEXT.get(name, ())
    arguments = {parameter: _dummy(name, parameter) for parameter in (*given, *context)}
    constructor = getattr(pm, name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return constructor.dist(**arguments)
    except (TypeError, ValueError, NotImplementedError, AttributeError, IndexError):
        return None


def _parametrisations(name: str, names: Sequence[str]) -> tuple[list[str], list[list[str]] | None, Any]:
    """Required parameters; the accepted subsets where some exclude or replace each other; one variable."""
    plain = {
        "lower",
        "upper",
        "init_dist",
        "steps",
        "constant",
        "ar_order",
        "compute_corr",
        "return_matrix",
        "max_n_steps",
    }
    plain |= {"n_zerosum_axes", "support_shape", "zero_sum_stdev"}
    free = names if name in {"Uniform", "DiscreteUniform"} else [n for n in names if n not in plain]
    tried = {
        subset: _accepts(name, subset) for size in range(len(free) + 1) for subset in itertools.combinations(free, size)
    }
    accepted = [set(subset) for subset, variable in tried.items() if variable is not None]
    if not accepted:
        return [], None, None
    required = [n for n in free if all(n in subset for subset in accepted)]
    variable = next(v for v in tried.values() if v is not None)
    closed = len(accepted) == 2 ** (len(free) - len(required))
    return required, None if closed else [[n for n in free if n in subset] for subset in accepted], variable


def _introspected_domains(name: str, names: Sequence[str]) -> dict[str, str]:
    """Domains from the messages with which `logp` checks parameters ("sigma > 0", "0 <= p <= 1")."""
    domains = {n: facts.DOMAINS_BY_NAME[n] for n in names if n in facts.DOMAINS_BY_NAME}
    for message in re.findall(r'msg="([^"]*)"', inspect.getsource(getattr(pm, name))):
        for parameter, sign in re.findall(r"(?:^|, )(\w+) (>=?) 0", message):
            domains[parameter] = f"{sign} 0"
        for parameter, sign in re.findall(r"0 <=? (\w+) ?(<=?) ?1", message):
            domains[parameter] = "[0, 1]" if sign == "<=" else "(0, 1)"
    domains |= {n: facts.DOMAINS[f"{name}.{n}"] for n in names if f"{name}.{n}" in facts.DOMAINS}
    return {n: domain for n, domain in domains.items() if n in names and domain != "any"}


def _support(name: str) -> list[Any] | None:
    if name in facts.UNKNOWN_SUPPORTS:
        return None
    if name in facts.SUPPORTS:
        return list(facts.SUPPORTS[name])
    bases = [base.__name__ for base in getattr(pm, name).__mro__]
    return next((list(BASE_SUPPORTS[base]) for base in bases if base in BASE_SUPPORTS), ["-inf", "inf"])


def _distribution(name: str) -> dict[str, Any]:
    names, positional, keywords = _signature(name)
    required, accepted, variable = _parametrisations(name, names)
    measures = {n: facts.MEASURES.get(f"{name}.{n}", facts.MEASURES_BY_NAME.get(n)) for n in names}
    operation = getattr(getattr(variable, "owner", None), "op", None)
    entry = {
        "parameters": names,
        "positional": positional,
        "keywords": keywords,
        "required": required,
        "accepted": accepted,
        "domains": _introspected_domains(name, names),
        "measures": {} if name in facts.NOT_MEASURED else {n: m for n, m in measures.items() if m},
        "support": _support(name),
        "open": name in facts.OPEN_SUPPORTS,
        "tied": name in facts.TIED,
        "discrete": None
        if name in facts.UNKNOWN_SUPPORTS
        else str(getattr(variable, "dtype", "")).startswith(("int", "uint")),
        "ndim": getattr(operation, "ndim_supp", None),
        "companions": list(facts.COMPANIONS.get(name, ())),
    }
    return {key: value for key, value in entry.items() if value not in (None, [], {}, False)} | {
        "positional": positional
    }


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
        "distributions": {name: _distribution(name) for name in names},
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
