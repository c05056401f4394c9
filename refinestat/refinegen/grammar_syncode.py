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

from refinestat.refinegen.grammar_automata import Automata, join
from refinestat.refinegen.grammar_python import AUTOMATA, refined

END, NL = "$END", "_NL"
Action = int | tuple[int, str]  # shift to this state, or reduce this many symbols to this rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """A grammar ready to use.

    ignored: terminals that may stand between others. following: the terminals that may come after a terminal somewhere;
    what is ignored, and line breaks (in brackets), stand around any other. table, start_state, end_state: the LALR
    automaton. match: the lexer: the token at a position, as (its text, its terminal), or None."""

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
        terminals=terminals,
        ignored=tuple(lark.ignore_tokens),
        automata=join(automata),
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
