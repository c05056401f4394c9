"""Which tokens may follow a partial program by what Pi knows: llguidance's mask over a grammar made for each statement.

The grammar is made again whenever the statement shows something that it depends on (`grammar_names.Begun`). A token
that shows it and goes on is checked on its own, so that the mask is exact. Text is read byte by byte: the mask
does not depend on how the text was cut into tokens. Nothing here is for several threads."""

import copy
import re
import time
from collections import OrderedDict
from typing import Any

import llguidance
import numpy as np

from refinestat.refinegen.grammar_dialect import grammar
from refinestat.refinegen.grammar_names import Begun, Names, Setting, begun, foreign, goes_on, labels, names
from refinestat.refinegen.grammar_parser import GrammarError
from refinestat.refinegen.grammar_places import place
from refinestat.refinegen.grammar_spelling import Spelling
from refinestat.refinegen.grammar_vocabulary import Vocabulary, read_vocabulary
from refinestat.refinegen.grammar_ways import Ways, Words
from refinestat.refinegen.predicates import Symbols
from refinestat.refinegen.predicates.gate import FORBIDDEN_CHARACTERS

UNFINISHED = "\ufffd"  # what decoding puts for the first bytes of a character
LETTER = "\u00e9"  # stands in for it
REMEMBERED = 256  # compiled grammars
LONGEST = 500  # characters of a statement, after which what can be closed is
# Tokens that may name a distribution or a library, or bind a name, and go on.
_GOES_ON = re.compile(rb"[A-Za-z0-9_][^A-Za-z0-9_]|= *[^ =]")
_IN_COMMENT = re.compile(r"#[^\n]*\Z")


class SemanticMask:
    """The mask for one tokenizer and, at a time, one program."""

    def __init__(self, tokenizer: Any, *, same_name: bool = True) -> None:
        """same_name: `mu = pm.Normal("mu", ...)` is all that may follow `mu = pm.Normal(`."""
        vocabulary = read_vocabulary(tokenizer)
        self._tables = _Tables(vocabulary)
        self._size, self._end = len(vocabulary.pieces), vocabulary.end
        self._names: Names | None = None
        self._same_name = same_name
        self._start = 0
        self._shown: Begun | None = None
        self._ways: Ways | None = None

    def fork(self) -> "SemanticMask":
        """Another mask for another program, written at the same time; the tables are shared."""
        other = copy.copy(self)
        other._names = other._ways = None
        return other

    def start(self, prompt: str) -> None:
        """A new program. What the prompt declares is in the table that `statement` gets."""
        self._names = None

    def statement(self, start: int, symbols: Symbols) -> None:
        """A new statement begins at this place in the text; symbols: what is known there."""
        self._start, self._names, self._ways = start, names(symbols), None

    def allowed(self, text: str) -> np.ndarray:
        """Which tokens may follow the text: bool (vocabulary,). Never a special token but EOS, and that where the
        program may end. Text that ends within a character ends in U+FFFD. Raises GrammarError if nothing can follow."""
        if self._names is None:
            raise RuntimeError("SemanticMask.statement was not called")
        written = text[self._start :]
        whole = written.rstrip(UNFINISHED)
        cut = len(whole) < len(written)
        mask = self._mask(whole + LETTER * cut, self._names)
        if cut:
            mask[: self._size] &= self._tables.inside_character
        if not mask.any():
            raise GrammarError(f"nothing can follow {text[-40:]!r}")
        answer: np.ndarray = mask[: self._size]
        if self._end is not None:
            answer[self._end] = mask[self._tables.end] and not cut
        return answer

    @property
    def seconds_compiling(self) -> float:
        """Time spent on making grammars, by all masks of this tokenizer."""
        return self._tables.seconds

    def _mask(self, statement: str, known: Names) -> np.ndarray:
        shown = begun(statement, known)
        mask = self._following(statement, shown, known)
        tables = self._tables
        for token in tables.going_on[mask[tables.going_on]]:
            new = tables.pieces[token].decode("utf-8", "ignore")
            if goes_on(statement, new, shown, known) and not self._fits(statement + new, known):
                mask[token] = False
        if len(statement) > LONGEST:
            near = mask & tables.ending
            mask = near if near.any() else mask
        self._hide_taken(mask, statement, known)
        return mask

    def _following(self, statement: str, shown: Begun, known: Names) -> np.ndarray:
        """What the grammar of the statement lets follow."""
        text = statement.encode()
        if self._ways is None or self._shown != shown or not self._ways.precede(text):
            self._ways, self._shown = self._begin(known, shown), shown
        mask = self._ways.following(text)
        if not mask.any():
            self._ways = None
            raise GrammarError(f"the statement cannot go on after {statement!r}")
        return mask

    def _begin(self, known: Names, shown: Begun) -> Ways:
        """The grammar's beginning, with the words that stand for places: the names that are known, and the name that
        the statement's variable must bear."""
        bears = self._same_name and shown.bears
        words = Words.of(known.places, {q + shown.bound + q: place({"TOP"}) for q in "\"'" if bears})
        return Ways(self._tables.matcher(known.setting, shown.form, self._same_name), words, self._tables)

    def _fits(self, statement: str, known: Names) -> bool:
        if foreign(statement, known):
            return False
        return self._begin(known, begun(statement, known)).can_read(statement.encode())

    def _hide_taken(self, mask: np.ndarray, statement: str, known: Names) -> None:
        """No variable has the name of another: tokens that close such a name go."""
        tables = self._tables
        if _IN_COMMENT.search(statement):
            return
        given = labels(statement)
        taken = known.taken.union(given)
        for token in tables.quotes[mask[tables.quotes]]:
            closed = labels(statement + tables.pieces[token].decode("utf-8", "ignore"))[len(given) :]
            if not taken.isdisjoint(closed):
                mask[token] = False


