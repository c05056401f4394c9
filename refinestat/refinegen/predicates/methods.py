"""Reads calls of methods: of arrays and tensors, lists, dicts, models and Gaussian processes."""

import ast
from dataclasses import replace

from refinestat.refinegen.predicates import (
    axes,
    functions,
    given,
    intervals,
    measures,
    processes,
    rules,
    shapes,
    tensors,
    transfer,
)
from refinestat.refinegen.predicates.binding import grouped
from refinestat.refinegen.predicates.builtin import length_of
from refinestat.refinegen.predicates.declarations import declare_gp, names_coordinates
from refinestat.refinegen.predicates.records import Argument, Passed, What
from refinestat.refinegen.predicates.state import (
    ELEMENTS_PER_STEP,
    NAMES_PER_STEP,
    State,
    aliases,
    changed,
    checked,
    size,
    within,
)
from refinestat.refinegen.predicates.symbols import (
    GP,
    MISSING,
    NONE,
    PART,
    UNKNOWN,
    Kind,
    Outcome,
    Value,
    number,
    sequence,
)
from refinestat.refinegen.predicates.vocabulary import words
from refinestat.refinegen.predicates.writing import first_written

# Methods that change the list, dict or array that they are called on, and functions that change an argument.
CHANGEABLE = {Kind.NUMBER, Kind.SEQUENCE, Kind.TABLE}
CHANGES = words("append extend update setdefault pop popitem clear insert remove reverse put resize partition")
CHANGING = {"fill_diagonal", "put", "copyto", "place", "putmask", "shuffle"}
SAME_DATA = {"to_numpy", "copy", "astype", "ravel", "flatten"}  # of a column or array of unknown content
GP_METHODS = {"prior", "conditional", "marginal_likelihood"}


def method(node: ast.Call, base: Value, arguments: Passed, state: State) -> Value:
    """The value of `base.name(...)`."""
    name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    if base.kind is Kind.UNKNOWN and base.path and tensors.fails(f"{base.path}.{name}", arguments):
        state.report(What.PLAIN, node, f"{base.path}.{name}")
    if name in GP_METHODS and (name == "marginal_likelihood" or base.path == GP or not state.symbols.script):
        if base.outcome and state.closed:
            state.report(What.LEAK, node)
        if base.path == GP and (why := processes.of_method(name, base, arguments)):
            state.report(What.ARGUMENTS, node, why)
        return declare_gp(node, name, arguments, state)
    if why := tensors.misuse(base, name, arguments):
        state.report(What.ARGUMENTS, node, why)
    if base.kind is Kind.MODEL:
        return _model_method(name, arguments, state)
    if base.path == PART and (name in CHANGES or name == "sort"):
        state.report(What.STORE, node)
    if base.kind is Kind.DATA:
        return given.method(node, base, name, arguments, state)
    if base.column and name in {*CHANGES, "sort"} and not state.symbols.own_section:
        state.report(What.READ_ONLY, node, ast.unparse(node.func).rpartition(".")[0][:40])
    if base.kind in CHANGEABLE and (name in CHANGES or (name == "sort" and not base.symbolic)):
        return _change(node.func, base, arguments, state)
    if base.kind in {Kind.NUMBER, Kind.SEQUENCE} and name != "astype":
        return library_function(node, name, [base, *arguments.values], arguments, state)
    return checked(node, _plain_method(base, name, arguments), arguments, state, [base, *arguments.values])


def _change(func: ast.expr, base: Value, arguments: Passed, state: State) -> Value:
    if base.kind is Kind.SEQUENCE and isinstance(func, ast.Attribute) and func.attr in {"append", "extend"}:
        return _grow_list(func, base, arguments, state)
    changed(base, state, [*arguments.values, *arguments.named.values()])
    return transfer.opaque([base, *arguments.values])


def _plain_method(base: Value, name: str, arguments: Passed) -> Value:
    if base.kind is Kind.TABLE:
        return _table_method(base, name, arguments)
    if base.kind is Kind.TEXT:
        kind = Kind.SEQUENCE if name == "split" else Kind.TEXT
        return Value(kind=kind, outcome=transfer.derived([base]))
    if base.kind is Kind.UNKNOWN and name in SAME_DATA:
        return replace(base, column=False)
    if name == "astype":
        return _cast(base, arguments)
    result = transfer.opaque([base, *arguments.values, *arguments.named.values()])
    summary = base.outcome is Outcome.WHOLE and name in rules.SUMMARIES and not arguments.values
    return replace(result, outcome=Outcome.FREE) if summary else result


def _cast(base: Value, arguments: Passed) -> Value:
    kind = arguments.values[0] if arguments.values else arguments.named.get("dtype", UNKNOWN)
    base = replace(base, column=False)
    name = kind.path or (kind.constant if isinstance(kind.constant, str) else "")
    whole = base.integer is True or (
        base.known and hasattr(base.constant, "round") and bool((base.constant.round() == base.constant).all())
    )
    name = name.rpartition(".")[2]
    if name.startswith("float"):
        exact = name in {"float", "float64"}
        constant = _as(base, float) if exact else MISSING
        return replace(base, integer=False if base.integer is not None else None, real=True, constant=constant)
    if name.startswith("int"):
        kept = base.outcome if whole else transfer.derived([base])
        if -WIDTHS.get(name, 0) <= base.bounds[0] and base.bounds[1] < WIDTHS.get(name, 0):
            constant = _as(base, int)
            bounds = base.bounds if constant is MISSING else number(constant).bounds
            return replace(base, integer=True, real=False, constant=constant, bounds=bounds, outcome=kept)
        around = replace(base, bounds=intervals.EVERYTHING, reach=intervals.NOTHING, constant=MISSING)
        return replace(base if not base.known else around, integer=True, real=False, constant=MISSING, outcome=kept)
    return transfer.opaque([base])


