"""What + and * make of lists and tuples: Python joins and repeats them, where arrays would be added and multiplied."""

import ast
from dataclasses import replace

import numpy as np

from refinestat.refinegen.predicates import transfer
from refinestat.refinegen.predicates.binding import grouped
from refinestat.refinegen.predicates.symbols import Kind, Value

MOST_MADE = 2_000  # of a list made here, of which the items are known
SHAPE_OF_TENSOR = "the shape of a tensor"  # the path of one: it looks like a tuple, but is a tensor


def combined(op: type[ast.AST], x: Value, y: Value) -> Value | None:
    """x op y, where a list or tuple is joined with another or repeated; None where it is none, or becomes an array."""
    if op not in {ast.Add, ast.Mult} or Kind.SEQUENCE not in (x.kind, y.kind):
        return None
    if not {x.kind, y.kind} <= {Kind.SEQUENCE, Kind.NUMBER} or SHAPE_OF_TENSOR in (x.path, y.path):
        return transfer.opaque((x, y))
    if op is ast.Add:
        return _joined(x, y) if x.kind is y.kind else None
    return _repeated(x, y) if x.kind is Kind.SEQUENCE else _repeated(y, x)


def length(value: Value) -> int | None:
    """How many items a list has, where that is known."""
    return len(value.items) if value.items is not None else value.shape[0] if value.shape else None


def _joined(x: Value, y: Value) -> Value:
    first, second = length(x), length(y)
    total = first + second if first is not None and second is not None else None
    if x.items is None or y.items is None or x.weight + y.weight > MOST_MADE:
        return _unfollowed((x, y), total)
    return replace(grouped((*x.items, *y.items)), outcome=transfer.derived((x, y)))


def _repeated(x: Value, times: Value) -> Value | None:
    count = times.constant
    if times.kind is not Kind.NUMBER or (times.known and not isinstance(count, int | np.integer)):
        return None
    if not times.known:
        array = bool(times.shape) or times.symbolic or times.integer is False
        return None if array else transfer.opaque((x, times))
    count, items = max(int(count), 0), length(x)
    if x.items is None or x.weight * count > MOST_MADE:
        return _unfollowed((x, times), items * count if items is not None else None)
    return replace(grouped(x.items * count), outcome=transfer.derived((x, times)))


def _unfollowed(parts: tuple[Value, ...], total: int | None) -> Value:
    """A list of which at most the length is known."""
    made = transfer.opaque(parts, kind=Kind.SEQUENCE)
    return replace(made, symbolic=False, shape=None if total is None else (total,))