class _Tables:
    """What all masks of one tokenizer share. Behind its tokens stand all single bytes, to read text with, and EOS."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        # No program holds control or bidirectional characters; STOP is one of them.
        refused = [FORBIDDEN_CHARACTERS.search(piece.decode("utf-8", "ignore")) for piece in vocabulary.pieces]
        pairs = zip(vocabulary.pieces, refused, strict=True)
        self.pieces = [piece if found is None else b"" for piece, found in pairs]
        self._bytes = len(self.pieces)
        self.end = self._bytes + 256
        self._tokenizer = llguidance.LLTokenizer(llguidance.TokenizerWrapper(_Wrapped(self)), slices=[])
        self.seconds = 0.0
        self._matchers: OrderedDict[tuple[Setting, Begun, bool], Any] = OrderedDict()
        first = np.array([ord(piece[:1] or b"\0") for piece in self.pieces], dtype=np.uint8)
        self.inside_character = (first >= 0x80) & (first < 0xC0)
        self.going_on = self._where(_GOES_ON)
        self.ending = np.zeros(self.end + 1, dtype=bool)
        self.ending[self._where(re.compile(rb"^ *[)\]\"'\n]"))] = True
        self.quotes = self._where(re.compile(rb"[\"']"))
        self.ends_word = np.ones(self.end + 1, dtype=bool)
        self.ends_word[self._where(re.compile(rb"^[A-Za-z0-9_]"))] = False
        self.spelling = Spelling(self.pieces)

    @property
    def tokens(self) -> list[bytes]:
        return [*self.pieces, *(bytes([byte]) for byte in range(256)), b""]

    def _where(self, pattern: re.Pattern[bytes]) -> np.ndarray:
        return np.array([i for i, piece in enumerate(self.pieces) if pattern.search(piece)], dtype=np.intp)

    def spelt(self, text: bytes) -> list[int]:
        """Tokens of single bytes."""
        return [self._bytes + byte for byte in text]

    def following(self, matcher: Any) -> np.ndarray:
        """The tokens that can follow, as bool (tokens,)."""
        packed = np.frombuffer(matcher.compute_bitmask(), dtype=np.uint8)
        return np.unpackbits(packed, count=self.end + 1, bitorder="little").view(np.bool_)

    def matcher(self, setting: Setting, shown: Begun, same_name: bool) -> Any:
        """A matcher at the beginning of this grammar; the grammars used last are kept compiled."""
        key = setting, shown, same_name
        found = self._matchers.get(key)
        if found is None:
            began = time.perf_counter()
            text = llguidance.LLMatcher.grammar_from_lark(grammar(setting, shown, same_name=same_name))
            found = llguidance.LLMatcher(self._tokenizer, text)
            if found.is_error():
                raise RuntimeError(found.get_error())
            self.seconds += time.perf_counter() - began
            self._matchers[key] = found
            if len(self._matchers) > REMEMBERED:
                self._matchers.popitem(last=False)
        self._matchers.move_to_end(key)
        return found.deep_copy()


class _Wrapped:
    """A vocabulary as llguidance wants it."""

    bos_token_id = None

    def __init__(self, tables: _Tables) -> None:
        self.tokens, self.eos_token_id = tables.tokens, tables.end
        self.special_token_ids = [tables.end]
        self._bytes = tables.end - 256

    def __call__(self, text: bytes) -> list[int]:
        return [self._bytes + byte for byte in text]
