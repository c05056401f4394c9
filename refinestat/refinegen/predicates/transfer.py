"""What operations and functions do to abstract values.

Over-approximation of bounds, under-approximation of reach: a claim about what is reached survives only where the
operands share no random variable."""

import ast
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from refinestat.refinegen.predicates import constants, folding, intervals, shapes
from refinestat.refinegen.predicates.intervals import EVERYTHING, NOTHING, UNIT, Bounds
from refinestat.refinegen.predicates.symbols import Kind, Outcome, Shape, Value, number, sequence, text

BOTH = (-math.inf, math.inf)


def from_constant(constant: object) -> Value:
    """A value of which everything is known."""
    if isinstance(constant, str):
        return text(constant)
    if isinstance(constant, tuple):
        return sequence(tuple(from_constant(item) for item in constant))
    if constants.numeric(constant):
        return number(constant)
    return Value(kind=Kind.UNKNOWN)


def opaque(arguments: Sequence[Value], *, kind: Kind = Kind.UNKNOWN) -> Value:
    """The result of something unknown: only where it comes from."""
    return Value(
        kind=kind,
        sources=frozenset().union(*(a.sources for a in arguments)),
        outcome=derived(arguments),
        symbolic=any(a.symbolic for a in arguments),
    )


def derived(arguments: Sequence[Value]) -> Outcome:
    return Outcome.DERIVED if any(a.outcome for a in arguments) else Outcome.FREE


def as_array(value: Value) -> Value:
    """A list of numbers as the array that NumPy makes of it."""
    if value.kind is not Kind.SEQUENCE:
        return value
    if value.items is None:
        return opaque([value])
    parts = [as_array(item) for item in value.items]
    if not parts:
        return value
    folded = folding.call("array", [[p.constant for p in parts]], {}) if all(p.known for p in parts) else None
    if constants.numeric(folded):
        return replace(number(folded), outcome=value.outcome)
    outcome = max(p.outcome for p in parts)
    return replace(joined(parts), shape=shapes.of(value), outcome=outcome, real=reals(parts))


def known_array(value: Value) -> np.ndarray | None:
    """A numeric array whose values are known."""
    constant = as_array(value).constant
    return constant if isinstance(constant, np.ndarray) and constants.numeric(constant) else None


def joined(parts: Sequence[Value]) -> Value:
    """A value of which each element is an element of one of the parts."""
    whole = [p.integer for p in parts]
    return replace(
        opaque(parts, kind=Kind.UNKNOWN if any(p.kind is Kind.TEXT for p in parts) else Kind.NUMBER),
        bounds=intervals.hull(*(p.bounds for p in parts)),
        reach=intervals.hull(*(p.reach for p in parts)),
        integer=True if all(whole) else False if all(w is False for w in whole) else None,
    )


def elementwise(arguments: Sequence[Value], bounds: Bounds, reach: Bounds, integer: bool | None = None) -> Value:
    shape: Shape | None = ()
    for argument in arguments:
        shape = shapes.broadcast(shape, shapes.of(argument))
    sources = frozenset().union(*(a.sources for a in arguments))
    return Value(
        bounds=bounds,
        reach=reach,
        uneven=any(a.uneven for a in arguments),
        sources=sources,
        integer=integer,
        real=reals(arguments),
        shape=shape,
        outcome=derived(arguments),
        symbolic=any(a.symbolic for a in arguments),
    )


def reals(arguments: Sequence[Value]) -> bool:
    """Whether an array that these go into is surely one of reals."""
    return any(a.real or a.integer is False for a in arguments)


def independent(x: Value, y: Value) -> bool:
    return not (x.sources & y.sources)


def _reach_sum(x: Value, y: Value) -> Bounds:
    if not independent(x, y):
        return NOTHING
    sure = not (x.uneven and y.uneven) and NOTHING not in (x.reach, y.reach)
    low = -math.inf if -math.inf in (x.reach[0], y.reach[0]) else x.reach[0] + y.reach[0] if sure else math.inf
    high = math.inf if math.inf in (x.reach[1], y.reach[1]) else x.reach[1] + y.reach[1] if sure else -math.inf
    return (math.inf if math.isnan(low) else low), (-math.inf if math.isnan(high) else high)


def _reach_product(x: Value, y: Value) -> Bounds:
    if not independent(x, y):
        return NOTHING
    claims = NOTHING not in (x.reach, y.reach)
    if claims and not (x.uneven and y.uneven):
        return intervals.multiply(x.reach, y.reach)
    zero = (0.0, 0.0)
    if BOTH in (x.reach, y.reach) and zero not in (x.bounds, y.bounds):
        return BOTH
    return NOTHING


def add(x: Value, y: Value) -> Value:
    return elementwise((x, y), intervals.add(x.bounds, y.bounds), _reach_sum(x, y), _both_integer(x, y))


def negate(x: Value) -> Value:
    reach = NOTHING if x.reach == NOTHING else intervals.negate(x.reach)
    return replace(elementwise((x,), intervals.negate(x.bounds), reach, x.integer), measure=x.measure)


