"""What functions of the library, and methods of the same names, do to abstract values."""

import ast
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from refinestat.refinegen.predicates import constants, intervals, shapes
from refinestat.refinegen.predicates.intervals import EVERYTHING, NOTHING, POSITIVE, UNIT, Bounds
from refinestat.refinegen.predicates.symbols import MISSING, Kind, Outcome, Value
from refinestat.refinegen.predicates.transfer import (
    as_array,
    binary,
    derived,
    elementwise,
    from_constant,
    joined,
    opaque,
)

def _sum(x: Value) -> Value:
    low, high = x.bounds
    bounds = (0.0 if low >= 0 else -math.inf), (0.0 if high <= 0 else math.inf)
    infinite = (x.reach[0] if math.isinf(x.reach[0]) else math.inf), (x.reach[1] if math.isinf(x.reach[1]) else -math.inf)
    return replace(x, bounds=bounds, reach=NOTHING if x.uneven else infinite)


def _mean(x: Value) -> Value:
    return replace(x, reach=NOTHING if x.uneven else x.reach, integer=False if x.integer is not None else None)


def _spread(x: Value) -> Value:
    return replace(x, bounds=POSITIVE, reach=NOTHING, integer=False)


def _extreme(x: Value) -> Value:
    return replace(x, reach=NOTHING)


REDUCTIONS: Mapping[str, Callable[[Value], Value]] = {
    "sum": _sum, "mean": _mean, "average": _mean, "median": _mean, "std": _spread, "var": _spread, "min": _extreme,
    "max": _extreme, "amin": _extreme, "amax": _extreme, "prod": lambda x: replace(x, bounds=POSITIVE if x.bounds[0] >= 0 else EVERYTHING, reach=NOTHING),
    "ptp": _spread, "logsumexp": lambda x: replace(x, bounds=EVERYTHING, reach=NOTHING, integer=False),
    "nanmean": _mean, "nanstd": _spread, "nansum": _sum, "nanmax": _extreme, "nanmin": _extreme, "nanvar": _spread,
    "percentile": _mean, "quantile": _mean, "nanmedian": _mean, "norm": _spread,
}  # fmt: skip

_grow = intervals.monotone
_positive_only = {"log": intervals.log, "log10": lambda v: intervals.log(v) / math.log(10), "log2": lambda v: intervals.log(v) / math.log(2)}
MONOTONE: Mapping[str, Callable[[Bounds], Bounds]] = {
    **{name: _grow(intervals.exp) for name in ("exp",)},
    "exp2": lambda x: intervals.power((2.0, 2.0), x),
    "expm1": _grow(lambda v: intervals.exp(v) - 1),
    **{name: _grow(f) for name, f in _positive_only.items()},
    "log1p": _grow(lambda v: intervals.log(1 + v)),
    "sqrt": _grow(intervals.sqrt),
    **{name: _grow(intervals.sigmoid) for name in ("sigmoid", "invlogit", "expit")},
    "logit": _grow(intervals.logit),
    **{name: _grow(intervals.softplus) for name in ("softplus", "log1pexp")},
    "tanh": _grow(math.tanh),
    "erf": _grow(math.erf),
    "arctan": _grow(math.atan),
    **{name: _grow(lambda v: (1 + math.erf(v / math.sqrt(2))) / 2) for name in ("invprobit",)},
    "floor": _grow(lambda v: v if math.isinf(v) else float(math.floor(v))),
    "ceil": _grow(lambda v: v if math.isinf(v) else float(math.ceil(v))),
    **{name: intervals.absolute for name in ("abs", "absolute", "fabs")},
    **{name: lambda x: intervals.power(x, (2.0, 2.0)) for name in ("sqr", "square")},
}
LIMITED: Mapping[str, Bounds] = {
    "sin": (-1.0, 1.0), "cos": (-1.0, 1.0), "softmax": UNIT, "cosh": (1.0, math.inf), "logbern": EVERYTHING,
    "arcsin": (-2.0, 2.0), "arccos": (0.0, 4.0), "sign": (-1.0, 1.0), "sgn": (-1.0, 1.0), "erfc": (0.0, 2.0),
    "log_softmax": (-math.inf, 0.0),
}  # fmt: skip
INTEGER_VALUED = {"floor", "ceil", "round", "sign", "sgn"}
SAME = set(
    "array asarray as_tensor as_tensor_variable constant copy reshape flatten ravel squeeze transpose expand_dims atleast_1d "
    "atleast_2d broadcast_to repeat tile flip sort diagonal roll swapaxes T real round float64 float32 "
    "specify_shape shape_padleft shape_padright floatX tolist take".split()
)
MOST_ITEMS = 64
JOINED = {"stack", "concatenate", "hstack", "vstack", "column_stack", "dstack", "append", "concat"}

