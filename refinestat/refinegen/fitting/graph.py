"""A log density and its gradient as a PyTensor graph, and PyTensor's own evaluation of graphs."""

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

import numpy as np
import pytensor
import pytensor.tensor as pt
from pytensor.compile.sharedvalue import SharedVariable
from pytensor.graph.basic import Constant, Variable
from pytensor.graph.fg import FunctionGraph
from pytensor.graph.replace import clone_replace
from pytensor.graph.rewriting.basic import MergeOptimizer
from pytensor.graph.rewriting.utils import rewrite_graph
from pytensor.graph.traversal import graph_inputs
from pytensor.scalar.basic import Add, Mul
from pytensor.tensor.elemwise import Elemwise

from refinestat.refinegen.fitting.ir import UnsupportedError

REWRITES = ("canonicalize", "stabilize", "local_check_parameter_to_ninf_switch")
_MOST_NODES = 20_000
_MOST_TERMS = 30


def narrow(fgraph: FunctionGraph, terms: int) -> None:
    """Split sums and products of more terms: NumPy takes 32 at most, and only of two is it fast."""
    for node in fgraph.toposort():
        joins = isinstance(node.op, Elemwise) and isinstance(node.op.scalar_op, Add | Mul)
        if joins and len(node.inputs) > terms:
            fgraph.replace(node.outputs[0], reduce(node.op, node.inputs))


class Evaluator:
    """PyTensor's own evaluation of a graph, operation by operation, without machine code."""

    def __init__(self, fgraph: FunctionGraph) -> None:
        MergeOptimizer().rewrite(fgraph)
        narrow(fgraph, _MOST_TERMS)
        self.fgraph = fgraph
        self.order = fgraph.toposort()
        if len(self.order) > _MOST_NODES:
            raise UnsupportedError(f"a graph of {len(self.order)} operations")
        self._storage: dict[Variable, list[Any]] = {}
        self._steps: list[Callable[[], Any]] = []

    def __call__(self, inputs: Sequence[np.ndarray]) -> list[np.ndarray]:
        """The outputs. Raises LinAlgError where a matrix cannot be decomposed."""
        if not self._steps:
            self._prepare()
        for variable, values in zip(self.fgraph.inputs, inputs, strict=True):
            self._storage[variable][0] = np.asarray(values, dtype=variable.type.dtype)
        for step in self._steps:
            step()
        return [np.asarray(self._storage[output][0], dtype=np.float64) for output in self.fgraph.outputs]

    def _prepare(self) -> None:
        for variable in self.fgraph.variables:
            self._storage[variable] = [variable.data if isinstance(variable, Constant) else None]
        computed = {variable: [True] for variable in self.fgraph.variables}
        for node in self.order:
            self._steps.append(node.op.make_thunk(node, self._storage, computed, [], impl="py"))

    def known(self) -> dict[Variable, np.ndarray]:
        """The value of every variable at the inputs evaluated last."""
        return {variable: storage[0] for variable, storage in self._storage.items()}

    def varying(self) -> set[Variable]:
        """Variables whose value depends on the inputs' values; shapes do not."""
        found = set(self.fgraph.inputs)
        for node in self.order:
            if type(node.op).__name__ not in ("Shape", "Shape_i") and not found.isdisjoint(node.inputs):
                found.update(node.outputs)
        return found


class Graph(Evaluator):
    """The log density and its gradient as a graph over the value variables."""

    def __init__(self, logp: Variable, inputs: Sequence[Variable]) -> None:
        shared = [v for v in graph_inputs([logp]) if isinstance(v, SharedVariable)]
        (frozen,) = clone_replace([logp], {v: pt.constant(v.get_value(), dtype=v.type.dtype) for v in shared})
        simplified = rewrite_graph(frozen, include=REWRITES)
        gradient = pytensor.grad(simplified, list(inputs), disconnected_inputs="ignore")
        super().__init__(FunctionGraph(list(inputs), [simplified, *gradient], clone=True))

    def evaluate(self, point: Sequence[np.ndarray]) -> tuple[float, np.ndarray]:
        """The log density and its gradient, in one vector; NaN where a matrix cannot be decomposed."""
        try:
            value, *gradient = self(point)
        except np.linalg.LinAlgError:
            return np.nan, np.full(sum(np.size(p) for p in point), np.nan)
        return float(value), np.concatenate([g.ravel() for g in gradient])
