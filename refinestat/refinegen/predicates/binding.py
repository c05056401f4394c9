"""Lists of values, what iterating over a value gives, and what names are bound to."""

import ast
from collections.abc import Iterable
from dataclasses import replace

from refinestat.refinegen.predicates import measures, transfer
from refinestat.refinegen.predicates.records import What
from refinestat.refinegen.predicates.state import State
from refinestat.refinegen.predicates.symbols import UNKNOWN, Kind, Outcome, Value, sequence

MOST_ITEMS = 64


def grouped(items: Iterable[Value] | None) -> Value:
    """A list of these values; with what they carry."""
    if items is None:
        return Value(kind=Kind.SEQUENCE)
    kept = tuple(spent(item) if item.path == ONCE else item for item in items)
    result = sequence(kept, Outcome.DERIVED if any(v.outcome for v in kept) else Outcome.FREE)
    sources = frozenset().union(*(v.sources for v in kept))
    return replace(result, sources=sources, symbolic=False) if sources else result


ONCE = "an iterator"


def once(value: Value) -> Value:
    """What `zip`, `enumerate` or a generator gives: it can be gone through once."""
    return replace(value, path=ONCE)


def spent(value: Value) -> Value:
    """An iterator of which nobody knows how much is left."""
    return Value(kind=Kind.SEQUENCE, sources=value.sources, outcome=value.outcome)


def elements(value: Value) -> tuple[Value, ...] | None:
    """What iterating gives, where that is known and short."""
    if value.kind is Kind.SEQUENCE:
        return value.items
    if value.kind is Kind.TABLE and value.keys is not None:
        return tuple(transfer.from_constant(key) for key in value.keys)
    array = value.constant
    if value.known and hasattr(array, "shape") and len(array.shape) == 1 and len(array) <= MOST_ITEMS:
        return tuple(
            replace(transfer.from_constant(item), outcome=transfer.derived([value])) for item in array.tolist()
        )
    return None


def iterates(node: ast.AST, value: Value, state: State) -> None:
    """What is gone through: not one value; something is done for each value of the outcome."""
    if value.kind is Kind.NUMBER and value.shape == ():
        state.report(What.UNPACK, node, values=(value,))
    if value.outcome is Outcome.WHOLE:
        state.report(What.LEAK, node)


def any_element(value: Value) -> Value:
    """Some element of an iterable of unknown length."""
    if value.items:
        return value.items[0] if len(value.items) == 1 else transfer.opaque(value.items)
    result = transfer.opaque([value])
    return (
        replace(result, kind=value.kind, bounds=value.bounds, integer=value.integer)
        if value.kind is Kind.NUMBER
        else result
    )


def bind_target(target: ast.expr, value: Value, state: State, *, local: bool = False) -> None:
    """Assigns to a name or unpacks into several."""
    if isinstance(target, ast.Name):
        if not local and target.id in state.symbols.fixed and not still_data(target.id, value, state):
            state.report(What.REBOUND, target, target.id)
        if target.id == state.symbols.scored and state.symbols.own_section:
            value = replace(value, outcome=Outcome.WHOLE)
        measure = measures.of_name(target.id) or value.measure
        state.names[target.id] = value if measure == value.measure else replace(value, measure=measure)
        return
    if isinstance(target, ast.Starred):
        rest = state.marked(Value(kind=Kind.SEQUENCE), [value])
        bind_target(target.value, rest, state, local=local)
    if not isinstance(target, ast.Tuple | ast.List):
        return
    parts = elements(value)
    if not any(isinstance(t, ast.Starred) for t in target.elts) and _unlike(value, parts, len(target.elts)):
        state.report(What.UNPACK, target, str(len(target.elts)), (value,))
    exact = (
        parts is not None
        and len(parts) == len(target.elts)
        and not any(isinstance(t, ast.Starred) for t in target.elts)
    )
    for position, part in enumerate(target.elts):
        bind_target(
            part, parts[position] if exact and parts is not None else transfer.opaque([value]), state, local=local
        )


def _unlike(value: Value, parts: tuple[Value, ...] | None, names: int) -> bool:
    """Whether a value surely does not have as many parts as there are names for them."""
    if value.kind is Kind.SEQUENCE:
        return parts is not None and len(parts) != names
    return value.kind is Kind.NUMBER and value.shape is not None and value.shape[:1] not in {(names,), (None,)}


def still_data(name: str, value: Value, state: State) -> bool:
    """Whether a data name still stands for its data: `y = pm.Normal("y", ..., observed=y)`, `x = data["x"]`,
    `x = pm.Data("x", x)`, `x = (x - x.mean()) / x.std()`."""
    before = state.names.get(name, UNKNOWN)
    if value.known and value.constant is before.constant:
        return True
    if before.outcome:
        return bool(value.law) and value.outcome is Outcome.WHOLE
    return not value.sources and not value.outcome and bool(before.shape) and value.shape == before.shape
