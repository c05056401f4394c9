"""Which functions of NumPy are computed on known values, and how many elements they would make or touch.

The number is known, and small, before anything is computed: a function, an argument or a keyword that does not stand
in the table is not computed. Nothing is written to: no argument is `out`."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from refinestat.refinegen.predicates.constants import MOST_ELEMENTS, UNCOMPUTABLE, WIDEST
from refinestat.refinegen.predicates.symbols import MISSING

Given = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Folded:
    """A function. parameters: the names of those it may be given, in order; after them, those by name only.

    elements: how many it makes or touches at most, from its arguments by name."""

    compute: Callable[..., Any]
    parameters: Sequence[str]
    by_name: Sequence[str]
    elements: Callable[[Given], float]


def call(name: str, arguments: Sequence[Any], keywords: Mapping[str, Any]) -> Any:
    """The result of a NumPy function on known values, or MISSING."""
    function = FOLDED.get(name)
    given = _bound(function, arguments, keywords) if function is not None else None
    if function is None or given is None:
        return MISSING
    try:
        sizes = [size_of(x) for x in given.values()]
        if 0 in sizes or sum(sizes) > MOST_ELEMENTS or not function.elements(given) <= MOST_ELEMENTS:
            return MISSING
        with np.errstate(all="ignore"):
            result = function.compute(*arguments, **keywords)
    except UNCOMPUTABLE:
        return MISSING
    return result if isinstance(result, int | float | np.ndarray | np.number | np.bool_ | tuple) else MISSING


def _bound(function: Folded, arguments: Sequence[Any], keywords: Mapping[str, Any]) -> dict[str, Any] | None:
    """The arguments by name; None where one has no place, or is wider than any array's elements."""
    given = dict(zip(function.parameters, arguments, strict=False))
    allowed = {*function.parameters, *function.by_name} - given.keys()
    if len(arguments) > len(function.parameters) or not keywords.keys() <= allowed:
        return None
    given |= keywords
    leaves = (leaf for x in given.values() for leaf in _leaves(x))
    return None if any(type(leaf) is int and leaf.bit_length() > WIDEST for leaf in leaves) else given


def _leaves(x: Any) -> Iterator[Any]:
    """The numbers and arrays of nested tuples."""
    if not isinstance(x, list | tuple):
        yield x
    else:
        for part in x:
            yield from _leaves(part)


def size_of(x: Any) -> int:
    """How many elements an array has, or all of nested tuples."""
    return sum(leaf.size if isinstance(leaf, np.ndarray) else 1 for leaf in _leaves(x))


def _product(lengths: Any) -> float:
    """How many elements an array of these lengths has."""
    return math.prod(float(max(abs(n), 1)) for n in _leaves(lengths))


def _together(given: Given) -> float:
    """No more than goes in."""
    return sum(size_of(x) for x in given.values())


def _broadcast(given: Given) -> float:
    return math.prod(np.broadcast_shapes(*(np.shape(x) for x in given.values())))


def _each_with_each(given: Given) -> float:
    return math.prod(size_of(x) for x in given.values())


def _products(given: Given) -> float:
    """Sums of products: touched, and soon forgotten."""
    return _each_with_each(given) / 10


def _like(given: Given) -> float:
    return _together(given) + _product(given.get("shape") or ())


def _ranged(given: Given) -> float:
    """`arange(stop)`, `arange(start, stop, step)`."""
    ends = [float(n) for n in given.values()]
    start, stop = (0.0, ends[0]) if len(ends) == 1 else ends[:2]
    return abs(stop - start) / abs(ends[2] if len(ends) > 2 else 1.0)


def _spaced(given: Given) -> float:
    ends = [given.get(name, 1.0) for name in ("start", "stop", "base")]
    return math.prod(size_of(x) for x in ends) * _product(given.get("num", 50))


def _square(given: Given) -> float:
    columns = given.get("M")
    return _product(given["N"]) * _product(given["N"] if columns is None else columns)


