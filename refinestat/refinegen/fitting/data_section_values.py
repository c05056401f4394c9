"""How the things that a data section made are described: plain JSON, and arrays beside it.

["plain", 3], ["float", "0.5"], ["array", 0], ["list", [...]], ["dict", {...}], and ["table", {...}] by column. What has
no description (functions, models, columns with an index of their own) is left out."""

import json
from collections.abc import Sequence
from types import ModuleType
from typing import Any

import numpy as np

_MOST_ITEMS = 300
_MOST_TEXT = 200
_MOST_ELEMENTS = 2_000_000
_DEEPEST = 4
_MOST_BYTES = 40_000  # of descriptions in the header


def described(namespace: dict[str, Any]) -> tuple[dict[str, Any], list[np.ndarray]]:
    """Descriptions by name, and the arrays that they point to."""
    arrays: list[np.ndarray] = []
    values: dict[str, Any] = {}
    room = _MOST_BYTES
    for name, thing in namespace.items():
        if name.startswith("_") or not name.isidentifier() or isinstance(thing, ModuleType):
            continue
        kept = len(arrays)
        kind = _describe(thing, arrays, 0)
        size = len(json.dumps([name, kind])) + 60 * (len(arrays) - kept) if kind is not None else 0
        if kind is None or size > room or sum(array.size for array in arrays) > _MOST_ELEMENTS:
            del arrays[kept:]
            continue
        room -= size
        values[name] = kind
    return values, arrays


def _describe(thing: Any, arrays: list[np.ndarray], depth: int) -> list[Any] | None:
    match thing:
        case np.generic() | np.ndarray():
            found = _array(thing, arrays)
        case bool() | int() | str():
            small = len(thing) <= _MOST_TEXT if isinstance(thing, str) else abs(thing) < 2**62
            found = ["plain", thing] if small else None
        case float():
            found = ["float", repr(thing)]
        case list() | tuple() | range():
            found = _list(thing, arrays, depth)
        case dict():
            found = _table(thing, arrays, depth)
        case _:
            found = _of_pandas(thing, arrays, depth)
    return found


def _list(thing: Sequence[Any], arrays: list[np.ndarray], depth: int) -> list[Any] | None:
    if len(thing) > _MOST_ITEMS or depth > _DEEPEST:
        return None
    items = [_describe(item, arrays, depth + 1) for item in thing]
    return None if any(item is None for item in items) else ["list", items]


def _table(thing: dict[Any, Any], arrays: list[np.ndarray], depth: int) -> list[Any] | None:
    if len(thing) > _MOST_ITEMS or depth > _DEEPEST or not all(isinstance(key, str) for key in thing):
        return None
    return ["dict", {key: _describe(item, arrays, depth + 1) for key, item in thing.items()}]


def _array(thing: Any, arrays: list[np.ndarray]) -> list[Any] | None:
    if isinstance(thing, np.ma.MaskedArray):
        return None
    array = np.asarray(thing)
    if array.dtype.kind == "U" and array.ndim == 1 and array.size <= _MOST_ITEMS:
        return ["list", [["plain", str(item)[:_MOST_TEXT]] for item in array]]
    if array.dtype.kind not in "biuf" or array.ndim > 4:
        return None
    arrays.append(array.astype({"b": "|b1", "f": "<f8"}.get(array.dtype.kind, "<i8")))
    return ["array", len(arrays) - 1]


def _of_pandas(thing: Any, arrays: list[np.ndarray], depth: int) -> list[Any] | None:
    """Columns of numbers that are numbered from 0: an index of their own would give `column[3]` another meaning."""
    kind = type(thing).__name__ if type(thing).__module__.startswith("pandas") else ""
    if kind == "DataFrame" and all(isinstance(column, str) for column in thing.columns):
        columns = list(thing.columns)
        if len(set(columns)) == len(columns) <= _MOST_ITEMS:
            return ["table", {column: _describe(thing[column], arrays, depth + 1) for column in columns}]
    own = getattr(thing, "index", None)
    numbered = kind == "Series" and (getattr(own, "start", None), getattr(own, "step", None)) == (0, 1)
    if not numbered and kind not in {"Index", "RangeIndex"}:
        return None
    if getattr(thing.dtype, "kind", "") in "biuf":
        return _array(thing.to_numpy(), arrays)
    texts = thing.tolist() if len(thing) <= _MOST_ITEMS else [None]
    return _list(texts, arrays, depth) if all(isinstance(text, str) for text in texts) else None
