"""Reads a partial Python program up to its last token, again only from the last statement that cannot change any more."""

import os
import re
from dataclasses import dataclass, replace
from functools import lru_cache

from refinestat.refinegen.grammar_syncode import END, Language

NL, INDENT, DEDENT = "_NL", "_INDENT", "_DEDENT"
OPENING, CLOSING = frozenset({"LPAR", "LSQB", "LBRACE"}), frozenset({"RPAR", "RSQB", "RBRACE"})
QUOTES = ('"', "'")
STRING_PREFIX = re.compile(r"[bf]?r|r[bf]|[ubf]", re.IGNORECASE)
PARTIAL_NUMBER = re.compile(r"(?<![\w.])(?:[0-9][0-9_]*\.?[0-9_]*|\.[0-9][0-9_]*)(?:e[-+]?|_)\Z", re.IGNORECASE)
TAB_WIDTH = 4
REMEMBERED_STACKS = 1 << 14

Stack = tuple[int, ...]


class GrammarError(Exception):
    """The text so far is not the start of a program: no token can follow it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The parser between two tokens.

    stack: LALR states. depth: of open brackets. levels: columns of the open blocks. dedents: blocks that the current
    line closes, told to the parser when its first token comes. column: of the current line while it has no token,
    else None. before, after: terminals that were acceptable in place of the last token, and those that are now."""

    stack: Stack
    depth: int = 0
    levels: tuple[int, ...] = (0,)
    dedents: int = 0
    column: int | None = None
    before: frozenset[str] = frozenset()
    after: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    type: str
    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


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

    def __init__(self, language: Language) -> None:
        self._language = language
        self._ignored = frozenset(language.ignored)
        self.accepts = lru_cache(REMEMBERED_STACKS)(self._accepts)
        stack = (language.start_state,)
        self._start = State(stack=stack, after=self.accepts(stack))
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
        tokens, gap, rest = self._lex(text, last.end if last else 0, state.depth)
        return self._parse(text, kept, tokens, gap, rest)

    def feed(self, stack: Stack, terminal: str) -> Stack | None:
        """The stack after the terminal, or None if it is not acceptable."""
        table = self._language.table
        states = list(stack)
        while True:
            action = table[states[-1]].get(terminal)
            if action is None:
                return None
            if isinstance(action, int):
                states.append(action)
                return tuple(states)
            size, rule = action
            if size:
                del states[-size:]
            goto = table[states[-1]][rule]
            assert isinstance(goto, int)
            states.append(goto)
            if terminal == END and goto == self._language.end_state:
                return tuple(states)

    def _accepts(self, stack: Stack) -> frozenset[str]:
        row = self._language.table[stack[-1]]
        return frozenset(t for t in row if t.isupper() and self.feed(stack, t) is not None)

    def line_starts(self, stack: Stack) -> frozenset[str]:
        """The terminals that may begin a line here, whatever its indentation: deeper, equal or less deep."""
        found = set(self.accepts(stack))
        deeper = self.feed(stack, INDENT)
        if deeper is not None:
            found |= self.accepts(deeper)
        closed = self.feed(stack, DEDENT)
        while closed is not None:
            found |= self.accepts(closed)
            closed = self.feed(closed, DEDENT)
        return frozenset(found)

    def may_end(self, state: State) -> bool:
        """Whether the program is whole if the text ends here, with or without a last newline."""
        stack = state.stack if state.column is not None else self.feed(state.stack, NL)
        while stack is not None:
            if self.feed(stack, END) is not None:
                return True
            stack = self.feed(stack, DEDENT)
        return False

    def _lex(self, text: str, position: int, depth: int) -> tuple[list[Token], bool, str]:
        tokens: list[Token] = []
        gap = False
        match, size = self._language.match, len(text)
        while position < size:
            found = match(text, position)
            if found is None:
                break
            value, kind = found
            gap = kind in self._ignored or (kind == NL and depth > 0)
            if not gap:
                tokens.append(Token(type=kind, text=value, start=position))
                depth += (kind in OPENING) - (kind in CLOSING)
            position += len(value)
        cut = _partial(text, tokens, position)
        if cut < position:
            gap = False
            tokens = [t for t in tokens if t.start < cut]
        return tokens, gap, text[cut:]

    def _parse(self, text: str, kept: int, tokens: list[Token], gap: bool, rest: str) -> Scan:
        old, known = self._read, True
        self._read = read = old[:kept]
        last, state = read[-1] if read else (None, self._start)
        for index, token in enumerate(tokens, kept):
            known = known and index < len(old) and old[index][0] == token
            begun = state if known else self._begin(state)
            following = old[index][1] if known else self._advance(begun, token)
            if following is None:
                if token is not tokens[-1] or gap or rest:
                    raise GrammarError(_complaint(text, token))
                return Scan(state=begun, last=token, failed=True, gap=gap, rest=rest)
            if state.column is not None and _is_settled(text, token) and token.end + 1 > self._marks[-1][0]:
                self._marks.append((token.end + 1, index))
            last, state = token, following
            read.append((token, state))
        return Scan(state=state, last=last, failed=False, gap=gap, rest=rest)

    def _begin(self, state: State) -> State:
        """Closes the blocks that the current line's indentation closes, now that its first token comes."""
        if state.column is None or not state.dedents:
            return state
        stack: Stack | None = state.stack
        before, after = state.before, state.after
        for _ in range(state.dedents):
            stack = self.feed(stack, DEDENT) if stack is not None else None
            if stack is None:
                raise GrammarError("a line is less indented than a block without statements")
            before, after = after, self.accepts(stack)
        assert stack is not None
        levels = state.levels[: -state.dedents]
        return replace(state, stack=stack, levels=levels, dedents=0, before=before, after=after)

    def _advance(self, state: State, token: Token) -> State | None:
        """The state after the token, or None if it cannot come here."""
        if state.column is not None and state.column != state.levels[-1]:
            raise GrammarError(f"a line is indented by {state.column}, expected {state.levels[-1]}")
        stack = self.feed(state.stack, token.type)
        if stack is None:
            return None
        depth = state.depth + (token.type in OPENING) - (token.type in CLOSING)
        state = replace(state, stack=stack, depth=depth, column=None, before=state.after, after=self.accepts(stack))
        return self._indent(state, token) if token.type == NL else state

    def _indent(self, state: State, newline: Token) -> State:
        """The state at the start of a line. Where it is too deep only a comment can follow: its level is not opened."""
        indent = newline.text.rsplit("\n", 1)[-1].expandtabs(TAB_WIDTH)
        state = replace(state, column=len(indent))
        if len(indent) > state.levels[-1]:
            stack = self.feed(state.stack, INDENT)
            if stack is None:
                return state
            levels = (*state.levels, len(indent))
            return replace(state, stack=stack, levels=levels, before=state.after, after=self.accepts(stack))
        return replace(state, dedents=sum(level > len(indent) for level in state.levels))


