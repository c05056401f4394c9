"""Computes what is known before the program runs: numbers, small arrays, texts. Never large, never a callback.

Functions of NumPy are in `folding`."""

import ast
import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from refinestat.refinegen.predicates.symbols import MISSING

MOST_ELEMENTS = 20_000
MOST_BITS = 512
MOST_BITS_OF_SUM = 1_000  # as many a real holds
WIDEST = 63  # bits of a whole number of an array's; wider ones make arrays of objects
PLAIN = {int, float, bool}
LONGEST_TEXT = 1_000
# What NumPy raises on arguments that do not go together; warnings, where they are errors.
UNCOMPUTABLE = (
    ArithmeticError, ValueError, TypeError, LookupError, AttributeError, MemoryError, np.linalg.LinAlgError, Warning,
)  # fmt: skip

OPERATORS: Mapping[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
    ast.MatMult: operator.matmul,
    ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_,
    ast.BitXor: operator.xor,
    ast.LShift: operator.lshift,
    ast.RShift: operator.rshift,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Is: lambda x, y: x is y if type(x) is type(y) is bool else MISSING,  # of numbers, nobody knows
    ast.IsNot: lambda x, y: x is not y if type(x) is type(y) is bool else MISSING,
    ast.USub: lambda x, _: -x,
    ast.UAdd: lambda x, _: +x,
    ast.Invert: lambda x, _: ~x,
    ast.Not: lambda x, _: not x,
}
OF_TEXTS = {ast.Add, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq}


def numeric(constant: Any) -> bool:
    """Whether it is a number or an array of numbers."""
    return isinstance(constant, int | float | np.number | np.bool_) or (
        isinstance(constant, np.ndarray) and constant.dtype.kind in "biuf"
    )


def too_large(op: type[ast.AST], left: Any, right: Any) -> str:
    """Why an operation on known whole numbers or texts must not be computed; empty where it may be."""
    whole = isinstance(left, int) and isinstance(right, int)
    if whole and op is ast.Pow and right > 1 and left.bit_length() * right > MOST_BITS:
        return f"{left} ** {right} is too large a number"
    if whole and op is ast.LShift and right + left.bit_length() > MOST_BITS:
        return f"{left} << {right} is too large a number"
    if whole and op is ast.Mult and left.bit_length() + right.bit_length() > MOST_BITS:
        return "a product is too large a number"
    if op is ast.Mult and {type(left), type(right)} == {str, int}:
        text, times = (left, right) if isinstance(left, str) else (right, left)
        if len(text) * times > LONGEST_TEXT:
            return f"a text of {len(text) * times} characters (at most {LONGEST_TEXT})"
    return ""


def operate(op: type[ast.AST], left: Any, right: Any) -> Any:
    """The result of an operation on known values, or MISSING."""
    computed = OPERATORS.get(op)
    if computed is None or too_large(op, left, right):
        return MISSING
    if type(left) in PLAIN and type(right) in PLAIN:
        return _computed(computed, left, right)
    if isinstance(left, str) or isinstance(right, str):
        return _of_texts(op, left, right)
    if not _small(op, left, right):
        return MISSING
    with np.errstate(all="ignore"):
        return _computed(computed, left, right)


def _small(op: type[ast.AST], left: Any, right: Any) -> bool:
    """Whether these are numbers and arrays of which the result is small."""
    if not all(numeric(x) and (type(x) is not int or x.bit_length() <= WIDEST) for x in (left, right)):
        return False
    product = op is ast.MatMult and np.size(left) * np.size(right) > MOST_ELEMENTS * 10
    return not product and _size_of(left, right) <= MOST_ELEMENTS


def _computed(compute: Callable[[Any, Any], Any], left: Any, right: Any) -> Any:
    """The result, where it is a number of no unusual size."""
    try:
        result = compute(left, right)
    except UNCOMPUTABLE:
        return MISSING
    wide = isinstance(result, int) and result.bit_length() > MOST_BITS_OF_SUM
    return result if not isinstance(result, complex) and not wide else MISSING


def _of_texts(op: type[ast.AST], left: Any, right: Any) -> Any:
    """Texts that are compared, joined or repeated (`too_large` has seen how often); never a formatted one."""
    kinds = {type(left), type(right)}
    if kinds == {str, int} and op is ast.Mult:
        return _computed(OPERATORS[op], left, right)
    if kinds != {str} or (op is ast.Add and len(left) + len(right) > LONGEST_TEXT):
        return MISSING
    return _computed(OPERATORS[op], left, right) if op in OF_TEXTS else MISSING


def _size_of(left: Any, right: Any) -> int:
    """How many elements an elementwise result has."""
    pairs = zip(*_padded(np.shape(left), np.shape(right)), strict=True)
    return math.prod(max(a, b) for a, b in pairs)


def _padded(*shapes: tuple[int, ...]) -> list[tuple[int, ...]]:
    longest = max(len(shape) for shape in shapes)
    return [(1,) * (longest - len(shape)) + shape for shape in shapes]
