"""Parses a partial program, again only from the last statement that no continuation can change."""

from dataclasses import dataclass, replace

from refinestat.refinegen.grammar_lalr import DEDENT, INDENT, Stack, Stacks
from refinestat.refinegen.grammar_lexer import Token, lex, settled
from refinestat.refinegen.grammar_syncode import NL, Language

TAB_WIDTH = 4
NOTHING: frozenset[str] = frozenset()


class GrammarError(Exception):
    """The text so far is not the start of a program: no token can follow it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The parser between two tokens.

    stack: LALR states. expected: the closing brackets of the open ones, innermost last. levels: columns of the open
    blocks. dedents: blocks that the current line closes, told to the parser when its first token comes. column: of the
    current line while it has no token, else None. before, after: terminals that were acceptable in place of the last
    token, and those that are now."""

    stack: Stack
    expected: str = ""
    levels: tuple[int, ...] = (0,)
    dedents: int = 0
    column: int | None = None
    before: frozenset[str] = NOTHING
    after: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """How far a text could be read.

    state: after the tokens that parse. last: the last token. failed: `last` does not parse (the state is before it).
    gap: something ignored follows `last`. rest: the end of the text that is no token yet."""

    state: State
    last: Token | None
    failed: bool
    gap: bool
    rest: str


class Parser:
    """Remembers the tokens of the last text, and marks: (length of text that settles them, how many tokens)."""

    def __init__(self, language: Language, stacks: Stacks | None = None) -> None:
        self.stacks = stacks if stacks is not None else Stacks(language)
        self._language = language
        self._start = State(stack=self.stacks.start, after=self.stacks.accepts(self.stacks.start))
        self.reset()

    def reset(self) -> None:
        self._text = ""
        self._read: list[tuple[Token, State]] = []
        self._marks = [(0, 0)]

    def scan(self, text: str) -> Scan:
        """Raises GrammarError where a token that is not the last one does not parse."""
        same = _common(text, self._text)
        while self._marks[-1][0] > same:
            self._marks.pop()
        self._text = text
        kept = self._marks[-1][1]
        last, state = self._read[kept - 1] if kept else (None, self._start)
        tokens, gap, rest = lex(self._language, text, last.end if last else 0, len(state.expected))
        return self._parse(text, kept, tokens, gap, rest)

    def _parse(self, text: str, kept: int, tokens: list[Token], gap: bool, rest: str) -> Scan:
        old, known = self._read, True
        self._read = read = old[:kept]
        last, state = read[-1] if read else (None, self._start)
        for index, token in enumerate(tokens, kept):
            known = known and index < len(old) and old[index][0] == token
            begun = state if known else self.begin(state)
            following = old[index][1] if known else self._advance(begun, token)
            if following is None:
                if token is not tokens[-1] or gap or rest:
                    raise GrammarError(_complaint(text, token))
                return Scan(state=begun, last=token, failed=True, gap=gap, rest=rest)
            if state.column is not None and settled(text, token) and token.end + 1 > self._marks[-1][0]:
                self._marks.append((token.end + 1, index))
            last, state = token, following
            read.append((token, state))
        return Scan(state=state, last=last, failed=False, gap=gap, rest=rest)

    def begin(self, state: State) -> State:
        """Closes the blocks that the current line's indentation closes, now that its first token comes."""
        if state.column is None:
            return state
        stack: Stack | None = state.stack
        before, after = state.before, state.after
        for _ in range(state.dedents):
            stack = self.stacks.feed(stack, DEDENT) if stack is not None else None
            before, after = after, NOTHING if stack is None else self.stacks.accepts(stack)
        levels = state.levels[: len(state.levels) - state.dedents]
        if stack is None or INDENT in after or state.column != levels[-1]:
            raise GrammarError(f"a line is indented by {state.column}: no block of that indentation is open")
        return replace(state, stack=stack, levels=levels, dedents=0, before=before, after=after)

    def _advance(self, state: State, token: Token) -> State | None:
        """The state after the token, or None if it cannot come here."""
        stack = self.stacks.feed(state.stack, token.type)
        if stack is None:
            return None
        after = self.stacks.accepts(stack)
        expected = state.expected[: len(state.expected) - token.closes] + token.closer
        state = replace(state, stack=stack, expected=expected, column=None, before=state.after, after=after)
        return self._indent(state, token) if token.type == NL else state

    def _indent(self, state: State, newline: Token) -> State:
        """The state at the start of a line. Where it is too deep only a comment can follow: its level is not opened."""
        indent = newline.text.rsplit("\n", 1)[-1]
        column = len(indent) + (TAB_WIDTH - 1) * indent.count("\t")
        state = replace(state, column=column)
        if column > state.levels[-1]:
            stack = self.stacks.feed(state.stack, INDENT)
            if stack is None:
                return state
            levels = (*state.levels, column)
            return replace(state, stack=stack, levels=levels, before=state.after, after=self.stacks.accepts(stack))
        return replace(state, dedents=sum(level > column for level in state.levels))


def _common(new: str, old: str) -> int:
    """How long the texts are the same."""
    if new.startswith(old):
        return len(old)
    return next((i for i, (a, b) in enumerate(zip(new, old, strict=False)) if a != b), min(len(new), len(old)))


def _complaint(text: str, token: Token) -> str:
    line = text.count("\n", 0, token.start) + 1
    column = token.start - text.rfind("\n", 0, token.start)
    return f"line {line}, column {column}: {token.text!r} cannot come here"
