"""Which tokens may follow a partial program: SynCode's mask, made whole for any Python that it wrongly refuses."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from refinestat.refinegen import grammar_syncode
from refinestat.refinegen.grammar_masks import ALIVE, ANY, EXTENDS
from refinestat.refinegen.grammar_parser import INDENT, NL, GrammarError, Parser, Scan
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
from refinestat.refinegen.grammar_vocabulary import pieces

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

SPACE, COMMENT = "WS_INLINE", "COMMENT"
UNFINISHED = "\ufffd"  # what decoding puts for the first bytes of a character
LETTER = "\u00e9"  # any other letter stands in for it: all of them are in the same places of the grammar


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How the end of the text can be read.

    remainder: its last terminal, perhaps unfinished: one of `starts`. final: the one that it may end as, and then one
    of `nexts` comes. extends: it cannot end here."""

    remainder: bytes
    starts: frozenset[str]
    final: str = ""
    nexts: frozenset[str] = frozenset()
    extends: bool = False


class GrammarMask:
    """The mask for one tokenizer and, at a time, one program."""

    def __init__(self, tokenizer: Any, *, folder: Path | None = None) -> None:
        self._language = grammar_syncode.load_language()
        self._index = {name: i for i, name in enumerate(self._language.terminals)}
        self._ignored = frozenset(self._language.ignored)
        self._parser = Parser(self._language)
        self._masks = load_store(tokenizer, folder)
        self._pieces = pieces(tokenizer)
        self._eos: int | None = tokenizer.eos_token_id
        self._lines = LineStarts(self._pieces)
        self._prompt = ""

    def start(self, prompt: str) -> None:
        """A new program that begins with the prompt, which is Python up to and with the line that opens the block."""
        self._parser.reset()
        self._parser.scan(prompt)
        self._prompt = prompt

    def allowed(self, text: str) -> np.ndarray:
        """Which tokens may follow prompt + text: bool (vocabulary,). Never a special token, EOS where the program may
        end. A text that ends within a character may end in U+FFFD. Raises GrammarError where nothing can follow."""
        whole = text.rstrip(UNFINISHED)
        cut = len(whole) < len(text)
        scan = self._parser.scan(self._prompt + whole + LETTER * cut)
        mask = self._union(self._read(scan))
        if not scan.rest and not scan.failed and scan.state.column is not None:
            mask &= self._indentation(scan)
        mask &= self._lines.continues if cut else ~self._lines.continues
        if self._eos is not None:
            mask[self._eos] = not cut and self._ends(scan)
        if not mask.any():
            raise GrammarError(f"nothing can follow {(self._prompt + text)[-40:]!r}")
        return mask
