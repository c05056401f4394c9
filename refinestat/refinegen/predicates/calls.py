"""Reads calls: of builtins, of the library's functions, of methods; random variables are made in `random_variables`."""

import ast
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from refinestat.refinegen import catalogue
from refinestat.refinegen.predicates import functions, measures, shapes, transfer
from refinestat.refinegen.predicates.expressions import ELEMENTS_PER_STEP, READERS, State, elements, evaluate, grouped, size
from refinestat.refinegen.predicates.random_variables import declare_gp, make
from refinestat.refinegen.predicates.records import Argument, What
from refinestat.refinegen.predicates.symbols import MISSING, UNKNOWN, Kind, Outcome, Value, number, sequence
from refinestat.refinegen.predicates.vocabulary import CALLABLE_BUILTINS, VALUE_BUILTINS

MOST_ROUNDS = 10_000_000
# Functions of NumPy that fail on tensors: they compare, or pass out= on.
NOT_OF_TENSORS = {"maximum", "minimum", "clip", "sum"}
GP_METHODS = {"prior", "conditional", "marginal_likelihood"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """The arguments of a call as evaluated. unsure: it has a * or ** of unknown content."""

    positional: tuple[Argument, ...]
    keywords: Mapping[str, Argument]
    unsure: bool

    @property
    def values(self) -> list[Value]:
        return [a.value for a in self.positional]

    @property
    def named(self) -> dict[str, Value]:
        return {name: a.value for name, a in self.keywords.items()}


def passed(node: ast.Call, state: State) -> Passed:
    positional: list[Argument] = []
    keywords: dict[str, Argument] = {}
    unsure = False
    for argument in node.args:
        value = evaluate(argument, state)
        if not isinstance(argument, ast.Starred):
            positional.append(Argument(node=argument, value=value))
            continue
        parts = elements(value)
        unsure = unsure or parts is None
        positional += [Argument(node=argument, value=part) for part in parts or ()]
    for keyword in node.keywords:
        value = evaluate(keyword.value, state)
        if keyword.arg is not None:
            keywords[keyword.arg] = Argument(node=keyword.value, value=value)
        elif value.kind is Kind.TABLE and value.keys is not None and value.items is not None:
            pairs = zip(value.keys, value.items, strict=True)
            keywords |= {str(key): Argument(node=keyword.value, value=item) for key, item in pairs}
        else:
            unsure = True
    return Passed(positional=tuple(positional), keywords=keywords, unsure=unsure)


def _call(node: ast.Call, state: State) -> Value:
    if isinstance(node.func, ast.Attribute):
        base = evaluate(node.func.value, state)
        if base.kind not in {Kind.MODULE, Kind.FUNCTION}:
            return _method(node, node.func, base, state)
    callee = evaluate(node.func, state)
    arguments = passed(node, state)
    if callee.kind is Kind.FUNCTION:
        return _function(node, callee.path, arguments, state)
    if callee.kind in {Kind.NUMBER, Kind.TEXT, Kind.NONE, Kind.SEQUENCE, Kind.MODULE, Kind.TABLE} and callee.law != "?":
        state.report(What.NOT_CALLABLE, node, ast.unparse(node.func))
        return UNKNOWN
    return _checked(node, transfer.opaque([callee, *arguments.values, *arguments.named.values()]), arguments, state)


def _function(node: ast.Call, path: str, arguments: Passed, state: State) -> Value:
    if path in CALLABLE_BUILTINS | VALUE_BUILTINS:
        return _builtin(node, path, arguments, state)
    short = path.removeprefix("pm.distributions.") if path.startswith("pm.distributions.") else path.removeprefix("pm.")
    name, _, last = short.partition(".")
    library = catalogue.load()
    if path.startswith("pm.") and name in library.distributions and last in {"", "dist"}:
        return make(node, name, last == "", arguments.positional, arguments.keywords, arguments.unsure, state)
    if path.startswith("pm.") and name in library.functions and not last:
        return make(node, name, True, arguments.positional, arguments.keywords, arguments.unsure, state)
    if path == "pm.Model":
        return Value(kind=Kind.MODEL)
    if path.startswith("np.random."):
        state.report(What.CHANGE, node, path)
    if path.startswith("pm.gp."):
        return _checked(node, transfer.opaque([*arguments.values, *arguments.named.values()]), arguments, state)
    return _library(node, path, arguments.values, arguments, state)


def _library(node: ast.Call, path: str, values: list[Value], arguments: Passed, state: State) -> Value:
    """A function of pm.math, np or pt, or a method of the same name, on these values."""
    name = path.rpartition(".")[2]
    if path.startswith("np.") and name in NOT_OF_TENSORS and any(v.symbolic and v.sources for v in values):
        state.report(What.PLAIN, node, ast.unparse(node), tuple(values))
    try:
        result = functions.apply(name, values, arguments.named)
    except shapes.Mismatch:
        state.report(What.SHAPES, node, ast.unparse(node), tuple(values))
        result = transfer.opaque(values)
    if name in {"sqrt"} and len(values) == 1:
        result = replace(result, measure=measures.ROOTS.get(values[0].measure, ""))
    elif name in {"sqr", "square"} and len(values) == 1 and values[0].measure == "sd":
        result = replace(result, measure="variance")
    elif name in functions.SAME and values:
        result = replace(result, measure=values[0].measure)
    if path.startswith(("pm.math.", "pt.")) and result.kind in {Kind.NUMBER, Kind.UNKNOWN}:
        result = replace(result, symbolic=True)
    state.steps += size(result) // ELEMENTS_PER_STEP
    return _checked(node, result, arguments, state, values)


def _checked(node: ast.Call, result: Value, arguments: Passed, state: State, values: list[Value] | None = None) -> Value:
    used = [*(arguments.values if values is None else values), *arguments.named.values()]
    if result.outcome is Outcome.DERIVED and any(v.outcome is Outcome.WHOLE for v in used):
        state.report(What.LEAK, node)
    return result


def _method(node: ast.Call, func: ast.Attribute, base: Value, state: State) -> Value:
    arguments = passed(node, state)
    if func.attr in GP_METHODS:
        return declare_gp(node, func.attr, arguments.positional, arguments.keywords, state)
    if base.kind is Kind.MODEL:
        return _model_method(func.attr, arguments, state)
    if base.kind is Kind.SEQUENCE and func.attr in {"append", "extend"}:
        return _grow_list(func, base, arguments, state)
    if base.kind is Kind.TABLE or base.kind is Kind.DATA:
        return _table_method(base, func.attr, arguments)
    if base.kind is Kind.TEXT:
        return Value(kind=Kind.TEXT) if func.attr != "split" else Value(kind=Kind.SEQUENCE)
    if func.attr == "astype":
        return _checked(node, _cast(base, arguments), arguments, state, [base])
    if base.kind in {Kind.NUMBER, Kind.SEQUENCE}:
        return _library(node, func.attr, [base, *arguments.values], arguments, state)
    result = transfer.opaque([base, *arguments.values, *arguments.named.values()])
    return _checked(node, result, arguments, state, [base, *arguments.values])


def _cast(base: Value, arguments: Passed) -> Value:
    kind = arguments.values[0] if arguments.values else arguments.named.get("dtype", UNKNOWN)
    name = kind.path or (kind.constant if isinstance(kind.constant, str) else "")
    whole = base.integer is True or (base.known and hasattr(base.constant, "round") and bool((base.constant.round() == base.constant).all()))
    if name.rpartition(".")[2].startswith("float"):
        return replace(base, integer=False if base.integer is not None else None, constant=_as(base, float))
    if name.rpartition(".")[2].startswith("int"):
        kept = base.outcome if whole else transfer.derived([base])
        return replace(base, integer=True, constant=_as(base, int), outcome=kept)
    return transfer.opaque([base])


def _as(base: Value, kind: type) -> object:
    return base.constant.astype(kind) if base.known and hasattr(base.constant, "astype") else MISSING


def _grow_list(func: ast.Attribute, base: Value, arguments: Passed, state: State) -> Value:
    if isinstance(func.value, ast.Name) and func.value.id in state.names:
        items = base.items
        grown = (*items, *arguments.values) if items is not None and func.attr == "append" and state.certain else None
        state.names[func.value.id] = grouped(grown)
    return UNKNOWN


def _table_method(base: Value, name: str, arguments: Passed) -> Value:
    if name == "keys" and base.keys is not None:
        return sequence(tuple(transfer.from_constant(key) for key in base.keys))
    if name == "values" and base.items is not None:
        return grouped(base.items)
    if name == "items" and base.items is not None and base.keys is not None:
        pairs = zip(base.keys, base.items, strict=True)
        return grouped(grouped((transfer.from_constant(key), item)) for key, item in pairs)
    return transfer.opaque([base, *arguments.values])


def _model_method(name: str, arguments: Passed, state: State) -> Value:
    if name == "add_coord" and arguments.positional:
        label = arguments.values[0].constant
        if isinstance(label, str):
            values = arguments.values[1] if len(arguments.values) > 1 else arguments.named.get("values", UNKNOWN)
            state.coords[label] = length_of(values)
        else:
            state.open_coords = True
    elif name == "add_coords":
        add_coords(arguments.values[0] if arguments.values else arguments.named.get("coords", UNKNOWN), state)
    return UNKNOWN


def add_coords(table: Value, state: State) -> None:
    """Dimensions from a dict of labels."""
    if table.kind is Kind.NONE:
        return
    if table.kind is not Kind.TABLE or table.keys is None or table.items is None:
        state.open_coords = True
        return
    for key, labels in zip(table.keys, table.items, strict=True):
        state.coords[str(key)] = length_of(labels)


def length_of(value: Value) -> int | None:
    """How many elements, where known."""
    if value.kind is Kind.SEQUENCE and value.items is not None:
        return len(value.items)
    shape = shapes.of(value)
    return shape[0] if shape else None


def _range(arguments: Passed) -> Value:
    ends = [v.constant for v in arguments.values]
    if not ends or not all(isinstance(end, int) and abs(end) < 2**62 for end in ends) or (len(ends) > 2 and not ends[2]):  # noqa: PLR2004
        return Value(kind=Kind.SEQUENCE, integer=True)
    span = range(*ends[:3])
    items = tuple(number(i) for i in span) if len(span) <= functions.MOST_ITEMS else None
    return Value(kind=Kind.SEQUENCE, integer=True, items=items, shape=(len(span),))


def _builtin(node: ast.Call, name: str, arguments: Passed, state: State) -> Value:
    values = arguments.values
    if name == "range":
        result = _range(arguments)
        if result.shape and (result.shape[0] or 0) > MOST_ROUNDS:
            state.report(What.LARGE, node, f"a range of {result.shape[0]} (at most {MOST_ROUNDS})")
        return result
    if name in {"len", "max", "min", "round"} and values and values[0].symbolic and values[0].sources:
        state.report(What.PLAIN, node, ast.unparse(node), tuple(values))
    if name == "len":
        length = length_of(values[0]) if values else None
        return number(length) if length is not None else Value(integer=True, shape=(), bounds=(0.0, math.inf))
    if name in {"float", "int", "bool", "range"} and values and values[0].symbolic and values[0].sources:
        state.report(What.PLAIN, node, ast.unparse(node), tuple(values))
    return _checked(node, _plain_builtin(name, values, arguments), arguments, state)


def _plain_builtin(name: str, values: list[Value], arguments: Passed) -> Value:
    maker = BUILTINS.get(name)
    made = maker(values) if maker is not None and not arguments.keywords else None
    if made is not None:
        return made
    if name == "dict" and not values and not arguments.unsure:
        return Value(kind=Kind.TABLE, keys=tuple(arguments.keywords), items=tuple(arguments.named.values()))
    return transfer.opaque([*values, *arguments.named.values()])


def _enumerated(values: list[Value]) -> Value | None:
    parts = elements(values[0]) if len(values) == 1 else None
    return None if parts is None else grouped(grouped((number(i), part)) for i, part in enumerate(parts))


def _zipped(values: list[Value]) -> Value | None:
    parts = [elements(value) for value in values]
    if any(part is None for part in parts):
        return None
    return grouped(grouped(group) for group in zip(*(p for p in parts if p is not None), strict=False))


def _listed(values: list[Value]) -> Value | None:
    if not values:
        return grouped(())
    return values[0] if values[0].kind is Kind.SEQUENCE else None


def _added(values: list[Value]) -> Value | None:
    parts = elements(values[0]) if len(values) == 1 else None
    if not parts:
        return None
    total = parts[0]
    for part in parts[1:]:
        total = transfer.binary(ast.Add, total, part)
    return total


def _number_cast(kind: type) -> Callable[[list[Value]], Value | None]:
    def cast(values: list[Value]) -> Value | None:
        if len(values) != 1 or not isinstance(values[0].constant, int | float) or not math.isfinite(values[0].constant):
            return None
        return number(kind(values[0].constant))

    return cast


BUILTINS: Mapping[str, Callable[[list[Value]], Value | None]] = {
    "enumerate": _enumerated,
    "zip": _zipped,
    "list": _listed,
    "tuple": _listed,
    "sum": _added,
    "abs": lambda values: functions.apply("abs", values, {}) if len(values) == 1 else None,
    "round": lambda values: functions.apply("round", values, {}) if len(values) == 1 else None,
    "float": _number_cast(float),
    "int": _number_cast(int),
}

READERS_OF_CALLS = {ast.Call: _call}
READERS.update(READERS_OF_CALLS)  # type: ignore[attr-defined]
