"""The support of a random variable: its bounds, what it surely reaches, and what moves the bounds."""

import math

from refinestat.refinegen.catalogue import Distribution
from refinestat.refinegen.predicates import intervals, shapes, transfer
from refinestat.refinegen.predicates.intervals import EVERYTHING, NOTHING, Bounds
from refinestat.refinegen.predicates.records import Call
from refinestat.refinegen.predicates.symbols import UNKNOWN, Kind, Value

DEFAULT_BOUNDS = {
    ("Uniform", "lower"): 0.0,
    ("Uniform", "upper"): 1.0,
    ("Triangular", "lower"): 0.0,
    ("Triangular", "upper"): 1.0,
}


def support_of(call: Call, spec: Distribution) -> tuple[Bounds, Bounds, bool, frozenset[str]]:
    """Bounds, reach, whether elements differ, and the random variables that move the bounds."""
    none: frozenset[str] = frozenset()
    if spec.name in {"Mixture", "Truncated", "Censored"}:
        return _composed(call)
    if spec.support is None:
        return EVERYTHING, NOTHING, True, none
    low, high = (_end(call, spec, end, side) for side, end in enumerate(spec.support))
    bounds = low.bounds[0], high.bounds[1]
    reach = low.reach[0], high.reach[1]
    claimed = NOTHING not in (low.reach, high.reach) and reach[0] <= reach[1]
    return bounds, reach if claimed else NOTHING, low.uneven or high.uneven, low.sources | high.sources


def _end(call: Call, spec: Distribution, end: float | str, side: int) -> Value:
    infinite = -math.inf if side == 0 else math.inf
    if isinstance(end, str):
        argument = call.arguments.get(end)
        if argument is not None and argument.value.kind is not Kind.NONE:
            value = transfer.as_array(argument.value)
            return value if value.kind is Kind.NUMBER else UNKNOWN
        if call.unsure:
            return UNKNOWN
        end = DEFAULT_BOUNDS.get((spec.name, end), infinite)
    return Value(bounds=(end, end), reach=(end, end), uneven=False)


def _composed(call: Call) -> tuple[Bounds, Bounds, bool, frozenset[str]]:
    parts = components(call)
    if not parts:
        return EVERYTHING, NOTHING, True, frozenset()
    whole = transfer.joined(parts)
    bounds, reach, sources = whole.bounds, whole.reach, whole.sources
    for side, key in enumerate(("lower", "upper")):
        argument = call.arguments.get(key)
        if argument is None or argument.value.kind is Kind.NONE:
            continue
        value = transfer.as_array(argument.value)
        sources |= value.sources
        if value.kind is not Kind.NUMBER:
            return bounds, NOTHING, True, sources
        end = value.bounds[side]
        bounds = (max(bounds[0], end), bounds[1]) if side == 0 else (bounds[0], min(bounds[1], end))
        reach = (
            intervals.NOTHING
            if not value.known
            else (max(reach[0], end), reach[1])
            if side == 0
            else (reach[0], min(reach[1], end))
        )
    return bounds, reach if reach[0] <= reach[1] else NOTHING, False, sources


def categories(call: Call) -> int | None:
    """How many categories there are, by the length of their probabilities or cutpoints; None where unknown."""
    for name, more in (("p", 0), ("logit_p", 0), ("cutpoints", 1)):
        argument = call.arguments.get(name)
        shape = shapes.of(argument.value) if argument is not None else None
        if argument is not None and argument.value.kind in {Kind.NUMBER, Kind.SEQUENCE} and shape and shape[-1]:
            return shape[-1] + more
    return None


def components(call: Call) -> list[Value]:
    """The unnamed distributions that Mixture, Truncated and Censored are made of."""
    passed = call.arguments.get("comp_dists") or call.arguments.get("dist")
    if passed is None:
        return []
    value = passed.value
    parts = value.items if value.kind is Kind.SEQUENCE else (value,)
    return list(parts) if parts and all(part.kind is Kind.DISTRIBUTION for part in parts) else []
