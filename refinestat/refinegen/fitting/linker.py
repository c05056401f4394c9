"""PyTensor's functions as machine code of ours: a linker for what PyMC's compound step makes by itself.

numba takes seconds for each of these functions. Shapes are known at a function's first call: then it is translated, and
held against PyTensor's own implementation of each operation. UnsupportedError, at that call, where that fails."""

import ctypes
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from pytensor.compile.mode import Mode
from pytensor.graph.basic import Variable
from pytensor.graph.fg import FunctionGraph
from pytensor.graph.rewriting.db import RewriteDatabaseQuery
from pytensor.link.basic import JITLinker

from refinestat.refinegen.fitting import machine
from refinestat.refinegen.fitting.graph import Evaluator
from refinestat.refinegen.fitting.ir import REAL, UnsupportedError, Value, Writer

_SIGNATURE = "void @function(ptr noalias %x, ptr noalias %out) nounwind"


class _Function:
    """A function of arrays that is translated when it is called first, and again should a shape change."""

    def __init__(self, fgraph: FunctionGraph) -> None:
        self._graph = Evaluator(fgraph)
        self._shapes: list[tuple[int, ...]] | None = None

    def __call__(self, *inputs: Any) -> list[np.ndarray]:
        if [np.shape(values) for values in inputs] != self._shapes:
            self._translate([np.asarray(values) for values in inputs])
        return self._run(inputs)

    def _run(self, inputs: Sequence[Any]) -> list[np.ndarray]:
        for place, values in zip(self._places, inputs, strict=True):
            place[...] = values
        self._call()
        return [part.astype(dtype) for part, dtype in zip(self._results, self._dtypes, strict=True)]

    def _translate(self, inputs: Sequence[np.ndarray]) -> None:
        wanted = self._graph(inputs)
        writer = Writer()
        _finish(writer, machine.write(writer, self._graph))
        self._engine = machine.assemble(writer.module(_SIGNATURE), writer.calls)
        self._shapes = [values.shape for values in inputs]
        x, self._places = _side_by_side(self._shapes)
        out, self._results = _side_by_side([values.shape for values in wanted])
        signature = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)
        function = signature(self._engine.get_function_address("function"))
        self._call = partial(function, x.ctypes.data, out.ctypes.data)
        self._dtypes = [output.type.dtype for output in self._graph.fgraph.outputs]
        self._agree(inputs)

    def _agree(self, inputs: Sequence[np.ndarray]) -> None:
        """Hold the results against PyTensor's at the inputs and around them; whole numbers stay as they are."""
        random = np.random.default_rng(0)
        for i in range(machine.CHECKED_POINTS):
            moved = [a + random.uniform(-1, 1, a.shape) if i and a.dtype.kind == "f" else a for a in inputs]
            for ours, theirs in zip(self._run(moved), self._graph(moved), strict=True):
                scale = np.maximum(1, np.abs(theirs, where=np.isfinite(theirs), out=np.ones_like(theirs)))
                if not np.allclose(ours / scale, theirs / scale, rtol=0, atol=machine.TOLERANCE, equal_nan=True):
                    raise UnsupportedError("machine code and PyTensor disagree")


def _finish(writer: Writer, outputs: Sequence[Value]) -> None:
    start = 0
    for output in outputs:
        target = Value(
            writer.emit(f"getelementptr inbounds double, ptr %out, i64 {start}"), REAL, (output.size,), False
        )

        def copy(i: str, output: Value = output, target: Value = target) -> None:
            element = writer.load(output, i)
            writer.store(target, i, element if output.kind == REAL else writer.emit(f"sitofp i64 {element} to double"))

        writer.loop(output.size, copy)
        start += output.size
    writer.do("ret void")


def _side_by_side(shapes: Sequence[tuple[int, ...]]) -> tuple[np.ndarray, list[np.ndarray]]:
    """Room for all arrays as one vector, and each array in it."""
    sizes = [int(np.prod(shape)) for shape in shapes]
    together = np.zeros(sum(sizes))
    parts = np.split(together, np.cumsum(sizes)[:-1])
    return together, [part.reshape(shape) for part, shape in zip(parts, shapes, strict=True)]


class _Linker(JITLinker):  # type: ignore[misc]
    """Compiles a whole function at once, as PyTensor's numba linker does."""

    incompatible_rewrites = (
        "cxx_only",
        "BlasOpt",
        "fusion",
        "inplace",
        "local_careduce_fusion",
        "scan_save_mem_prealloc",
    )

    def fgraph_convert(self, fgraph: FunctionGraph, **_: Any) -> _Function:
        return _Function(fgraph.clone())

    def jit_compile(self, fn: _Function) -> _Function:
        return fn

    def create_thunk_inputs(self, storage_map: Mapping[Variable, list[Any]]) -> list[list[Any]]:
        return [storage_map[variable] for variable in self.fgraph.inputs]


MACHINE_CODE = Mode(linker=_Linker(), optimizer=RewriteDatabaseQuery(include=["canonicalize", "stabilize"]))
