"""Reads expressions: the abstract value of each, and the events on the way.

Nothing is judged here. What is not understood has the value `unknown`, of which nothing is claimed."""

import ast
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from refinestat.refinegen import catalogue
from refinestat.refinegen.predicates import constants, functions, indexing, measures, shapes, transfer
from refinestat.refinegen.predicates.records import Call, Event, What
from refinestat.refinegen.predicates.symbols import (
    MISSING,
    NONE,
    UNKNOWN,
    Kind,
    Outcome,
    Symbols,
    Value,
    data_value,
    function,
    module,
    number,
    sequence,
    text,
)
from refinestat.refinegen.predicates.vocabulary import CALLABLE_BUILTINS, VALUE_BUILTINS

MOST_STEPS = 15_000
MOST_STEPS_OF_STATEMENT = 4_000
ELEMENTS_PER_STEP = 200
MOST_ITEMS = 64


@dataclass(slots=True)
class State:
    """What changes while one statement is read."""

    names: dict[str, Value]
    declared: dict[str, int | None]
    coords: dict[str, int | None]
    open_coords: bool
    symbols: Symbols
    offset: int
    observations: list[int]
    free: int
    prefix: str = ""
    steps: int = 0
    limit: int = MOST_STEPS
    certain: bool = True
    calls: list[Call] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    def report(self, what: What, node: ast.AST, name: str = "", values: tuple[Value, ...] = ()) -> None:
        self.events.append(Event(what=what, node=node, text=name, values=values))


def evaluate(node: ast.expr | None, state: State) -> Value:
    """The abstract value of an expression."""
    if node is None:
        return NONE
    state.steps += 1
    reader = READERS.get(type(node))
    if reader is None or state.steps > state.limit:
        return UNKNOWN
    return reader(node, state)


def _constant(node: ast.Constant, state: State) -> Value:
    if isinstance(node.value, str):
        return text(node.value)
    if node.value is None:
        return NONE
    if isinstance(node.value, int | float):
        return number(node.value)
    return Value(kind=Kind.UNKNOWN, constant=...) if node.value is ... else UNKNOWN


def _name(node: ast.Name, state: State) -> Value:
    value = state.names.get(node.id)
    if value is not None:
        return value
    if node.id in CALLABLE_BUILTINS | VALUE_BUILTINS:
        return function(node.id)
    if not (state.symbols.own_section and node.id in {"__name__", "__file__", "print"}):
        state.report(What.UNDECLARED, node, node.id)
    return UNKNOWN


def _attribute(node: ast.Attribute, state: State) -> Value:
    base = evaluate(node.value, state)
    if base.kind is Kind.MODULE:
        return _member(node, base.path, state)
    if base.kind is Kind.FUNCTION:
        return function(f"{base.path}.{node.attr}")
    return attribute_of(base, node.attr)


def attribute_of(base: Value, name: str) -> Value:
    """An attribute that is not called."""
    if name == "shape":
        known = base.shape is not None and None not in base.shape
        items = tuple(number(n) for n in base.shape or ()) if known else None
        if base.shape is not None and not known:
            items = tuple(_length(n) for n in base.shape)
        return sequence(items)
    if name in {"size", "ndim"}:
        return functions.apply(name, [base], {}) if base.known else Value(integer=True, shape=(), bounds=(0.0, float("inf")))
    if name in {"T", "real"}:
        turned = tuple(reversed(base.shape)) if base.shape is not None else None
        constant = base.constant.T if base.known and hasattr(base.constant, "T") else MISSING
        return replace(base, shape=turned, constant=constant, outcome=transfer.derived([base]) if base.shape is None or len(base.shape) > 1 else base.outcome)
    if name in {"values"} and base.kind is Kind.UNKNOWN:
        return base
    return transfer.opaque([base])


def _length(n: int | None) -> Value:
    return Value(integer=True, shape=(), bounds=(0.0, float("inf"))) if n is None else number(n)