def multiply(x: Value, y: Value) -> Value:
    return elementwise((x, y), intervals.multiply(x.bounds, y.bounds), _reach_product(x, y), _both_integer(x, y))


def divide(x: Value, y: Value) -> Value:
    if y.bounds[0] < 0 < y.bounds[1] and not y.known:
        reach = BOTH if (x.reach == BOTH or (y.reach == BOTH and _signed(x))) and independent(x, y) else NOTHING
        return elementwise((x, y), EVERYTHING, reach, False)
    reach = NOTHING if y.reach == NOTHING else intervals.reciprocal(y.reach)
    return replace(multiply(x, replace(y, bounds=intervals.reciprocal(y.bounds), reach=reach)), integer=False)


def _signed(value: Value) -> bool:
    """Whether every element has the same sign, and is not zero."""
    low, high = value.bounds
    return low > 0 or high < 0 or (low == 0 < high and bool(value.sources) and not value.uneven)


def power(x: Value, y: Value) -> Value:
    bounds = intervals.power(x.bounds, y.bounds)
    exact = NOTHING not in (x.reach, y.reach) and independent(x, y) and not (x.uneven and y.uneven)
    reach = intervals.power(x.reach, y.reach) if exact and (y.known or x.bounds[0] >= 0) else NOTHING
    reach = NOTHING if reach == EVERYTHING and not (y.known and float(y.bounds[0]) % 2 == 1) else reach
    return elementwise((x, y), bounds, reach, _both_integer(x, y) if y.bounds[0] >= 0 else None)


def _both_integer(x: Value, y: Value) -> bool | None:
    if x.integer and y.integer:
        return True
    return False if x.integer is False or y.integer is False else None


def matmul(x: Value, y: Value) -> Value:
    shape = shapes.matmul(shapes.of(x), shapes.of(y))
    reach = (
        BOTH
        if BOTH in (x.reach, y.reach)
        and independent(x, y)
        and not (x.uneven and y.uneven and x.symbolic and y.symbolic)
        else NOTHING
    )
    tied = (x.uneven and x.sources) or (y.uneven and y.sources)
    signs = intervals.multiply(x.bounds, y.bounds)
    bounds = (0.0 if signs[0] >= 0 else -math.inf), (0.0 if signs[1] <= 0 else math.inf)
    result = opaque((x, y), kind=Kind.NUMBER)
    return replace(result, bounds=bounds, reach=NOTHING if tied else reach, shape=shape, integer=_both_integer(x, y))


BINARY: Mapping[type[ast.AST], Callable[[Value, Value], Value]] = {
    ast.Add: add,
    ast.Sub: lambda x, y: add(x, negate(y)),
    ast.Mult: multiply,
    ast.Div: divide,
    ast.Pow: power,
    ast.MatMult: matmul,
}


ELEMENTWISE = {ast.Add, ast.Sub, ast.Mult, ast.Div}


def _breaks(op: type[ast.AST], x: Value, y: Value) -> bool:
    """Whether arithmetic meets an element that is infinite or no number, or divides by a zero of the data."""
    if op is ast.Div:
        return is_broken(x) or (y.known and constants.numeric(y.constant) and not np.all(y.constant))
    return is_broken(x) or is_broken(y)


def is_broken(value: Value) -> bool:
    """Whether some element is surely infinite or no number."""
    numbers = value.known and constants.numeric(value.constant)
    return value.broken or (numbers and not np.all(np.isfinite(np.asarray(value.constant, dtype=float))))


def _hides(value: Value) -> bool:
    """Whether it may be made of variables that nobody sees (`model["b"]`): it is unknown, and no column of the data."""
    column = bool(value.name) and not value.symbolic
    return value.kind is Kind.UNKNOWN and value.reach == NOTHING and not column


def binary(op: type[ast.AST], x: Value, y: Value) -> Value:
    """x op y. Raises shapes.Mismatch where the shapes surely do not fit."""
    x, y = as_array(x), as_array(y)
    if x.known and y.known:
        folded = constants.operate(op, x.constant, y.constant)
        if constants.numeric(folded) or isinstance(folded, str):
            return replace(from_constant(folded), outcome=derived((x, y)), symbolic=x.symbolic or y.symbolic)
    if op in BINARY and Kind.TEXT not in (x.kind, y.kind):
        result = BINARY[op](x, y)
        unsure = Kind.UNKNOWN in (x.kind, y.kind)
        reach = NOTHING if _hides(x) or _hides(y) else result.reach
        broken = op in ELEMENTWISE and _breaks(op, x, y)
        return replace(result, kind=Kind.UNKNOWN if unsure else result.kind, reach=reach, broken=broken)
    if op is ast.MatMult:
        return opaque((x, y))
    logical = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq, ast.In, ast.NotIn, ast.Is, ast.IsNot)
    if op in logical and op not in {ast.In, ast.NotIn, ast.Is, ast.IsNot} and Kind.NUMBER in (x.kind, y.kind):
        return replace(elementwise((x, y), UNIT, NOTHING, True), real=False)
    return opaque((x, y))
