"""Which tokens close brackets that are open, in the right order. (The masks judge neighbours only.)"""

from collections.abc import Sequence

import numpy as np

CLOSER = {ord("("): ord(")"), ord("["): ord("]"), ord("{"): ord("}")}
CLOSERS = frozenset(CLOSER.values())
NEVER = b"!"  # closes what it did not open, or in the wrong order


class Brackets:
    """The tokens with closing brackets, by what they close of what was open before them, innermost first."""

    def __init__(self, pieces: Sequence[bytes]) -> None:
        self._size = len(pieces)
        closing = [(number, piece) for number, piece in enumerate(pieces) if CLOSERS.intersection(piece)]
        self._closed: dict[str, dict[bytes, list[int]]] = {}
        for quote in ("", '"', "'"):
            groups = self._closed[quote] = {}
            for number, piece in closing:
                groups.setdefault(closed(piece, quote.encode()), []).append(number)

    def misfits(self, quote: str, expected: str) -> np.ndarray:
        """The tokens that close anything else: bool (vocabulary,). quote: of the string that the text ends in, or "".

        expected: the closing brackets of those that are open, innermost last."""
        wrong = np.zeros(self._size, dtype=bool)
        for brackets, numbers in self._closed[quote].items():
            if not expected[::-1].encode().startswith(brackets):
                wrong[numbers] = True
        return wrong


def closed(piece: bytes, quote: bytes) -> bytes:
    """What a token closes of the brackets before it, up to the first string or comment that begins in it."""
    start = _string_end(piece, quote) if quote else 0
    opened: list[int] = []
    brackets = b""
    for byte in piece[start:]:
        if byte in b"\"'#":
            break
        if byte in CLOSER:
            opened.append(CLOSER[byte])
        elif byte in CLOSERS and not opened:
            brackets += bytes([byte])
        elif byte in CLOSERS and opened.pop() != byte:
            return NEVER
    return brackets


def _string_end(piece: bytes, quote: bytes) -> int:
    """Where the string ends that the token begins in."""
    at = 0
    while at < len(piece) and piece[at : at + 1] != quote:
        at += 2 if piece[at : at + 1] == b"\\" else 1
    return at + 1
