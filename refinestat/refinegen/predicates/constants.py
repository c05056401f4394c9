"""Computes what is known before the program runs: numbers, small arrays, texts. Never large, never a callback."""

import ast
import math
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from refinestat.refinegen.predicates.symbols import MISSING
from refinestat.refinegen.predicates.vocabulary import words

MOST_ELEMENTS = 20_000
MOST_BITS = 512
PLAIN = {int, float, bool}
LONGEST_TEXT = 1_000
# What NumPy raises on arguments that do not go together.
UNCOMPUTABLE = (ArithmeticError, ValueError, TypeError, IndexError, AttributeError, MemoryError, np.linalg.LinAlgError)

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
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.USub: lambda x, _: -x,
    ast.UAdd: lambda x, _: +x,
    ast.Invert: lambda x, _: ~x,
    ast.Not: lambda x, _: not x,
}

# Functions of NumPy whose result is computed where all arguments are known; sizes are checked first.
FOLDED = words("""
    abs absolute arange arccos arcsin arctan arctan2 argmax argmin argsort array asarray atleast_1d atleast_2d
    ceil clip column_stack concatenate cos cosh cumprod cumsum diag diff divide dot exp expand_dims expm1 eye
    flatten floor full full_like hstack identity isfinite isin isnan isinf linspace log log10 log1p log2 matmul
    max maximum mean median min minimum multiply nan_to_num ones ones_like outer percentile power prod ptp
    quantile ravel repeat reshape round searchsorted sign sin sinh size sort sqrt square squeeze stack std
    subtract sum tan tanh tile transpose unique var vstack where zeros zeros_like add logical_and logical_or
    logical_not bincount isclose float64 int64 int32 float32 bool_ shape ndim triu tril trace polyval digitize
    degrees radians deg2rad rad2deg cbrt exp2 logspace geomspace
""")
_FUNCTIONS = {name: getattr(np, name) for name in FOLDED - {"flatten"}} | {"flatten": np.ravel}
_BY_SIZE = words("""
    arange eye full identity linspace logspace geomspace ones repeat tile zeros outer tri bincount
""")
_PRODUCTS = frozenset({"dot", "matmul", "isin", "searchsorted", "polyval"})


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
        return _plainly(computed, left, right)
    if not all(numeric(x) or isinstance(x, str) for x in (left, right)):
        return MISSING
    product = op is ast.MatMult and np.size(left) * np.size(right) > MOST_ELEMENTS * 10
    if product or _size_of(left, right) > MOST_ELEMENTS:
        return MISSING
    try:
        with np.errstate(all="ignore"):
            result = computed(left, right)
    except UNCOMPUTABLE:
        return MISSING
    return result if not isinstance(result, complex) else MISSING


def _plainly(computed: Callable[[Any, Any], Any], left: float, right: float) -> Any:
    """The result for two numbers of Python's."""
    try:
        result = computed(left, right)
    except UNCOMPUTABLE:
        return MISSING
    return result if not isinstance(result, complex) else MISSING


def _size_of(left: Any, right: Any) -> int:
    """How many elements an elementwise result has."""
    pairs = zip(*_padded(np.shape(left), np.shape(right)), strict=True)
    return math.prod(max(a, b) for a, b in pairs)


def _padded(*shapes: tuple[int, ...]) -> list[tuple[int, ...]]:
    longest = max(len(shape) for shape in shapes)
    return [(1,) * (longest - len(shape)) + shape for shape in shapes]


def call(name: str, arguments: Sequence[Any], keywords: Mapping[str, Any]) -> Any:
    """The result of a NumPy function on known values, or MISSING."""
    function = _FUNCTIONS.get(name)
    if function is None or "dtype" in keywords:
        return MISSING
    try:
        if name in _BY_SIZE and _result_size(name, arguments, keywords) > MOST_ELEMENTS:
            return MISSING
        sizes = [np.size(x) for x in arguments if isinstance(x, np.ndarray | list | tuple)]
        if sum(sizes) > MOST_ELEMENTS or 0 in sizes or (name in _PRODUCTS and math.prod(sizes) > MOST_ELEMENTS * 10):
            return MISSING
        with np.errstate(all="ignore"):
            result = function(*arguments, **keywords)
    except UNCOMPUTABLE:
        return MISSING
    return result if isinstance(result, int | float | np.ndarray | np.number | np.bool_ | tuple) else MISSING


def _result_size(name: str, arguments: Sequence[Any], keywords: Mapping[str, Any]) -> float:
    numbers = [abs(float(n)) for x in (*arguments, *keywords.values()) for n in _numbers(x)]
    if name in {"arange", "linspace", "logspace", "geomspace", "bincount"}:
        if name == "arange" and len(numbers) > 2:
            return (numbers[0] + numbers[1]) / numbers[2] if numbers[2] else math.inf
        return max(numbers, default=0.0)
    if name in {"eye", "identity"}:
        return max(numbers, default=0.0) ** 2
    if name in {"repeat", "tile", "outer"}:
        sizes = [np.size(x) for x in arguments]
        return math.prod(sizes) * max([abs(float(n)) for x in arguments[1:] for n in _numbers(x)], default=1.0)
    return math.prod(max(1.0, n) for n in numbers[:4]) if len(numbers) <= 4 else math.inf


def _numbers(x: Any) -> list[Any]:
    if isinstance(x, int | float | np.number):
        return [math.inf] if math.isnan(x) else [x]
    if isinstance(x, tuple | list):
        return [n for n in x if isinstance(n, int | float | np.number)]
    if isinstance(x, np.ndarray) and x.size and x.dtype.kind in "iuf":
        return [float(np.nanmax(np.abs(x)))] if not np.all(np.isnan(x.astype(float))) else [math.inf]
    return []
