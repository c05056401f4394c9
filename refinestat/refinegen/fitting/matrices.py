"""LLVM IR for matrix products, Cholesky factors and triangular systems, batched or not."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import TYPE_CHECKING

import numpy as np
from pytensor.graph.basic import Apply
from pytensor.graph.op import Op

from refinestat.refinegen.fitting import lines
from refinestat.refinegen.fitting.ir import REAL, UnsupportedError, Value, Writer, literal

if TYPE_CHECKING:
    from refinestat.refinegen.fitting.translate import Translator

_ZERO, _ONE = literal(0, REAL), literal(1, REAL)


def translate(t: Translator, node: Apply, name: str, op: Op) -> None:
    """Translate a node by the name of its (core) operation."""
    if name not in _TRANSLATIONS:
        raise UnsupportedError(f"operation {name}")
    _TRANSLATIONS[name](t, node, op)


class _Batch:
    """A node's arrays, cut into a batch of cores of fixed dimension."""

    def __init__(self, t: Translator, node: Apply, core_dimensions: tuple[int, ...], out_dimension: int) -> None:
        self.w: Writer = t.writer
        self.values = [t.value(i) for i in node.inputs]
        for value in self.values:
            if value.kind != REAL:
                raise UnsupportedError("a matrix of whole numbers")
        shapes = [t.shape(i) for i in node.inputs]
        out_shape = t.shape(node.outputs[0])
        self.cores = [s[len(s) - d :] for s, d in zip(shapes, core_dimensions, strict=True)]
        self.out_core = out_shape[len(out_shape) - out_dimension :]
        batch = out_shape[: len(out_shape) - out_dimension]
        self._bases = [
            np.ravel(np.broadcast_to(np.arange(prod(s[: len(s) - d])).reshape(s[: len(s) - d]), batch)) * prod(core)
            for s, d, core in zip(shapes, core_dimensions, self.cores, strict=True)
        ]
        self._count = prod(batch)
        self.out: Value = t.result(node.outputs[0])

    def each(self, body: Callable[[list[str], str], None]) -> None:
        """Run the body for each core, with the offsets of its inputs and of its output."""

        def one(index: str) -> None:
            offsets = [self.w.table(bases, index) for bases in self._bases]
            body(offsets, self.w.table(np.arange(self._count) * prod(self.out_core), index))

        self.w.loop(self._count, one)

    def at(self, base: str, row: str, width: int, column: str) -> str:
        """Position of an element of a matrix that starts at `base`."""
        start = self.w.emit(f"add i64 {base}, {self.w.emit(f'mul i64 {row}, {width}')}")
        return self.w.emit(f"add i64 {start}, {column}")

    def get(self, which: int, index: str) -> str:
        return self.w.load(self.values[which], index)


def _dot(t: Translator, node: Apply, _: Op) -> None:
    """Vector or matrix times vector or matrix."""
    left, right = (len(t.shape(i)) for i in node.inputs)
    if "Blockwise" in type(node.op).__name__:
        left = right = 2
    b = _Batch(t, node, (left, right), len(t.shape(node.outputs[0])) if left + right < 4 else 2)
    w, a, c = b.w, b.cores[0], b.cores[1]
    rows, inner, columns = (1 if left == 1 else a[0]), a[-1], (1 if right == 1 else c[1])

    def core(bases: list[str], out: str) -> None:
        def cell(i: str, j: str) -> None:
            slot = w.slot(REAL, _ZERO)

            def add(k: str) -> None:
                x, y = b.get(0, b.at(bases[0], i, inner, k)), b.get(1, b.at(bases[1], k, columns, j))
                product = w.emit(f"fmul double {x}, {y}")
                w.write(slot, REAL, w.emit(f"fadd double {w.read(slot, REAL)}, {product}"))

            w.loop(inner, add)
            w.store(b.out, b.at(out, i, columns, j), w.read(slot, REAL))

        w.loop(rows, lambda i: w.loop(columns, lambda j: cell(i, j)))

    b.each(core)


def _cholesky(t: Translator, node: Apply, op: Op) -> None:
    """Lower factor; a matrix that is not positive definite gives NaN, and with it a log density that is refused."""
    if not op.lower:
        raise UnsupportedError("upper Cholesky factor")
    b = _Batch(t, node, (2,), 2)
    w, n = b.w, b.cores[0][0]

    def core(bases: list[str], out: str) -> None:
        def reduced(i: str, j: str) -> str:
            """A[i, j] minus what the columns before j explain."""
            slot = w.slot(REAL, b.get(0, b.at(bases[0], i, n, j)))

            def subtract(k: str) -> None:
                x, y = w.load(b.out, b.at(out, i, n, k)), w.load(b.out, b.at(out, j, n, k))
                product = w.emit(f"fmul double {x}, {y}")
                w.write(slot, REAL, w.emit(f"fsub double {w.read(slot, REAL)}, {product}"))

            w.loop_to(j, subtract)
            return w.read(slot, REAL)

        def column(j: str) -> None:
            pivot = w.call("llvm.sqrt.f64", [reduced(j, j)])
            w.loop_to(j, lambda i: w.store(b.out, b.at(out, i, n, j), _ZERO))
            w.store(b.out, b.at(out, j, n, j), pivot)

            def below(d: str) -> None:
                i = w.emit(f"add i64 {w.emit(f'add i64 {j}, 1')}, {d}")
                w.store(b.out, b.at(out, i, n, j), w.emit(f"fdiv double {reduced(i, j)}, {pivot}"))

            w.loop_to(w.emit(f"sub i64 {n - 1}, {j}"), below)

        w.loop(n, column)

    b.each(core)


def _solve_triangular(t: Translator, node: Apply, op: Op) -> None:
    """X with A X = B, by substitution from the first row on, or from the last where A is upper."""
    if getattr(op, "trans", 0) not in (0, "N"):
        raise UnsupportedError("transposed triangular system")
    b = _Batch(t, node, (2, op.b_ndim), op.b_ndim)
    w, n, m = b.w, b.cores[0][0], (1 if op.b_ndim == 1 else b.cores[1][1])

    def core(bases: list[str], out: str) -> None:
        def cell(step: str, j: str) -> None:
            i = step if op.lower else w.emit(f"sub i64 {n - 1}, {step}")
            slot = w.slot(REAL, b.get(1, b.at(bases[1], i, m, j)))

            def subtract(done: str) -> None:
                k = done if op.lower else w.emit(f"sub i64 {n - 1}, {done}")
                x, y = b.get(0, b.at(bases[0], i, n, k)), w.load(b.out, b.at(out, k, m, j))
                product = w.emit(f"fmul double {x}, {y}")
                w.write(slot, REAL, w.emit(f"fsub double {w.read(slot, REAL)}, {product}"))

            w.loop_to(step, subtract)
            pivot = _ONE if op.unit_diagonal else b.get(0, b.at(bases[0], i, n, i))
            w.store(b.out, b.at(out, i, m, j), w.emit(f"fdiv double {w.read(slot, REAL)}, {pivot}"))

        w.loop(n, lambda step: w.loop(m, lambda j: cell(step, j)))

    b.each(core)


_TRANSLATIONS: dict[str, Callable[[Translator, Apply, Op], None]] = {
    "Dot": _dot,
    "Dot22": _dot,
    "Cholesky": _cholesky,
    "SolveTriangular": _solve_triangular,
    "CumOp": lines.cumulate,
    "AllocDiag": lines.diagonal,
    "Softmax": lines.softmax,
    "SoftmaxGrad": lines.softmax_gradient,
    "LogSoftmax": lines.softmax,
}