WIDTHS = {"int": 2.0**62, "int64": 2.0**62, "int_": 2.0**62, "int32": 2.0**31, "int16": 2.0**15, "int8": 2.0**7}


def _as(base: Value, kind: type) -> object:
    return base.constant.astype(kind) if base.known and hasattr(base.constant, "astype") else MISSING


def _grow_list(func: ast.Attribute, base: Value, arguments: Passed, state: State) -> Value:
    items = base.items
    known = items is not None and func.attr == "append" and state.certain
    grown = grouped((*(items or ()), *arguments.values))
    for name in aliases(base, state):
        unknown = state.marked(Value(kind=Kind.SEQUENCE), [base, grown])
        state.names[name] = grown if known else unknown
    within(base, state, [grown])
    return UNKNOWN


def _table_method(base: Value, name: str, arguments: Passed) -> Value:
    if name == "copy":
        return base
    if name == "get" and base.keys is not None and base.items is not None:
        return _got(base.keys, base.items, arguments.values)
    if name == "keys" and base.keys is not None:
        return sequence(tuple(transfer.from_constant(key) for key in base.keys))
    if name == "values" and base.items is not None:
        return grouped(base.items)
    if name == "items" and base.items is not None and base.keys is not None:
        pairs = zip(base.keys, base.items, strict=True)
        return grouped(grouped((transfer.from_constant(key), item)) for key, item in pairs)
    return transfer.opaque([base, *arguments.values])


def _got(keys: tuple[object, ...], items: tuple[Value, ...], arguments: list[Value]) -> Value:
    """`table.get(key)`: an item, or where the key is unknown, any of them."""
    key = arguments[0].constant if arguments else MISSING
    if isinstance(key, str | int):
        return items[keys.index(key)] if key in keys else arguments[1] if len(arguments) > 1 else NONE
    return transfer.opaque([*items, *arguments])


def _model_method(name: str, arguments: Passed, state: State) -> Value:
    if name == "add_coord" and arguments.positional:
        label = arguments.values[0].constant
        for each in (*arguments.positional[1:], *arguments.keywords.values()):
            names_coordinates(each, state)
        if isinstance(label, str):
            values = arguments.values[1] if len(arguments.values) > 1 else arguments.named.get("values", UNKNOWN)
            state.coords[label] = length_of(values)
        else:
            state.open_coords = True
    elif name == "add_coords":
        coords = arguments.positional[0] if arguments.positional else arguments.keywords.get("coords")
        if coords is not None:
            add_coords(coords, state)
        state.open_coords = state.open_coords or coords is None
    return UNKNOWN


def add_coords(coords: Argument, state: State) -> None:
    """Dimensions from a dict of labels."""
    table = coords.value
    names_coordinates(coords, state)
    if table.kind is Kind.NONE:
        return
    if table.kind in {Kind.SEQUENCE, Kind.NUMBER, Kind.TEXT}:
        state.report(What.ARGUMENTS, coords.node, "coords must be a dict of labels by dimension")
    if table.kind is not Kind.TABLE or table.keys is None or table.items is None:
        state.open_coords = True
        return
    state.steps += len(table.keys) // NAMES_PER_STEP
    for key, labels in zip(table.keys, table.items, strict=True):
        state.coords[str(key)] = length_of(labels)
        if labels.kind is Kind.NUMBER and labels.shape == ():
            state.report(What.LABELS, coords.node, str(key))


def library_function(node: ast.Call, path: str, values: list[Value], arguments: Passed, state: State) -> Value:
    """A function of pm.math, np or pt, or a method of the same name, on these values."""
    name = path.rpartition(".")[2]
    if name in CHANGING and path.startswith("np.") and values:
        changed(values[0], state, values[1:])
    for written in values[first_written(name) :] if path.startswith("np.") else ():
        changed(written, state, values)
    if path.startswith("np.") and tensors.fails(path, arguments):
        state.report(What.PLAIN, node, path, tuple(values))
    if path.startswith(("pm.math.", "pt.")) and any(v.path == tensors.OBJECTS for v in values):
        state.report(What.OBJECTS, node, path, tuple(values))
    if name == "reshape" and not path.startswith("np.") and values and axes.no_list(values, arguments.named):
        state.report(What.ARGUMENTS, node, "the new shape of a tensor is a list or a tuple: (3, 1), [-1]")
    if name == "take" and len(values) > 1:
        state.report(What.INDEX, node, values=(UNKNOWN, values[1]))
    try:
        result = functions.apply(name, values, arguments.named)
    except shapes.Mismatch as why:
        state.report(What.ARGUMENTS if why.args else What.SHAPES, node, str(why), tuple(values))
        result = transfer.opaque(values)
    if values:
        kept = name in rules.SAME
        result = replace(result, measure=values[0].measure if kept else measures.of_function(name, values))
    if path.startswith(("pm.math.", "pt.")) and result.kind in {Kind.NUMBER, Kind.UNKNOWN}:
        result = replace(result, symbolic=True)
    if path.startswith("np.") and tensors.makes_objects(path, values):
        result = replace(result, kind=Kind.NUMBER, symbolic=False, path=tensors.OBJECTS)
    state.steps += (size(result) + sum(map(size, values))) // ELEMENTS_PER_STEP
    return checked(node, result, arguments, state, values)
