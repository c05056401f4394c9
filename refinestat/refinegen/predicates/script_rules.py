"""Parse, in a file that a person wrote: nothing is run, so nearly everything that is Python is allowed.

Refused is what no model needs and every attack does: a path through the library to the system, a walk along the
interpreter's own attributes, and, inside a model, the functions that execute text."""

import ast
from collections import Counter

from refinestat.refinegen.predicates import paths
from refinestat.refinegen.predicates.gate import ACCEPT, Parsed, refuse
from refinestat.refinegen.predicates.nodes import nodes_of
from refinestat.refinegen.predicates.outline import MOST_NODES
from refinestat.refinegen.predicates.symbols import Symbols
from refinestat.refinegen.predicates.vocabulary import words
from refinestat.refinegen.records import Verdict

EXECUTE = words("eval exec compile __import__ globals delattr")
INTERPRETER = words("""
    __globals__ __builtins__ __subclasses__ __code__ __closure__ __bases__ __mro__ __loader__ __reduce__ __import__
""")
SYSTEM = words("os sys subprocess builtins socket urllib pickle ctypes ctypeslib f2py DataSource extbuild")


def check(parsed: Parsed, symbols: Symbols) -> Verdict:
    """Whether the statement does nothing that no model needs."""
    for root in parsed.nodes:
        nodes = nodes_of(root, MOST_NODES)
        for node in nodes if not isinstance(nodes, str) else ():
            why = _fault(node, symbols)
            if why:
                return refuse(why, getattr(node, "lineno", 1) + parsed.offset, getattr(node, "col_offset", 0) + 1)
    return ACCEPT


def _fault(node: ast.AST, symbols: Symbols) -> str:
    if isinstance(node, ast.Attribute):
        if node.attr in INTERPRETER:
            return f".{node.attr} is not allowed in a program"
        path = paths.dotted(node, symbols) if node.attr in SYSTEM else None
        return f"{path}: a model has no business with the system" if path is not None else ""
    if isinstance(node, ast.Name) and node.id == "__builtins__":
        return "__builtins__ is not allowed in a program"
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Name) and not symbols.own_section:
            name = node.func.id
            if name in EXECUTE and name not in symbols.values:
                return f"{name} is not allowed in a model"
        return twice(node)
    return ""


def twice(node: ast.Call) -> str:
    """Why the compiler refuses the keywords of a call, which the parser does not; empty where it does not."""
    names = [keyword.arg for keyword in node.keywords if keyword.arg is not None]
    if len(set(names)) == len(names):
        return ""
    return f"not valid Python: {Counter(names).most_common(1)[0][0]}= is given more than once"
