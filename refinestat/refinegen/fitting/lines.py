"""LLVM IR for what runs along one axis: cumulative sums and products, softmax; and for diagonal matrices."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

import numpy as np
from pytensor.graph.basic import Apply
from pytensor.graph.op import Op

from refinestat.refinegen.fitting.ir import REAL, kind_of, literal
from refinestat.refinegen.fitting.moves import positions

if TYPE_CHECKING:
    from refinestat.refinegen.fitting.translate import Translator

_ZERO = literal(0, REAL)


def cumulate(t: Translator, node: Apply, op: Op) -> None:
    """Running sums or products along one axis."""
    x, out = node.inputs[0], node.outputs[0]
    shape = t.shape(x) if op.axis is not None else (prod(t.shape(x)),)
    axis = op.axis if op.axis is not None else 0
    w, value, result, kind = t.writer, t.value(x), t.result(out), kind_of(out.type.dtype)
    code = {"add": "add", "mul": "mul"}[op.mode]
    start = literal(0 if op.mode == "add" else 1, kind)
    code = f"f{code}" if kind == REAL else code

    def run(line: np.ndarray) -> None:
        slot = w.slot(kind, start)

        def step(i: str) -> None:
            at = w.table(line, i)
            total = w.emit(f"{code} {kind} {w.read(slot, kind)}, {w.load(value, at)}")
            w.write(slot, kind, total)
            w.store(result, at, total)

        w.loop(len(line), step)

    for line in _along(shape, axis):
        run(line)


def diagonal(t: Translator, node: Apply, op: Op) -> None:
    """Matrices with a vector each on one of their diagonals."""
    storage: list[list[object]] = [[None]]
    op.perform(node, [positions(t.shape(node.inputs[0])) + 1], storage)
    sources = np.ravel(np.asarray(storage[0][0])) - 1  # -1 where the result is zero
    filled = np.flatnonzero(sources >= 0)
    w, value, result = t.writer, t.value(node.inputs[0]), t.result(node.outputs[0])
    zero = literal(0, result.kind)
    w.loop(result.size, lambda i: w.store(result, i, zero))
    w.loop(filled.size, lambda i: w.store(result, w.table(filled, i), w.load(value, w.table(sources[filled], i))))


def _along(shape: tuple[int, ...], axis: int | None) -> np.ndarray:
    """Positions of the elements that belong together, one row for each line along the axis."""
    places = positions(shape)
    return places.reshape(1, -1) if axis is None else np.moveaxis(places, axis, -1).reshape(-1, shape[axis])


def softmax_gradient(t: Translator, node: Apply, op: Op) -> None:
    """dx = (dy - sum(dy * y)) * y along one axis or all."""
    w, dy, y, result = t.writer, t.value(node.inputs[0]), t.value(node.inputs[1]), t.result(node.outputs[0])

    def line(places: np.ndarray) -> None:
        total = w.slot(REAL, _ZERO)

        def product(i: str) -> tuple[str, str]:
            at = w.table(places, i)
            return at, w.emit(f"fmul double {w.load(dy, at)}, {w.load(y, at)}")

        def add(i: str) -> None:
            w.write(total, REAL, w.emit(f"fadd double {w.read(total, REAL)}, {product(i)[1]}"))

        def finish(i: str) -> None:
            at, term = product(i)
            share = w.emit(f"fmul double {w.read(total, REAL)}, {w.load(y, at)}")
            w.store(result, at, w.emit(f"fsub double {term}, {share}"))

        w.loop(len(places), add)
        w.loop(len(places), finish)

    for places in _along(t.shape(node.outputs[0]), op.axis):
        line(places)


def softmax(t: Translator, node: Apply, op: Op) -> None:
    """exp(x) / sum(exp(x)), or its logarithm, along one axis or all; shifted by the maximum."""
    x, out = node.inputs[0], node.outputs[0]
    shape, logarithm = t.shape(x), type(op).__name__ == "LogSoftmax"
    w, value, result = t.writer, t.value(x), t.result(out)

    def line(places: np.ndarray) -> None:
        top, total = w.slot(REAL, literal(-np.inf, REAL)), w.slot(REAL, _ZERO)

        def raise_top(i: str) -> None:
            old, new = w.read(top, REAL), w.load(value, w.table(places, i))
            higher = w.emit(f"fcmp ogt double {new}, {old}")
            w.write(top, REAL, w.emit(f"select i1 {higher}, double {new}, double {old}"))

        def shifted(i: str) -> str:
            return w.emit(f"fsub double {w.load(value, w.table(places, i))}, {w.read(top, REAL)}")

        def add(i: str) -> None:
            power = w.call("exp", [shifted(i)])
            w.write(total, REAL, w.emit(f"fadd double {w.read(total, REAL)}, {power}"))

        def finish(i: str) -> None:
            if logarithm:
                element = w.emit(f"fsub double {shifted(i)}, {w.call('log', [w.read(total, REAL)])}")
            else:
                element = w.emit(f"fdiv double {w.call('exp', [shifted(i)])}, {w.read(total, REAL)}")
            w.store(result, w.table(places, i), element)

        for step in (raise_top, add, finish):
            w.loop(len(places), step)

    for places in _along(shape, op.axis):
        line(places)
