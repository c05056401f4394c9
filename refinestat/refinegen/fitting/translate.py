"""A PyTensor graph of known shapes as LLVM IR: one loop per node, every index worked out beforehand.

`known` holds the value of every variable at one point, which gives the shapes; whatever does not depend on the inputs
is a constant. Moving elements around (subtensors, transposes, joins, broadcasts) is a table of positions, found by
applying the operation itself to an array of positions. What is not here raises UnsupportedError."""

from collections.abc import Callable, Mapping, Sequence
from math import prod

import numpy as np
from pytensor.graph.basic import Apply, Constant, Variable
from pytensor.graph.op import Op
from pytensor.tensor.blockwise import Blockwise
from pytensor.tensor.elemwise import CAReduce, DimShuffle, Elemwise
from pytensor.tensor.subtensor import IncSubtensor, get_idx_list

from refinestat.refinegen.fitting import matrices
from refinestat.refinegen.fitting.ir import REAL, UnsupportedError, Value, Writer, kind_of, literal
from refinestat.refinegen.fitting.scalar_ops import ScalarWriter

_VIEWS = frozenset({"TensorFromScalar", "ScalarFromTensor", "SpecifyShape", "ViewOp", "OutputGuard", "Unbroadcast",
                    "DeepCopyOp", "Reshape", "SplitDims", "JoinDims", "ExpandDims"})  # fmt: skip
_GATHERS = frozenset({"Subtensor", "AdvancedSubtensor", "AdvancedSubtensor1", "ExtractDiag"})
_SCATTERS = frozenset({"IncSubtensor", "AdvancedIncSubtensor", "AdvancedIncSubtensor1"})
_BROADCASTS = frozenset({"Alloc", "Second", "BroadcastTo"})
_CHECKS = frozenset({"CheckParameterValue", "CheckAndRaise", "Assert"})
_START = {"Add": 0.0, "Mul": 1.0, "AND": 1, "OR": 0, "ScalarMaximum": -np.inf, "Maximum": -np.inf,
          "ScalarMinimum": np.inf, "Minimum": np.inf}  # fmt: skip


def positions(shape: tuple[int, ...]) -> np.ndarray:
    """The number of each element, in C order, in its place."""
    return np.arange(prod(shape), dtype=np.int64).reshape(shape)


