"""Reads statements: what they bind, in which order, and both ways through a branch."""

import ast
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from refinestat.refinegen.predicates import calls, imports
from refinestat.refinegen.predicates.binding import any_element, bind_target, elements, iterates
from refinestat.refinegen.predicates.branches import BRANCHES, merge, truth
from refinestat.refinegen.predicates.displays import DISPLAYS
from refinestat.refinegen.predicates.expressions import READERS, evaluate, operate
from refinestat.refinegen.predicates.forgetting import forget, stored
from refinestat.refinegen.predicates.gate import Parsed
from refinestat.refinegen.predicates.nodes import walk
from refinestat.refinegen.predicates.records import Reading, What
from refinestat.refinegen.predicates.state import NAMES_PER_STEP, NODES_PER_STEP, State, changed, size, state_of
from refinestat.refinegen.predicates.subscripts import SUBSCRIPTS
from refinestat.refinegen.predicates.symbols import OWN, PART, UNKNOWN, Kind, Outcome, Symbols, Value

MOST_ROUNDS = 5_000

READERS.update({**BRANCHES, **DISPLAYS, **SUBSCRIPTS, **calls.CALLS})


def read(parsed: Parsed, symbols: Symbols) -> Reading:
    """Everything that the statement does, as far as it can be known."""
    state = state_of(symbols, parsed.offset)
    run(parsed.nodes, state)
    if state.steps > state.limit and symbols.dataset is not None and parsed.nodes:
        state.report(What.LARGE, parsed.nodes[0], "the program is too large to be judged")
    after = replace(
        symbols,
        values=state.names,
        declared=state.declared,
        coords=state.coords,
        open_coords=state.open_coords,
        observations=tuple(state.observations),
        free=state.free,
        effort=min(state.steps, state.limit) if symbols.script else state.steps,
        line=parsed.nodes[-1].end_lineno + parsed.offset
        if parsed.nodes and parsed.nodes[-1].end_lineno
        else symbols.line,
    )
    return Reading(offset=parsed.offset, calls=tuple(state.calls), events=tuple(state.events), symbols=after)


def run(nodes: Iterable[ast.stmt], state: State) -> None:
    for node in nodes:
        if state.left:
            return
        if state.steps > state.limit:
            forget(walk(node), state)
            continue
        reader = STATEMENTS.get(type(node))
        if reader is not None:
            reader(node, state)
        elif state.symbols.own_section or state.symbols.script:
            forget(walk(node), state)


def _delete(node: ast.Delete, state: State) -> None:
    for target in node.targets:
        if isinstance(target, ast.Name):
            state.names.pop(target.id, None)
        else:
            _stored(target, state)


def _expression(node: ast.Expr, state: State) -> None:
    evaluate(node.value, state)


def _assign(node: ast.Assign, state: State) -> None:
    value = evaluate(node.value, state)
    for target in node.targets:
        if isinstance(target, ast.Name | ast.Tuple | ast.List):
            bind_target(target, value, state)
        else:
            _stored(target, state)


def _stored(target: ast.expr, state: State, *, inside: bool = False) -> None:
    if isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name):
        whole = state.names.get(target.value.id, UNKNOWN)
        if whole.kind is Kind.NUMBER and whole.symbolic:
            state.report(What.ARGUMENTS, target, "elements of a tensor are not set: use pt.set_subtensor")
    stored(target, state, inside=inside)


def _annotated(node: ast.AnnAssign, state: State) -> None:
    if node.value is not None:
        bind_target(node.target, evaluate(node.value, state), state)


def _augmented(node: ast.AugAssign, state: State) -> None:
    if not isinstance(node.target, ast.Name):
        _stored(node.target, state, inside=True)
        evaluate(node.value, state)
        return
    before = evaluate(ast.copy_location(ast.Name(id=node.target.id, ctx=ast.Load()), node), state)
    value = evaluate(node.value, state)
    after = operate(node, type(node.op), before, value, state)
    if before.path == PART:
        state.report(What.STORE, node)
    if before.column and not state.symbols.own_section:
        state.report(What.READ_ONLY, node, node.target.id)
    if before.kind in {Kind.SEQUENCE, Kind.TABLE, Kind.DATA, Kind.UNKNOWN} or size(before):
        changed(before, state, [value])  # in place, by whatever other name it goes
    bind_target(node.target, after, state)


def _for(node: ast.For, state: State) -> None:
    iterated = evaluate(node.iter, state)
    iterates(node.iter, iterated, state)
    rounds = elements(iterated)
    count = iterated.shape[0] if rounds is None and iterated.shape else None
    if count is not None and count > MOST_ROUNDS and not state.symbols.own_section:
        state.report(What.LARGE, node, f"a loop of {count} rounds (at most {MOST_ROUNDS})")
    nodes = walk(node)
    state.steps += len(nodes) // NODES_PER_STEP
    short = rounds is not None and state.steps + len(nodes) * len(rounds) <= state.limit
    if rounds is None or not short or not _each_round(node, nodes, rounds, state):
        forget(nodes, state)
        _any_rounds(node, nodes, iterated, state)
        forget(nodes, state, keep=True)
    left, state.left = state.left, ""
    if left != "break":
        run(node.orelse, state)


