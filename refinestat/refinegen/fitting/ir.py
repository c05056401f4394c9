"""A writer of LLVM IR text: values, loops, constants. It knows nothing of PyTensor.

All numbers are 64 bits wide: real ones `double`, whole ones and truth values `i64`. A value of one element is an SSA
name or a literal; a longer one is memory, in C order."""

import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import prod

import numpy as np

REAL, WHOLE = "double", "i64"
_UNROLLED = 3  # loops this short are written out
_ON_STACK = 512  # elements; longer arrays live in the module


class UnsupportedError(Exception):
    """The graph has something that is not translated: another back end must take it."""


@dataclass(frozen=True, slots=True, eq=False)
class Value:
    """The result of one graph node. text: SSA name or literal if `single`, else the pointer to its memory."""

    text: str
    kind: str
    shape: tuple[int, ...]
    single: bool
    constant: np.ndarray | None = None

    @property
    def size(self) -> int:
        return prod(self.shape)


def literal(number: float | int, kind: str) -> str:
    """A number as IR writes it; reals by their bits, so that nothing is lost."""
    if kind == WHOLE:
        return str(int(number))
    (bits,) = struct.unpack("<Q", struct.pack("<d", float(number)))
    return f"0x{bits:016X}"


def kind_of(dtype: str) -> str:
    """Which of the two kinds stands for a NumPy type."""
    kind = np.dtype(dtype).kind
    if kind == "f":
        return REAL
    if kind in "iub":
        return WHOLE
    raise UnsupportedError(f"values of type {dtype}")


