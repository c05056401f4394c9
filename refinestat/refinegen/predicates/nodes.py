"""The nodes of a syntax tree, level by level, as far as a tree may be large."""

import ast
from dataclasses import dataclass

DEEPEST = 100
# Fields that hold no nodes, or only operators and contexts.
_PLAIN = frozenset("id ctx attr op ops kind type_comment level module conversion simple".split())  # noqa: SIM905


class _Fields(dict[type[ast.AST], tuple[str, ...]]):
    """The fields of each kind of node that may hold nodes."""

    def __missing__(self, kind: type[ast.AST]) -> tuple[str, ...]:
        holding = tuple(name for name in kind._fields if name not in _PLAIN)
        self[kind] = () if issubclass(kind, ast.Constant) else holding
        return self[kind]


_FIELDS = _Fields()


def _below(level: list[ast.AST]) -> list[ast.AST]:
    inner: list[ast.AST] = []
    for node in level:
        for name in _FIELDS[type(node)]:
            value = getattr(node, name, None)
            if type(value) is list:
                inner += [item for item in value if isinstance(item, ast.AST)]
            elif isinstance(value, ast.AST):
                inner.append(value)
    return inner


def walk(root: ast.AST) -> list[ast.AST]:
    """All nodes but operators and contexts, however many there are."""
    found, level = [root], [root]
    while level:
        level = _below(level)
        found += level
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Nodes:
    """The nodes of a tree, and on how many levels they stand. fault: why there are too many; then they are not all."""

    found: list[ast.AST]
    depth: int
    fault: str = ""


def measured(root: ast.AST, most: int) -> Nodes:
    """All nodes but operators and contexts, where they are no more than that."""
    found, level, depth = [root], [root], 0
    while level:
        depth += 1
        level = _below(level)
        found += level
        if len(found) > most:
            return Nodes(found=found, depth=depth, fault=f"the statement is too large (more than {most} syntax nodes)")
        if depth > DEEPEST:
            return Nodes(found=found, depth=depth, fault="expressions are nested too deep")
    return Nodes(found=found, depth=depth)


def nodes_of(root: ast.AST, most: int) -> list[ast.AST] | str:
    """All nodes but operators and contexts, or why there are too many."""
    nodes = measured(root, most)
    return nodes.fault or nodes.found
