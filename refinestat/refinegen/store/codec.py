"""Attempts as lines of JSON and back, nothing lost. Numbers that JSON lacks are the strings "nan", "inf" and "-inf"."""

import json
import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, cast, get_args, get_origin, get_type_hints

from refinestat.refinegen.records import Attempt


class Damaged(ValueError):
    """A line that is not an attempt."""


def plain(value: Any) -> Any:
    """A record, or a collection of records, as what JSON can hold."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, Enum):
        return value.value
    if hasattr(value, "item"):  # a numpy scalar
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value


def dumps(value: Any, indent: int | None = None) -> str:
    """Strict JSON of a record or a collection of records."""
    return json.dumps(plain(value), allow_nan=False, indent=indent)


def attempt_of(data: Any) -> Attempt:
    """The attempt that `plain` gave `data` for. Raises Damaged where it is none."""
    try:
        return cast(Attempt, _read(data, Attempt))
    except (TypeError, ValueError) as error:
        raise Damaged(f"not an attempt: {error}") from error


@cache
def _hints(record: type) -> dict[str, Any]:
    return get_type_hints(record)


def _read(data: Any, wanted: Any) -> Any:
    """`data` as the type `wanted`: a record, a tuple, a mapping, an optional value or a plain one."""
    if isinstance(wanted, type) and is_dataclass(wanted):
        hints = _hints(wanted)
        return wanted(**{key: _read(each, hints[key]) for key, each in _dictionary(data).items() if key in hints})
    origin, arguments = get_origin(wanted), get_args(wanted)
    if origin is tuple and isinstance(data, list):
        return tuple(_read(each, arguments[0]) for each in data)
    if origin is UnionType:
        inner = next(each for each in arguments if each is not NoneType)
        return None if data is None else _read(data, inner)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {key: _read(each, arguments[1]) for key, each in _dictionary(data).items()}
    return _scalar(data, wanted)


def _scalar(data: Any, wanted: Any) -> Any:
    if isinstance(wanted, type) and issubclass(wanted, Enum):
        return wanted(data)
    if wanted is float and (type(data) in (int, float) or data in ("nan", "inf", "-inf")):
        return float(data)
    if type(data) is wanted:
        return data
    raise TypeError(f"{data!r:.60} is no {wanted}")


def _dictionary(data: Any) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise TypeError(f"{data!r:.60} is no record")
    return data
