"""LLVM IR for PyTensor's scalar operations."""

import re
from collections.abc import Callable, Sequence
from math import log
from typing import Any

import numpy as np
from pytensor.scalar.basic import Composite, ScalarOp

from refinestat.refinegen.fitting.ir import REAL, WHOLE, UnsupportedError, Writer, kind_of, literal
from refinestat.refinegen.fitting.outside import special_address

Operand = tuple[str, str]  # SSA name or literal, kind

_LIBM = {
    "Exp": "exp", "Exp2": "exp2", "Expm1": "expm1", "Log": "log", "Log2": "log2", "Log10": "log10", "Log1p": "log1p",
    "Sin": "sin", "Cos": "cos", "Tan": "tan", "ArcSin": "asin", "ArcCos": "acos", "ArcTan": "atan", "ArcTan2": "atan2",
    "Sinh": "sinh", "Cosh": "cosh", "Tanh": "tanh", "ArcSinh": "asinh", "ArcCosh": "acosh", "ArcTanh": "atanh",
    "Erf": "erf", "Erfc": "erfc", "Floor": "floor", "Ceil": "ceil", "Trunc": "trunc", "RoundHalfToEven": "rint",
    "RoundHalfAwayFromZero": "round", "Gamma": "tgamma",
}  # fmt: skip
_COMPARISONS = {"LT": ("olt", "slt"), "GT": ("ogt", "sgt"), "LE": ("ole", "sle"), "GE": ("oge", "sge"),
                "EQ": ("oeq", "eq"), "NEQ": ("une", "ne")}  # fmt: skip
_FOLDS = {"Add": ("fadd", "add"), "Mul": ("fmul", "mul"), "AND": ("", "and"), "OR": ("", "or"), "XOR": ("", "xor")}
_EXTREMES = {"Maximum": ("ogt", "sgt"), "ScalarMaximum": ("ogt", "sgt"), "Minimum": ("olt", "slt"),
             "ScalarMinimum": ("olt", "slt")}  # fmt: skip
_SAME = frozenset({"Identity", "Cast", "Second", "OutputGuard"})
_SMALL_POWERS = 4


