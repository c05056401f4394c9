"""From text to syntax tree: a gate on length, characters and nesting, then the parser, of which no error escapes."""

import ast
import re
import unicodedata
from dataclasses import dataclass

from refinestat.refinegen.program import Statement
from refinestat.refinegen.records import Verdict

MOST_BYTES = 64_000


MOST_WORDS = 16_000


MOST_PARTS = 16  # as long as so many programs a file may be that a person wrote


MOST_BRACES = 2_000


MOST_AT_ONCE = 100


MOST_STATEMENT_BYTES = 16_000


DEEPEST_BRACKETS = 60


FORBIDDEN_CHARACTERS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)


SIGNS = re.compile(r"(?:[-+~] ?){100}|(?:not ){100}")


WORDS = re.compile(r"\w+|[-+*/%<>=({~.;\[]")


ACCEPT = Verdict(predicate="parse", ok=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """A statement as a tree. offset: what to add to a node's line to get the line in the program."""

    nodes: tuple[ast.stmt, ...]
    offset: int


def refuse(why: str, line: int | None = None, column: int | None = None) -> Verdict:
    return Verdict(predicate="parse", ok=False, why=why, line=line, column=column)


def check(text: str, *, long: bool = False) -> Verdict:
    """What can be seen without parsing: too long, not UTF-8, control or bidirectional characters, deep nesting."""
    parts = MOST_PARTS if long else 1
    most = MOST_BYTES * parts
    if len(text) > most or len(text.encode("utf-8", "replace")) > most:
        return refuse(f"the text is longer than {most} bytes")
    found = FORBIDDEN_CHARACTERS.search(text.replace("\r\n", " \n"))
    if found:
        character = found.group()
        line = text.count("\n", 0, found.start()) + 1
        name = "carriage return" if character == "\r" else unicodedata.name(character, "control character").lower()
        return refuse(f"character U+{ord(character):04X} ({name}) is not allowed in a program", line)
    if found := SIGNS.search(text):
        return refuse("signs are nested too deep", text.count("\n", 0, found.start()) + 1)
    if len(WORDS.findall(text)) > MOST_WORDS * parts or text.count("{") > MOST_BRACES * parts:
        return refuse(f"the text is too large (more than {MOST_WORDS * parts} words, or {MOST_BRACES * parts} braces)")
    depth = 0
    for found in re.finditer(r"[\[({\])}]", text):
        depth = depth + 1 if found.group() in "[({" else max(0, depth - 1)
        if depth > DEEPEST_BRACKETS:
            line = text.count("\n", 0, found.start()) + 1
            return refuse(f"brackets are nested more than {DEEPEST_BRACKETS} deep", line)
    return ACCEPT


def tree(text: str, offset: int = 0, *, long: bool = False) -> ast.Module | Verdict:
    """The text as a syntax tree, or the refusal. offset: added to the parser's line numbers."""
    verdict = check(text, long=long)
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
    if (
        len(body.body) != 1
        or not isinstance(body.body[0], ast.If)
        or body.body[0].orelse
        or len(body.body[0].body) > MOST_AT_ONCE
    ):
        return refuse("a statement of the model block must be indented by four spaces", statement.line)
    return Parsed(nodes=tuple(body.body[0].body), offset=statement.line - 2)
