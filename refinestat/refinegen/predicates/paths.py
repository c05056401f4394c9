"""Dotted paths of the library: which are open to programs."""

import ast

from refinestat.refinegen import catalogue
from refinestat.refinegen.predicates.symbols import Kind, Symbols
from refinestat.refinegen.predicates.vocabulary import ATTRIBUTES, OUTSIDE, UFUNC_METHODS


def dotted(node: ast.expr, symbols: Symbols) -> str | None:
    """The path of an attribute chain that begins at a module of the library (`pm.math.exp`), else None."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    root = symbols.values.get(node.id)
    if root is None or root.kind is not Kind.MODULE:
        return None
    return ".".join([root.path, *reversed(names)])


MODELS = frozenset({"pm.Model", "pm.model.Model"})


def is_model(func: ast.expr, symbols: Symbols) -> bool:
    """Whether what is called makes a model: `pm.Model`, or a name that it was imported as."""
    value = symbols.values.get(func.id) if isinstance(func, ast.Name) else None
    return dotted(func, symbols) in MODELS or (value is not None and value.path in MODELS)


def fault(path: str) -> str:
    """Why a path of the library is closed; empty where it is open, or unknown (phi 2 speaks about those)."""
    library = catalogue.load()
    names = path.split(".")
    if names[0] not in library.closed:
        return ""
    module = names[0]
    for position, name in enumerate(names[1:], 1):
        if module not in library.opened:
            known = name in ATTRIBUTES or name == "dist" or (names[0] == "np" and name in UFUNC_METHODS)
            return "" if known else f"{path}: .{name} is not open to programs"
        if name not in library.opened[module]:
            last = position == len(names) - 1
            if last and name not in library.closed.get(module, ()):
                return ""  # no such name at all: the distribution predicate says so
            if path in OUTSIDE:
                return f"{path}: sampling and plotting are no part of a model"
            return f"{module}.{name} is not open to programs" + (f" (in {path})" if not last else "")
        module = f"{module}.{name}"
    return ""
