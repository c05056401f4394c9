"""Operations that move elements around: subtensors, transposes, writes to parts, joins, splits.

Where an element comes from or goes to is worked out beforehand, by applying the operation to an array of positions."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np
from pytensor.graph.basic import Apply, Constant, Variable
from pytensor.tensor.subtensor import IncSubtensor, get_idx_list

from refinestat.refinegen.fitting.ir import REAL, WHOLE, UnsupportedError, literal

if TYPE_CHECKING:
    from refinestat.refinegen.fitting.translate import Translator

_NAN = literal(float("nan"), REAL)


def positions(shape: tuple[int, ...]) -> np.ndarray:
    """The number of each element, in C order, in its place."""
    return np.arange(prod(shape), dtype=np.int64).reshape(shape)


def moved(t: Translator, node: Apply) -> np.ndarray:
    """Apply the operation to positions: it says itself where its elements come from."""
    storage: list[list[object]] = [[None]]
    node.op.perform(node, [positions(t.shape(node.inputs[0])), *(_index(t, i) for i in node.inputs[1:])], storage)
    return np.asarray(storage[0][0])


def _index(t: Translator, variable: Variable) -> Any:
    """An index that does not vary: a number, an array, a slice or None."""
    if isinstance(variable, Constant) and not isinstance(variable.data, np.ndarray):
        return variable.data
    return t.fixed(variable)


def scatter(t: Translator, node: Apply) -> None:
    """x with y set or added at fixed places."""
    x, y = node.inputs[:2]
    places = np.asarray(_places(t, node))
    sources = np.ravel(np.broadcast_to(positions(t.shape(y)), places.shape))
    w, old, new, result = t.writer, t.value(x), t.value(y), t.result(node.outputs[0])
    flat, sets = np.ravel(places), node.op.set_instead_of_inc
    w.loop(result.size, lambda i: w.store(result, i, t.scalars.to((w.load(old, i), old.kind), result.kind)))

    def update(index: str) -> None:
        at = w.table(flat, index)
        element = t.scalars.to((w.load(new, w.table(sources, index)), new.kind), result.kind)
        if not sets:
            code = "fadd" if result.kind == REAL else "add"
            element = w.emit(f"{code} {result.kind} {w.load(result, at)}, {element}")
        w.store(result, at, element)

    w.loop(flat.size, update)


def _places(t: Translator, node: Apply) -> np.ndarray:
    """Positions in x that a scatter writes to: what the matching gather would read."""
    where = positions(t.shape(node.inputs[0]))
    indices = [_index(t, i) for i in node.inputs[2:]]
    if isinstance(node.op, IncSubtensor):
        indices = list(get_idx_list([where, *indices], node.op.idx_list))
    return np.asarray(where[tuple(indices)])


def join(t: Translator, node: Apply) -> None:
    axis = int(t.fixed(node.inputs[0]))
    out = node.outputs[0]
    where = np.split(positions(t.shape(out)), np.cumsum([t.shape(i)[axis] for i in node.inputs[1:]])[:-1], axis=axis)
    t.place(out, [(i, w) for i, w in zip(node.inputs[1:], where, strict=True)])


def make_vector(t: Translator, node: Apply) -> None:
    t.place(node.outputs[0], [(i, np.array([n])) for n, i in enumerate(node.inputs)])


def split(t: Translator, node: Apply) -> None:
    x, axis, sizes = node.inputs[0], int(t.fixed(node.inputs[1])), t.fixed(node.inputs[2])
    where = np.split(positions(t.shape(x)), np.cumsum(sizes)[:-1], axis=axis)
    for out, table in zip(node.outputs, where, strict=True):
        t.pick(out, x, table)


def gather_varying(t: Translator, node: Apply, index: Variable) -> None:
    """x[index] along the first axis, of an index that depends on the parameters; NaN where it points outside."""
    x, out = node.inputs[0], node.outputs[0]
    w, value, result = t.writer, t.value(x), t.result(out)
    if result.kind != REAL:
        raise UnsupportedError("whole numbers under an index that depends on the parameters")

    def one(i: str) -> None:
        at, inside = _position(t, t.shape(x), index, i)
        w.store(result, i, w.emit(f"select i1 {inside}, double {w.load(value, at)}, double {_NAN}"))

    w.loop(result.size, one)


def scatter_varying(t: Translator, node: Apply, index: Variable) -> None:
    """x with y added along its first axis, at an index that depends on the parameters; x[index] is NaN before that."""
    x, y = node.inputs[:2]
    w, old, new, result = t.writer, t.value(x), t.value(y), t.result(node.outputs[0])
    if node.op.set_instead_of_inc or result.kind != REAL:
        raise UnsupportedError("writing to an index that depends on the parameters")
    w.loop(result.size, lambda i: w.store(result, i, t.scalars.to((w.load(old, i), old.kind), REAL)))
    moved = (*t.shape(index), *t.shape(x)[1:])
    sources = np.ravel(np.broadcast_to(positions(t.shape(y)), moved))

    def one(i: str) -> None:
        at, inside = _position(t, t.shape(x), index, i)
        term = t.scalars.to((w.load(new, w.table(sources, i)), new.kind), REAL)
        term = w.emit(f"select i1 {inside}, double {term}, double {_NAN}")
        w.store(result, at, w.emit(f"fadd double {w.load(result, at)}, {term}"))

    w.loop(prod(moved), one)


def _position(t: Translator, shape: tuple[int, ...], index: Variable, i: str) -> tuple[str, str]:
    """Where element i of x[index] is in x, and whether it is in x at all; if not, the position is that of another."""
    w, rows, width = t.writer, shape[0], prod(shape[1:])
    numbers = t.value(index)
    row = t.scalars.to((w.load(numbers, w.emit(f"sdiv i64 {i}, {width}")), numbers.kind), WHOLE)
    below = w.emit(f"icmp slt i64 {row}, 0")  # counted from the end
    row = w.emit(f"select i1 {below}, i64 {w.emit(f'add i64 {row}, {rows}')}, i64 {row}")
    inside = w.emit(f"icmp ult i64 {row}, {rows}")
    row = w.emit(f"select i1 {inside}, i64 {row}, i64 0")
    column = w.emit(f"srem i64 {i}, {width}")
    return w.emit(f"add i64 {w.emit(f'mul i64 {row}, {width}')}, {column}"), inside


def varying_index(t: Translator, node: Apply) -> Variable | None:
    """The whole numbers that index the first axis, if they depend on the parameters and nothing else is indexed."""
    name = type(node.op).__name__
    if not name.endswith(("Subtensor", "Subtensor1")):
        return None
    indices = node.inputs[2 if "Inc" in name else 1 :]
    simple = name.startswith("Advanced") or not any(isinstance(entry, slice) for entry in node.op.idx_list)
    if (
        len(indices) != 1
        or not simple
        or not t.varies(indices[0])
        or np.dtype(getattr(indices[0].type, "dtype", "O")).kind not in "iu"
    ):
        return None
    return indices[0]
