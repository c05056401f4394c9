"""Parse: valid Python, and nothing but what a model needs (a positive list of syntax, names and attributes).

First a gate on the bare text (length, characters, nesting), then the parser, then one walk over the tree. Functions,
imports and stores into objects are refused whatever they would do; which names of a library are open is read from
the catalogue."""

import ast
import builtins
import re
import unicodedata
from dataclasses import dataclass

from refinestat.refinegen import catalogue
from refinestat.refinegen.predicates.symbols import RESERVED, Kind, Symbols
from refinestat.refinegen.predicates.vocabulary import ATTRIBUTES, CALLABLE_BUILTINS, OUTSIDE, REFUSED_SYNTAX, VALUE_BUILTINS
from refinestat.refinegen.program import Statement
from refinestat.refinegen.records import Verdict

MOST_BYTES = 64_000
MOST_NODES = 3_000
MOST_NODES_OF_DATA = 16_000
MOST_WORDS = 16_000
MOST_BRACES = 2_000
MOST_AT_ONCE = 100
MOST_STATEMENT_BYTES = 16_000
DEEPEST = 100
DEEPEST_BRACKETS = 60
MOST_DIGITS = 40
LONGEST_TEXT = 4_000
FORBIDDEN_CHARACTERS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
FORMAT = re.compile(r"[<>=^]?[-+ ]?0?\d{0,2},?(\.\d{1,2})?[dfgse%]?")
WORDS = re.compile(r"\w+|[-+*/%<>=({~.;\[]")
PYTHON_BUILTINS = frozenset(dir(builtins))
UNIMPORTED = frozenset({"pm", "np", "pt"})
ACCEPT = Verdict(predicate="parse", ok=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """A statement as a tree. offset: what to add to a node's line to get the line in the program."""

    nodes: tuple[ast.stmt, ...]
    offset: int


def refuse(why: str, line: int | None = None, column: int | None = None) -> Verdict:
    return Verdict(predicate="parse", ok=False, why=why, line=line, column=column)


def gate(text: str) -> Verdict:
    """What can be seen without parsing: too long, not UTF-8, control or bidirectional characters, deep nesting."""
    if len(text) > MOST_BYTES or len(text.encode("utf-8", "replace")) > MOST_BYTES:
        return refuse(f"the text is longer than {MOST_BYTES} bytes")
    found = FORBIDDEN_CHARACTERS.search(text.replace("\r\n", " \n"))
    if found:
        character = found.group()
        line = text.count("\n", 0, found.start()) + 1
        name = "carriage return" if character == "\r" else unicodedata.name(character, "control character").lower()
        return refuse(f"character U+{ord(character):04X} ({name}) is not allowed in a program", line)
    if len(WORDS.findall(text)) > MOST_WORDS or text.count("{") > MOST_BRACES:
        return refuse(f"the text is too large (more than {MOST_WORDS} words)")
    depth = 0
    for found in re.finditer(r"[\[({\])}]", text):
        depth = depth + 1 if found.group() in "[({" else max(0, depth - 1)
        if depth > DEEPEST_BRACKETS:
            line = text.count("\n", 0, found.start()) + 1
            return refuse(f"brackets are nested more than {DEEPEST_BRACKETS} deep", line)
    return ACCEPT


def tree(text: str, offset: int = 0) -> ast.Module | Verdict:
    """The text as a syntax tree, or the refusal. offset: added to the parser's line numbers."""
    verdict = gate(text)
    if not verdict.ok:
        return refuse(verdict.why, None if verdict.line is None else verdict.line + offset)
    try:
        return ast.parse(text)
    except SyntaxError as error:
        line = None if error.lineno is None else max(1, error.lineno) + offset
        return refuse(f"not valid Python: {error.msg}", line, error.offset or None)
    except (RecursionError, MemoryError):
        return refuse("expressions are nested too deep")
    except ValueError as error:
        return refuse(f"not valid Python: {error}")


def parse(statement: Statement) -> Parsed | Verdict:
    """One statement of the model block as a tree, or the refusal."""
    if all(not line.strip() or line.lstrip().startswith("#") for line in statement.source.split("\n")):
        return Parsed(nodes=(), offset=statement.line - 2)
    if len(statement.source) > MOST_STATEMENT_BYTES:
        return refuse(f"a statement is longer than {MOST_STATEMENT_BYTES} characters", statement.line)
    body = tree("if 1:\n" + statement.source, statement.line - 2)
    if isinstance(body, Verdict):
        return body
    if len(body.body) != 1 or not isinstance(body.body[0], ast.If) or body.body[0].orelse or len(body.body[0].body) > MOST_AT_ONCE:
        return refuse("a statement of the model block must be indented by four spaces", statement.line)
    return Parsed(nodes=tuple(body.body[0].body), offset=statement.line - 2)


def check(parsed: Parsed, symbols: Symbols) -> Verdict:
    """Whether the statement holds nothing but what the list allows."""
    for root in parsed.nodes:
        nodes = _nodes(root, MOST_NODES_OF_DATA if symbols.own_section else MOST_NODES)
        if isinstance(nodes, str):
            return refuse(nodes, root.lineno + parsed.offset)
        bound = frozenset(n.id for n in nodes if type(n) is ast.Name and type(n.ctx) is not ast.Load)
        faults = [(node, why) for node in nodes if (why := _fault(node, symbols, bound))]
        if faults:
            node, why = min(faults, key=lambda fault: _end(fault[0]))
            line = getattr(node, "lineno", root.lineno) + parsed.offset
            return refuse(why, line, getattr(node, "col_offset", 0) + 1)
    return ACCEPT


def _end(node: ast.AST) -> tuple[int, int]:
    """Where a node ends: of several faults, the innermost on the left is the cause of the others."""
    return getattr(node, "end_lineno", None) or 0, getattr(node, "end_col_offset", None) or 0


def _nodes(root: ast.AST, most: int) -> list[ast.AST] | str:
    """All nodes but operators and contexts, or why there are too many."""
    found, level, depth = [root], [root], 0
    while level:
        depth += 1
        inner: list[ast.AST] = []
        for node in level:
            for name in node._fields:
                value = getattr(node, name, None)
                if type(value) is list:
                    inner += [item for item in value if isinstance(item, ast.AST)]
                elif isinstance(value, ast.AST) and value._fields:
                    inner.append(value)
        level = [node for node in inner if node._fields]
        found += level
        if len(found) > most:
            return f"the statement is too large (more than {most} syntax nodes)"
        if depth > DEEPEST:
            return "expressions are nested too deep"
    return found


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
        if name in RESERVED and not (symbols.dataset is None and name in {"data", "model"}):
            return f"{name} is reserved and cannot be bound again"
        return ""
    value = symbols.values.get(name)
    if value is not None or name in bound:
        return ""
    if name in PYTHON_BUILTINS and name not in CALLABLE_BUILTINS | VALUE_BUILTINS and not (symbols.own_section and name == "print"):
        return f"{name} is not allowed in a program"
    return ""


def _attribute(node: ast.Attribute, symbols: Symbols, bound: frozenset[str]) -> str:
    if not isinstance(node.ctx, ast.Load):
        return f"a store into an attribute ({ast.unparse(node)[:60]}) is not allowed"
    if node.attr.startswith("_"):
        return f".{node.attr}: attributes that begin with an underscore are not allowed"
    path = dotted(node, symbols)
    if isinstance(node.value, ast.Name) and node.value.id in UNIMPORTED and node.value.id not in symbols.values:
        return ""  # the dependency predicate says that it is not imported
    if path is not None:
        return "" if symbols.own_section and path in OUTSIDE else _path_fault(path)
    if node.attr in ATTRIBUTES or (symbols.own_section and not _writes(node.attr)):
        return ""
    return f".{node.attr} is not among the attributes that a program may use"


def _writes(attribute: str) -> bool:
    """Whether an attribute of another library writes files, runs code or compiles."""
    reads = {"to_numpy", "to_list", "to_dict", "to_frame", "to_datetime", "to_numeric", "to_period", "to_timestamp"}
    runs = {"system", "popen", "eval", "exec", "ctypes", "data_as", "setflags", "base", "tofile", "save", "format_map"}
    return (attribute.startswith("to_") and attribute not in reads) or attribute in runs


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


def _path_fault(path: str) -> str:
    """Why a path of the library is closed; empty where it is open, or unknown (phi 2 speaks about those)."""
    library = catalogue.load()
    names = path.split(".")
    if names[0] not in library.closed:
        return ""
    module = names[0]
    for position, name in enumerate(names[1:], 1):
        if module not in library.opened:
            return "" if name in ATTRIBUTES or name == "dist" else f"{path}: .{name} is not open to programs"
        if name not in library.opened[module]:
            last = position == len(names) - 1
            if last and name not in library.closed.get(module, ()):
                return ""  # no such name at all: the distribution predicate says so
            if path in OUTSIDE:
                return f"{path}: sampling and plotting are no part of a model"
            return f"{module}.{name} is not open to programs" + (f" (in {path})" if not last else "")
        module = f"{module}.{name}"
    return ""


def _subscript(node: ast.Subscript, symbols: Symbols, _: frozenset[str]) -> str:
    if isinstance(node.ctx, ast.Load) or (symbols.own_section and not isinstance(node.ctx, ast.Del)):
        return ""
    return f"a store into {ast.unparse(node.value)[:60]}[...] is not allowed"


def _call(node: ast.Call, symbols: Symbols, _: frozenset[str]) -> str:
    for keyword in node.keywords:
        if keyword.arg is not None and keyword.arg in {"out", "where"} and keyword.arg == "out":
            return "out= writes into an existing array and is not allowed"
        if keyword.arg is not None and keyword.arg.startswith("__"):
            return f"{keyword.arg}= is not allowed"
        if keyword.arg == "dtype" and isinstance(keyword.value, ast.Constant) and keyword.value.value in {"O", "object", "|O"}:
            return "arrays of objects are not allowed"
    return ""


def _operation(node: ast.BinOp, symbols: Symbols, _: frozenset[str]) -> str:
    if isinstance(node.op, ast.Mod) and isinstance(node.left, ast.Constant | ast.JoinedStr):
        if isinstance(node.left, ast.JoinedStr) or isinstance(node.left.value, str):
            return "%-formatting of a text is not allowed (an f-string is)"
    return ""


def _formatted(node: ast.FormattedValue, symbols: Symbols, _: frozenset[str]) -> str:
    if node.format_spec is None:
        return ""
    parts = node.format_spec.values if isinstance(node.format_spec, ast.JoinedStr) else []
    spec = "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in parts)
    return "" if FORMAT.fullmatch(spec) else f"format {spec[:30]!r} is not allowed in an f-string"


def _with(node: ast.With, symbols: Symbols, _: frozenset[str]) -> str:
    for item in node.items:
        call = item.context_expr
        is_model = isinstance(call, ast.Call) and dotted(call.func, symbols) in {"pm.Model", "pm.model.Model"}
        known = isinstance(call, ast.Name) and symbols.values.get(call.id, None) is not None
        if not is_model and not known and not symbols.own_section:
            return "inside a model, only `with pm.Model(...)` is allowed"
    return ""


def _annotation(node: ast.AnnAssign, symbols: Symbols, _: frozenset[str]) -> str:
    if isinstance(node.annotation, ast.Name | ast.Attribute):
        return ""
    return "an annotation is evaluated, and may only be a plain name here"


EXAMINE = {
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
