"""Reading a statement whose words may stand for places of the grammar.

A word such as `mu` can be the name of a parameter, which the grammar spells, or a variable, which has a place. Only
what follows tells; so a text is read in every way that the grammar lets through, nearly always one."""

import re
import string
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Protocol, Self

import numpy as np

from refinestat.refinegen.grammar_spelling import WORD, GoesOn, Inside, Spelling

LETTERS = f"{string.ascii_letters}{string.digits}_".encode()
_QUOTED = re.compile(rb"(?<![A-Za-z0-9_\"'])[\"'][A-Za-z0-9_]*\Z")  # opened, not closed
_QUOTE = re.compile(rb"[\"']")
NONE = np.zeros(0, dtype=np.intp)  # no tokens


class Tables(Protocol):
    """What the matchers of one tokenizer share. ends_word: the tokens that may follow a whole word."""

    @property
    def spelling(self) -> Spelling: ...
    @property
    def ends_word(self) -> np.ndarray: ...
    @property
    def pieces(self) -> list[bytes]: ...
    def spelt(self, text: bytes) -> list[int]: ...
    def following(self, matcher: Any) -> np.ndarray: ...


@dataclass(frozen=True, slots=True)
class Words:
    """The words that stand for places: by word its place, a byte, and by place its words. labels: those in quotes;
    begun: the first letters, one to all, of the others."""

    places: Mapping[bytes, bytes]
    by_place: Mapping[bytes, tuple[bytes, ...]]
    labels: frozenset[bytes]
    begun: frozenset[bytes]

    @classmethod
    def of(cls, names: Mapping[str, int], labels: Mapping[str, int]) -> Self:
        """names, labels: words with their places."""
        places = {word.encode(): bytes([place]) for word, place in {**names, **labels}.items()}
        by_place: dict[bytes, tuple[bytes, ...]] = {}
        for word, place in places.items():
            by_place[place] = (*by_place.get(place, ()), word)
        begun = frozenset(name[:end].encode() for name in names for end in range(1, len(name) + 1))
        return cls(places, by_place, frozenset(label.encode() for label in labels), begun)

    def cut(self, text: bytes) -> int:
        """Where the last word begins, if it may go on; else the end of the text."""
        quoted = _QUOTED.search(text)
        if quoted and any(label.startswith(quoted[0]) and label != quoted[0] for label in self.labels):
            return quoted.start()
        return len(text.rstrip(LETTERS))

    def beginning(self, begun: bytes) -> Iterator[tuple[bytes, list[bytes]]]:
        """The places of words that begin like this, and what is left to write of each word."""
        for place, words in self.by_place.items():
            left = [word[len(begun) :] for word in words if word.startswith(begun)]
            if left:
                yield place, left


