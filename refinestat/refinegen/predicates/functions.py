"""What functions of the library, and methods of the same names, do to abstract values."""

import math
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import replace
from typing import Any

from refinestat.refinegen.predicates import axes, folding, shapes
from refinestat.refinegen.predicates.intervals import EVERYTHING, NOTHING, POSITIVE, UNIT
from refinestat.refinegen.predicates.rules import (
    ARITHMETIC,
    INTEGER_VALUED,
    JOINED,
    LIMITED,
    MONOTONE,
    REDUCTIONS,
    SAME,
    SHAPE_ONLY,
    SUMMARIES,
)
from refinestat.refinegen.predicates.symbols import MISSING, Kind, Outcome, Shape, Value, number
from refinestat.refinegen.predicates.transfer import (
    as_array,
    binary,
    derived,
    elementwise,
    from_constant,
    joined,
    opaque,
    reals,
)


def apply(name: str, arguments: Sequence[Value], keywords: Mapping[str, Value]) -> Value:
    """The value of a library's function. Raises shapes.Mismatch where shapes surely do not fit."""
    if name in axes.ALONG:
        axes.check(name, arguments, keywords)
    everything = (*arguments, *keywords.values())
    result = _folded(name, arguments, keywords)
    if result is None:
        result = _transferred(name, arguments, keywords)
    result = opaque(everything) if result is None else result
    outcome = _outcome(name, arguments, keywords)
    symbolic = any(a.symbolic for a in everything)
    return replace(
        result, outcome=outcome, symbolic=symbolic, measure="", law="", name="", path="", broken=False, column=False
    )


def _outcome(name: str, arguments: Sequence[Value], keywords: Mapping[str, Value]) -> Outcome:
    """A summary of the whole outcome is free of it; a copy is still the whole."""
    everything = (*arguments, *keywords.values())
    if len(everything) == 1 and everything[0].outcome is Outcome.WHOLE:
        if name in SUMMARIES:
            return Outcome.FREE
        flat = everything[0].shape is not None and len(everything[0].shape) == 1
        if name in {"asarray", "array", "as_tensor", "as_tensor_variable", "copy", "constant"} or (
            flat and name in {"flatten", "ravel"}
        ):
            return Outcome.WHOLE
    if name in SUMMARIES and name in SHAPE_ONLY | {"shape": 0.0, "size": 0.0, "len": 0.0}:
        return Outcome.FREE
    return derived(everything)


def _folded(name: str, arguments: Sequence[Value], keywords: Mapping[str, Value]) -> Value | None:
    if name not in folding.FOLDED:
        return None
    plain = [_plain(a) for a in arguments]
    named = {key: _plain(value) for key, value in keywords.items()}
    if any(x is MISSING for x in (*plain, *named.values())):
        return None
    result = folding.call(name, plain, named)
    return None if result is MISSING else from_constant(result)


def _plain(value: Value) -> Any:
    if value.kind is Kind.SEQUENCE and value.items is not None:
        parts = [_plain(item) for item in value.items]
        return MISSING if any(part is MISSING for part in parts) else tuple(parts)
    if value.kind is Kind.NONE:
        return None
    return value.constant if value.kind is Kind.NUMBER else MISSING


def _transferred(name: str, arguments: Sequence[Value], keywords: Mapping[str, Value]) -> Value | None:
    if not arguments:
        return None
    if name not in JOINED | {"reshape"}:
        arguments = [as_array(argument) for argument in arguments]
    return next((handle(name, arguments, keywords) for group, handle in HANDLERS if name in group), None)


def _grown(name: str, arguments: Sequence[Value], _: Mapping[str, Value]) -> Value | None:
    if len(arguments) != 1:
        return None
    first, grow = arguments[0], MONOTONE[name]
    kept = first.integer if name in {"abs", "absolute", "sqr", "square"} else False
    reach = NOTHING if first.reach == NOTHING else grow(first.reach)
    result = elementwise([first], grow(first.bounds), reach, True if name in INTEGER_VALUED else kept)
    return replace(result, real=True) if name in INTEGER_VALUED and first.symbolic else result


