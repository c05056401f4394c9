"""What the probabilistic library offers: the reader of `catalogue_pymc.json`, which `catalogue_build` makes."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

PATH = Path(__file__).with_name("catalogue_pymc.json")
NUMBERS = {"inf": math.inf, "-inf": -math.inf, "pi": math.pi, "-pi": -math.pi}


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """Where a parameter's value must lie. matrix: it must be a matrix, and its elements may be anything."""

    text: str
    low: float = -math.inf
    high: float = math.inf
    low_open: bool = False
    high_open: bool = False
    matrix: bool = False


DOMAINS = {
    domain.text: domain
    for domain in (
        Domain(text="> 0", low=0.0, low_open=True),
        Domain(text=">= 0", low=0.0),
        Domain(text="[0, 1]", low=0.0, high=1.0),
        Domain(text="(0, 1)", low=0.0, high=1.0, low_open=True, high_open=True),
        Domain(text="(-1, 1)", low=-1.0, high=1.0, low_open=True, high_open=True),
        Domain(text="matrix", matrix=True),
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """One public distribution.

    parameters: in positional order, the first `positional` of which may be given by position (-1: any number).
    accepted: the sets of parameters that together make a distribution, where some replace or exclude each other.
    support: closed bounds of its values, each a number or the name of the parameter that holds it; None if unknown.
    open_ends: the density at the bounds is zero or infinite. tied: elements restrain each other.
    discrete: None where it depends on arguments. ndim: dimensions of one value. companions: suffixes of the
    deterministic variables that it adds beside its own."""

    name: str
    parameters: tuple[str, ...] = ()
    positional: int = 0
    keywords: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    accepted: tuple[frozenset[str], ...] = ()
    domains: Mapping[str, Domain]
    measures: Mapping[str, str]
    support: tuple[float | str, float | str] | None = None
    open_ends: bool = False
    tied: bool = False
    discrete: bool | None = None
    ndim: int = 0
    companions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """The library as a program sees it. keywords: what functions take by name, by library.

    opened: names by module path (`pm.math`, `np.linalg`); closed: the others. tensors: what functions of NumPy, SciPy
    and Python, by path, do with tensors: `no tensors` fail, `objects of lists` (of tensors) give arrays of objects.
    signatures: how functions are called, by module; under `tensor`, the attributes of tensors."""

    distributions: Mapping[str, Distribution]
    common: frozenset[str]
    dist_common: frozenset[str]
    functions: Mapping[str, tuple[str, ...]]
    keywords: Mapping[str, tuple[str, ...]]
    opened: Mapping[str, frozenset[str]]
    closed: Mapping[str, frozenset[str]]
    tensors: Mapping[str, frozenset[str]]
    signatures: Mapping[str, Mapping[str, str]]


def _bound(value: float | str) -> float | str:
    return NUMBERS.get(value, value) if isinstance(value, str) else float(value)


def _distribution(name: str, entry: Mapping[str, Any]) -> Distribution:
    support = entry.get("support")
    return Distribution(
        name=name,
        parameters=tuple(entry.get("parameters", ())),
        positional=entry["positional"],
        keywords=tuple(entry.get("keywords", ())),
        required=tuple(entry.get("required", ())),
        accepted=tuple(frozenset(subset) for subset in entry.get("accepted", ())),
        domains={parameter: DOMAINS[text] for parameter, text in entry.get("domains", {}).items()},
        measures=entry.get("measures", {}),
        support=(_bound(support[0]), _bound(support[1])) if support else None,
        open_ends=entry.get("open", False),
        tied=entry.get("tied", False),
        discrete=entry.get("discrete", False if support else None),
        ndim=entry.get("ndim", 0),
        companions=tuple(entry.get("companions", ())),
    )


@cache
def load() -> Catalogue:
    """The catalogue of the PyMC that this version of the project is made for."""
    plain = json.loads(PATH.read_text(encoding="utf-8"))
    return Catalogue(
        distributions={name: _distribution(name, entry) for name, entry in plain["distributions"].items()},
        common=frozenset(plain["common"]),
        dist_common=frozenset(plain["dist_common"]),
        functions={name: tuple(parameters) for name, parameters in plain["functions"].items()},
        keywords={root: tuple(names) for root, names in plain["keywords"].items()},
        opened={path: frozenset(names) for path, names in plain["open"].items()},
        closed={path: frozenset(names) for path, names in plain["closed"].items()},
        tensors={what: frozenset(paths) for what, paths in plain["tensors"].items()},
        signatures=plain["signatures"],
    )