class Ways:
    """The ways in which the beginning of one statement can be read, as matchers behind its last whole word."""

    def __init__(self, matcher: Any, words: Words, tables: Tables) -> None:
        """matcher: at the beginning of the grammar."""
        self._ways, self._read = [matcher], b""
        self._words, self._tables = words, tables

    @cached_property
    def _inside(self) -> list[Inside]:
        """For what follows; whether a text can be read does not need it."""
        return self._tables.spelling.inside(self._words.by_place)

    def precede(self, text: bytes) -> bool:
        """Whether the text goes on from what has been read."""
        return text.startswith(self._read) and self._words.cut(text) >= len(self._read)

    def can_read(self, text: bytes) -> bool:
        """Whether a statement can begin like this; its last word may be unfinished."""
        cut = self._words.cut(text)
        return self._can_read(text[len(self._read) :], cut - len(self._read))

    def following(self, text: bytes) -> np.ndarray:
        """The tokens that can follow in any reading, bool (tokens,); none where the text itself cannot be read."""
        cut = self._words.cut(text)
        self._ways = self._advanced(self._ways, text[len(self._read) : cut])
        self._read, tail = text[:cut], text[cut:]
        mask = np.zeros(len(self._tables.ends_word), dtype=bool)
        ends = [end for way in self._ways for end in self._ends(way, tail, mask)]
        self._begin_words(ends, tail, mask)
        return mask

    def _ends(self, way: Any, tail: bytes, mask: np.ndarray) -> Iterator[Any]:
        """Yields the matchers behind the last word, as it stands; marks what may follow it, or go on with it."""
        literal = way.deep_copy()
        if self._takes(literal, tail):
            mask |= self._tables.following(literal)
            yield literal
        for place, left in self._words.beginning(tail):
            if not self._may_take(way, place):
                continue
            for rest in left:
                mask[self._tables.spelling.prefixes(rest)] = True
                self._mark(self._tables.spelling.ending(rest), [way], place, tail, mask)
            if b"" in left:
                after = way.deep_copy()
                self._takes(after, place)
                mask |= self._tables.following(after) & self._tables.ends_word
                yield after

    def _begin_words(self, ends: list[Any], tail: bytes, mask: np.ndarray) -> None:
        """Marks the tokens in which a word begins after something else."""
        for inside in self._inside:
            if inside.leading is not None and not mask[inside.leading]:
                continue
            for place in {**inside.begun, **inside.beyond}:
                taking = [end for end in ends if self._may_take(end, inside.before + place)]
                if taking:
                    mask[inside.begun.get(place, NONE)] = True
                    self._mark(inside.beyond.get(place, ()), taking, inside.before + place, tail, mask)

    def _mark(self, tokens: Iterable[GoesOn], ends: list[Any], word: bytes, tail: bytes, mask: np.ndarray) -> None:
        """Marks those of the tokens that can go on after the word, which is read as its place."""
        may_follow = cache(lambda text: any(self._may_take(end, word + text) for end in ends))
        for goes_on in tokens:
            if mask[goes_on.token] or not self._may_go_on(goes_on, may_follow):
                continue
            mask[goes_on.token] = not goes_on.word or self._can_read(tail + self._tables.pieces[goes_on.token])

    def _may_go_on(self, goes_on: GoesOn, may_follow: Callable[[bytes], bool]) -> bool:
        """False where the token cannot follow, however the words beyond the first two are read: of most tokens, that is
        known so. may_follow: whether a text can follow the first word."""
        if not may_follow(goes_on.punctuation[:1]) or not may_follow(goes_on.punctuation):
            return False
        if not goes_on.word or goes_on.word in self._words.begun or _QUOTE.search(goes_on.punctuation):
            return True
        return may_follow(goes_on.punctuation + goes_on.word)

    def _can_read(self, text: bytes, cut: int | None = None) -> bool:
        """Whether this can follow what has been read. cut: where its last word begins."""
        cut = self._words.cut(text) if cut is None else cut
        tail = text[cut:]
        for way in self._advanced([way.deep_copy() for way in self._ways], text[:cut]):
            if self._may_take(way, tail) or any(self._may_take(way, place) for place, _ in self._words.beginning(tail)):
                return True
        return False

    def _advanced(self, ways: list[Any], text: bytes) -> list[Any]:
        """The matchers moved behind the text in each of its readings; those that cannot read it are left out.

        The text ends where no word goes on. The matchers given are not to be used again."""
        at = 0
        for found in WORD.finditer(text):
            place = self._words.places.get(found[0])
            if place is None:
                continue
            ways = self._taking(ways, text[at : found.start()])
            forks = [way.deep_copy() for way in ways]
            ways = [*self._taking(ways, found[0]), *self._taking(forks, place)]
            at = found.end()
        return self._taking(ways, text[at:])

    def _taking(self, ways: Iterable[Any], text: bytes) -> list[Any]:
        return [way for way in ways if self._takes(way, text)]

    def _takes(self, matcher: Any, text: bytes) -> bool:
        """Moves a matcher on. False: the text cannot follow, and the matcher is of no more use."""
        tokens = self._tables.spelt(text)
        return bool(matcher.try_consume_tokens(tokens) == len(tokens))

    def _may_take(self, matcher: Any, text: bytes) -> bool:
        """Whether the text can follow; the matcher stays where it is."""
        tokens = self._tables.spelt(text)
        return bool(matcher.validate_tokens(tokens) == len(tokens))
