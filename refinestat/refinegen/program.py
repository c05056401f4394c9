"""How a program's text is put together and taken apart: statements, priors and likelihood, canonical form, fingerprint.

The scanner below reads text that a language model is still writing, so it knows only what decides where a statement
ends: brackets, strings, comments, line continuations and indentation. Whether the statement is Python, the predicate
`parse` says."""

import ast
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

INDENT = "    "
_LIKELIHOOD_COMMENT = re.compile(r"^\s*#\s*likelihood\b", re.IGNORECASE | re.MULTILINE)
_TOKEN = re.compile(
    r"""(?P<comment>\#[^\n]*)
      | (?P<text>'{3}(?:\\.|[^\\])*?'{3} | "{3}(?:\\.|[^\\])*?"{3})
      | (?P<unclosed>'{3} | "{3})
      | (?P<string>'(?:\\.|[^'\\\n])*' | "(?:\\.|[^"\\\n])*")
      | (?P<continuation>\\\n)
      | (?P<open>[(\[{]) | (?P<close>[)\]}])
      | (?P<newline>\n)
      | (?P<space>[ \t]+)
      | (?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
NOT_PYTHON = (SyntaxError, ValueError, RecursionError, MemoryError)  # what reading an arbitrary text can raise
_CONTINUES_A_BLOCK = re.compile(r"(else|elif|except|finally)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement of the model block, with the comments and blank lines before it.

    source: its text, indented by four spaces, ending with a newline. line: of its first line in the program, from 1."""

    source: str
    line: int


@dataclass(frozen=True, slots=True)
class _Line:
    """One logical line: where it ends, how far it is indented, its code without comments."""

    end: int
    indent: int
    code: str
    complete: bool  # its newline has been written


def _logical_lines(text: str) -> Iterator[_Line]:
    depth, start, code = 0, 0, ""
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        if kind == "newline" and depth == 0:
            yield _Line(match.end(), _indent(text, start), code.strip(), True)
            start, code = match.end(), ""
            continue
        if kind == "unclosed":  # a triple-quoted string that is still being written
            break
        depth += (kind == "open") - (kind == "close" and depth > 0)
        code += match.group() if kind not in ("comment", "continuation", "newline") else " "
    if start < len(text):
        yield _Line(len(text), _indent(text, start), code.strip(), False)


def _indent(text: str, start: int) -> int:
    line = text[start:].expandtabs(8)
    return len(line) - len(line.lstrip(" "))


def first_statement(text: str, *, final: bool = False) -> int | None:
    """The length of the first whole statement in text, or None while it is still being written.

    A compound statement is whole once a later line shows that its block has ended. final: nothing will follow."""
    header: int | None = None  # the indentation of the compound statement that we are in
    body_end = 0
    for line in _logical_lines(text):
        if not line.code:
            continue
        if header is None:
            if line.code.endswith(":"):
                header, body_end = line.indent, line.end
                continue
            return line.end if line.complete or final else None
        if line.indent <= header and not _may_continue(line):
            return body_end
        if line.complete or final:
            body_end = line.end
    return body_end if final and header is not None else None


def _may_continue(line: _Line) -> bool:
    """An `else` of the block above, or a line that may still become one."""
    if _CONTINUES_A_BLOCK.match(line.code):
        return True
    words = ("else", "elif", "except", "finally")
    return not line.complete and any(word.startswith(line.code) for word in words)


def leaves_block(text: str) -> bool:
    """Whether text, which starts at a line's beginning, starts with code outside the model block."""
    for line in _logical_lines(text):
        if line.code:
            return line.indent < len(INDENT)
    return False


def statements(body: str, line: int) -> list[Statement]:
    """The statements of a model block whose first line has the number `line`; an unfinished last one is kept."""
    found = []
    while body.strip():
        length = first_statement(body, final=True) or len(body)
        found.append(Statement(source=body[:length], line=line))
        line += body[:length].count("\n")
        body = body[length:]
    return found


def starts_likelihood(source: str) -> bool:
    """Whether a `# Likelihood` comment stands before or in this statement."""
    return _LIKELIHOOD_COMMENT.search(source) is not None


def split(sources: Sequence[str], observed: Sequence[str]) -> int:
    """The index of the first statement of L: the one marked `# Likelihood`; without a mark, the first one that
    mentions one of `observed` (the outcome and the predictors); len(sources) if there is neither."""
    marked = next((i for i, source in enumerate(sources) if starts_likelihood(source)), None)
    if marked is not None:
        return marked
    mention = re.compile("|".join(rf"\b{re.escape(name)}\b" for name in observed) or r"(?!)")
    return next((i for i, source in enumerate(sources) if mention.search(source)), len(sources))


def canonical(source: str) -> str:
    """The program without comments, blank lines and the accidents of spacing and quoting. Raises SyntaxError."""
    return ast.unparse(ast.parse(source))


def fingerprint(source: str) -> str:
    """Names a program: equal for programs that differ in comments and layout only. 16 hexadecimal digits.

    A text that is not Python is named as it stands."""
    try:
        text = canonical(source)
    except NOT_PYTHON:
        text = source
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


def is_python(source: str) -> bool:
    """Whether a text can be read as Python."""
    try:
        canonical(source)
    except NOT_PYTHON:
        return False
    return True