class Translator:
    """Translates nodes one by one, in topological order."""

    def __init__(self, writer: Writer, known: Mapping[Variable, np.ndarray], varying: set[Variable]) -> None:
        self.writer = writer
        self.scalars = ScalarWriter(writer)
        self._known = known
        self._varying = varying
        self._values: dict[Variable, Value] = {}

    def set(self, variable: Variable, value: Value) -> None:
        self._values[variable] = value

    def value(self, variable: Variable) -> Value:
        """The variable's translation; what does not vary becomes a constant at first use."""
        if variable not in self._values:
            if variable in self._varying:
                raise UnsupportedError(f"{variable} is used before it is computed")
            self._values[variable] = self.writer.constant(self.fixed(variable))
        return self._values[variable]

    def fixed(self, variable: Variable) -> np.ndarray:
        """The number behind a shape, an index, a constant; UnsupportedError if it varies with the parameters."""
        if variable in self._varying:
            raise UnsupportedError("a shape or an index that depends on the parameters")
        return np.asarray(variable.data if isinstance(variable, Constant) else self._known[variable])

    def shape(self, variable: Variable) -> tuple[int, ...]:
        return tuple(np.shape(variable.data if isinstance(variable, Constant) else self._known[variable]))

    def node(self, node: Apply) -> None:
        """Translate one node, whose outputs vary."""
        op, name = node.op, type(node.op).__name__
        if isinstance(op, Elemwise):
            self._elementwise(node)
        elif isinstance(op, CAReduce):
            self._reduce(node)
        elif isinstance(op, DimShuffle):
            self._gather(node, self._moved(node, op))
        elif name in _VIEWS:
            self._gather(node, positions(self.shape(node.outputs[0])))
        elif name in _BROADCASTS:
            self._gather(node, np.broadcast_to(positions(self.shape(node.inputs[0])), self.shape(node.outputs[0])))
        elif name in _GATHERS:
            self._gather(node, self._moved(node, op))
        elif name in _SCATTERS:
            self._scatter(node)
        elif name in _CHECKS:
            self._check(node)
        elif name in ("Join", "MakeVector", "Split"):
            {"Join": self._join, "MakeVector": self._make_vector, "Split": self._split}[name](node)
        else:
            core = type(op.core_op).__name__ if isinstance(op, Blockwise) else name
            matrices.translate(self, node, core, op.core_op if isinstance(op, Blockwise) else op)

    def result(self, variable: Variable) -> Value:
        """Fresh memory for an output."""
        value = self.writer.array(kind_of(variable.type.dtype), self.shape(variable))
        self.set(variable, value)
        return value

    def single(self, variable: Variable, text: str) -> None:
        """An output of one element, held in a register."""
        self.set(variable, Value(text, kind_of(variable.type.dtype), self.shape(variable), True))

    def _elementwise(self, node: Apply) -> None:
        if len(node.outputs) != 1:
            raise UnsupportedError("an element-wise operation with several results")
        (out,), w = node.outputs, self.writer
        shape = self.shape(out)
        sources = [(self.value(i), self._broadcast(self.shape(i), shape)) for i in node.inputs]

        def element(index: str) -> str:
            operands = []
            for value, table in sources:
                at = index if table is None or value.single else w.table(table, index)
                operands.append((w.load(value, at), value.kind))
            return self.scalars.apply(node.op.scalar_op, operands, out.type.dtype)

        if prod(shape) == 1:
            self.single(out, element("0"))
            return
        result = self.result(out)
        w.loop(result.size, lambda index: w.store(result, index, element(index)))

    def _broadcast(self, given: tuple[int, ...], wanted: tuple[int, ...]) -> np.ndarray | None:
        """Where each element of the result comes from; None if from the same place."""
        return None if given == wanted else np.broadcast_to(positions(given), wanted)

    def _gather(self, node: Apply, table: np.ndarray) -> None:
        self.pick(node.outputs[0], node.inputs[0], table)

    def pick(self, out: Variable, source: Variable, table: np.ndarray) -> None:
        """out[i] = source[table[i]]; nothing is moved where the order stays."""
        w, value, shape, flat = self.writer, self.value(source), self.shape(out), np.ravel(table)
        if value.single:
            self.set(out, Value(value.text, value.kind, shape, True))
        elif flat.size == 1:
            self.single(out, w.load(value, str(int(flat[0]))))
        elif flat.size == value.size and np.array_equal(flat, np.arange(flat.size)):
            self.set(out, Value(value.text, value.kind, shape, False))
        else:
            result = self.result(out)
            w.loop(flat.size, lambda index: w.store(result, index, w.load(value, w.table(flat, index))))

    def _moved(self, node: Apply, op: Op) -> np.ndarray:
        """Apply the operation to positions: it says itself where its elements come from."""
        storage: list[list[object]] = [[None]]
        op.perform(node, [positions(self.shape(node.inputs[0])), *map(self._index, node.inputs[1:])], storage)
        return np.asarray(storage[0][0])

    def _index(self, variable: Variable) -> object:
        """An index that does not vary: a number, an array, a slice or None."""
        if isinstance(variable, Constant) and not isinstance(variable.data, np.ndarray):
            return variable.data
        return self.fixed(variable)

    def _scatter(self, node: Apply) -> None:
        """x with y set or added at fixed places."""
        x, y = node.inputs[:2]
        places = np.asarray(self._places(node))
        sources = np.ravel(np.broadcast_to(positions(self.shape(y)), places.shape))
        w, old, new, result = self.writer, self.value(x), self.value(y), self.result(node.outputs[0])
        flat, sets = np.ravel(places), node.op.set_instead_of_inc
        w.loop(result.size, lambda i: w.store(result, i, self.scalars.to((w.load(old, i), old.kind), result.kind)))

        def update(index: str) -> None:
            at = w.table(flat, index)
            element = self.scalars.to((w.load(new, w.table(sources, index)), new.kind), result.kind)
            if not sets:
                code = "fadd" if result.kind == REAL else "add"
                element = w.emit(f"{code} {result.kind} {w.load(result, at)}, {element}")
            w.store(result, at, element)

        w.loop(flat.size, update)

    def _places(self, node: Apply) -> np.ndarray:
        """Positions in x that a scatter writes to: what the matching gather would read."""
        where = positions(self.shape(node.inputs[0]))
        indices = [self._index(i) for i in node.inputs[2:]]
        if isinstance(node.op, IncSubtensor):
            indices = list(get_idx_list([where, *indices], node.op.idx_list))
        return np.asarray(where[tuple(indices)])

    def _check(self, node: Apply) -> None:
        """A failed check of a parameter makes the result minus infinity, as PyMC's own compilation does."""
        w, x, out = self.writer, self.value(node.inputs[0]), node.outputs[0]
        holds = "true"
        for condition in node.inputs[1:]:
            bit = w.emit(f"icmp ne i64 {w.load(self.value(condition), '0')}, 0")
            holds = w.emit(f"and i1 {holds}, {bit}")

        def element(index: str) -> str:
            return w.emit(f"select i1 {holds}, {x.kind} {w.load(x, index)}, {x.kind} {literal(-np.inf, x.kind)}")

        if prod(self.shape(out)) == 1:
            self.single(out, element("0"))
            return
        result = self.result(out)
        w.loop(result.size, lambda index: w.store(result, index, element(index)))

    def _reduce(self, node: Apply) -> None:
        """Sums, products, extremes, all, any."""
        (x,), (out,), w = node.inputs, node.outputs, self.writer
        name, kind, shape = type(node.op.scalar_op).__name__, kind_of(out.type.dtype), self.shape(x)
        if name not in _START or (kind != REAL and np.isinf(_START[name])):
            raise UnsupportedError(f"reduction {name}")
        axes = range(len(shape)) if node.op.axis is None else node.op.axis
        kept = tuple(1 if axis in axes else n for axis, n in enumerate(shape))
        target = np.ravel(np.broadcast_to(positions(kept), shape))
        value, start = self.value(x), literal(_START[name], kind)

        def combine(old: str, index: str) -> str:
            operands = [(old, kind), (w.load(value, index), value.kind)]
            return self.scalars.apply(node.op.scalar_op, operands, out.type.dtype)

        if prod(kept) == 1:
            slot = w.slot(kind, start)
            w.loop(prod(shape), lambda index: w.write(slot, kind, combine(w.read(slot, kind), index)))
            self.single(out, w.read(slot, kind))
            return
        result = self.result(out)
        w.loop(result.size, lambda index: w.store(result, index, start))

        def step(index: str) -> None:
            at = w.table(target, index)
            w.store(result, at, combine(w.load(result, at), index))

        w.loop(prod(shape), step)

    def _join(self, node: Apply) -> None:
        axis = int(self.fixed(node.inputs[0]))
        out = node.outputs[0]
        where = np.split(
            positions(self.shape(out)), np.cumsum([self.shape(i)[axis] for i in node.inputs[1:]])[:-1], axis=axis
        )
        self.place(out, [(i, w) for i, w in zip(node.inputs[1:], where, strict=True)])

    def _make_vector(self, node: Apply) -> None:
        self.place(node.outputs[0], [(i, np.array([n])) for n, i in enumerate(node.inputs)])

    def place(self, out: Variable, parts: Sequence[tuple[Variable, np.ndarray]]) -> None:
        """out[where[i]] = part[i] for each part; all parts together fill it."""
        w, result = self.writer, self.result(out)
        for part, where in parts:
            value, flat = self.value(part), np.ravel(where)
            copy: Callable[[str], None] = lambda i, value=value, flat=flat: w.store(  # type: ignore[misc]  # noqa: E731
                result, w.table(flat, i), self.scalars.to((w.load(value, i), value.kind), result.kind)
            )
            w.loop(flat.size, copy)

    def _split(self, node: Apply) -> None:
        x, axis, sizes = node.inputs[0], int(self.fixed(node.inputs[1])), self.fixed(node.inputs[2])
        where = np.split(positions(self.shape(x)), np.cumsum(sizes)[:-1], axis=axis)
        for out, table in zip(node.outputs, where, strict=True):
            self.pick(out, x, table)