def _member(node: ast.Attribute, path: str, state: State) -> Value:
    library = catalogue.load()
    full = f"{path}.{node.attr}"
    if path not in library.opened:
        return UNKNOWN
    if full in library.opened:
        return module(full)
    if node.attr not in library.opened[path]:
        if path.split(".")[0] in library.closed:
            state.report(What.NO_SUCH_NAME, node, full)
        return UNKNOWN
    value = PLAIN_NUMBERS.get(full.removeprefix("pt.").removeprefix("np."))
    return number(value) if value is not None else NONE if node.attr == "newaxis" else function(full)


PLAIN_NUMBERS = {"pi": 3.141592653589793, "e": 2.718281828459045, "inf": float("inf"), "nan": float("nan")}


def operate(node: ast.AST, op: type[ast.AST], left: Value, right: Value, state: State) -> Value:
    """A binary operation, with the events it gives rise to."""
    if left.known and right.known and (why := constants.too_large(op, left.constant, right.constant)):
        state.report(What.LARGE, node, why)
        return UNKNOWN
    if op is ast.Mod and left.kind is Kind.TEXT:
        state.report(What.LARGE, node, "%-formatting of a text is not allowed (an f-string is)")
    return _guarded(node, lambda: transfer.binary(op, left, right), (left, right), state)


def _guarded(node: ast.AST, compute: Callable[[], Value], values: tuple[Value, ...], state: State) -> Value:
    try:
        result = compute()
    except shapes.Mismatch:
        state.report(What.SHAPES, node, ast.unparse(node), values)
        result = transfer.opaque(values)
    if result.outcome is Outcome.DERIVED and any(v.outcome is Outcome.WHOLE for v in values):
        state.report(What.LEAK, node)
    state.steps += size(result) // ELEMENTS_PER_STEP
    return result


def size(value: Value) -> int:
    """How many elements a known array has."""
    return int(getattr(value.constant, "size", 0))


def _binary(node: ast.BinOp, state: State) -> Value:
    left, right = evaluate(node.left, state), evaluate(node.right, state)
    result = operate(node, type(node.op), left, right, state)
    measure = measures.of_operation(type(node.op), left, right)
    return replace(result, measure=measure) if measure else result


def _unary(node: ast.UnaryOp, state: State) -> Value:
    value = evaluate(node.operand, state)
    if isinstance(node.op, ast.Not):
        _branch(node, value, state)
    if value.known:
        folded = constants.operate(type(node.op), value.constant, 0)
        if constants.numeric(folded):
            result = replace(number(folded), outcome=transfer.derived([value]))
            return _guarded(node, lambda: result, (value,), state)
    if isinstance(node.op, ast.USub):
        return _guarded(node, lambda: transfer.negate(transfer.as_array(value)), (value,), state)
    return _guarded(node, lambda: transfer.opaque([value]), (value,), state)


def _branch(node: ast.AST, value: Value, state: State) -> None:
    if value.symbolic:
        state.report(What.BRANCH, node, ast.unparse(node), (value,))


def _boolean(node: ast.BoolOp, state: State) -> Value:
    values = [evaluate(value, state) for value in node.values]
    for part, value in zip(node.values[:-1], values[:-1], strict=True):
        _branch(part, value, state)
    return transfer.opaque(values)


def _compare(node: ast.Compare, state: State) -> Value:
    values = [evaluate(n, state) for n in (node.left, *node.comparators)]
    if len(values) == 2:  # noqa: PLR2004
        result = operate(node, type(node.ops[0]), values[0], values[1], state)
        identity = isinstance(node.ops[0], ast.Eq | ast.NotEq | ast.Is | ast.IsNot | ast.In | ast.NotIn)
        return replace(result, symbolic=False) if identity and result.sources else result
    return _guarded(node, lambda: transfer.opaque(values), tuple(values), state)


def _choice(node: ast.IfExp, state: State) -> Value:
    test = evaluate(node.test, state)
    _branch(node.test, test, state)
    certain = truth(test)
    if certain is not None:
        return evaluate(node.body if certain else node.orelse, state)
    one, other = evaluate(node.body, state), evaluate(node.orelse, state)
    return one if one == other else merge(one, other)


