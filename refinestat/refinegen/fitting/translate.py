"""A PyTensor graph of known shapes as LLVM IR: one loop per node, every index worked out beforehand.

`known` holds the value of every variable at one point, which gives the shapes; whatever does not depend on the inputs
is a constant. Moving elements around (subtensors, transposes, joins, broadcasts) is a table of positions, found by
applying the operation itself to an array of positions. What is not here raises UnsupportedError."""

from collections.abc import Callable, Mapping, Sequence
from math import prod

import numpy as np
from pytensor.graph.basic import Apply, Constant, Variable
from pytensor.tensor.blockwise import Blockwise
from pytensor.tensor.elemwise import CAReduce, DimShuffle, Elemwise

from refinestat.refinegen.fitting import matrices, moves
from refinestat.refinegen.fitting.ir import REAL, UnsupportedError, Value, Writer, kind_of, literal
from refinestat.refinegen.fitting.moves import positions
from refinestat.refinegen.fitting.scalar_ops import ScalarWriter

_VIEWS = frozenset({"TensorFromScalar", "ScalarFromTensor", "SpecifyShape", "ViewOp", "OutputGuard", "Unbroadcast",
                    "DeepCopyOp", "Reshape", "SplitDims", "JoinDims", "ExpandDims"})  # fmt: skip
_GATHERS = frozenset({"Subtensor", "AdvancedSubtensor", "AdvancedSubtensor1", "ExtractDiag"})
_MOVES: Mapping[str, Callable[["Translator", Apply], None]] = {
    "IncSubtensor": moves.scatter,
    "AdvancedIncSubtensor": moves.scatter,
    "AdvancedIncSubtensor1": moves.scatter,
    "Join": moves.join,
    "MakeVector": moves.make_vector,
    "Split": moves.split,
}
_BROADCASTS = frozenset({"Alloc", "Second", "BroadcastTo"})
_CHECKS = frozenset({"CheckParameterValue", "CheckAndRaise", "Assert"})
_START = {"Add": 0.0, "Mul": 1.0, "AND": 1, "OR": 0, "ScalarMaximum": -np.inf, "Maximum": -np.inf,
          "ScalarMinimum": np.inf, "Minimum": np.inf}  # fmt: skip


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

    def receive(self, variable: Variable, given: Value) -> None:
        """An input of the function, which stands in memory as reals."""
        kind = kind_of(variable.type.dtype)
        if given.size == 1:
            self.single(variable, self.scalars.to((self.writer.load(given, "0"), REAL), kind))
        elif kind == REAL:
            self.set(variable, given)
        else:
            result, w = self.result(variable), self.writer
            w.loop(result.size, lambda i: w.store(result, i, self.scalars.to((w.load(given, i), REAL), kind)))

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

    def varies(self, variable: Variable) -> bool:
        return variable in self._varying

    def shape(self, variable: Variable) -> tuple[int, ...]:
        return tuple(np.shape(variable.data if isinstance(variable, Constant) else self._known[variable]))

    def node(self, node: Apply) -> None:
        """Translate one node, whose outputs vary."""
        name, (out, *_) = type(node.op).__name__, node.outputs
        if isinstance(node.op, Elemwise):
            self._elementwise(node)
        elif isinstance(node.op, CAReduce):
            self._reduce(node)
        elif (index := moves.varying_index(self, node)) is not None:
            (moves.scatter_varying if name in _MOVES else moves.gather_varying)(self, node, index)
        elif isinstance(node.op, DimShuffle) or name in _GATHERS:
            self.pick(out, node.inputs[0], moves.moved(self, node))
        elif name in _VIEWS:
            self.pick(out, node.inputs[0], positions(self.shape(out)))
        elif name in _BROADCASTS:
            self.pick(out, node.inputs[0], np.broadcast_to(positions(self.shape(node.inputs[0])), self.shape(out)))
        elif name in _MOVES:
            _MOVES[name](self, node)
        elif name in _CHECKS:
            self._check(node)
        else:
            core = node.op.core_op if isinstance(node.op, Blockwise) else node.op
            matrices.translate(self, node, type(core).__name__, core)

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

    def place(self, out: Variable, parts: Sequence[tuple[Variable, np.ndarray]]) -> None:
        """out[where[i]] = part[i] for each part; all parts together fill it."""
        w, result = self.writer, self.result(out)
        for part, where in parts:
            value, flat = self.value(part), np.ravel(where)
            copy: Callable[[str], None] = lambda i, value=value, flat=flat: w.store(  # type: ignore[misc]  # noqa: E731
                result, w.table(flat, i), self.scalars.to((w.load(value, i), value.kind), result.kind)
            )
            w.loop(flat.size, copy)