def _common(new: str, old: str) -> int:
    if new.startswith(old):
        return len(old)
    return len(new) if old.startswith(new) else len(os.path.commonprefix((new, old)))


def _partial(text: str, tokens: list[Token], stuck: int) -> int:
    """Where the unfinished token at the end of the text starts.

    The lexer stops at `stuck`, but reads `f"ab` as a name and a quote, and `1e-` as a number, a name and a minus."""
    if stuck < len(text):
        if tokens and text[stuck] in QUOTES and tokens[-1].end == stuck and STRING_PREFIX.fullmatch(tokens[-1].text):
            return tokens[-1].start
        return stuck
    number = PARTIAL_NUMBER.search(text, tokens[-3].start if len(tokens) > 2 else 0) if tokens else None
    if number is not None and any(t.start == number.start() for t in tokens[-3:]):
        return number.start()
    return stuck


def _is_settled(text: str, token: Token) -> bool:
    """Whether no continuation of the text can change this first token of a line, or what comes before it."""
    return (token.text[0].isalpha() or token.text[0] == "_") and token.end < len(text) and text[token.end] not in QUOTES


def _complaint(text: str, token: Token) -> str:
    line = text.count("\n", 0, token.start) + 1
    column = token.start - text.rfind("\n", 0, token.start)
    return f"line {line}, column {column}: {token.text!r} cannot come here"