def _limited(name: str, arguments: Sequence[Value], _: Mapping[str, Value]) -> Value:
    return elementwise(arguments[:1], LIMITED[name], NOTHING, name in INTEGER_VALUED)


def _stacked(name: str, arguments: Sequence[Value], _: Mapping[str, Value]) -> Value | None:
    parts = arguments[0].items if arguments[0].kind is Kind.SEQUENCE else None
    if name == "stack" and parts and _differ([shapes.of(part) for part in parts]):
        raise shapes.Mismatch
    arrays = [as_array(part) for part in parts or ()]
    return replace(joined(arrays), shape=None, real=reals(arrays)) if arrays else None


def _differ(found: Sequence[Shape | None]) -> bool:
    """Whether some two of these surely are not the same; a length of 1 may be one that is not known."""
    known = [shape for shape in found if shape is not None and None not in shape and 1 not in shape]
    return any(shape != known[0] for shape in known)


def _arithmetic(name: str, arguments: Sequence[Value], keywords: Mapping[str, Value]) -> Value | None:
    plain = len(arguments) == 2 and not keywords  # `where=` and `out=` leave elements as they were
    return binary(ARITHMETIC[name], arguments[0], arguments[1]) if plain else None


def _same(name: str, arguments: Sequence[Value], _: Mapping[str, Value]) -> Value:
    keep = name in {"array", "asarray", "as_tensor", "as_tensor_variable", "constant", "copy", "round", "sort", "real"}
    first = arguments[0]
    shape = first.shape if keep else None
    if name in {"float64", "float32", "floatX"}:
        return replace(first, integer=False, constant=MISSING)
    if name == "round":
        whole = True if len(arguments) == 1 else None
        low, high = first.bounds
        ends = (low if math.isinf(low) else math.floor(low)), (high if math.isinf(high) else math.ceil(high))
        real = first.symbolic or reals([first])
        return replace(first, shape=shape, constant=MISSING, bounds=ends, reach=NOTHING, integer=whole, real=real)
    constant = first.constant if keep and name != "sort" else MISSING
    if name == "copy" and hasattr(constant, "copy") and not first.outcome:
        constant = constant.copy()
    return replace(first, shape=shape, constant=constant, keys=None, path="")


def _reshaped(name: str, arguments: Sequence[Value], keywords: Mapping[str, Value]) -> Value:
    first, asked = as_array(arguments[0]), axes.new_shape(arguments, keywords)
    return replace(_same(name, [first], {}), shape=axes.reshaped(first.shape, asked))


FALSE = number(False)
NO_AXIS_SECOND = {"percentile", "quantile", "norm"}


def _reduced(name: str, arguments: Sequence[Value], keywords: Mapping[str, Value]) -> Value:
    first = replace(REDUCTIONS[name](arguments[0]), constant=MISSING, uneven=True, kind=Kind.NUMBER)
    axis = keywords.get("axis", arguments[1] if len(arguments) > 1 else None)
    others = keywords.keys() - {"axis"}
    if axis is None and not others:
        return replace(first, shape=())
    shape, keep = arguments[0].shape, keywords.get("keepdims", FALSE).constant
    if shape is None or axis is None or not isinstance(axis.constant, int):
        return replace(first, shape=None)
    positional = 1 if name in NO_AXIS_SECOND else 2
    if len(arguments) > positional or others - {"keepdims"} or not isinstance(keep, bool):
        return replace(first, shape=None)
    if not -len(shape) <= axis.constant < len(shape):
        return replace(first, shape=None)
    at = axis.constant % len(shape)
    return replace(first, shape=shape[:at] + ((1,) if keep else ()) + shape[at + 1 :])


def _maximum(arguments: Sequence[Value], _: Mapping[str, Value]) -> Value | None:
    if len(arguments) != 2:
        return None
    x, y = arguments
    bounds = max(x.bounds[0], y.bounds[0]), max(x.bounds[1], y.bounds[1])
    return elementwise(arguments, bounds, NOTHING, x.integer and y.integer)


