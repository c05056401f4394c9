"""What Python's own functions do to abstract values."""

import ast
import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from refinestat.refinegen import catalogue
from refinestat.refinegen.predicates import functions, measures, shapes, transfer
from refinestat.refinegen.predicates.binding import MOST_ITEMS, elements, grouped, once
from refinestat.refinegen.predicates.records import Passed, What
from refinestat.refinegen.predicates.state import State, checked
from refinestat.refinegen.predicates.symbols import UNKNOWN, Kind, Outcome, Value, number

MOST_ROUNDS = 10_000_000
ITERATING = {"sum", "list", "tuple", "set", "sorted", "enumerate", "zip", "any", "all", "reversed"}


def length_of(value: Value) -> int | None:
    """How many elements, where known."""
    if value.kind is Kind.SEQUENCE and value.items is not None:
        return len(value.items)
    shape = shapes.of(value)
    return shape[0] if shape else None


def _range(arguments: Passed) -> Value:
    ends = [v.constant for v in arguments.values]
    if (
        not ends
        or not all(isinstance(end, int) and abs(end) < 2**62 for end in ends)
        or (len(ends) > 2 and not ends[2])
    ):
        return Value(kind=Kind.SEQUENCE, integer=True, outcome=transfer.derived(arguments.values))
    span, outcome = range(*ends[:3]), transfer.derived(arguments.values)
    items = tuple(number(i) for i in span) if len(span) <= MOST_ITEMS else None
    return Value(kind=Kind.SEQUENCE, integer=True, items=items, shape=(len(span),), outcome=outcome)


def python_function(node: ast.Call, name: str, arguments: Passed, state: State) -> Value:
    """The value of `len(...)`, `range(...)` and the like."""
    values = arguments.values
    if name == "hasattr":
        return _has_attribute(values)
    if name == "range" and any(v.symbolic and v.sources and v.kind is Kind.NUMBER for v in values):
        state.report(What.PLAIN, node, values=tuple(values))
    if name == "range":
        result = _range(arguments) if state.closed else replace(_range(arguments), outcome=Outcome.FREE)
        if result.shape and (result.shape[0] or 0) > MOST_ROUNDS:
            state.report(What.LARGE, node, f"a range of {result.shape[0]} (at most {MOST_ROUNDS})")
        return result
    if name in {"len", "max", "min", "round"} and values and values[0].symbolic and values[0].sources:
        state.report(What.PLAIN, node, values=tuple(values))
    if name in ITERATING and len(values) == 1 and values[0].kind is Kind.NUMBER and values[0].shape == ():
        state.report(What.UNPACK, node, values=(values[0],))
    if name == "len":
        length = length_of(values[0]) if values else None
        return number(length) if length is not None else Value(integer=True, shape=(), bounds=(0.0, math.inf))
    if name in {"float", "int", "bool", "range"} and values and values[0].symbolic and values[0].sources:
        state.report(What.PLAIN, node, values=tuple(values))
    try:
        result = _plain_builtin(name, values, arguments)
    except shapes.Mismatch:
        summed = elements(values[0]) if len(values) == 1 else None
        state.report(What.SHAPES, node, values=tuple(values) if summed is None else summed)
        result = transfer.opaque(values)
    known = result.known or result.keys is not None
    if known and name in {"int", "float", "dict"} and not state.closed:
        result = replace(result, outcome=Outcome.FREE)
    return checked(node, result, arguments, state)


def _has_attribute(values: list[Value]) -> Value:
    """`hasattr(pm, "MutableData")`, by the catalogue."""
    if len(values) == 2 and values[0].kind is Kind.MODULE and isinstance(values[1].constant, str):
        library, path = catalogue.load(), values[0].path
        if path in library.closed:
            return number(values[1].constant in library.opened[path] | library.closed[path])
    return UNKNOWN


def _plain_builtin(name: str, values: list[Value], arguments: Passed) -> Value:
    maker = BUILTINS.get(name)
    made = maker(values) if maker is not None and not arguments.keywords else None
    if made is not None:
        return made
    if name == "dict" and not values and not arguments.unsure:
        items = tuple(arguments.named.values())
        return Value(kind=Kind.TABLE, keys=tuple(arguments.keywords), items=items, outcome=transfer.derived(items))
    return transfer.opaque([*values, *arguments.named.values()])


def _enumerated(values: list[Value]) -> Value | None:
    parts = elements(values[0]) if len(values) == 1 else None
    return None if parts is None else once(grouped(grouped((number(i), part)) for i, part in enumerate(parts)))


def _zipped(values: list[Value]) -> Value | None:
    parts = [elements(value) for value in values]
    if any(part is None for part in parts):
        return None
    return once(grouped(grouped(group) for group in zip(*(p for p in parts if p is not None), strict=False)))


def _listed(values: list[Value]) -> Value | None:
    if not values:
        return grouped(())
    return replace(values[0], path="") if values[0].kind is Kind.SEQUENCE else None


def _added(values: list[Value]) -> Value | None:
    parts = elements(values[0]) if len(values) == 1 else None
    if not parts:
        return None
    if len(parts) > MOST_ITEMS:
        return functions.apply("sum", values, {}) if all(part.shape == () for part in parts) else None
    total = parts[0]
    for part in parts[1:]:
        total = transfer.binary(ast.Add, total, part)
    return total


def _raised(values: list[Value]) -> Value | None:
    """`pow(x, y)`."""
    if len(values) != 2:
        return None
    measure = measures.of_operation(ast.Pow, *values)
    return replace(transfer.binary(ast.Pow, *values), measure=measure)


def _rounded(function: Callable[[Any], Any], values: list[Value]) -> Value | None:
    """`abs`, `round` of one value; of a plain number, a plain number."""
    if len(values) != 1:
        return None
    constant = values[0].constant
    plain = isinstance(constant, int | float) and (function is round or not isinstance(constant, np.number))
    if plain and math.isfinite(constant):
        return replace(number(function(constant)), outcome=transfer.derived(values))
    return functions.apply(function.__name__, values, {})


def _number_cast(kind: type) -> Callable[[list[Value]], Value | None]:
    def cast(values: list[Value]) -> Value | None:
        if len(values) != 1 or not isinstance(values[0].constant, int | float) or not math.isfinite(values[0].constant):
            return None
        return number(kind(values[0].constant), outcome=transfer.derived(values))

    return cast


BUILTINS: Mapping[str, Callable[[list[Value]], Value | None]] = {
    "enumerate": _enumerated,
    "zip": _zipped,
    "list": _listed,
    "tuple": _listed,
    "sum": _added,
    "pow": _raised,
    "abs": lambda values: _rounded(abs, values),
    "round": lambda values: _rounded(round, values),
    "float": _number_cast(float),
    "int": _number_cast(int),
}
