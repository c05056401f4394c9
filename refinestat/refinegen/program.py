"""How a program's text is put together and taken apart: statements, priors and likelihood, canonical form, fingerprint."""

import ast
import hashlib
import io
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass

INDENT = "    "


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement of the model block, with the comment and blank lines before it.

    source: its text, indented by four spaces, ending with a newline. line: of its first line in the program, from 1."""

    source: str
    line: int


def canonical(source: str) -> str:
    """The program without comments, blank lines and the accidents of spacing and quoting."""
    return ast.unparse(ast.parse(source))


def fingerprint(source: str) -> str:
    """Names a program: equal for programs that differ in comments and layout only. 16 hexadecimal digits."""
    return hashlib.sha256(canonical(source).encode()).hexdigest()[:16]
