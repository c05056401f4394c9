"""Support: a parameter's value lies in its domain, and what is observed in the support (paper, phi 5).

A random value is refused only where it surely leaves the domain: what cannot be bounded is left to the fit."""

import ast
import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from refinestat.refinegen.catalogue import Distribution, Domain
from refinestat.refinegen.predicates import constants, intervals, together
from refinestat.refinegen.predicates.intervals import NOTHING
from refinestat.refinegen.predicates.overflow import overflows
from refinestat.refinegen.predicates.records import Argument, Call, Reading
from refinestat.refinegen.predicates.supports import categories, components
from refinestat.refinegen.predicates.symbols import Kind, Value
from refinestat.refinegen.predicates.transfer import as_array, is_broken
from refinestat.refinegen.predicates.verdicts import accept, refuse, shown
from refinestat.refinegen.records import Verdict

NAME = "support"


def check(reading: Reading) -> Verdict:
    """Refuses the first parameter, bound or observation that surely lies outside."""
    for call in reading.calls:
        if call.spec is None:
            continue
        scored = reading.symbols.outcome is not None
        faults = (
            *_parameters(call, call.spec),
            *together.faults(call),
            *_bounds(call),
            *_observed(call, call.spec),
            *_start(call, call.spec),
            *overflows(call, scored),
        )
        for node, why in faults:
            return refuse(NAME, f"{call.title}: {why}", node, reading)
    return accept(NAME)


def _parameters(call: Call, spec: Distribution) -> Iterator[tuple[ast.AST, str]]:
    given = {name: as_array(argument.value) for name, argument in call.arguments.items()}
    for name in spec.parameters:
        known: Any = given[name].constant if name in given else None
        if constants.numeric(known) and bool(np.any(np.isnan(known))):
            yield call.arguments[name].node, f"{name} must be a number, got NaN"
        elif name in given and name not in ENDS and is_broken(given[name]):
            at = call.arguments[name].node
            yield at, f"{name} must be finite, and is not everywhere (from {shown(at)})"
    for name, domain in spec.domains.items():
        if name not in given or domain.matrix:
            continue
        argument, value = call.arguments[name], given[name]
        if value.kind is Kind.NUMBER and leaves(value, domain):
            must = f"be {domain.text}" if domain.text[0] == ">" else f"lie in {domain.text}"
            yield argument.node, f"{name} must {must}, got {intervals.text(value.bounds)}{origin(argument, value)}"


def leaves(value: Value, domain: Domain) -> bool:
    """Whether some value that surely occurs lies outside, or every value does."""
    low, high = value.bounds
    if (
        high < domain.low
        or low > domain.high
        or (domain.low_open and high <= domain.low)
        or (domain.high_open and low >= domain.high)
    ):
        return True
    if value.known and constants.numeric(value.constant):
        return (
            low < domain.low
            or high > domain.high
            or (domain.low_open and low <= domain.low)
            or (domain.high_open and high >= domain.high)
        )
    if value.reach == NOTHING:
        return False
    return value.reach[0] < domain.low or value.reach[1] > domain.high


def origin(argument: Argument, value: Value) -> str:
    """Where the value comes from, in words."""
    if value.law and value.name and isinstance(argument.node, ast.Name):
        article = "an" if value.law[0] in "AEIOU" else "a"
        return f" ({value.name} has {article} {value.law} prior)"
    if value.known and isinstance(argument.node, ast.Constant | ast.UnaryOp):
        return ""
    return f" (from {shown(argument.node)})"


def _bounds(call: Call) -> Iterator[tuple[ast.AST, str]]:
    """lower < upper, where both are known."""
    low, high = call.arguments.get("lower"), call.arguments.get("upper")
    if low is None or high is None:
        return
    least, most = as_array(low.value), as_array(high.value)
    if least.kind is not Kind.NUMBER or most.kind is not Kind.NUMBER:
        return
    if least.bounds[0] > most.bounds[1] or (least.known and most.known and _crossed(least, most)):
        yield (
            low.node,
            f"lower must be below upper, got {intervals.text(least.bounds)} and {intervals.text(most.bounds)}",
        )


def _crossed(least: Value, most: Value) -> bool:
    try:
        return bool(np.any(np.asarray(least.constant) > np.asarray(most.constant)))
    except ValueError:
        return False