def _any_rounds(node: ast.For, nodes: list[ast.AST], iterated: Value, state: State) -> None:
    """Reads a loop of which nobody knows the rounds once; again, where a round may begin with the outcome in a name."""
    stored = {each.id for each in nodes if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)}
    carried: set[str] = set()
    outer, final = state.certain, not state.closed
    while True:
        before, observed = state if final else state.copied(), len(state.observations)
        state.names.update({name: replace(UNKNOWN, outcome=Outcome.DERIVED) for name in carried})
        bind_target(node.target, any_element(iterated), state)
        state.certain = False
        run(node.body, state)
        marked = {name for name in stored if name in state.names and state.names[name].outcome}
        if final or marked <= carried:
            break
        state.restore(before)
        carried, final = (stored, True) if carried else (marked, False)
    state.observations += state.observations[observed:]  # as often as there are rounds
    state.certain, state.left, state.perhaps_left = outer, "", False


def _each_round(node: ast.For, nodes: list[ast.AST], rounds: Iterable[Value], state: State) -> bool:
    """Reads a loop round by round, up to a `break`; undone and False where nobody knows which rounds there are."""
    before = state.copied() if any(isinstance(each, ast.Break | ast.Continue) for each in nodes) else state
    for item in rounds:
        bind_target(node.target, item, state)
        run(node.body, state)
        if state.perhaps_left:
            state.restore(before)
            return False
        if state.left == "break":
            return True
        state.left = ""
    return True


def _leave(node: ast.Break | ast.Continue, state: State) -> None:
    state.left = "break" if isinstance(node, ast.Break) else "continue"


def _if(node: ast.If, state: State) -> None:
    test = evaluate(node.test, state)
    if test.symbolic:
        state.report(What.BRANCH, node.test, values=(test,))
    certain = truth(test)
    if certain is not None:
        run(node.body if certain else node.orelse, state)
    else:
        _both_ways(node, state)
    if test.outcome and state.closed:
        for each in walk(node):
            if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store) and each.id in state.names:
                state.names[each.id] = replace(state.names[each.id], outcome=Outcome.DERIVED)


def _both_ways(node: ast.If, state: State) -> None:
    names, declared, observed = dict(state.names), dict(state.declared), list(state.observations)
    state.steps += 2 * len(names) // NAMES_PER_STEP
    run(node.body, state)
    first = state.names, state.declared, state.observations
    _may_have_left(state)
    state.names, state.declared, state.observations = names, declared, observed
    run(node.orelse, state)
    _may_have_left(state)
    state.names = _either(first[0], state.names)
    state.declared = first[1] | state.declared
    state.observations = max(first[2], state.observations, key=len)


def _may_have_left(state: State) -> None:
    """After one of two ways, of which nobody knows which is taken."""
    state.perhaps_left = state.perhaps_left or bool(state.left)
    state.left = ""


def _either(one: dict[str, Value], other: dict[str, Value]) -> dict[str, Value]:
    return {
        name: merge(one[name], other[name]) if name in one and name in other else (one.get(name) or other[name])
        for name in one | other
    }


def _with(node: ast.With, state: State) -> None:
    """A model inside the model: names get its prefix."""
    outer = state.prefix
    for item in node.items:
        value = evaluate(item.context_expr, state)
        if isinstance(item.context_expr, ast.Call) and value.kind is Kind.MODEL:
            calls.open_model(item.context_expr, state)
        if item.optional_vars is not None:
            bind_target(item.optional_vars, value, state)
    run(node.body, state)
    state.prefix = outer


def _function(node: ast.FunctionDef | ast.ClassDef, state: State) -> None:
    state.names[node.name] = OWN


def _import(node: ast.Import | ast.ImportFrom, state: State) -> None:
    state.names.update(imports.bound(node))


STATEMENTS: Mapping[type[ast.AST], Callable[[Any, State], None]] = {
    ast.Expr: _expression,
    ast.Assign: _assign,
    ast.Delete: _delete,
    ast.AnnAssign: _annotated,
    ast.AugAssign: _augmented,
    ast.For: _for,
    ast.Break: _leave,
    ast.Continue: _leave,
    ast.If: _if,
    ast.With: _with,
    ast.FunctionDef: _function,
    ast.AsyncFunctionDef: _function,
    ast.ClassDef: _function,
    ast.Import: _import,
    ast.ImportFrom: _import,
}
