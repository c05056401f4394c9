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
from refinestat.refinegen.grammar_names import Begun, Names, begun, foreign, goes_on, labels, names, open_label
from refinestat.refinegen.grammar_parser import GrammarError
from refinestat.refinegen.grammar_vocabulary import Vocabulary, read_vocabulary
from refinestat.refinegen.predicates import Symbols
from refinestat.refinegen.predicates.gate import FORBIDDEN_CHARACTERS

UNFINISHED = "\ufffd"  # what decoding puts for the first bytes of a character
LETTER = "\u00e9"  # stands in for it
REMEMBERED = 256  # compiled grammars
LONGEST = 500  # characters of a statement, after which what can be closed is
# Tokens that may name a distribution or a library, or bind a name, and go on.
_GOES_ON = re.compile(rb"[A-Za-z0-9_][^A-Za-z0-9_]|= *[^ =]")


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
        self._grammar: Begun | None = None
        self._matcher: Any = None
        self._read = b""

    def fork(self) -> "SemanticMask":
        """Another mask for another program, written at the same time; the tables are shared."""
        other = copy.copy(self)
        other._names = other._grammar = other._matcher = None
        return other

    def start(self, prompt: str) -> None:
        """A new program. What the prompt declares is in the table that `statement` gets."""
        self._names = None

    def statement(self, start: int, symbols: Symbols) -> None:
        """A new statement begins at this place in the text; symbols: what is known there."""
        self._start, self._names, self._grammar = start, names(symbols), None

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

    def _mask(self, statement: str, known: Names) -> np.ndarray:
        shown = begun(statement, known)
        self._advance(statement.encode(), shown, known)
        tables = self._tables
        mask = tables.unpacked(self._matcher.compute_bitmask())
        for token in tables.going_on[mask[tables.going_on]]:
            new = tables.pieces[token].decode("utf-8", "ignore")
            if goes_on(statement, new, shown, known) and not self._fits(statement + new, known):
                mask[token] = False
        if len(statement) > LONGEST:
            near = mask & tables.ending
            mask = near if near.any() else mask
        label = open_label(statement)
        if label is not None:
            taken = {label for label in labels(statement) if label}
            for token in tables.closing[mask[tables.closing]] if taken else ():
                if label + re.split("[\"']", tables.pieces[token].decode("utf-8", "ignore"))[0] in taken:
                    mask[token] = False
        return mask

    def _advance(self, statement: bytes, shown: Begun, known: Names) -> None:
        """Brings the matcher behind the statement so far."""
        if self._grammar != shown or not statement.startswith(self._read):
            self._matcher, self._grammar, self._read = self._compiled(known, shown), shown, b""
        new = self._tables.spelt(statement[len(self._read) :])
        if self._matcher.try_consume_tokens(new) < len(new):
            self._grammar = None
            raise GrammarError(f"the statement cannot begin like this: {statement.decode()!r}")
        self._read = statement

    @property
    def seconds_compiling(self) -> float:
        """CPU time spent on making grammars, by all masks of this tokenizer."""
        return self._tables.seconds

    def _compiled(self, known: Names, shown: Begun) -> Any:
        began = time.process_time()
        matcher = self._tables.matcher(grammar(known, shown, same_name=self._same_name))
        self._tables.seconds += time.process_time() - began
        return matcher

    def _fits(self, statement: str, known: Names) -> bool:
        if foreign(statement, known):
            return False
        matcher = self._compiled(known, begun(statement, known))
        new = self._tables.spelt(statement.encode())
        return bool(matcher.try_consume_tokens(new) == len(new))


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
        self._matchers: OrderedDict[str, Any] = OrderedDict()
        first = np.array([ord(piece[:1] or b"\0") for piece in self.pieces], dtype=np.uint8)
        self.inside_character = (first >= 0x80) & (first < 0xC0)
        self.going_on = self._where(_GOES_ON)
        self.ending = np.zeros(self.end + 1, dtype=bool)
        self.ending[self._where(re.compile(rb"^ *[)\]\"'\n]"))] = True
        self.closing = self._where(re.compile(rb"^[A-Za-z0-9_]*[\"']"))

    @property
    def tokens(self) -> list[bytes]:
        return [*self.pieces, *(bytes([byte]) for byte in range(256)), b""]

    def _where(self, pattern: re.Pattern[bytes]) -> np.ndarray:
        return np.array([i for i, piece in enumerate(self.pieces) if pattern.search(piece)], dtype=np.intp)

    def spelt(self, text: bytes) -> list[int]:
        """Tokens of single bytes."""
        return [self._bytes + byte for byte in text]

    def unpacked(self, bits: bytes) -> np.ndarray:
        """A bit mask as bool (tokens,)."""
        packed = np.frombuffer(bits, dtype=np.uint8)
        return np.unpackbits(packed, count=self.end + 1, bitorder="little").astype(np.bool_)

    def matcher(self, text: str) -> Any:
        """A matcher at the beginning of this grammar; the grammars used last are kept compiled."""
        found = self._matchers.get(text)
        if found is None:
            found = llguidance.LLMatcher(self._tokenizer, llguidance.LLMatcher.grammar_from_lark(text))
            if found.is_error():
                raise RuntimeError(found.get_error())
            self._matchers[text] = found
            if len(self._matchers) > REMEMBERED:
                self._matchers.popitem(last=False)
        self._matchers.move_to_end(text)
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
