"""Tables of what functions do: which grow, which are limited, which reduce, which pass their argument on."""

import ast
import math
from collections.abc import Callable, Mapping
from dataclasses import replace

from refinestat.refinegen.predicates import intervals
from refinestat.refinegen.predicates.intervals import EVERYTHING, NOTHING, POSITIVE, UNIT, Bounds
from refinestat.refinegen.predicates.symbols import Value
from refinestat.refinegen.predicates.vocabulary import words


def _sum(x: Value) -> Value:
    low, high = x.bounds
    bounds = (0.0 if low >= 0 else -math.inf), (0.0 if high <= 0 else math.inf)
    infinite = (
        (x.reach[0] if math.isinf(x.reach[0]) else math.inf),
        (x.reach[1] if math.isinf(x.reach[1]) else -math.inf),
    )
    return replace(x, bounds=bounds, reach=NOTHING if x.uneven else infinite)


def _mean(x: Value) -> Value:
    return replace(x, reach=NOTHING if x.uneven else x.reach, integer=False if x.integer is not None else None)


def _spread(x: Value) -> Value:
    return replace(x, bounds=POSITIVE, reach=NOTHING, integer=False)


def _extreme(x: Value) -> Value:
    return replace(x, reach=NOTHING)


def _product(x: Value) -> Value:
    return replace(x, bounds=POSITIVE if x.bounds[0] >= 0 else EVERYTHING, reach=NOTHING)


REDUCTIONS: Mapping[str, Callable[[Value], Value]] = {
    "sum": _sum, "mean": _mean, "average": _mean, "median": _mean, "std": _spread, "var": _spread, "min": _extreme,
    "max": _extreme, "amin": _extreme, "amax": _extreme, "prod": _product,
    "ptp": _spread, "logsumexp": lambda x: replace(x, bounds=EVERYTHING, reach=NOTHING, integer=False),
    "nanmean": _mean, "nanstd": _spread, "nansum": _sum, "nanmax": _extreme, "nanmin": _extreme, "nanvar": _spread,
    "percentile": _mean, "quantile": _mean, "nanmedian": _mean, "norm": _spread,
}  # fmt: skip


_grow = intervals.monotone


_positive_only = {
    "log": intervals.log,
    "log10": lambda v: intervals.log(v) / math.log(10),
    "log2": lambda v: intervals.log(v) / math.log(2),
}


MONOTONE: Mapping[str, Callable[[Bounds], Bounds]] = {
    **{name: _grow(intervals.exp) for name in ("exp",)},
    "exp2": lambda x: intervals.power((2.0, 2.0), x),
    "expm1": _grow(lambda v: intervals.exp(v) - 1),
    **{name: _grow(f) for name, f in _positive_only.items()},
    "log1p": _grow(lambda v: intervals.log(1 + v)),
    "sqrt": _grow(intervals.sqrt),
    **{name: _grow(intervals.sigmoid) for name in ("sigmoid", "invlogit", "expit")},
    "logit": _grow(intervals.logit),
    "probit": _grow(intervals.probit),
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


SAME = words("""
    array asarray as_tensor as_tensor_variable constant copy reshape flatten ravel squeeze transpose expand_dims
    atleast_1d atleast_2d broadcast_to repeat tile flip sort diagonal roll swapaxes T real round float64 float32
    specify_shape shape_padleft shape_padright floatX tolist take
""")


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