class Writer:
    """Collects the text of one module with one function."""

    def __init__(self) -> None:
        self._head: list[str] = []
        self._allocations: list[str] = []
        self._body: list[str] = []
        self._count = 0
        self._block = "start"
        self._declared: dict[str, str] = {}
        self._tables: dict[bytes, str] = {}

    def name(self, prefix: str = "%v") -> str:
        self._count += 1
        return f"{prefix}{self._count}"

    def emit(self, operation: str) -> str:
        """One instruction with a result."""
        result = self.name()
        self._body.append(f"  {result} = {operation}")
        return result

    def do(self, operation: str) -> None:
        """One instruction without a result."""
        self._body.append(f"  {operation}")

    def call(self, function: str, arguments: Iterable[str], *, trailing: str = "") -> str:
        """Call a pure function of reals; declared on first use. trailing: one more argument, `i32 0` for Cython's."""
        given = [f"{REAL} {a}" for a in arguments] + ([trailing] if trailing else [])
        types = ", ".join(argument.split()[0] for argument in given)
        self._declared[function] = f"declare {REAL} @{function}({types}) nounwind willreturn memory(none)"
        return self.emit(f"call {REAL} @{function}({', '.join(given)})")

    def constant(self, array: np.ndarray) -> Value:
        """A constant; one number, or one repeated, is a literal wherever it is used."""
        kind = kind_of(str(array.dtype))
        flat = array.ravel()
        if flat.size and (flat == flat[0]).all():
            return Value(literal(flat[0], kind), kind, array.shape, True, array)
        typed = flat.astype(np.float64 if kind == REAL else np.int64)
        key = kind.encode() + typed.tobytes()
        if key not in self._tables:
            self._tables[key] = self.name("@c")
            numbers = ", ".join(f"{kind} {literal(x, kind)}" for x in typed.tolist())
            self._head.append(
                f"{self._tables[key]} = private unnamed_addr constant [{flat.size} x {kind}] [{numbers}], align 16"
            )
        return Value(self._tables[key], kind, array.shape, False, array)

    def array(self, kind: str, shape: tuple[int, ...]) -> Value:
        """Memory for a result that is not constant."""
        size = prod(shape)
        if size <= _ON_STACK:
            pointer = self.name("%a")
            self._allocations.append(f"  {pointer} = alloca [{max(size, 1)} x {kind}], align 16")
        else:
            pointer = self.name("@g")
            self._head.append(f"{pointer} = internal global [{size} x {kind}] zeroinitializer, align 16")
        return Value(pointer, kind, shape, False)

    def load(self, value: Value, index: str) -> str:
        """One element; the index does not matter where there is only one."""
        if value.single:
            return value.text
        pointer = self.emit(f"getelementptr inbounds {value.kind}, ptr {value.text}, i64 {index}")
        return self.emit(f"load {value.kind}, ptr {pointer}, align 8")

    def store(self, value: Value, index: str, element: str) -> None:
        pointer = self.emit(f"getelementptr inbounds {value.kind}, ptr {value.text}, i64 {index}")
        self.do(f"store {value.kind} {element}, ptr {pointer}, align 8")

    def table(self, numbers: np.ndarray, index: str) -> str:
        """Look up one of some constant whole numbers; arithmetic progressions are computed."""
        flat = np.ravel(numbers)
        if index.lstrip("-").isdigit():
            return str(int(flat[int(index)]))
        steps = np.diff(flat)
        if steps.size == 0 or (steps == steps[0]).all():
            step = int(steps[0]) if steps.size else 0
            scaled = index if step == 1 else self.emit(f"mul nsw i64 {index}, {step}") if step else "0"
            return self.emit(f"add nsw i64 {scaled}, {int(flat[0])}") if flat[0] else scaled
        return self.load(self.constant(flat.astype(np.int64)), index)

    def loop(self, count: int, body: Callable[[str], None]) -> None:
        """Repeat the body for 0..count-1; it gets the index as text."""
        if count <= _UNROLLED:
            for i in range(count):
                body(str(i))
            return
        self._repeat(str(count), body)

    def loop_to(self, count: str, body: Callable[[str], None]) -> None:
        """Repeat for 0..count-1, with a count that is only known when it runs and may be 0."""
        some, after = self.name("b"), self.name("b")
        self.do(f"br i1 {self.emit(f'icmp sgt i64 {count}, 0')}, label %{some}, label %{after}")
        self._start(some)
        self._repeat(count, body)
        self.do(f"br label %{after}")
        self._start(after)

    def _start(self, block: str) -> None:
        self._body.append(f"{block}:")
        self._block = block

    def _repeat(self, count: str, body: Callable[[str], None]) -> None:
        head, after, index, following, done = (self.name(p) for p in ("b", "b", "%i", "%i", "%i"))
        self.do(f"br label %{head}")
        self._body.append(f"{head}:")
        entry, at = self._block, len(self._body)
        self._body.append("")
        self._block = head
        body(index)
        self._body[at] = f"  {index} = phi i64 [0, %{entry}], [{following}, %{self._block}]"
        self.do(f"{following} = add nuw nsw i64 {index}, 1")
        self.do(f"{done} = icmp eq i64 {following}, {count}")
        self.do(f"br i1 {done}, label %{after}, label %{head}")
        self._start(after)

    def slot(self, kind: str, start: str) -> str:
        """A mutable variable, for sums and the like; LLVM turns it into a register."""
        pointer = self.name("%s")
        self._allocations.append(f"  {pointer} = alloca {kind}")
        self.do(f"store {kind} {start}, ptr {pointer}")
        return pointer

    def read(self, slot: str, kind: str) -> str:
        return self.emit(f"load {kind}, ptr {slot}")

    def write(self, slot: str, kind: str, element: str) -> None:
        self.do(f"store {kind} {element}, ptr {slot}")

    def module(self, signature: str) -> str:
        """The whole text; the body must have ended with a return."""
        parts = [*self._head, *self._declared.values(), f"define {signature} {{", "start:"]
        return "\n".join([*parts, *self._allocations, *self._body, "}"])

    @property
    def calls(self) -> frozenset[str]:
        """Names of the outside functions that the text calls."""
        return frozenset(name for name in self._declared if not name.startswith("llvm."))
