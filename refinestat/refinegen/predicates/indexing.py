"""What subscripts do to abstract values."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from refinestat.refinegen.predicates import constants, shapes
from refinestat.refinegen.predicates.symbols import MISSING, Kind, Shape, Value
from refinestat.refinegen.predicates.transfer import as_array, from_constant, opaque


def item(base: Value, index: Value) -> Value:
    """base[index]; shapes.Mismatch is never raised here: what is unclear is unknown."""
    if base.kind is Kind.SEQUENCE:
        return _of_sequence(base, index)
    if base.kind is not Kind.NUMBER:
        return opaque([base, index])
    parts = index.items if index.kind is Kind.SEQUENCE and index.items is not None else (index,)
    if base.known and constants.numeric(base.constant) and (folded := _folded(base, parts)) is not None:
        return folded
    sources = base.sources.union(*(part.sources for part in parts))
    kept = shape(base.shape, parts)
    return replace(
        base, constant=MISSING, shape=kept, sources=sources, symbolic=base.symbolic or index.symbolic, law="",
        measure=base.measure, broken=False, path=base.path if kept or any(map(shapes.of, parts)) else "",
    )  # fmt: skip


def _of_sequence(base: Value, index: Value) -> Value:
    if base.items is None:
        return opaque([base])
    if isinstance(index.constant, int) and -len(base.items) <= index.constant < len(base.items):
        return base.items[index.constant]
    if is_slice(index) and index.items is not None and (span := _span(index.items)) is not None:
        return replace(base, items=base.items[span])
    return opaque(base.items) if base.items else opaque([base])


def is_slice(index: Value) -> bool:
    return index.path == "slice"


def is_full_slice(index: Value) -> bool:
    """`[:]`"""
    return is_slice(index) and all(part.kind is Kind.NONE for part in index.items or ())


def _span(parts: Sequence[Value]) -> slice | None:
    ends = [None if part.kind is Kind.NONE else part.constant for part in parts]
    if not all(end is None or isinstance(end, int) for end in ends):
        return None
    return slice(*ends) if ends[2] != 0 else None


def _plain(part: Value) -> Any:
    if is_slice(part):
        span = _span(part.items or ())
        return MISSING if span is None else span
    if part.kind is Kind.NONE or part.constant is ...:
        return part.constant
    part = as_array(part)
    return part.constant if part.kind is Kind.NUMBER and constants.numeric(part.constant) else MISSING


def _folded(base: Value, parts: Sequence[Value]) -> Value | None:
    plain = [_plain(part) for part in parts]
    if any(p is MISSING for p in plain) or any(isinstance(p, float) for p in plain) or _large(base, parts, plain):
        return None
    try:
        result: Any = np.asarray(base.constant)[tuple(plain)]
    except constants.UNCOMPUTABLE:
        return None
    return from_constant(result.item() if isinstance(result, np.generic) else result)


def _large(base: Value, parts: Sequence[Value], plain: Sequence[Any]) -> bool:
    """Whether arrays of positions take more elements than may be computed, or nobody knows how many."""
    if not any(isinstance(p, np.ndarray) and p.ndim and p.dtype.kind != "b" for p in plain):
        return False
    lengths = shape(base.shape, [as_array(part) for part in parts])
    return lengths is None or math.prod(n or 0 for n in lengths) > constants.MOST_ELEMENTS


def shape(base: Shape | None, parts: Sequence[Value]) -> Shape | None:
    """The shape of base[parts]; None where unknown."""
    if base is None or any(part.constant is ... for part in parts) or any(_is_mask(part) for part in parts):
        return None
    result: list[int | None] = []
    rest, advanced = list(base), []
    for position, part in enumerate(parts):
        if part.kind is Kind.NONE:
            result.append(1)
            continue
        if not rest:
            return None
        length = rest.pop(0)
        if is_slice(part):
            span = _span(part.items or ())
            result.append(None if length is None or span is None else len(range(*span.indices(length))))
            continue
        part_shape = shapes.of(part)
        if part_shape is None:
            return None
        advanced.append((position, len(result), part_shape))
    arrays = [array for _, _, array in advanced if array]
    if len(arrays) > 1 and any(isinstance(p, Value) and (is_slice(p) or p.kind is Kind.NONE) for p in parts):
        return None
    # With an array, whole numbers count as arrays too; where a slice or None parts them, their axes go first.
    together = bool(advanced) and advanced[-1][0] - advanced[0][0] == len(advanced) - 1
    return _with_arrays(result, rest, arrays, advanced[0][1] if together else 0)


def _with_arrays(kept: list[int | None], rest: list[int | None], arrays: list[Shape], at: int) -> Shape | None:
    merged: Shape | None = ()
    for array in arrays:
        try:
            merged = shapes.broadcast(merged, array)
        except shapes.Mismatch:
            return None
    return None if merged is None else (*kept[:at], *merged, *kept[at:], *rest)


def _is_mask(part: Value) -> bool:
    constant = part.constant
    if isinstance(constant, bool) or (isinstance(constant, np.ndarray) and constant.dtype.kind == "b"):
        return True
    return part.kind is Kind.UNKNOWN and not is_slice(part)