ARITHMETIC: Mapping[str, type[ast.AST]] = {
    "add": ast.Add, "subtract": ast.Sub, "sub": ast.Sub, "multiply": ast.Mult, "mul": ast.Mult, "divide": ast.Div,
    "true_divide": ast.Div, "true_div": ast.Div, "power": ast.Pow, "pow": ast.Pow, "dot": ast.MatMult,
    "matmul": ast.MatMult, "gt": ast.Gt, "lt": ast.Lt, "ge": ast.GtE, "le": ast.LtE, "eq": ast.Eq, "neq": ast.NotEq,
    "greater": ast.Gt, "less": ast.Lt,
}  # fmt: skip
SHAPE_ONLY = {"zeros_like": 0.0, "ones_like": 1.0}
SUMMARIES = {"mean", "std", "min", "max", "amin", "amax", "len", "size", "shape", "ndim", "zeros_like", "ones_like"}


def apply(name: str, arguments: Sequence[Value], keywords: Mapping[str, Value]) -> Value:
    """The value of a library's function. Raises shapes.Mismatch where shapes surely do not fit."""
    everything = (*arguments, *keywords.values())
    result = _folded(name, arguments, keywords)
    if result is None:
        result = _transferred(name, [as_array(a) for a in arguments] if name not in JOINED else arguments, keywords)
    result = opaque(everything) if result is None else result
    outcome = _outcome(name, arguments, keywords)
    symbolic = any(a.symbolic for a in everything)
    return replace(result, outcome=outcome, symbolic=symbolic, measure="", law="", name="")


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
    if name not in constants.FOLDED:
        return None
    plain = [_plain(a) for a in arguments]
    named = {key: _plain(value) for key, value in keywords.items()}
    if any(x is MISSING for x in (*plain, *named.values())):
        return None
    result = constants.call(name, plain, named)
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
    first = arguments[0]
    if name in MONOTONE and len(arguments) == 1:
        reach = NOTHING if first.reach == NOTHING else MONOTONE[name](first.reach)
        whole = True if name in INTEGER_VALUED else first.integer if name in {"abs", "absolute", "sqr", "square"} else False
        return elementwise([first], MONOTONE[name](first.bounds), reach, whole)
    if name in LIMITED:
        return replace(elementwise([first], LIMITED[name], NOTHING, name in INTEGER_VALUED), kind=Kind.NUMBER)
    if name in REDUCTIONS:
        return _reduced(name, arguments, keywords)
    if name in JOINED:
        parts = arguments[0].items if arguments[0].kind is Kind.SEQUENCE else None
        return replace(joined([as_array(p) for p in parts]), shape=None) if parts else None
    if name in SAME:
        return _same(name, arguments)
    if name in ARITHMETIC and len(arguments) == 2:  # noqa: PLR2004
        return binary(ARITHMETIC[name], arguments[0], arguments[1])
    special = SPECIAL.get(name)
    return special(arguments, keywords) if special else None


def _same(name: str, arguments: Sequence[Value]) -> Value:
    keep = name in {"array", "asarray", "as_tensor", "as_tensor_variable", "constant", "copy", "round", "sort", "real"}
    first = arguments[0]
    shape = first.shape if keep else None
    if name in {"float64", "float32", "floatX"}:
        return replace(first, integer=False, constant=MISSING)
    if name == "round":
        whole = True if len(arguments) == 1 else None
        low, high = first.bounds
        ends = (low if math.isinf(low) else math.floor(low)), (high if math.isinf(high) else math.ceil(high))
        return replace(first, shape=shape, constant=MISSING, bounds=ends, reach=NOTHING, integer=whole)
    return replace(first, shape=shape, constant=first.constant if keep and name != "sort" else MISSING, keys=None, path="")


