"""Parse: valid Python, and nothing but what a model needs (a positive list of syntax, names and attributes).

First a gate on the bare text (length, characters, nesting), then the parser, then one walk over the tree. Functions,
imports and stores into objects are refused whatever they would do; which names of a library are open is read from
the catalogue."""

import ast
import builtins
import re
from collections.abc import Callable, Mapping
from typing import Any

from refinestat.refinegen.predicates import paths, script_rules, writing
from refinestat.refinegen.predicates.gate import ACCEPT, FORBIDDEN_CHARACTERS, Parsed, refuse
from refinestat.refinegen.predicates.nodes import nodes_of
from refinestat.refinegen.predicates.symbols import RESERVED, Kind, Symbols
from refinestat.refinegen.predicates.vocabulary import (
    ATTRIBUTES,
    CALLABLE_BUILTINS,
    OUTSIDE,
    PURE_MODULES,
    REFUSED_SYNTAX,
    VALUE_BUILTINS,
)
from refinestat.refinegen.records import Verdict

MOST_NODES = 3_000
MOST_NODES_OF_DATA = 16_000
MOST_DIGITS = 40
LONGEST_TEXT = 4_000
FORMAT = re.compile(r"[<>=^]?[-+ ]?0?\d{0,2},?(\.\d{1,2})?[dfgse%]?")
PYTHON_BUILTINS = frozenset(dir(builtins))
UNIMPORTED = frozenset({"pm", "np", "pt"})


def check(parsed: Parsed, symbols: Symbols) -> Verdict:
    """Whether the statement holds nothing but what the list allows."""
    if symbols.script:
        return script_rules.check(parsed, symbols)
    for root in parsed.nodes:
        nodes = nodes_of(root, MOST_NODES_OF_DATA if symbols.own_section else MOST_NODES)
        if isinstance(nodes, str):
            return refuse(nodes, root.lineno + parsed.offset)
        bound = frozenset(n.id for n in nodes if type(n) is ast.Name and type(n.ctx) is not ast.Load)
        faults = [(node, why) for node in nodes if (why := _fault(node, symbols, bound))]
        if faults:
            node, why = min(faults, key=lambda fault: _rank(fault[0]))
            line = getattr(node, "lineno", root.lineno) + parsed.offset
            return refuse(why, line, getattr(node, "col_offset", 0) + 1)
    return ACCEPT


def _rank(node: ast.AST) -> tuple[bool, int, int]:
    """Which of several faults to name: the outermost statement; else the innermost on the left, the cause of others."""
    if isinstance(node, ast.stmt | ast.Lambda):
        return False, node.lineno, node.col_offset
    return True, getattr(node, "end_lineno", None) or 0, getattr(node, "end_col_offset", None) or 0


def _fault(node: ast.AST, symbols: Symbols, bound: frozenset[str]) -> str:
    """Why this node is not allowed; empty where it is."""
    kind = type(node)
    if kind in REFUSED_SYNTAX:
        return "" if symbols.own_section and REFUSED_SYNTAX[kind].own else REFUSED_SYNTAX[kind].why
    examine = EXAMINE.get(kind)
    return examine(node, symbols, bound) if examine else ""


def _constant(node: ast.Constant, symbols: Symbols, _: frozenset[str]) -> str:
    value = node.value
    if isinstance(value, bytes | complex):
        return f"{type(value).__name__} values are not allowed"
    if isinstance(value, int) and value.bit_length() > MOST_DIGITS * 4:
        return f"a whole number of more than {MOST_DIGITS} digits is not allowed"
    if isinstance(value, str) and len(value) > LONGEST_TEXT and not symbols.own_section:
        return f"a text of {len(value)} characters is not allowed (at most {LONGEST_TEXT})"
    if isinstance(value, str) and FORBIDDEN_CHARACTERS.search(value):
        return "control characters in a text are not allowed"
    return ""


def _name(node: ast.Name, symbols: Symbols, bound: frozenset[str]) -> str:
    name = node.id
    if name.startswith("__"):
        return f"{name}: names that begin with two underscores are not allowed"
    if not isinstance(node.ctx, ast.Load):
        own = symbols.dataset is None and (name == "model" or (name == "data" and symbols.own_section))
        if name in RESERVED and not own:
            return f"{name} is reserved and cannot be bound again"
        return ""
    value = symbols.values.get(name)
    if value is not None or name in bound:
        return ""
    if (
        name in PYTHON_BUILTINS
        and name not in CALLABLE_BUILTINS | VALUE_BUILTINS
        and not (symbols.own_section and name == "print")
    ):
        return f"{name} is not allowed in a program"
    return ""