def merge(one: Value, other: Value) -> Value:
    """What holds for both: a value that is either."""
    if one is other:
        return one
    result = transfer.opaque([one, other])
    if one.kind is other.kind is Kind.NUMBER:
        same = one.shape if one.shape == other.shape else None
        return replace(transfer.joined([one, other]), shape=same, reach=(float("inf"), float("-inf")))
    return result


def truth(value: Value) -> bool | None:
    """Whether a known plain value is true; None where unknown."""
    if value.known and isinstance(value.constant, bool | int | float | str) and not value.symbolic:
        return bool(value.constant)
    return None


def _subscript(node: ast.Subscript, state: State) -> Value:
    base = evaluate(node.value, state)
    index = evaluate(node.slice, state)
    if base.kind is Kind.DATA:
        return data_item(node, index, state)
    if base.kind is Kind.TABLE:
        return table_item(node, base, index, state)
    result = indexing.item(base, index)
    if base.kind is Kind.NUMBER:
        state.report(What.INDEX, node, ast.unparse(node), (base, index))
    whole = base.outcome is Outcome.WHOLE and indexing.is_full_slice(index)
    result = replace(result, outcome=base.outcome if whole else transfer.derived([base, index]))
    return _guarded(node, lambda: result, (base, index), state)


def data_item(node: ast.AST, index: Value, state: State) -> Value:
    """`data["x"]`: known where the data set is."""
    dataset, name = state.symbols.dataset, index.constant
    if dataset is None or not isinstance(name, str):
        name = name if isinstance(name, str) else ""
        return Value(kind=Kind.UNKNOWN, name=name, measure=measures.of_name(name))
    if name not in dataset.values:
        state.report(What.NO_KEY, node, name)
        return UNKNOWN
    return data_value(dataset[name])


def table_item(node: ast.AST, table: Value, index: Value, state: State) -> Value:
    if table.keys is None or table.items is None or not isinstance(index.constant, str | int):
        return transfer.opaque([table])
    if index.constant not in table.keys:
        state.report(What.NO_KEY, node, str(index.constant), (table,))
        return UNKNOWN
    return table.items[table.keys.index(index.constant)]


def _slice(node: ast.Slice, state: State) -> Value:
    parts = [evaluate(part, state) for part in (node.lower, node.upper, node.step)]
    return Value(kind=Kind.UNKNOWN, path="slice", items=tuple(parts))


def _sequence(node: ast.List | ast.Tuple | ast.Set, state: State) -> Value:
    items: list[Value] | None = []
    for element in node.elts:
        value = evaluate(element.value if isinstance(element, ast.Starred) else element, state)
        if not isinstance(element, ast.Starred):
            items = None if items is None else [*items, value]
        else:
            items = None if items is None or value.items is None else [*items, *value.items]
    return grouped(items)


def grouped(items: Iterable[Value] | None) -> Value:
    """A list of these values; with what they carry."""
    if items is None:
        return Value(kind=Kind.SEQUENCE)
    kept = tuple(items)
    result = sequence(kept, Outcome.DERIVED if any(v.outcome for v in kept) else Outcome.FREE)
    sources = frozenset().union(*(v.sources for v in kept))
    return replace(result, sources=sources, symbolic=False) if sources else result


def _table(node: ast.Dict, state: State) -> Value:
    values = [evaluate(value, state) for value in node.values]
    keys = [evaluate(key, state).constant if key is not None else MISSING for key in node.keys]
    known = all(isinstance(key, str | int) for key in keys)
    return Value(kind=Kind.TABLE, keys=tuple(keys) if known else None, items=tuple(values) if known else None)


def _joined_text(node: ast.JoinedStr, state: State) -> Value:
    parts: list[str] = []
    known = True
    for part in node.values:
        inner = part.value if isinstance(part, ast.FormattedValue) else part
        value = evaluate(inner, state)
        plain = isinstance(part, ast.Constant) or (part.format_spec is None and part.conversion == -1)  # type: ignore[attr-defined]
        known = known and plain and isinstance(value.constant, str | int)
        parts.append(str(value.constant) if known else "")
    return text("".join(parts)) if known and sum(map(len, parts)) < constants.LONGEST_TEXT else text()


