"""How the end of a partial program can be read: which terminal it is in, and which may come after that.

Wider than SynCode's own reading wherever that refuses valid Python: comments and line breaks may stand between any two
tokens where Python lets them; a prefixed string or an exponent may be cut anywhere; several terminals may come in one
token after a space. Narrower where the lexer has decided: `for` is not the name `for`."""

from dataclasses import dataclass

from refinestat.refinegen.grammar_lalr import INDENT, Stacks
from refinestat.refinegen.grammar_lexer import QUOTES
from refinestat.refinegen.grammar_parser import NOTHING, Parser, Scan, State
from refinestat.refinegen.grammar_syncode import NL

SPACE, COMMENT, CONTINUATION = "WS_INLINE", "COMMENT", "__IGNORE_1"
BETWEEN = frozenset({SPACE, CONTINUATION})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """remainder: the end of the text, one terminal, perhaps unfinished. ending: those that it may end as, each
    followed by one of `nexts`. starts: those that it is the start of, and that must be added to."""

    remainder: str
    ending: frozenset[str] = NOTHING
    nexts: frozenset[str] = NOTHING
    starts: frozenset[str] = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Indentation:
    """How far the line's first token may be indented beyond where the line stands: by one of `by`, or by more than
    `deeper`."""

    by: tuple[int, ...] = ()
    deeper: int | None = None


def read(parser: Parser, scan: Scan) -> Reading:
    state = scan.state
    if scan.rest.startswith("#"):
        return Reading(remainder=scan.rest, ending=_between(state) & {COMMENT}, nexts=_after_comment(parser, state))
    if scan.rest == "\r" and state.column is not None:
        return Reading(remainder=scan.rest, starts=frozenset({NL}))
    if scan.rest:
        state = parser.begin(state)
        ignored = _between(state)
        return Reading(remainder=scan.rest, ending=ignored, nexts=state.after | ignored, starts=state.after)
    if scan.last is None or scan.gap:
        return Reading(remainder=" ", ending=frozenset({SPACE}), nexts=_now(parser.stacks, state))
    if scan.failed:
        return Reading(remainder=scan.last.text, starts=state.after | _between(state))
    ending = frozenset({scan.last.type})
    starts = NOTHING if scan.last.type == NL else state.before - ending
    return Reading(remainder=scan.last.text, ending=ending, nexts=_now(parser.stacks, state), starts=starts)


def indentation(scan: Scan) -> Indentation | None:
    """None where the line's indentation is fixed already, or nothing but a comment can come."""
    state = scan.state
    if scan.failed or scan.rest or state.column is None or state.column > state.levels[-1]:
        return None
    by = tuple(level - state.column for level in state.levels if level >= state.column)
    if INDENT in state.after:
        return Indentation(deeper=by[-1])
    if INDENT in state.before:
        return Indentation(deeper=by[-1] - 1)
    return Indentation(by=by)


def open_quote(scan: Scan) -> str | None:
    """The quote of the string that the text ends in; empty outside strings; None in a comment or a long string."""
    rest = scan.rest.lstrip("rRbBfFuU")
    if rest.startswith(("#", '"""', "'''")):
        return None
    return rest[:1] if rest.startswith(QUOTES) else ""


def ends(parser: Parser, scan: Scan) -> bool:
    """Whether the program may end here; a last newline may be missing."""
    if scan.failed or scan.rest[:1] not in ("", "#"):
        return False
    state = scan.state
    return parser.stacks.may_end(state.stack if state.column is not None else parser.stacks.feed(state.stack, NL))


def _now(stacks: Stacks, state: State) -> frozenset[str]:
    """What may come next; at the start of a line, whatever its indentation will be."""
    if state.column is None:
        return state.after | _between(state)
    if state.column > state.levels[-1]:
        return frozenset({COMMENT, NL})
    return stacks.line_starts(state.stack) | _between(state) | {NL}


def _between(state: State) -> frozenset[str]:
    """What is ignored at this place."""
    if state.expected:
        return BETWEEN | {COMMENT, NL}
    return BETWEEN | {COMMENT} if state.column is not None or NL in state.after else BETWEEN


def _after_comment(parser: Parser, state: State) -> frozenset[str]:
    """What may come on the line after a comment."""
    if state.expected:
        return state.after | _between(state)
    line = state.stack if state.column is not None else parser.stacks.feed(state.stack, NL)
    return BETWEEN | {COMMENT, NL} | (NOTHING if line is None else parser.stacks.line_starts(line))
