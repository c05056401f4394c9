"""How a vocabulary spells words: which tokens begin a word, go on with it, or end it and go on.

A word is a name, or a name in quotes. Most tokens hold at most the beginning of one. They are found by the letters that
they add; those that go beyond a word are rare, and are listed for the mask to look at one by one."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

WORD = re.compile(rb"[\"'][A-Za-z0-9_]*[\"']|[A-Za-z0-9_]+")
_FIRST = re.compile(rb"[A-Za-z0-9_]*[\"']|[\"'][A-Za-z0-9_]*[\"']|[A-Za-z0-9_]+")
_LETTERS = re.compile(rb"[A-Za-z0-9_]+")
_LAST = re.compile(rb"(?s)(.*[^A-Za-z0-9_])([A-Za-z0-9_]+)")
_LAST_QUOTED = re.compile(rb"(?s)(.+?)([\"'][A-Za-z0-9_]*[\"']?)")


@dataclass(frozen=True, slots=True)
class GoesOn:
    """A token that ends a word and goes on. punctuation: what follows the word, up to a letter or digit; word: the
    letters and digits after that, none at the token's end."""

    token: int
    punctuation: bytes
    word: bytes


@dataclass(frozen=True, slots=True)
class Inside:
    """Tokens in which words begin after something else. before: what that is; leading: the longest token that it
    begins with, as far as it has no letter, if there is one; begun: by place of the word, tokens that end with its
    beginning or all of it, ids of shape (n,); beyond: by place, those that hold all of it and go on."""

    before: bytes
    leading: int | None
    begun: Mapping[bytes, np.ndarray]
    beyond: Mapping[bytes, Sequence[GoesOn]]


class Spelling:
    """What a vocabulary's tokens do to words. pieces: the bytes of each token."""

    def __init__(self, pieces: Sequence[bytes]) -> None:
        self._whole: dict[bytes, list[int]] = defaultdict(list)
        self._ends: dict[bytes, list[GoesOn]] = defaultdict(list)
        self._begins: dict[bytes, list[tuple[bytes, int]]] = defaultdict(list)
        self._holds: dict[bytes, list[tuple[bytes, GoesOn]]] = defaultdict(list)
        for token, piece in enumerate(pieces):
            if piece:
                self._read(token, piece)
        self.prefixes = cache(self._prefixes)

    def _read(self, token: int, piece: bytes) -> None:
        self._whole[piece].append(token)
        for last in (_LAST.fullmatch(piece), _LAST_QUOTED.fullmatch(piece)):
            if last:
                self._begins[last[2]].append((last[1], token))
        first = _FIRST.match(piece)
        if first and first.end() < len(piece):
            self._ends[first[0]].append(_goes_on(token, piece[first.end() :]))
        for found in WORD.finditer(piece):
            if found.start() > 0 and found.end() < len(piece):
                self._holds[found[0]].append((piece[: found.start()], _goes_on(token, piece[found.end() :])))

    def _prefixes(self, rest: bytes) -> np.ndarray:
        """The tokens that spell the first of these letters, or all of them."""
        return _ids(token for end in range(1, len(rest) + 1) for token in self._whole.get(rest[:end], ()))

    def ending(self, rest: bytes) -> Sequence[GoesOn]:
        """The tokens that begin with these letters, end a word with them, and go on."""
        return self._ends.get(rest, ())

    def inside(self, by_place: Mapping[bytes, Sequence[bytes]]) -> list[Inside]:
        """What begins any of these words, given by place, after something else."""
        begun: dict[bytes, dict[bytes, list[int]]] = defaultdict(lambda: defaultdict(list))
        beyond: dict[bytes, dict[bytes, list[GoesOn]]] = defaultdict(lambda: defaultdict(list))
        for place, words in by_place.items():
            for start in {word[:end] for word in words for end in range(1, len(word) + 1)}:
                for before, token in self._begins.get(start, ()):
                    begun[before][place].append(token)
            for before, goes_on in (pair for word in words for pair in self._holds.get(word, ())):
                beyond[before][place].append(goes_on)
        return [
            Inside(
                before,
                self._leading(before),
                {place: _ids(tokens) for place, tokens in begun[before].items()},
                beyond[before],
            )
            for before in {**begun, **beyond}
        ]

    def _leading(self, before: bytes) -> int | None:
        letters = _LETTERS.search(before)
        for end in range(letters.start() if letters else len(before), 0, -1):
            if before[:end] in self._whole:
                return self._whole[before[:end]][0]
        return None


def _goes_on(token: int, after: bytes) -> GoesOn:
    letters = _LETTERS.search(after)
    return GoesOn(token, after[: letters.start()], letters[0]) if letters else GoesOn(token, after, b"")


def _ids(tokens: Iterable[int]) -> np.ndarray:
    return np.array(list(tokens), dtype=np.intp)