def _attribute(node: ast.Attribute, symbols: Symbols, bound: frozenset[str]) -> str:
    if not isinstance(node.ctx, ast.Load):
        return f"a store into an attribute ({ast.unparse(node)[:60]}) is not allowed"
    if node.attr.startswith("_"):
        return f".{node.attr}: attributes that begin with an underscore are not allowed"
    path = paths.dotted(node, symbols)
    if isinstance(node.value, ast.Name) and node.value.id in UNIMPORTED and node.value.id not in symbols.values:
        return ""  # the dependency predicate says that it is not imported
    if path is not None:
        return "" if symbols.own_section and path in OUTSIDE else paths.fault(path)
    lenient = symbols.own_section or _of_own_data(node, symbols)
    if node.attr in ATTRIBUTES or (lenient and not _writes(node.attr)):
        return ""
    return f".{node.attr} is not among the attributes that a program may use"


def _of_own_data(node: ast.expr, symbols: Symbols) -> bool:
    """Whether a chain begins at something unknown of a user's own data section (`df.height`: a column's name)."""
    value = writing.root(node, symbols)
    return symbols.dataset is None and value is not None and value.kind is Kind.UNKNOWN


def _writes(attribute: str) -> bool:
    """Whether an attribute of another library writes files, runs code or compiles."""
    reads = {"to_numpy", "to_list", "to_dict", "to_frame", "to_datetime", "to_numeric", "to_period", "to_timestamp"}
    runs = {"system", "popen", "eval", "exec", "ctypes", "data_as", "setflags", "base", "tofile", "save", "format_map"}
    return (attribute.startswith("to_") and attribute not in reads) or attribute in runs


def _subscript(node: ast.Subscript, symbols: Symbols, _: frozenset[str]) -> str:
    if isinstance(node.ctx, ast.Load) or (symbols.own_section and not isinstance(node.ctx, ast.Del)):
        return ""
    return f"a store into {ast.unparse(node.value)[:60]}[...] is not allowed"


def _call(node: ast.Call, symbols: Symbols, _: frozenset[str]) -> str:
    if not symbols.own_section and _of_own_data(node.func, symbols):
        owner = writing.root(node.func, symbols)
        called = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        if called and called not in ATTRIBUTES and (owner is None or owner.path not in PURE_MODULES):
            return f".{called} is not among the methods that a program may call"
    if why := script_rules.twice(node):
        return why
    return writing.fault(node, symbols)


def _operation(node: ast.BinOp, symbols: Symbols, _: frozenset[str]) -> str:
    left = node.left
    is_text = isinstance(left, ast.JoinedStr) or (isinstance(left, ast.Constant) and isinstance(left.value, str))
    return "%-formatting of a text is not allowed (an f-string is)" if is_text and isinstance(node.op, ast.Mod) else ""


def _formatted(node: ast.FormattedValue, symbols: Symbols, _: frozenset[str]) -> str:
    if node.format_spec is None:
        return ""
    parts = node.format_spec.values if isinstance(node.format_spec, ast.JoinedStr) else []
    spec = "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in parts)
    return "" if FORMAT.fullmatch(spec) else f"format {spec[:30]!r} is not allowed in an f-string"


def _with(node: ast.With, symbols: Symbols, _: frozenset[str]) -> str:
    for item in node.items:
        call = item.context_expr
        makes_one = isinstance(call, ast.Call) and paths.is_model(call.func, symbols)
        known = isinstance(call, ast.Name) and symbols.values.get(call.id, None) is not None
        if not makes_one and not known and not symbols.own_section:
            return "inside a model, only `with pm.Model(...)` is allowed"
    return ""


def _annotation(node: ast.AnnAssign, symbols: Symbols, _: frozenset[str]) -> str:
    if isinstance(node.annotation, ast.Name | ast.Attribute):
        return ""
    return "an annotation is evaluated, and may only be a plain name here"


EXAMINE: Mapping[type[ast.AST], Callable[[Any, Symbols, frozenset[str]], str]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Subscript: _subscript,
    ast.Call: _call,
    ast.BinOp: _operation,
    ast.FormattedValue: _formatted,
    ast.With: _with,
    ast.AnnAssign: _annotation,
}
