"""What the catalogue says of one distribution, found by introspection of the installed PyMC.

Which parametrisations a distribution accepts is found by calling its `dist` with every subset of its parameters."""

import inspect
import itertools
import re
import warnings
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pymc as pm

from refinestat.refinegen import catalogue_examples as examples
from refinestat.refinegen import catalogue_facts as facts

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


def distribution(name: str) -> dict[str, Any]:
    """Its entry; what is empty or false is left out."""
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
