"""What is left of names when a part of a program is not read: they are bound, to nobody knows what."""

import ast
from collections.abc import Iterable
from dataclasses import replace

from refinestat.refinegen.predicates import imports, methods
from refinestat.refinegen.predicates.nodes import walk
from refinestat.refinegen.predicates.state import NODES_PER_STEP, State, changeable, changed, parts, state_of
from refinestat.refinegen.predicates.symbols import OWN, UNKNOWN, Symbols


def forget(nodes: Iterable[ast.AST], state: State, *, keep: bool = False) -> None:
    """Names that a block binds are unknown: before it, or after it (keep: with what they are made of)."""
    for child in nodes:
        if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store):
            before = state.names.get(child.id, UNKNOWN)
            state.names[child.id] = (
                replace(UNKNOWN, sources=before.sources, outcome=before.outcome) if keep else UNKNOWN
            )
        elif isinstance(child, ast.FunctionDef | ast.ClassDef):
            state.names[child.name] = OWN
        elif isinstance(child, ast.AugAssign):
            _augmented(child.target, state)
        elif isinstance(child, ast.Subscript | ast.Attribute) and not isinstance(child.ctx, ast.Load):
            stored(child, state)


def _augmented(target: ast.expr, state: State) -> None:
    if not isinstance(target, ast.Name):
        stored(target, state, inside=True)
    elif changeable(value := state.names.get(target.id, UNKNOWN)):
        changed(value, state)


def stored(target: ast.expr, state: State, *, inside: bool = False) -> None:
    """A store into a list, dict or array: what is in it is no longer known.

    inside: what it holds is itself changed, as by `a[0] += 1` or `a[0][1] = 1`."""
    depth = 0
    while isinstance(target, ast.Subscript | ast.Attribute):
        target, depth = target.value, depth + 1
    value = state.names.get(target.id, UNKNOWN) if isinstance(target, ast.Name) else UNKNOWN
    if value.kind not in methods.CHANGEABLE:
        return
    changed(value, state)
    for part in parts(value) if inside or depth > 1 else ():
        changed(part, state)


def forget_names(node: ast.AST, symbols: Symbols) -> Symbols:
    """The table after a statement of which nothing is known but the names that it binds."""
    state = state_of(symbols, 0)
    nodes = walk(node)
    state.steps += len(nodes) // NODES_PER_STEP
    forget(nodes, state)
    if isinstance(node, ast.Import | ast.ImportFrom):
        state.names.update(imports.bound(node))
    return replace(symbols, values=state.names, effort=state.steps if symbols.script else symbols.effort)
