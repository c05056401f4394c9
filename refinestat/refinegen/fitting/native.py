"""Log density and gradient as machine code, made in process by LLVM: no compiler, no files, some tenths of a second.

The log density is simplified by PyTensor, differentiated, evaluated once by PyTensor's own implementation of each
operation, and translated (translate.py). The machine code must then agree with PyTensor at several points."""

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from pytensor.graph.basic import Variable

from refinestat.refinegen.fitting import machine
from refinestat.refinegen.fitting.graph import Graph
from refinestat.refinegen.fitting.ir import REAL, UnsupportedError, Value, Writer, literal

_SIGNATURE = "i64 @density(i64 %n, ptr noalias %x, ptr noalias %gradient, ptr noalias %value, ptr %unused) nounwind"
_COPY = """
declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
define i64 @copy(i64 %n, i64 %m, ptr %x, ptr %out, ptr %unused) {
  %bytes = mul i64 %n, 8
  call void @llvm.memcpy.p0.p0.i64(ptr %out, ptr %x, i64 %bytes, i1 false)
  ret i64 0
}
"""
_BAD_GRADIENT, _BAD_VALUE = 3, 4  # what the sampler takes for a divergence


@dataclass(frozen=True, slots=True, kw_only=True)
class Density:
    """A log density ready to be called from machine code, on all parameters in one vector.

    address: of `i64 (i64 n, double *x, double *gradient, double *value, void *)`. copy_address: of a function that
    copies a vector, `i64 (i64 n, i64 n, double *x, double *out, void *)`. keep: what must live as long as they do."""

    address: int
    copy_address: int
    size: int
    initial: np.ndarray
    initial_value: float
    keep: Any

    def __call__(self, x: np.ndarray) -> tuple[float, np.ndarray]:
        """Value and gradient at one point; NaN where the value or gradient is not finite."""
        pointer = ctypes.POINTER(ctypes.c_double)
        function = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_uint64, pointer, pointer, pointer, ctypes.c_void_p)(
            self.address
        )
        x, gradient, value = np.ascontiguousarray(x, dtype=np.float64), np.empty(self.size), np.empty(1)
        code = function(self.size, *(a.ctypes.data_as(pointer) for a in (x, gradient, value)), None)
        return (float(value[0]), gradient) if code == 0 else (np.nan, np.full(self.size, np.nan))


def compile_density(logp: Variable, inputs: Sequence[Variable], point: Sequence[np.ndarray]) -> Density:
    """Machine code for value and gradient. Raises UnsupportedError where it cannot be made, or is wrong."""
    shapes = [np.shape(values) for values in point]
    try:
        graph = Graph(logp, inputs)
        value, _ = graph.evaluate(point)
        text, calls = _translate(graph)
    except (NotImplementedError, AttributeError, KeyError) as error:  # an operation that is not as we know it
        raise UnsupportedError(f"{type(error).__name__}: {error}") from error
    density = _assemble(text, calls, np.concatenate([np.ravel(p) for p in point]).astype(np.float64), value)
    _agree(density, graph, shapes)
    return density


def _translate(graph: Graph) -> tuple[str, frozenset[str]]:
    writer = Writer()
    outputs = machine.write(writer, graph)
    _finish(writer, outputs, sum(output.size for output in outputs[1:]))
    return writer.module(_SIGNATURE), writer.calls


def _finish(writer: Writer, outputs: list[Value], size: int) -> None:
    """Store the results; tell the sampler where they are not finite."""
    value, *gradients = outputs
    target = Value("%gradient", REAL, (size,), False)
    start = 0
    for gradient in gradients:

        def copy(index: str, gradient: Value = gradient, start: int = start) -> None:
            writer.store(target, writer.emit(f"add i64 {index}, {start}"), writer.load(gradient, index))

        writer.loop(gradient.size, copy)
        start += gradient.size
    total = writer.load(value, "0")
    writer.do(f"store double {total}, ptr %value")
    worst = writer.slot(REAL, literal(0, REAL))

    def check(index: str) -> None:  # x - x is 0 for finite x and NaN for the others
        element = writer.load(target, index)
        difference = writer.emit(f"fsub double {element}, {element}")
        writer.write(worst, REAL, writer.emit(f"fadd double {writer.read(worst, REAL)}, {difference}"))

    writer.loop(size, check)
    bad_gradient = writer.emit(f"fcmp une double {writer.read(worst, REAL)}, {literal(0, REAL)}")
    bad_value = writer.emit(f"fcmp une double {writer.emit(f'fsub double {total}, {total}')}, {literal(0, REAL)}")
    code = writer.emit(f"select i1 {bad_gradient}, i64 {_BAD_GRADIENT}, i64 0")
    writer.do(f"ret i64 {writer.emit(f'select i1 {bad_value}, i64 {_BAD_VALUE}, i64 {code}')}")


def _assemble(text: str, calls: frozenset[str], initial: np.ndarray, initial_value: float) -> Density:
    engine = machine.assemble(text + _COPY, calls)
    return Density(
        address=engine.get_function_address("density"),
        copy_address=engine.get_function_address("copy"),
        size=initial.size,
        initial=initial,
        initial_value=initial_value,
        keep=engine,
    )


def _agree(density: Density, graph: Graph, shapes: Sequence[tuple[int, ...]]) -> None:
    """Hold value and gradient against PyTensor's at the initial point and at points around it."""
    random = np.random.default_rng(0)
    cuts = np.cumsum([int(np.prod(shape)) for shape in shapes])[:-1]
    for i in range(machine.CHECKED_POINTS):
        x = density.initial + (random.uniform(-1, 1, density.size) if i else 0)
        value, gradient = graph.evaluate([p.reshape(s) for p, s in zip(np.split(x, cuts), shapes, strict=True)])
        ours, our_gradient = density(x)
        if not np.isfinite(value) or not np.all(np.isfinite(gradient)):
            agreed = np.isnan(ours)
        else:
            scale = np.maximum(1, np.abs(gradient))
            agreed = abs(ours - value) <= machine.TOLERANCE * max(1, abs(value)) and bool(
                np.all(np.abs(our_gradient - gradient) <= machine.TOLERANCE * scale)
            )
        if not agreed:
            raise UnsupportedError(f"machine code and PyTensor disagree: {ours:.10g} and {value:.10g}")
