"""The outline of a person's file: which statements are small enough to be read, and where a model may stand.

Each statement is looked at once, however deep it stands."""

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field

from refinestat.refinegen.predicates.nodes import DEEPEST, measured, walk

MOST_NODES = 10_000
SHORT = 90  # characters of one line: too few for a tree that is too deep
_SPECIAL = (ast.With, ast.Import, ast.ImportFrom)
_PARTS = ("body", "handlers", "cases", "orelse", "finalbody")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Size:
    """nodes: how many, or more. depth: on how many levels. special: it is, or holds, an import or a `with`.

    model: it is, or holds, a `with` that may open a model."""

    nodes: int
    depth: int
    special: bool = False
    model: bool = False


_SMALL = _Size(nodes=SHORT, depth=1)


@dataclass(frozen=True, slots=True)
class Outline:
    """What is known of each statement of a file, at any depth. nodes: of the whole file."""

    nodes: Sequence[ast.AST]
    _sizes: dict[int, _Size] = field(default_factory=dict)

    def readable(self, node: ast.stmt) -> bool:
        """Whether a statement is small enough to be read at all."""
        size = self._sizes[id(node)]
        return size.nodes <= MOST_NODES and size.depth <= DEEPEST

    def special(self, node: ast.stmt) -> bool:
        """Whether a statement that can be read is an import, or may hold a model."""
        return self._sizes[id(node)].special and self.readable(node)

    def model(self, node: ast.stmt) -> bool:
        """Whether a statement may be, or hold, a model."""
        return self._sizes[id(node)].model

    def measure(self, node: ast.AST, level: int = 1) -> _Size:
        """Measures a statement, and all that it holds."""
        if level <= DEEPEST and isinstance(getattr(node, "body", None), list):
            size = self._compound(node, level)
        else:
            size = _simple(node)
        self._sizes[id(node)] = size
        return size

    def _compound(self, node: ast.AST, level: int) -> _Size:
        heads = [_simple(part) for name in _fields_of_head(node) for part in _items(getattr(node, name))]
        inner = [self.measure(part, level + 1) for name in _PARTS for part in getattr(node, name, ())]
        parts = heads + inner
        return _Size(
            nodes=1 + sum(part.nodes for part in parts),
            depth=1 + max((part.depth for part in parts), default=0),
            special=isinstance(node, _SPECIAL) or any(part.special for part in inner),
            model=(isinstance(node, ast.With) and _may_open(node)) or any(part.model for part in inner),
        )


def outline(body: ast.Module) -> Outline:
    """The outline of a file."""
    made = Outline(walk(body))
    for node in body.body:
        made.measure(node)
    return made


def _fields_of_head(node: ast.AST) -> list[str]:
    return [name for name in node._fields if name not in _PARTS]


def _items(value: object) -> list[ast.AST]:
    return [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, ast.AST)]


def _simple(node: ast.AST) -> _Size:
    """The size of what holds no statements; something short is small without being counted."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        return _Size(nodes=len(node.names), depth=1, special=True)
    begin, end = getattr(node, "col_offset", 0), getattr(node, "end_col_offset", None)
    if end is not None and end - begin < SHORT and node.lineno == node.end_lineno:  # type: ignore[attr-defined]
        return _SMALL
    nodes = measured(node, MOST_NODES)
    return _Size(nodes=MOST_NODES + 1 if nodes.fault else len(nodes.found), depth=nodes.depth)


def _may_open(node: ast.With) -> bool:
    """Whether one of its items is a name, or a call of something that is called Model."""
    contexts = [item.context_expr for item in node.items]
    calls = [context.func for context in contexts if isinstance(context, ast.Call)]
    return any(isinstance(context, ast.Name) for context in contexts) or any(
        getattr(func, "attr", getattr(func, "id", "")) == "Model" for func in calls
    )
