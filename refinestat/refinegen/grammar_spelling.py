"""How a vocabulary spells words: which tokens begin a word, go on with it, or end it and go on.

A word is a name, or a name in quotes. Most tokens hold at most the beginning of one. They are found by the letters that
they add; those that go beyond a word are rare, and are listed for the mask to look at one by one."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np

WORD = re.compile(rb"[\"'][A-Za-z0-9_]*[\"']|[A-Za-z0-9_]+")
_LAST = re.compile(rb"(?s)(.*[^A-Za-z0-9_])([A-Za-z0-9_]+)")
_LAST_QUOTED = re.compile(rb"(?s)(.+?)([\"'][A-Za-z0-9_]*[\"']?)")
_FIRST = re.compile(rb"[A-Za-z0-9_]*[\"']|[\"'][A-Za-z0-9_]*[\"']|[A-Za-z0-9_]+")

Ids = np.ndarray  # of tokens, shape (n,)


class Spelling:
    """What a vocabulary's tokens do to words. pieces: the bytes of each token."""

    def __init__(self, pieces: Sequence[bytes]) -> None:
        self._whole: dict[bytes, list[int]] = defaultdict(list)
        self._inside: dict[bytes, list[tuple[bytes, int]]] = defaultdict(list)
        self._beyond: dict[bytes, list[int]] = defaultdict(list)
        for token, piece in enumerate(pieces):
            if piece:
                self._read(token, piece)
        self.prefixes = cache(self._prefixes)
        self.inside = cache(self._beginnings)

    def _read(self, token: int, piece: bytes) -> None:
        self._whole[piece].append(token)
        for last in (_LAST.fullmatch(piece), _LAST_QUOTED.fullmatch(piece)):
            if last:
                self._inside[last[2]].append((last[1], token))
        first = _FIRST.match(piece)
        heads = {first[0]} if first and first.end() < len(piece) else set()
        heads |= {found[0] for found in WORD.finditer(piece) if found.start() > 0 and found.end() < len(piece)}
        for head in heads:
            self._beyond[head].append(token)

    def _prefixes(self, rest: bytes) -> Ids:
        """The tokens that spell a part of these letters, from the first one on, or all of them."""
        return _ids(token for end in range(1, len(rest) + 1) for token in self._whole.get(rest[:end], ()))

    def _beginnings(self, word: bytes) -> Mapping[bytes, Ids]:
        """The tokens that end with this word, or with its beginning, after something else: by what that is."""
        found: dict[bytes, list[int]] = defaultdict(list)
        for end in range(1, len(word) + 1):
            for before, token in self._inside.get(word[:end], ()):
                found[before].append(token)
        return {before: _ids(tokens) for before, tokens in found.items()}

    def beyond(self, rest: bytes) -> Sequence[int]:
        """The tokens that hold these letters as a word's end, or a whole word of these letters, and go on."""
        return self._beyond.get(rest, ())


def _ids(tokens: object) -> Ids:
    return np.array(list(tokens), dtype=np.intp)  # type: ignore[call-overload]