def _repeated(given: Given) -> float:
    times, total = size_of(given["repeats"]), float(np.sum(np.abs(given["repeats"])))
    return size_of(given["a"]) / times * total


def _tiled(given: Given) -> float:
    return size_of(given["A"]) * _product(given["reps"])


def _counted(given: Given) -> float:
    return float(np.max(given["x"])) + float(given.get("minlength", 0))


def _diagonal(given: Given) -> float:
    """Of a vector, a matrix that is so large in both directions."""
    first, side = given.get("v", given.get("m")), 0.0
    if np.ndim(first) == 1:
        side = size_of(first) + abs(float(given.get("k", 0)))
    return max(side**2, float(size_of(first)))


def _rounded(given: Given) -> float:
    """10 to the power of `decimals` is multiplied together."""
    return size_of(given["a"]) + abs(float(given.get("decimals", 0)))


def _differences(given: Given) -> float:
    return size_of(given["a"]) * (1.0 + abs(float(given.get("n", 1))))


# The parameters (after `*`: by name only), the functions, how many elements.
TABLE: Sequence[tuple[str, str, Callable[[Given], float]]] = (
    ("a axis * keepdims", "sum prod max min ptp median mean argmax argmin", _together),
    ("a axis * ddof keepdims", "std var", _together),
    ("a axis", "argsort sort cumsum cumprod squeeze size expand_dims", _together),
    ("a", "asarray ravel flatten shape ndim", _together),
    ("x", "atleast_1d atleast_2d float64 int64 int32 float32 bool_", _together),
    ("object * ndmin", "array", _together),
    ("a shape", "reshape", _together),
    ("a axes", "transpose", _together),
    ("a decimals", "round", _rounded),
    ("a offset axis1 axis2", "trace", _together),
    ("ar * axis return_index return_inverse return_counts", "unique", _together),
    ("x * nan posinf neginf", "nan_to_num", _together),
    ("arrays axis", "stack concatenate", _together),
    ("tup", "column_stack hstack vstack", _together),
    ("condition x y", "where", _broadcast),
    ("a a_min a_max * min max", "clip", _broadcast),
    ("a b rtol atol", "isclose", _broadcast),
    ("a q axis * keepdims", "percentile quantile", _each_with_each),
    ("a b", "outer", _each_with_each),
    ("a b", "dot matmul", _products),
    ("element test_elements", "isin", _products),
    ("a v", "searchsorted", _products),
    ("x bins right", "digitize", _products),
    ("p x", "polyval", _products),
    ("shape", "ones zeros", _like),
    ("shape fill_value", "full", _like),
    ("a * shape", "ones_like zeros_like", _like),
    ("a fill_value * shape", "full_like", _like),
    ("start stop step", "arange", _ranged),
    ("start stop num endpoint * axis", "linspace geomspace", _spaced),
    ("start stop num endpoint base * axis", "logspace", _spaced),
    ("N M k", "eye", _square),
    ("N", "identity", _square),
    ("a repeats axis", "repeat", _repeated),
    ("A reps", "tile", _tiled),
    ("x weights minlength", "bincount", _counted),
    ("v k", "diag", _diagonal),
    ("m k", "triu tril", _diagonal),
    ("a n axis", "diff", _differences),
)
UNARY = """
    abs absolute arccos arcsin arctan ceil cos cosh exp expm1 floor isfinite isnan isinf log log10 log1p log2 sign sin
    sinh sqrt square tan tanh rint trunc logical_not degrees radians deg2rad rad2deg cbrt exp2
"""
BINARY = "arctan2 divide maximum minimum multiply power subtract add logical_and logical_or"


def _table() -> Mapping[str, Folded]:
    rows = (*TABLE, ("x", UNARY, _together), ("x1 x2", BINARY, _broadcast))
    found = {}
    for parameters, names, elements in rows:
        positional, _, by_name = parameters.partition("*")
        for name in names.split():
            compute = np.ravel if name == "flatten" else getattr(np, name)
            found[name] = Folded(compute, positional.split(), by_name.split(), elements)
    return found


FOLDED: Mapping[str, Folded] = _table()