def _observed(call: Call, spec: Distribution) -> Iterator[tuple[ast.AST, str]]:
    argument = call.options.get("observed")
    if argument is None:
        return
    value = as_array(argument.value)
    if not value.known or not constants.numeric(value.constant):
        return
    low, high = _limits(call, spec)
    data = np.asarray(value.constant, dtype=float)
    data = data[~np.isnan(data)]
    if not data.size:
        return
    least, most = float(data.min()), float(data.max())
    if least < low or most > high:
        yield (
            argument.node,
            f"observed must lie in its support {intervals.text((low, high))}, got {intervals.text((least, most))}",
        )
    elif spec.open_ends and (least <= low or most >= high) and not _flat(call):
        yield (
            argument.node,
            f"observed must lie inside {intervals.text((low, high))}, got {intervals.text((least, most))}",
        )
    else:
        yield from _counts(call, spec, argument, np.asarray(value.constant))


def _start(call: Call, spec: Distribution) -> Iterator[tuple[ast.AST, str]]:
    """A variable starts inside its support."""
    argument = call.options.get("initval")
    value = as_array(argument.value) if argument is not None else None
    if argument is None or value is None or "observed" in call.options or spec.ndim:
        return
    if value.known and constants.numeric(value.constant):
        low, high = _limits(call, spec)
        if value.bounds[0] < low or value.bounds[1] > high:
            where = f"{intervals.text((low, high))}, got {intervals.text(value.bounds)}"
            yield argument.node, f"initval must lie in its support {where}"


ENDS = {"lower", "upper"}  # which may be infinite
CATEGORICAL = {"Categorical", "OrderedLogistic", "OrderedProbit"}
SHAPES = {
    "Beta": ("alpha", "beta"),
    "Gamma": ("alpha",),
    "Weibull": ("alpha",),
    "Kumaraswamy": ("a", "b"),
    "ChiSquared": ("nu",),
}


def _flat(call: Call) -> bool:
    """Whether the density at an end may be finite: a known shape parameter, such as in Beta(1, 1) or Gamma(1, b)."""
    passed = [call.arguments[name] for name in SHAPES.get(call.function, ()) if name in call.arguments]
    values = [as_array(argument.value) for argument in passed]
    return call.unsure or any(
        not v.sources and v.bounds[0] <= (2 if call.function == "ChiSquared" else 1) <= v.bounds[1] for v in values
    )


def _limits(call: Call, spec: Distribution) -> tuple[float, float]:
    """The widest support that the parameters allow."""
    if spec.name in {"Truncated", "Mixture", "Censored"}:
        parts = components(call) if spec.name != "Censored" else []
        known = parts and all(part.discrete is not None for part in parts)
        whole = intervals.hull(*(part.bounds for part in parts)) if known else intervals.EVERYTHING
        ends = [_end(call, name, side) for side, name in enumerate(("lower", "upper"))]
        return max(whole[0], ends[0]), min(whole[1], ends[1])
    if spec.name == "HyperGeometric":
        least = _end(call, "n", 0) - _end(call, "N", 1) + _end(call, "k", 0)
        return max(0.0, least), min(_end(call, "n", 1), _end(call, "k", 1))
    if spec.support is None:
        return -math.inf, math.inf
    if spec.name in CATEGORICAL and (count := categories(call)) is not None:
        return 0, count - 1
    ends = []
    for side, end in enumerate(spec.support):
        ends.append(_end(call, end, side) if isinstance(end, str) else end)
    return ends[0], ends[1]


def _end(call: Call, name: str, side: int) -> float:
    """The least (side 0) or greatest value of a parameter; infinite where it is not known."""
    argument = call.arguments.get(name)
    value = as_array(argument.value) if argument is not None else None
    return value.bounds[side] if value is not None and value.kind is Kind.NUMBER else (-math.inf, math.inf)[side]


def _counts(call: Call, spec: Distribution, argument: Argument, data: np.ndarray) -> Iterator[tuple[ast.AST, str]]:
    """Counts out of n: element by element, or of a whole row."""
    trials = call.arguments.get("n")
    if trials is not None and call.function in {"Multinomial", "DirichletMultinomial"} and data.ndim:
        value, rows = as_array(trials.value), data.sum(axis=-1)
        if value.known and np.shape(value.constant) in {(), rows.shape} and bool(np.any(rows != value.constant)):
            yield argument.node, "each row of observed must add up to n, and one does not"
    if spec.support is None or spec.support[1] != "n" or trials is None or spec.ndim:
        return
    value = as_array(trials.value)
    if value.known and constants.numeric(value.constant):
        limit = np.asarray(value.constant)
        if limit.shape in {(), data.shape} and bool(np.any(data > limit)):
            yield argument.node, "observed must not exceed n, and does in some element"
