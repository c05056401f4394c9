"""Reads lists, tuples, dicts, f-strings and comprehensions."""

import ast
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from refinestat.refinegen.predicates import constants, transfer
from refinestat.refinegen.predicates.binding import (
    MOST_ITEMS,
    any_element,
    bind_target,
    elements,
    grouped,
    iterates,
    once,
)
from refinestat.refinegen.predicates.expressions import evaluate
from refinestat.refinegen.predicates.nodes import walk
from refinestat.refinegen.predicates.state import NAMES_PER_STEP, NODES_PER_STEP, State
from refinestat.refinegen.predicates.symbols import MISSING, MOST_WEIGHT, UNKNOWN, Kind, Outcome, Value, text


def _sequence(node: ast.List | ast.Tuple | ast.Set, state: State) -> Value:
    items: list[Value] | None = []
    values = []
    for element in node.elts:
        value = evaluate(element.value if isinstance(element, ast.Starred) else element, state)
        values.append(value)
        if not isinstance(element, ast.Starred):
            items = None if items is None else [*items, value]
        else:
            items = None if items is None or value.items is None else [*items, *value.items]
        items = None if items is None or len(items) > MOST_WEIGHT else items
    if isinstance(node, ast.Set):  # of equal things there is one, in no known order
        items = None
    if items is not None:
        return grouped(items)
    unknown = replace(transfer.opaque(values, kind=Kind.SEQUENCE), symbolic=False, outcome=Outcome.FREE)
    return state.marked(unknown, values)


def _table(node: ast.Dict, state: State) -> Value:
    """A dict; with the items of dicts that are merged into it."""
    found: dict[Any, Value] | None = {}
    values = []
    for key, part in zip(node.keys, node.values, strict=True):
        value = evaluate(part, state)
        values.append(value)
        name = evaluate(key, state).constant if key is not None else MISSING
        if found is not None and isinstance(name, str | int):
            found[name] = value
        elif found is not None and key is None and value.keys is not None and value.items is not None:
            found |= zip(value.keys, value.items, strict=True)
        else:
            found = None
    if found is None:
        return Value(kind=Kind.TABLE, outcome=transfer.derived(values))
    return state.marked(Value(kind=Kind.TABLE, keys=tuple(found), items=tuple(found.values())), values)


def _joined_text(node: ast.JoinedStr, state: State) -> Value:
    parts: list[str] = []
    values: list[Value] = []
    known = True
    for part in node.values:
        inner = part.value if isinstance(part, ast.FormattedValue) else part
        value = evaluate(inner, state)
        values.append(value)
        plain = isinstance(part, ast.Constant) or (part.format_spec is None and part.conversion == -1)  # type: ignore[attr-defined]
        known = known and plain and isinstance(value.constant, str | int)
        parts.append(str(value.constant) if known else "")
    made = text("".join(parts)) if known and sum(map(len, parts)) < constants.LONGEST_TEXT else text()
    return state.marked(made, values)


def _comprehension(node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp, state: State) -> Value:
    before = dict(state.names)
    state.steps += len(before) // NAMES_PER_STEP
    single = len(node.generators) == 1 and not node.generators[0].ifs and not isinstance(node, ast.DictComp)
    first = evaluate(node.generators[0].iter, state)
    iterates(node.generators[0].iter, first, state)
    known = elements(first) if single else None
    results = []
    if known is not None and len(known) <= MOST_ITEMS and not isinstance(node, ast.DictComp):
        for item in known:
            bind_target(node.generators[0].target, item, state, local=True)
            results.append(evaluate(node.elt, state))
        _leave(node, before, state)
        result = grouped(results)
        if isinstance(node, ast.GeneratorExp):
            return once(result)
        return replace(result, items=None) if isinstance(node, ast.SetComp) else result
    conditions: list[Value] = []
    for position, generator in enumerate(node.generators):
        iterated = first if position == 0 else evaluate(generator.iter, state)
        iterates(generator.iter, iterated, state)
        bind_target(generator.target, any_element(iterated), state, local=True)
        for condition in generator.ifs:
            conditions.append(evaluate(condition, state))
    outer, state.certain, observed = state.certain, False, len(state.observations)
    parts = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
    made = [evaluate(part, state) for part in parts]
    state.certain = outer
    _leave(node, before, state)
    state.observations += state.observations[observed:]  # as often as there are elements
    kind = Kind.TABLE if isinstance(node, ast.DictComp) else Kind.SEQUENCE
    return state.marked(replace(transfer.opaque(made, kind=kind), symbolic=False), conditions)


def _leave(node: ast.AST, before: dict[str, Value], state: State) -> None:
    """After a comprehension its names are gone, but for those that `:=` binds: nobody knows whether it did."""
    nodes = walk(node)
    state.steps += len(nodes) // NODES_PER_STEP
    inner, state.names = state.names, before
    for each in nodes:
        if isinstance(each, ast.NamedExpr) and each.target.id in inner:
            name = each.target.id
            state.names[name] = transfer.opaque([inner[name], before.get(name, UNKNOWN)])


def _slice(node: ast.Slice, state: State) -> Value:
    parts = [evaluate(part, state) for part in (node.lower, node.upper, node.step)]
    return Value(kind=Kind.UNKNOWN, path="slice", items=tuple(parts))


DISPLAYS: Mapping[type[ast.AST], Callable[[Any, State], Value]] = {
    ast.Slice: _slice,
    ast.List: _sequence,
    ast.Tuple: _sequence,
    ast.Set: _sequence,
    ast.Dict: _table,
    ast.JoinedStr: _joined_text,
    ast.ListComp: _comprehension,
    ast.SetComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.DictComp: _comprehension,
}