def _comprehension(node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp, state: State) -> Value:
    before = dict(state.names)
    single = len(node.generators) == 1 and not node.generators[0].ifs and not isinstance(node, ast.DictComp)
    first = evaluate(node.generators[0].iter, state)
    known = elements(first) if single else None
    results = []
    if known is not None and len(known) <= MOST_ITEMS and not isinstance(node, ast.DictComp):
        for item in known:
            bind_target(node.generators[0].target, item, state, local=True)
            results.append(evaluate(node.elt, state))
        state.names = before
        return grouped(results)
    for position, generator in enumerate(node.generators):
        iterated = first if position == 0 else evaluate(generator.iter, state)
        bind_target(generator.target, any_element(iterated), state, local=True)
        for condition in generator.ifs:
            evaluate(condition, state)
    outer, state.certain = state.certain, False
    parts = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
    made = [evaluate(part, state) for part in parts]
    state.names, state.certain = before, outer
    kind = Kind.TABLE if isinstance(node, ast.DictComp) else Kind.SEQUENCE
    return replace(transfer.opaque(made, kind=kind), symbolic=False)


def elements(value: Value) -> tuple[Value, ...] | None:
    """What iterating gives, where that is known and short."""
    if value.kind is Kind.SEQUENCE:
        return value.items
    if value.kind is Kind.TABLE and value.keys is not None:
        return tuple(transfer.from_constant(key) for key in value.keys)
    array = value.constant
    if value.known and hasattr(array, "shape") and len(array.shape) == 1 and len(array) <= MOST_ITEMS:
        return tuple(replace(transfer.from_constant(item), outcome=transfer.derived([value])) for item in array.tolist())
    return None


def any_element(value: Value) -> Value:
    """Some element of an iterable of unknown length."""
    if value.items:
        return value.items[0] if len(value.items) == 1 else transfer.opaque(value.items)
    result = transfer.opaque([value])
    return replace(result, kind=value.kind, bounds=value.bounds, integer=value.integer) if value.kind is Kind.NUMBER else result


def bind_target(target: ast.expr, value: Value, state: State, *, local: bool = False) -> None:
    """Assigns to a name or unpacks into several."""
    if isinstance(target, ast.Name):
        if not local and target.id in state.symbols.fixed and not _still(target.id, value, state):
            state.report(What.REBOUND, target, target.id)
        measure = measures.of_name(target.id) or value.measure
        state.names[target.id] = value if measure == value.measure else replace(value, measure=measure)
        return
    if isinstance(target, ast.Starred):
        bind_target(target.value, Value(kind=Kind.SEQUENCE), state, local=local)
    if not isinstance(target, ast.Tuple | ast.List):
        return
    parts = elements(value)
    exact = parts is not None and len(parts) == len(target.elts) and not any(isinstance(t, ast.Starred) for t in target.elts)
    for position, part in enumerate(target.elts):
        bind_target(part, parts[position] if exact and parts is not None else transfer.opaque([value]), state, local=local)


def _still(name: str, value: Value, state: State) -> bool:
    """Whether a data name still stands for its data: `y = pm.Normal("y", ..., observed=y)`, `x = data["x"]`,
    `x = pm.Data("x", x)`, `x = (x - x.mean()) / x.std()`."""
    before = state.names.get(name, UNKNOWN)
    if value.known and value.constant is before.constant:
        return True
    if before.outcome:
        return bool(value.law) and value.outcome is Outcome.WHOLE
    return not value.sources and not value.outcome and bool(before.shape) and value.shape == before.shape


def _starred(node: ast.Starred, state: State) -> Value:
    return evaluate(node.value, state)


def _named(node: ast.NamedExpr, state: State) -> Value:
    value = evaluate(node.value, state)
    bind_target(node.target, value, state)
    return value


def _function_value(node: ast.expr, state: State) -> Value:
    return UNKNOWN


READERS: Mapping[type[ast.AST], Callable[[Any, State], Value]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.BoolOp: _boolean,
    ast.Compare: _compare,
    ast.IfExp: _choice,
    ast.Subscript: _subscript,
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
    ast.Starred: _starred,
    ast.NamedExpr: _named,
}