def _minimum(arguments: Sequence[Value], _: Mapping[str, Value]) -> Value | None:
    if len(arguments) != 2:
        return None
    x, y = arguments
    bounds = min(x.bounds[0], y.bounds[0]), min(x.bounds[1], y.bounds[1])
    return elementwise(arguments, bounds, NOTHING, x.integer and y.integer)


def _clip(arguments: Sequence[Value], keywords: Mapping[str, Value]) -> Value | None:
    x = arguments[0]
    low = arguments[1] if len(arguments) > 1 else keywords.get("min", keywords.get("a_min"))
    high = arguments[2] if len(arguments) > 2 else keywords.get("max", keywords.get("a_max"))
    given = [end for end in (low, high) if end is not None and end.kind is not Kind.NONE]
    least, most = (end if end in given else free for end, free in ((low, number(-math.inf)), (high, number(math.inf))))
    bottom = min(max(x.bounds[0], least.bounds[0]), most.bounds[0])
    top = max(min(x.bounds[1], most.bounds[1]), least.bounds[1])
    return replace(elementwise([x, least, most], (bottom, top), NOTHING, None), real=reals([x, *given]))


def _switch(arguments: Sequence[Value], _: Mapping[str, Value]) -> Value | None:
    if len(arguments) != 3:
        return None
    choices = joined(arguments[1:])
    return replace(
        elementwise(arguments, choices.bounds, NOTHING, choices.integer),
        kind=Kind.UNKNOWN if any(a.kind is Kind.UNKNOWN for a in arguments[1:]) else Kind.NUMBER,
        real=reals(arguments[1:]),
    )


def _cumulative(arguments: Sequence[Value], _: Mapping[str, Value]) -> Value:
    return replace(REDUCTIONS["sum"](arguments[0]), constant=MISSING, uneven=True, reach=NOTHING)


def _alike(constant: float) -> Callable[[Sequence[Value], Mapping[str, Value]], Value]:
    def made(arguments: Sequence[Value], keywords: Mapping[str, Value]) -> Value:
        real = len(arguments) == 1 and not keywords and reals(arguments)
        return Value(bounds=(constant, constant), shape=arguments[0].shape, real=real)

    return made


def _is(arguments: Sequence[Value], _: Mapping[str, Value]) -> Value:
    return Value(bounds=UNIT, shape=arguments[0].shape, integer=True)


SPECIAL: Mapping[str, Callable[[Sequence[Value], Mapping[str, Value]], Value | None]] = {
    "maximum": _maximum, "fmax": _maximum, "minimum": _minimum, "fmin": _minimum, "clip": _clip, "switch": _switch,
    "where": _switch, "cumsum": _cumulative,
    "zeros_like": _alike(0.0), "ones_like": _alike(1.0),
    "isnan": _is, "isfinite": _is,
    "logaddexp": lambda a, _: elementwise(a, EVERYTHING, NOTHING, False),
    "gammaln": lambda a, _: elementwise(a[:1], EVERYTHING, NOTHING, False),
    "argmax": lambda a, _: replace(opaque(a, kind=Kind.NUMBER), bounds=POSITIVE, integer=True),
    "argmin": lambda a, _: replace(opaque(a, kind=Kind.NUMBER), bounds=POSITIVE, integer=True),
}  # fmt: skip
Handler = Callable[[str, Sequence[Value], Mapping[str, Value]], Value | None]
HANDLERS: tuple[tuple[Container[str], Handler], ...] = (
    (MONOTONE, _grown),
    (LIMITED, _limited),
    (REDUCTIONS, _reduced),
    (JOINED, _stacked),
    ({"reshape"}, _reshaped),
    (SAME, _same),
    (ARITHMETIC, _arithmetic),
    (SPECIAL, lambda name, arguments, keywords: SPECIAL[name](arguments, keywords)),
)
