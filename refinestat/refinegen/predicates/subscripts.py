"""Reads subscripts: of data, of dicts, of arrays and random variables."""

import ast
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from refinestat.refinegen.predicates import given, indexing, lists, tensors, transfer
from refinestat.refinegen.predicates.expressions import evaluate, guarded
from refinestat.refinegen.predicates.records import What
from refinestat.refinegen.predicates.state import State
from refinestat.refinegen.predicates.symbols import UNKNOWN, Kind, Outcome, Value


def _subscript(node: ast.Subscript, state: State) -> Value:
    base = evaluate(node.value, state)
    index = evaluate(node.slice, state)
    if base.kind is Kind.DATA:
        return given.column(node, base, index, state)
    if base.kind is Kind.TABLE:
        return as_outcome(table_item(node, base, index, state), index.constant, state)
    if base.kind is Kind.UNKNOWN and isinstance(index.constant, str) and index.constant == state.symbols.scored:
        return as_outcome(UNKNOWN, index.constant, state)
    if base.kind is Kind.MODEL:
        return _variable(base, index)
    result = indexing.item(base, index)
    of_variables = any(item.sources for item in base.items or ()) or (bool(base.items) and tensors.is_random(index))
    plain = index.path in {"", "slice"} and base.path != lists.SHAPE_OF_TENSOR
    if base.kind is Kind.SEQUENCE and of_variables and plain:
        state.report(What.LIST_INDEX, node, values=(base, index))
    if base.kind is Kind.NUMBER:
        state.report(What.INDEX, node, values=(base, index))
    whole = base.outcome is Outcome.WHOLE and indexing.is_full_slice(index)
    outcome = base.outcome if whole else transfer.derived([base, index])
    result = result if result.outcome is outcome else replace(result, outcome=outcome)  # the same, where it is held
    return guarded(node, lambda: result, (base, index), state)


def _variable(model: Value, index: Value) -> Value:
    """`model["a"]`: it may be one that holds the outcome."""
    name, held = index.constant, model.keys or ()
    inside = isinstance(name, str) and not any(f"::{name}".endswith(f"::{each}") for each in held)
    return replace(UNKNOWN, outcome=Outcome.FREE if inside or not held else Outcome.DERIVED)


def as_outcome(value: Value, column: Any, state: State) -> Value:
    """A column, which may be the outcome that a person named."""
    scored = isinstance(column, str) and column == state.symbols.scored
    return replace(value, outcome=Outcome.WHOLE) if scored else value


def table_item(node: ast.AST, table: Value, index: Value, state: State) -> Value:
    if table.keys is None or table.items is None or not isinstance(index.constant, str | int):
        return transfer.opaque([table])
    if index.constant not in table.keys:
        state.report(What.NO_KEY, node, str(index.constant), (table,))
        return UNKNOWN
    return table.items[table.keys.index(index.constant)]


SUBSCRIPTS: Mapping[type[ast.AST], Callable[[Any, State], Value]] = {ast.Subscript: _subscript}
