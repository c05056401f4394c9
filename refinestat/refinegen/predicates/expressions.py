"""Reads expressions: the abstract value of each, and the events on the way.

Nothing is judged here. What is not understood has the value `unknown`, of which nothing is claimed."""

import ast
import builtins
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from refinestat.refinegen import catalogue
from refinestat.refinegen.predicates import constants, functions, lists, measures, shapes, tensors, transfer
from refinestat.refinegen.predicates.binding import ONCE, bind_target, spent
from refinestat.refinegen.predicates.records import What
from refinestat.refinegen.predicates.state import ELEMENTS_PER_STEP, ITEMS_PER_STEP, State, aliases, size
from refinestat.refinegen.predicates.symbols import (
    COLUMNS,
    GP,
    MISSING,
    NONE,
    PART,
    UNKNOWN,
    Kind,
    Outcome,
    Value,
    function,
    module,
    number,
    sequence,
    text,
)
from refinestat.refinegen.predicates.vocabulary import CALLABLE_BUILTINS, VALUE_BUILTINS


def evaluate(node: ast.expr | None, state: State) -> Value:
    """The abstract value of an expression."""
    if node is None:
        return NONE
    state.steps += 1
    reader = READERS.get(type(node))
    if reader is None or state.steps > state.limit:
        return UNKNOWN
    value = reader(node, state)
    state.steps += value.weight // ITEMS_PER_STEP
    return value


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
        for name in aliases(value, state) if value.path == ONCE else ():
            state.names[name] = spent(value)
        return value
    if node.id in CALLABLE_BUILTINS | VALUE_BUILTINS or (state.symbols.script and node.id == "hasattr"):
        return function(node.id)
    if not (state.symbols.own_section and node.id in {"__name__", "__file__", "print"}) and not _elsewhere(
        node.id, state
    ):
        state.report(What.UNDECLARED, node, node.id)
    return UNKNOWN


def _elsewhere(name: str, state: State) -> bool:
    """Whether a name of a person's file comes from Python, the notebook, or an `import *`."""
    return state.symbols.script and (state.symbols.open_names or name in PYTHON_NAMES)


def _attribute(node: ast.Attribute, state: State) -> Value:
    base = evaluate(node.value, state)
    if base.kind is Kind.MODULE:
        return _member(node, base.path, state)
    if base.kind is Kind.FUNCTION:
        return function(f"{base.path}.{node.attr}") if node.attr == "dist" else UNKNOWN
    if base.kind is Kind.UNKNOWN and node.attr == state.symbols.scored:
        return replace(UNKNOWN, outcome=Outcome.WHOLE)
    if base.kind is Kind.MODEL:
        return replace(UNKNOWN, path=PART, outcome=Outcome.DERIVED if base.keys else Outcome.FREE)
    if why := tensors.misuse(base, node.attr, None):
        state.report(What.ARGUMENTS, node, why)
    return attribute_of(base, node.attr)


def attribute_of(base: Value, name: str) -> Value:
    """An attribute that is not called."""
    if name == "shape":
        known = base.shape is not None and None not in base.shape
        items = tuple(number(n) for n in base.shape or ()) if known else None
        if base.shape is not None and not known:
            items = tuple(_length(n) for n in base.shape)
        return replace(sequence(items), path=lists.SHAPE_OF_TENSOR) if base.symbolic else sequence(items)
    if name in {"size", "ndim"}:
        return (
            functions.apply(name, [base], {})
            if base.known
            else Value(integer=True, shape=(), bounds=(0.0, float("inf")))
        )
    if name in {"T", "real"}:
        turned = tuple(reversed(base.shape)) if base.shape is not None else None
        constant = base.constant.T if base.known and hasattr(base.constant, "T") else MISSING
        return replace(
            base,
            shape=turned,
            constant=constant,
            outcome=transfer.derived([base]) if base.shape is None or len(base.shape) > 1 else base.outcome,
        )
    if name == "values" and base.kind in {Kind.UNKNOWN, Kind.NUMBER}:
        return base
    opaque = transfer.opaque([base])
    if base.kind is Kind.UNKNOWN and base.path and not base.path.count(" "):  # a module that is not the library's
        return replace(opaque, path=f"{base.path}.{name}")
    return replace(opaque, symbolic=False) if name in NO_TENSORS else opaque


NO_TENSORS = {"dtype", "name", "broadcastable"}  # attributes of tensors


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
        if path in library.closed and node.attr not in library.closed[path] and not node.attr.startswith("_"):
            state.report(What.NO_SUCH_NAME, node, full)
        return UNKNOWN
    value = PLAIN_NUMBERS.get(full.removeprefix("pt.").removeprefix("np."))
    return number(value) if value is not None else NONE if node.attr == "newaxis" else function(full)


