"""Calls that write into what exists already (the data, the model, an array), or make arrays that hold anything."""

import ast
import functools
import inspect
import sys

import numpy as np

from refinestat.refinegen.predicates.paths import dotted
from refinestat.refinegen.predicates.symbols import Kind, Symbols, Value
from refinestat.refinegen.predicates.vocabulary import words

OBJECTS = {"O", "object", "|O"}
IN_PLACE = words("append extend insert reverse sort")
WRITERS = words("np.fill_diagonal np.copyto np.put np.place np.putmask np.random.shuffle")


def root(node: ast.expr, symbols: Symbols) -> Value | None:
    """What a chain of attributes and subscripts begins at; None where that is no known name."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return symbols.values.get(node.id) if isinstance(node, ast.Name) else None


def fault(node: ast.Call, symbols: Symbols) -> str:
    """Why the call is not allowed; empty where it is."""
    found = (_keyword(keyword) for keyword in node.keywords)
    why = next((why for why in found if why), "")
    return why or (_place(node, node.func, symbols) if isinstance(node.func, ast.Attribute) else "")


def _keyword(keyword: ast.keyword) -> str:
    if keyword.arg == "out":
        return "out= writes into an existing array and is not allowed"
    if keyword.arg is not None and keyword.arg.startswith("__"):
        return f"{keyword.arg}= is not allowed"
    return "arrays of objects are not allowed" if keyword.arg == "dtype" and _objects(keyword.value) else ""


def _place(node: ast.Call, func: ast.Attribute, symbols: Symbols) -> str:
    """What a function or method with a dot in its name writes to."""
    if func.attr == "astype" and node.args and _objects(node.args[0]):
        return "arrays of objects are not allowed"
    owner = root(func.value, symbols)
    if owner is not None and owner.kind in {Kind.DATA, Kind.MODEL} and func.attr in IN_PLACE:
        return f".{func.attr} changes the {owner.kind} in place and is not allowed"
    if owner is None or owner.kind is not Kind.MODULE or not owner.path.startswith("np"):
        return ""
    path = dotted(func, symbols) or ""
    if _passes_out(node, path):
        return f"{path} writes into its last argument, which is not allowed"
    first = root(node.args[0], symbols) if path in WRITERS and node.args else None
    return f"{path} changes the data in place and is not allowed" if first and first.kind is Kind.DATA else ""


@functools.lru_cache(maxsize=256)
def first_written(name: str) -> int:
    """At which position a function of NumPy takes the array that it writes to; beyond all where it takes none."""
    function = getattr(np, name, None)
    if isinstance(function, np.ufunc):
        return function.nin
    try:
        parameters = [*inspect.signature(function).parameters] if callable(function) else []
    except (TypeError, ValueError):
        parameters = []
    return parameters.index("out") if "out" in parameters else sys.maxsize


def _objects(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value in OBJECTS


def _passes_out(node: ast.Call, path: str) -> bool:
    """Whether an elementwise function of NumPy is given more arguments than it reads: the next is written to."""
    function = getattr(np, path.removeprefix("np."), None)
    starred = any(isinstance(argument, ast.Starred) for argument in node.args)
    return isinstance(function, np.ufunc) and not starred and len(node.args) > function.nin
