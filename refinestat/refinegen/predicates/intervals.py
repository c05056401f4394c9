"""Arithmetic on closed intervals of real numbers (low, high), infinite ends allowed."""

import math
from collections.abc import Callable
from statistics import NormalDist

Bounds = tuple[float, float]
EVERYTHING: Bounds = (-math.inf, math.inf)
POSITIVE: Bounds = (0.0, math.inf)
UNIT: Bounds = (0.0, 1.0)
NOTHING: Bounds = (math.inf, -math.inf)  # an empty claim


def hull(*parts: Bounds) -> Bounds:
    """The smallest interval that holds all of them."""
    return min(p[0] for p in parts), max(p[1] for p in parts)


def add(x: Bounds, y: Bounds) -> Bounds:
    low, high = x[0] + y[0], x[1] + y[1]
    return (-math.inf if math.isnan(low) else low), (math.inf if math.isnan(high) else high)


def negate(x: Bounds) -> Bounds:
    return -x[1], -x[0]


def _product(a: float, b: float) -> float:
    return 0.0 if a == 0 or b == 0 else a * b


def multiply(x: Bounds, y: Bounds) -> Bounds:
    products = [_product(a, b) for a in x for b in y]
    return min(products), max(products)


def reciprocal(x: Bounds) -> Bounds:
    low, high = x
    if low < 0 < high or low == high == 0:
        return EVERYTHING
    if low >= 0:
        return (0.0 if math.isinf(high) else 1 / high), (math.inf if low == 0 else 1 / low)
    return (-math.inf if high == 0 else 1 / high), (0.0 if math.isinf(low) else 1 / low)


def divide(x: Bounds, y: Bounds) -> Bounds:
    return multiply(x, reciprocal(y))


def absolute(x: Bounds) -> Bounds:
    low, high = x
    if low >= 0:
        return x
    return (0.0 if high > 0 else -high), max(-low, high)


def _power(base: float, exponent: float) -> float:
    try:
        return math.pow(base, exponent)
    except OverflowError:
        return math.inf
    except ValueError:
        return math.inf if base == 0 else math.nan


def power(x: Bounds, y: Bounds) -> Bounds:
    """x ** y; everything where a negative base meets an exponent that is not one known integer."""
    (low, high), (least, most) = x, y
    if least == most and least == int(least) if math.isfinite(least) else False:
        return _integer_power(x, int(least))
    if low < 0:
        return EVERYTHING
    ends = [_power(base, exponent) for base in (low, high) for exponent in (least, most)]
    ends += [1.0] if low <= 1 <= high or least <= 0 <= most else []
    known = [end for end in ends if not math.isnan(end)]
    return max(0.0, min(known, default=0.0)), max(known, default=math.inf)


def _integer_power(x: Bounds, n: int) -> Bounds:
    if n < 0:
        return reciprocal(_integer_power(x, -n))
    if n % 2 == 0:
        x = absolute(x)
    return _power(x[0], n), _power(x[1], n)


def monotone(function: Callable[[float], float]) -> Callable[[Bounds], Bounds]:
    """A growing function on intervals."""
    return lambda x: (function(x[0]), function(x[1]))


def exp(value: float) -> float:
    return math.exp(value) if value < 700 else math.inf


def log(value: float) -> float:
    return math.log(value) if value > 0 else -math.inf


def sqrt(value: float) -> float:
    return math.sqrt(value) if value > 0 else 0.0


def sigmoid(value: float) -> float:
    return 1 / (1 + exp(-value))


def logit(value: float) -> float:
    if value <= 0:
        return -math.inf
    return math.inf if value >= 1 else math.log(value / (1 - value))


def probit(value: float) -> float:
    """The normal quantile."""
    if 0 < value < 1:
        return NormalDist().inv_cdf(value)
    return -math.inf if value <= 0 else math.inf


def softplus(value: float) -> float:
    return value if value > 30 else math.log1p(exp(value))


def text(x: Bounds) -> str:
    """As people read it: one number, or both ends."""
    low, high = (f"{end:.6g}" for end in x)
    return low if low == high else f"[{low}, {high}]"
