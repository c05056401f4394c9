"""Reads comparisons and choices: which of two ways is taken, where that is known, and what holds of both."""

import ast
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from refinestat.refinegen.predicates import transfer
from refinestat.refinegen.predicates.expressions import branch, evaluate, guarded, operate
from refinestat.refinegen.predicates.state import State
from refinestat.refinegen.predicates.symbols import Kind, Value, number


def _boolean(node: ast.BoolOp, state: State) -> Value:
    values = [evaluate(value, state) for value in node.values]
    for part, value in zip(node.values[:-1], values[:-1], strict=True):
        branch(part, value, state)
    return transfer.opaque(values)


def _compare(node: ast.Compare, state: State) -> Value:
    values = [evaluate(n, state) for n in (node.left, *node.comparators)]
    same = _identical(node.ops[0], values) if len(values) == 2 else None
    if same is not None:
        return number(same)
    if len(values) == 2:
        result = operate(node, type(node.ops[0]), values[0], values[1], state)
        if isinstance(node.ops[0], ast.In | ast.NotIn) and values[1].kind in {Kind.DATA, Kind.TABLE}:
            result = replace(result, outcome=transfer.derived(values[:1]))  # only its keys are looked at
        identity = isinstance(node.ops[0], ast.Eq | ast.NotEq | ast.Is | ast.IsNot | ast.In | ast.NotIn)
        return replace(result, symbolic=False) if identity and result.sources else result
    for position, op in enumerate(node.ops[:-1]):  # `0 < a < 1` is `0 < a and a < 1`
        if isinstance(op, ast.Lt | ast.LtE | ast.Gt | ast.GtE):
            branch(node, next((v for v in values[position : position + 2] if v.symbolic), values[position]), state)
    return guarded(node, lambda: transfer.opaque(values), tuple(values), state)


def _identical(op: ast.cmpop, values: list[Value]) -> bool | None:
    """`x is None`, `maker is pm.Normal`: whether it holds, where that is known."""
    kinds = {value.kind for value in values}
    if not isinstance(op, ast.Is | ast.IsNot | ast.Eq | ast.NotEq) or Kind.UNKNOWN in kinds:
        return None
    positive = isinstance(op, ast.Is | ast.Eq)
    if Kind.NONE in kinds:
        return (len(kinds) == 1) is positive
    if kinds == {Kind.FUNCTION}:
        return (values[0].path == values[1].path) is positive
    return None


def _choice(node: ast.IfExp, state: State) -> Value:
    test = evaluate(node.test, state)
    branch(node.test, test, state)
    certain = truth(test)
    if certain is not None:
        return _chosen(evaluate(node.body if certain else node.orelse, state), test, state)
    declared = dict(state.declared)
    one = evaluate(node.body, state)
    first, state.declared = state.declared, declared  # only one of the two declares its names
    other = evaluate(node.orelse, state)
    state.declared = first | state.declared
    return _chosen(merge(one, other), test, state)


def _chosen(value: Value, test: Value, state: State) -> Value:
    """A value that the outcome has chosen is made of it."""
    return state.marked(value, [test])


def merge(one: Value, other: Value) -> Value:
    """What holds for both: a value that is either."""
    if one is other:
        return one
    result = replace(transfer.opaque([one, other]), symbolic=one.symbolic and other.symbolic)
    if one.kind is other.kind is Kind.NUMBER:
        same = one.shape if one.shape == other.shape else None
        both = transfer.joined([one, other])
        return replace(both, shape=same, reach=(float("inf"), float("-inf")), symbolic=result.symbolic)
    return result


def truth(value: Value) -> bool | None:
    """Whether a known plain value is true; None where unknown."""
    if value.known and isinstance(value.constant, bool | int | float | str) and not value.symbolic:
        return bool(value.constant)
    return None


BRANCHES: Mapping[type[ast.AST], Callable[[Any, State], Value]] = {
    ast.BoolOp: _boolean,
    ast.Compare: _compare,
    ast.IfExp: _choice,
}
