"""SynCode's Python: its grammar, lexer, LALR tables and byte automata. The only file that imports syncode."""

import hashlib
import importlib.metadata
import importlib.util
import sys
import types
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from refinestat.refinegen.grammar_python import AUTOMATA, refined

END, NL = "$END", "_NL"
LETTER = np.array([byte > 0x7F or chr(byte).isalnum() or byte == ord("_") for byte in range(256)])  # or digit
Action = int | tuple[int, str]  # shift to this state, or reduce this many symbols to this rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Automata:
    """The terminals' automata in one table; state numbers run through all of them.

    next: int16 (states + 1, 256), a dead end is `dead`, the last row. initial: of each terminal. final, live: bool by
    state, `live` where a final state can be reached. terminal: of each state, an index into Language.terminals.
    after_letter: bool by state, reached by a letter or digit only."""

    next: np.ndarray
    initial: np.ndarray
    final: np.ndarray
    live: np.ndarray
    terminal: np.ndarray
    after_letter: np.ndarray

    @property
    def dead(self) -> int:
        return len(self.terminal)

    def after(self, remainder: bytes) -> np.ndarray:
        """The state of every terminal's automaton after the remainder: (terminals,)."""
        states = self.initial
        for byte in remainder:
            states = self.next[states, byte]
        return states


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """A grammar ready to use. following: the terminals that may come after a terminal somewhere: what is ignored, and
    line breaks in brackets, around any other. table: of
    the LALR automaton. match: the lexer's token at a position: (its text, its terminal), or None."""

    source: str
    terminals: tuple[str, ...]
    ignored: tuple[str, ...]
    automata: Automata
    following: Mapping[str, frozenset[str]]
    table: list[dict[str, Action]]
    start_state: int
    end_state: int
    match: Callable[[str, int], tuple[str, str] | None]

    @property
    def digest(self) -> str:
        """Of what a mask store depends on."""
        arrays = self.automata.next, self.automata.initial, self.automata.final, self.automata.live
        parts = " ".join(self.terminals).encode(), *(array.tobytes() for array in arrays)
        return hashlib.sha256(b"".join(parts)).hexdigest()


def version() -> str:
    return importlib.metadata.version("syncode")


def _package() -> Path:
    spec = importlib.util.find_spec("syncode")
    if spec is None or spec.submodule_search_locations is None:
        raise ModuleNotFoundError("syncode is not installed: pip install -r requirements.txt", name="syncode")
    return Path(spec.submodule_search_locations[0])


@contextmanager
def without_package_init() -> Iterator[None]:
    """Lets syncode's modules be imported without `syncode/__init__`, which takes seconds, loads `datasets` and `fire`
    and sends the root logger to stdout. A later `import syncode` elsewhere still gets the whole package."""
    if "syncode" in sys.modules:
        yield
        return
    package = types.ModuleType("syncode")
    package.__path__ = [str(_package())]
    sys.modules["syncode"] = package
    try:
        yield
    finally:
        del sys.modules["syncode"]


def shipped_grammar() -> str:
    """SynCode's Python grammar as it comes."""
    return (_package() / "parsers" / "grammars" / "python.lark").read_text(encoding="utf-8")


@cache
def load_language() -> Language:
    """Python, as `grammar_python` refines it: about a second, once."""
    return make_language(refined(shipped_grammar()), AUTOMATA)


def make_language(source: str, simplified: Mapping[str, str]) -> Language:
    """simplified: patterns for the automata of some terminals, in place of their own."""
    with without_package_init():
        from syncode.larkm import Lark  # noqa: PLC0415
        from syncode.mask_store.byte_fsm import ByteFSM  # noqa: PLC0415

        lark = Lark(source, parser="lalr", lexer="basic", start="start", propagate_positions=False)
        lexer = lark.parser.lexer
        automata = [ByteFSM(simplified.get(t.name) or t.pattern.to_regexp()) for t in lark.terminals]
    terminals = tuple(t.name for t in lark.terminals)
    parse_table = lark.parser.parser._parse_table
    table = _actions(parse_table.states)
    return Language(
        source=source,
        terminals=terminals,
        ignored=tuple(lark.ignore_tokens),
        automata=_join(automata),
        following=_following(terminals, tuple(lark.ignore_tokens), table),
        table=table,
        start_state=parse_table.start_states["start"],
        end_state=parse_table.end_states["start"],
        match=_matcher(lexer),
    )


def _actions(states: Mapping[int, Mapping[str, tuple[Any, Any]]]) -> list[dict[str, Action]]:
    table: list[dict[str, Action]] = [{} for _ in states]
    for state, row in states.items():
        for symbol, (_, argument) in row.items():
            shift = isinstance(argument, int)
            table[state][symbol] = argument if shift else (len(argument.expansion), argument.origin.name)
    return table


def _following(
    terminals: tuple[str, ...], ignored: tuple[str, ...], table: list[dict[str, Action]]
) -> dict[str, frozenset[str]]:
    known, anywhere = set(terminals), {*ignored, NL}
    following = {t: known if t in anywhere else set(anywhere) for t in terminals}
    for row in table:
        for symbol, action in row.items():
            if symbol in known - anywhere and isinstance(action, int):
                following[symbol] |= known & table[action].keys()
    return {t: frozenset(after) for t, after in following.items()}


def _matcher(lexer: Any) -> Callable[[str, int], tuple[str, str] | None]:
    with without_package_init():
        from syncode.larkm.lexer import Token  # noqa: PLC0415
    scan, keywords = lexer.scanner.match, lexer.callback

    def match(text: str, position: int) -> tuple[str, str] | None:
        found = scan(text, position)
        if found is None or found[1] not in keywords:
            return found  # type: ignore[no-any-return]
        return found[0], keywords[found[1]](Token(found[1], found[0])).type

    return match


def _join(machines: list[Any]) -> Automata:
    """States are numbered breadth first by byte: interegular's own numbers differ from process to process."""
    rows: list[list[int]] = []
    states: list[tuple[Any, Any]] = []
    initial, terminal = [], []
    for index, machine in enumerate(machines):
        numbers = {machine.initial: len(states)}
        initial.append(len(states))
        queue = [machine.initial]
        for state in queue:
            row = []
            for byte in range(256):
                target = machine.get_next_state(state, byte)
                if target is not None and target not in numbers:
                    numbers[target] = initial[-1] + len(queue)
                    queue.append(target)
                row.append(-1 if target is None else numbers[target])
            rows.append(row)
            states.append((machine, state))
            terminal.append(index)
    table = np.array([*rows, [-1] * 256], dtype=np.int16)
    table[table < 0] = len(states)
    return Automata(
        next=table,
        initial=np.array(initial, dtype=np.int16),
        final=np.array([state in machine.finals for machine, state in states] + [False]),
        live=np.array([machine.islive(state) for machine, state in states] + [False]),
        terminal=np.array(terminal),
        after_letter=np.array([LETTER[np.nonzero(table[:-1] == state)[1]].all() for state in range(len(states))]),
    )
