"""Operations that move elements around: subtensors, transposes, writes to parts, joins, splits.

Where an element comes from or goes to is worked out beforehand, by applying the operation to an array of positions."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np
from pytensor.graph.basic import Apply, Constant, Variable
from pytensor.tensor.subtensor import IncSubtensor, get_idx_list

from refinestat.refinegen.fitting.ir import REAL

if TYPE_CHECKING:
    from refinestat.refinegen.fitting.translate import Translator


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
