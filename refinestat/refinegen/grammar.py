"""Which tokens may follow a partial program: SynCode's mask, made whole for any Python that it wrongly refuses."""

import copy
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from refinestat.refinegen import grammar_syncode
from refinestat.refinegen.grammar_brackets import Brackets
from refinestat.refinegen.grammar_masks import ALIVE, EXTENDS
from refinestat.refinegen.grammar_parser import TAB_WIDTH, GrammarError, Parser
from refinestat.refinegen.grammar_reading import Indentation, Reading, ends, indentation, open_quote, read
from refinestat.refinegen.grammar_store import (
    StoreDamaged,
    StoreInfo,
    StoreMissing,
    build_store,
    has_store,
    load_store,
    store_folder,
    store_key,
)
from refinestat.refinegen.grammar_vocabulary import read_vocabulary

__all__ = [
    "GrammarError",
    "GrammarMask",
    "StoreDamaged",
    "StoreInfo",
    "StoreMissing",
    "build_store",
    "build_stores",
    "has_store",
    "store_folder",
    "store_key",
]

UNFINISHED = "\ufffd"  # what decoding puts for the first bytes of a character
LETTER = "\u00e9"  # stands in for it: the grammar treats all letters beyond ASCII alike
COMMENT_OR_NEWLINE = b"#\n\r"
REMEMBERED_MASKS = 1 << 10
REMEMBERED_INDENTATIONS = 1 << 5


class GrammarMask:
    """The mask for one tokenizer and, at a time, one program. Not for several threads."""

    def __init__(self, tokenizer: Any, *, folder: Path | None = None) -> None:
        """Raises StoreMissing or StoreDamaged."""
        vocabulary = read_vocabulary(tokenizer)
        self._language = grammar_syncode.load_language()
        self._masks = load_store(vocabulary, self._language, folder)
        self._numbers = {name: i for i, name in enumerate(self._language.terminals)}
        self._parser = Parser(self._language)
        self._size, self._end = len(vocabulary.pieces), vocabulary.end
        self._openings = Openings(vocabulary.pieces)
        self._indented = lru_cache(REMEMBERED_INDENTATIONS)(self._openings.indented)
        self._misfits = lru_cache(REMEMBERED_MASKS)(Brackets(vocabulary.pieces).misfits)
        self._columns = lru_cache(REMEMBERED_MASKS)(self._find_columns)
        self._union = lru_cache(REMEMBERED_MASKS)(self._find_union)
        self._prompt = ""

    def fork(self) -> "GrammarMask":
        """Another mask for another program, written at the same time; the tables are shared."""
        other = copy.copy(self)
        other._parser = Parser(self._language, self._parser.stacks)
        return other

    def start(self, prompt: str) -> None:
        """A new program that begins with the prompt, which is Python. Raises GrammarError if nothing can follow it."""
        self._parser.reset()
        self._prompt = prompt
        self.allowed("")

    def statement(self, start: int, symbols: object) -> None:
        """A statement begins: of what is known there, this grammar uses nothing."""

    def allowed(self, text: str) -> np.ndarray:
        """Which tokens may follow prompt + text: bool (vocabulary,). Never a special token but EOS, and that where the
        program may end. Text that ends within a character ends in U+FFFD. Raises GrammarError if nothing can follow."""
        whole = text.rstrip(UNFINISHED)
        cut = len(whole) < len(text)
        scan = self._parser.scan(self._prompt + whole + LETTER * cut)
        mask = self._reading_mask(read(self._parser, scan))
        line = indentation(scan)
        if line is not None:
            mask &= self._indented(line)
        quote = open_quote(scan)
        if quote is not None:
            mask &= ~self._misfits(quote, scan.state.expected)
        mask &= self._openings.inside_character == cut
        if self._end is not None:
            mask[self._end] = not cut and ends(self._parser, scan)
        if not mask.any():
            raise GrammarError(f"nothing can follow {(self._prompt + text)[-40:]!r}")
        return mask

    def _reading_mask(self, reading: Reading) -> np.ndarray:
        automata, rows = self._language.automata, self._masks.rows
        states = automata.after(reading.remainder.encode())
        found = []
        for kind, terminals in ((ALIVE, reading.ending), (EXTENDS, reading.starts)):
            reached = states[self._columns(terminals)]
            reached = reached[reached != automata.dead]
            found.append(rows[reached, len(self._numbers) + kind])
            if kind == ALIVE:
                found.append(rows[np.ix_(reached, self._columns(reading.nexts))].ravel())
        union = self._union(np.unique(np.concatenate(found)).tobytes())
        return np.unpackbits(union, count=self._size, bitorder="little").astype(np.bool_)

    def _find_columns(self, terminals: frozenset[str]) -> np.ndarray:
        """Their numbers; those that no text spells (indentation, the end) have none."""
        return np.array([self._numbers[t] for t in terminals if t in self._numbers], dtype=np.intp)

    def _find_union(self, ids: bytes) -> np.ndarray:
        union: np.ndarray = np.bitwise_or.reduce(self._masks.packed[np.frombuffer(ids, dtype=np.int32)], axis=0)
        return union


class Openings:
    """How tokens begin. inside_character: with the later bytes of a character: bool (vocabulary,)."""

    def __init__(self, pieces: Sequence[bytes]) -> None:
        bare = [piece.lstrip(b"\t ") for piece in pieces]
        spaces = [piece[: len(piece) - len(rest)] for piece, rest in zip(pieces, bare, strict=True)]
        first = np.array([ord(piece[:1] or b"\0") for piece in pieces], dtype=np.uint8)
        self.inside_character = (first >= 0x80) & (first < 0xC0)
        self._width = np.array([len(s) + (TAB_WIDTH - 1) * s.count(b"\t") if s else 0 for s in spaces])
        self._only_spaces: np.ndarray = np.array([not rest for rest in bare])
        self._free: np.ndarray = np.array([rest[:1] in COMMENT_OR_NEWLINE for rest in bare]) & ~self._only_spaces

    def indented(self, line: Indentation) -> np.ndarray:
        """Tokens that indent the line as they must, or only begin to, or leave it empty or to a comment."""
        if line.deeper is not None:
            fits: np.ndarray = self._only_spaces | (self._width > line.deeper)
        else:
            fits = np.where(self._only_spaces, self._width <= max(line.by), np.isin(self._width, line.by))
        fits |= self._free
        return fits


def build_stores(
    models: Sequence[str],
    load_tokenizer: Callable[[str], Any],
    folder: Path | None,
    rebuild: bool,
    say: Callable[[str], None],
) -> list[StoreInfo]:
    """A mask store for each model; one line each on whether it was there, its size and the time."""
    found = []
    for model in models:
        tokenizer = load_tokenizer(model)
        try:
            info = build_store(tokenizer, folder=folder, rebuild=rebuild)
        except StoreDamaged as damage:
            say(f"{model}: {damage}: building it again")
            info = build_store(tokenizer, folder=folder, rebuild=True)
        what = "mask store built" if info.built else "mask store is there already"
        size, masks, seconds = info.size / 1e6, info.masks, info.seconds
        say(f"{model}: {what}: {size:.1f} MB, {masks} distinct masks, {seconds:.1f} s to build, {info.path}")
        found.append(info)
    return found
