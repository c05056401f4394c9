"""Cuts the end of a partial program into SynCode's tokens, and finds the part that is no whole token yet."""

import re
from dataclasses import dataclass

from refinestat.refinegen.grammar_syncode import NL, Language

CLOSER = {"LPAR": ")", "LSQB": "]", "LBRACE": "}"}
CLOSING = frozenset({"RPAR", "RSQB", "RBRACE"})
QUOTES = ('"', "'")
STRING_PREFIX = re.compile(r"[bf]?r|r[bf]|[ubf]", re.IGNORECASE)
PARTIAL_NUMBER = re.compile(  # ends in e, e-, _, or is a number with a zero in front
    r"(?<![\w.])(?:(?:[0-9][0-9_]*\.?[0-9_]*|\.[0-9][0-9_]*)(?:e[-+]?|(?:e[-+]?[0-9_]+)?_)|0[0-9_]*[1-9][0-9_]*)\Z",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """type: its terminal. start: where it is in the text."""

    type: str
    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    @property
    def closer(self) -> str:
        """Of the bracket that it opens."""
        return CLOSER.get(self.type, "")

    @property
    def closes(self) -> bool:
        return self.type in CLOSING


def lex(language: Language, text: str, position: int, depth: int) -> tuple[list[Token], bool, str]:
    """From a position at that depth of brackets: the tokens; whether something ignored follows the last one; and the
    rest that is no token, or not for certain."""
    tokens: list[Token] = []
    gap = False
    while position < len(text):
        found = language.match(text, position)
        if found is None:
            break
        value, kind = found
        gap = kind in language.ignored or (kind == NL and depth > 0)
        if not gap:
            tokens.append(Token(type=kind, text=value, start=position))
            depth += len(tokens[-1].closer) - tokens[-1].closes
        position += len(value)
    cut = _unfinished(text, tokens, position)
    if cut < position:
        gap = False
        tokens = [token for token in tokens if token.start < cut]
    return tokens, gap, text[cut:]


def _unfinished(text: str, tokens: list[Token], stuck: int) -> int:
    """Where the unfinished token at the end of the text starts.

    The lexer stops at `stuck`, but takes `f"ab` for a name and a quote, `1e-` for a number, a name and a minus, the
    `02` of `02.5` for two numbers, and `..` for two dots."""
    if not tokens:
        return stuck
    if stuck < len(text):
        prefixed = text[stuck] in QUOTES and tokens[-1].end == stuck and STRING_PREFIX.fullmatch(tokens[-1].text)
        return tokens[-1].start if prefixed else stuck
    tail = tokens[-3:]
    kinds = [token.type for token in tail]
    if text.endswith("..") and kinds[-2:] == ["DOT", "DOT"] and kinds[0] != "FROM":
        return tail[-2].start
    number = PARTIAL_NUMBER.search(text, tail[0].start)
    if number is not None and number.start() in [token.start for token in tail]:
        return number.start()
    return stuck


def settled(text: str, token: Token) -> bool:
    """Whether no continuation of the text can change this token, the first of a line, or what comes before it."""
    return (token.text[0].isalpha() or token.text[0] == "_") and token.end < len(text)