def _reduced(name: str, arguments: Sequence[Value], keywords: Mapping[str, Value]) -> Value:
    first = replace(REDUCTIONS[name](arguments[0]), constant=MISSING, uneven=True, kind=Kind.NUMBER)
    axis = keywords.get("axis", arguments[1] if len(arguments) > 1 else None)
    if axis is None and not keywords:
        return replace(first, shape=())
    shape = arguments[0].shape
    if shape is None or axis is None or not isinstance(axis.constant, int) or len(keywords) > 1:
        return replace(first, shape=None)
    if not -len(shape) <= axis.constant < len(shape):
        return replace(first, shape=None)
    return replace(first, shape=tuple(n for i, n in enumerate(shape) if i != axis.constant % len(shape)))


def _maximum(arguments: Sequence[Value], _: Mapping[str, Value]) -> Value | None:
    if len(arguments) != 2:  # noqa: PLR2004
        return None
    x, y = arguments
    bounds = max(x.bounds[0], y.bounds[0]), max(x.bounds[1], y.bounds[1])
    return elementwise(arguments, bounds, NOTHING, x.integer and y.integer)


def _minimum(arguments: Sequence[Value], _: Mapping[str, Value]) -> Value | None:
    if len(arguments) != 2:  # noqa: PLR2004
        return None
    x, y = arguments
    bounds = min(x.bounds[0], y.bounds[0]), min(x.bounds[1], y.bounds[1])
    return elementwise(arguments, bounds, NOTHING, x.integer and y.integer)


def _clip(arguments: Sequence[Value], keywords: Mapping[str, Value]) -> Value | None:
    x = arguments[0]
    low = arguments[1] if len(arguments) > 1 else keywords.get("min", keywords.get("a_min"))
    high = arguments[2] if len(arguments) > 2 else keywords.get("max", keywords.get("a_max"))  # noqa: PLR2004
    least = low.bounds[0] if low is not None and low.kind is Kind.NUMBER else -math.inf
    most = high.bounds[1] if high is not None and high.kind is Kind.NUMBER else math.inf
    bounds = min(max(x.bounds[0], least), most), max(min(x.bounds[1], most), least)
    return replace(elementwise([x], bounds, NOTHING, None), shape=x.shape)


def _switch(arguments: Sequence[Value], _: Mapping[str, Value]) -> Value | None:
    if len(arguments) != 3:  # noqa: PLR2004
        return None
    choices = joined(arguments[1:])
    return replace(
        elementwise(arguments, choices.bounds, NOTHING, choices.integer),
        kind=Kind.UNKNOWN if any(a.kind is Kind.UNKNOWN for a in arguments[1:]) else Kind.NUMBER,
    )


def _cumulative(arguments: Sequence[Value], _: Mapping[str, Value]) -> Value:
    return replace(REDUCTIONS["sum"](arguments[0]), constant=MISSING, uneven=True, reach=NOTHING)


def _kept_shape(bounds: Bounds, integer: bool | None) -> Callable[[Sequence[Value], Mapping[str, Value]], Value]:
    return lambda arguments, _: Value(bounds=bounds, shape=arguments[0].shape, integer=integer)


SPECIAL: Mapping[str, Callable[[Sequence[Value], Mapping[str, Value]], Value | None]] = {
    "maximum": _maximum, "fmax": _maximum, "minimum": _minimum, "fmin": _minimum, "clip": _clip, "switch": _switch,
    "where": _switch, "cumsum": _cumulative,
    "zeros_like": _kept_shape((0.0, 0.0), None), "ones_like": _kept_shape((1.0, 1.0), None),
    "isnan": _kept_shape(UNIT, True), "isfinite": _kept_shape(UNIT, True),
    "logaddexp": lambda a, _: elementwise(a, EVERYTHING, NOTHING, False),
    "gammaln": lambda a, _: elementwise(a[:1], EVERYTHING, NOTHING, False),
    "argmax": lambda a, _: replace(opaque(a, kind=Kind.NUMBER), bounds=POSITIVE, integer=True),
    "argmin": lambda a, _: replace(opaque(a, kind=Kind.NUMBER), bounds=POSITIVE, integer=True),
}  # fmt: skip