MOST_REPEATED = 10_000_000
PYTHON_NAMES = frozenset(dir(builtins)) | {"__file__", "get_ipython", "display"}
PLAIN_NUMBERS = {"pi": 3.141592653589793, "e": 2.718281828459045, "inf": float("inf"), "nan": float("nan")}


def operate(node: ast.AST, op: type[ast.AST], left: Value, right: Value, state: State) -> Value:
    """A binary operation, with the events it gives rise to."""
    if left.known and right.known and (why := constants.too_large(op, left.constant, right.constant)):
        state.report(What.LARGE, node, why)
        return UNKNOWN
    if op is ast.Mult and (count := _repeated(left, right)) > MOST_REPEATED:
        state.report(What.LARGE, node, f"a list of {count} elements (at most {MOST_REPEATED})")
        return UNKNOWN
    if op in {ast.Add, ast.Sub, ast.Div} and _text_and_number(left, right):
        state.report(What.TEXT, node, values=(left, right))
    if op is ast.Mod and left.kind is Kind.TEXT:
        state.report(What.LARGE, node, "%-formatting of a text is not allowed (an f-string is)")
    if left.path == tensors.OBJECTS and left.shape and tensors.is_random(right):
        state.report(What.OBJECTS, node, values=(left, right))
    listed = lists.combined(op, left, right)
    result = guarded(node, lambda: listed or transfer.binary(op, left, right), (left, right), state)
    return replace(result, path=tensors.OBJECTS) if _of_objects(left, right) else result


def _of_objects(left: Value, right: Value) -> bool:
    """Whether an operation on these gives an array of objects again: not of one without dimensions."""
    return any(
        one.path == tensors.OBJECTS and bool(one.shape) and other.kind is Kind.NUMBER and not other.symbolic
        for one, other in ((left, right), (right, left))
    )


def _text_and_number(left: Value, right: Value) -> bool:
    """`"a" + 3`, `a + "x"`; what a text is that nobody knows may be an array."""
    for text_, other in ((left, right), (right, left)):
        if isinstance(text_.constant, str) and other.kind is Kind.NUMBER and other.symbolic:
            return True
    return {type(left.constant), type(right.constant)} in ({str, int}, {str, float})


def _repeated(left: Value, right: Value) -> int:
    """The length of `[0] * n`; 0 where it is no such thing, or not known."""
    items, times = (left, right) if left.kind is Kind.SEQUENCE else (right, left)
    known = items.kind is Kind.SEQUENCE and isinstance(times.constant, int)
    return (lists.length(items) or 0) * times.constant if known else 0


def guarded(node: ast.AST, compute: Callable[[], Value], values: tuple[Value, ...], state: State) -> Value:
    try:
        result = compute()
    except shapes.Mismatch:
        state.report(What.SHAPES, node, values=values)
        result = transfer.opaque(values)
    if result.outcome is Outcome.DERIVED and any(v.outcome is Outcome.WHOLE for v in values):
        state.report(What.LEAK, node)
    state.steps += size(result) // ELEMENTS_PER_STEP
    return result


def _binary(node: ast.BinOp, state: State) -> Value:
    left, right = evaluate(node.left, state), evaluate(node.right, state)
    result = operate(node, type(node.op), left, right, state)
    measure = measures.of_operation(type(node.op), left, right)
    if GP in (left.path, right.path) and result.kind is Kind.UNKNOWN:
        return replace(result, path=GP, law=COLUMNS if COLUMNS in (left.law, right.law) else "")
    return replace(result, measure=measure) if measure else result


def _unary(node: ast.UnaryOp, state: State) -> Value:
    value = evaluate(node.operand, state)
    if isinstance(node.op, ast.Not):
        branch(node, value, state)
    if value.known:
        folded = constants.operate(type(node.op), value.constant, 0)
        if constants.numeric(folded):
            result = replace(number(folded), outcome=transfer.derived([value]))
            return guarded(node, lambda: result, (value,), state)
    if isinstance(node.op, ast.USub):
        return guarded(node, lambda: transfer.negate(transfer.as_array(value)), (value,), state)
    return guarded(node, lambda: transfer.opaque([value]), (value,), state)


def branch(node: ast.AST, value: Value, state: State) -> None:
    if value.symbolic:
        state.report(What.BRANCH, node, values=(value,))


def _starred(node: ast.Starred, state: State) -> Value:
    return evaluate(node.value, state)


def _named(node: ast.NamedExpr, state: State) -> Value:
    value = evaluate(node.value, state)
    bind_target(node.target, value, state)
    return value


READERS: dict[type[ast.AST], Callable[[Any, State], Value]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.Starred: _starred,
    ast.NamedExpr: _named,
}