class ScalarWriter:
    """Writes scalar operations into a `Writer`."""

    def __init__(self, writer: Writer) -> None:
        self._w = writer

    def apply(self, op: ScalarOp, operands: Sequence[Operand], dtype: str) -> str:
        """The SSA name of op(operands), of the kind of `dtype`."""
        name, kind = type(op).__name__, kind_of(dtype)
        method: Callable[[Sequence[Operand], str], str] | None = getattr(self, f"_{name.lower()}", None)
        if isinstance(op, Composite):
            result = self._composite(op, operands)
        elif name in _SAME:
            result = self._cast(operands[-1], dtype)
        elif name in _COMPARISONS:
            result = self._truth(self._compare(_COMPARISONS[name], operands[0], operands[1]))
        elif name in _FOLDS:
            result = self._fold(_FOLDS[name][kind == WHOLE], [self.to(o, kind) for o in operands], kind)
        elif name in _EXTREMES:
            result = self._extreme(_EXTREMES[name], operands, kind)
        elif method is not None:
            result = method(operands, kind)
        else:
            result = self._cast((self._outside(op, name, operands), REAL), dtype)
        return result

    def to(self, operand: Operand, kind: str) -> str:
        """The operand as the other kind, if need be."""
        text, given = operand
        if given == kind:
            return text
        if kind == REAL and re.fullmatch(r"-?\d+", text):
            return literal(int(text), REAL)
        if kind == REAL:
            return self._w.emit(f"sitofp i64 {text} to double")
        return self._w.emit(f"fptosi double {text} to i64")

    def _cast(self, operand: Operand, dtype: str) -> str:
        if np.dtype(dtype).kind == "b" and operand[1] == REAL:
            return self._truth(self._compare(_COMPARISONS["NEQ"], operand, (literal(0, REAL), REAL)))
        return self.to(operand, kind_of(dtype))

    def _composite(self, op: Composite, operands: Sequence[Operand]) -> str:
        known: dict[Any, Operand] = dict(zip(op.fgraph.inputs, operands, strict=True))

        def operand(variable: Any) -> Operand:
            if variable not in known:
                kind = kind_of(variable.type.dtype)
                known[variable] = (literal(variable.data, kind), kind)
            return known[variable]

        for node in op.fgraph.toposort():
            result = self.apply(node.op, [operand(i) for i in node.inputs], node.outputs[0].type.dtype)
            known[node.outputs[0]] = (result, kind_of(node.outputs[0].type.dtype))
        if len(op.fgraph.outputs) != 1:
            raise UnsupportedError("a scalar operation with several results")
        return operand(op.fgraph.outputs[0])[0]

    def _outside(self, op: ScalarOp, name: str, operands: Sequence[Operand]) -> str:
        arguments = [self.to(o, REAL) for o in operands]
        if name in _LIBM:
            return self._w.call(_LIBM[name], arguments)
        specified = getattr(op, "nfunc_spec", None)
        if specified and specified[0].startswith("scipy.special."):
            function = specified[0].removeprefix("scipy.special.")
            if special_address(function, len(arguments)) is not None:
                return self._w.call(f"special.{function}.{len(arguments)}", arguments, trailing="i32 0")
        raise UnsupportedError(f"scalar operation {name}")

    def _compare(self, codes: tuple[str, str], a: Operand, b: Operand) -> str:
        if a[1] == b[1] == WHOLE:
            return self._w.emit(f"icmp {codes[1]} i64 {a[0]}, {b[0]}")
        return self._w.emit(f"fcmp {codes[0]} double {self.to(a, REAL)}, {self.to(b, REAL)}")

    def _truth(self, bit: str) -> str:
        return self._w.emit(f"zext i1 {bit} to i64")

    def _is_true(self, operand: Operand) -> str:
        return self._compare(_COMPARISONS["NEQ"], operand, (literal(0, operand[1]), operand[1]))

    def _choose(self, bit: str, yes: str, no: str, kind: str) -> str:
        return self._w.emit(f"select i1 {bit}, {kind} {yes}, {kind} {no}")

    def _fold(self, code: str, elements: Sequence[str], kind: str) -> str:
        if not code:
            raise UnsupportedError("bits of a real number")
        result = elements[0]
        for element in elements[1:]:
            result = self._w.emit(f"{code} {kind} {result}, {element}")
        return result

    def _extreme(self, codes: tuple[str, str], operands: Sequence[Operand], kind: str) -> str:
        """As NumPy: a NaN on either side is the result."""
        best = self.to(operands[0], kind)
        for operand in operands[1:]:
            other = self.to(operand, kind)
            taken = self._choose(self._compare(codes, (best, kind), (other, kind)), best, other, kind)
            if kind == REAL:
                taken = self._choose(self._w.emit(f"fcmp uno double {best}, {best}"), best, taken, kind)
            best = taken
        return best

    def _real2(self, code: str, a: str, b: str) -> str:
        return self._w.emit(f"{code} double {a}, {b}")

    def _sub(self, o: Sequence[Operand], kind: str) -> str:
        code = "fsub" if kind == REAL else "sub"
        return self._w.emit(f"{code} {kind} {self.to(o[0], kind)}, {self.to(o[1], kind)}")

    def _neg(self, o: Sequence[Operand], kind: str) -> str:
        x = self.to(o[0], kind)
        return self._w.emit(f"fneg double {x}" if kind == REAL else f"sub i64 0, {x}")

    def _abs(self, o: Sequence[Operand], kind: str) -> str:
        x = self.to(o[0], kind)
        if kind == REAL:
            return self._w.call("llvm.fabs.f64", [x])
        return self._choose(self._w.emit(f"icmp slt i64 {x}, 0"), self._w.emit(f"sub i64 0, {x}"), x, kind)

    def _sqr(self, o: Sequence[Operand], kind: str) -> str:
        x = self.to(o[0], kind)
        return self._w.emit(f"{'fmul' if kind == REAL else 'mul'} {kind} {x}, {x}")

    def _sqrt(self, o: Sequence[Operand], _: str) -> str:
        return self._w.call("llvm.sqrt.f64", [self.to(o[0], REAL)])

    def _truediv(self, o: Sequence[Operand], _: str) -> str:
        return self._real2("fdiv", self.to(o[0], REAL), self.to(o[1], REAL))

    def _reciprocal(self, o: Sequence[Operand], _: str) -> str:
        return self._real2("fdiv", literal(1, REAL), self.to(o[0], REAL))

    def _pow(self, o: Sequence[Operand], kind: str) -> str:
        base, exponent = self.to(o[0], REAL), self.to(o[1], REAL)
        known = {literal(n, REAL): n for n in range(1, _SMALL_POWERS + 1)}
        if exponent in known:
            result = base
            for _ in range(known[exponent] - 1):
                result = self._real2("fmul", result, base)
        elif exponent == literal(0.5, REAL):
            result = self._w.call("llvm.sqrt.f64", [base])
        elif exponent == literal(-1, REAL):
            result = self._real2("fdiv", literal(1, REAL), base)
        else:
            result = self._w.call("pow", [base, exponent])
        return self.to((result, REAL), kind)

    def _switch(self, o: Sequence[Operand], kind: str) -> str:
        return self._choose(self._is_true(o[0]), self.to(o[1], kind), self.to(o[2], kind), kind)

    def _clip(self, o: Sequence[Operand], kind: str) -> str:
        low = self._extreme(_EXTREMES["Maximum"], o[:2], kind)
        return self._extreme(_EXTREMES["Minimum"], [(low, kind), o[2]], kind)

    def _invert(self, o: Sequence[Operand], kind: str) -> str:
        """Only of truth values: PyTensor inverts nothing else in a log density."""
        return self._truth(self._w.emit(f"icmp eq i64 {self.to(o[0], kind)}, 0"))

    def _sign(self, o: Sequence[Operand], kind: str) -> str:
        zero = (literal(0, kind), kind)
        x = (self.to(o[0], kind), kind)
        below = self._choose(self._compare(_COMPARISONS["LT"], x, zero), literal(-1, kind), x[0], kind)
        return self._choose(self._compare(_COMPARISONS["GT"], x, zero), literal(1, kind), below, kind)

    def _isnan(self, o: Sequence[Operand], _: str) -> str:
        x = self.to(o[0], REAL)
        return self._truth(self._w.emit(f"fcmp uno double {x}, {x}"))

    def _isinf(self, o: Sequence[Operand], _: str) -> str:
        size = self._w.call("llvm.fabs.f64", [self.to(o[0], REAL)])
        return self._truth(self._w.emit(f"fcmp oeq double {size}, {literal(float('inf'), REAL)}"))

    def _sigmoid(self, o: Sequence[Operand], _: str) -> str:
        falling = self._w.call("exp", [self._w.emit(f"fneg double {self.to(o[0], REAL)}")])
        return self._real2("fdiv", literal(1, REAL), self._real2("fadd", literal(1, REAL), falling))

    def _softplus(self, o: Sequence[Operand], _: str) -> str:
        """log(1 + exp(x)) = max(x, 0) + log1p(exp(-|x|)), which never overflows."""
        x = self.to(o[0], REAL)
        falling = self._w.call("exp", [self._w.emit(f"fneg double {self._w.call('llvm.fabs.f64', [x])}")])
        positive = self._extreme(_EXTREMES["Maximum"], [(x, REAL), (literal(0, REAL), REAL)], REAL)
        return self._real2("fadd", positive, self._w.call("log1p", [falling]))

    def _log1mexp(self, o: Sequence[Operand], _: str) -> str:
        """log(1 - exp(x)), by Maechler 2012: two formulas that meet at -log 2."""
        x = self.to(o[0], REAL)
        far = self._w.call("log1p", [self._w.emit(f"fneg double {self._w.call('exp', [x])}")])
        near = self._w.call("log", [self._w.emit(f"fneg double {self._w.call('expm1', [x])}")])
        return self._choose(self._w.emit(f"fcmp olt double {x}, {literal(-log(2), REAL)}"), far, near, REAL)

    def _trigamma(self, o: Sequence[Operand], _: str) -> str:
        """By recurrence up to x + 8, then the asymptotic series; only right for x > 0, which the self-check watches."""
        x, total = self.to(o[0], REAL), literal(0, REAL)
        for _step in range(8):
            total = self._real2("fadd", total, self._real2("fdiv", literal(1, REAL), self._real2("fmul", x, x)))
            x = self._real2("fadd", x, literal(1, REAL))
        inverse = self._real2("fdiv", literal(1, REAL), x)
        square = self._real2("fmul", inverse, inverse)
        series = literal(7 / 6, REAL)
        for coefficient in (-691 / 2730, 5 / 66, -1 / 30, 1 / 42, -1 / 30, 1 / 6):
            series = self._real2("fadd", self._real2("fmul", series, square), literal(coefficient, REAL))
        tail = self._real2("fmul", self._real2("fmul", series, square), inverse)
        half = self._real2("fmul", square, literal(0.5, REAL))
        return self._real2("fadd", total, self._real2("fadd", self._real2("fadd", inverse, half), tail))
