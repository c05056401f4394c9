"""Builds the masks: for every state of a terminal's automaton and what comes next, the tokens that may follow.

As in SynCode's `grammar_mask` mode, over-approximate: of a token that runs over several terminals, each pair of
neighbours is judged, not the whole. All tokens are run through an automaton at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from refinestat.refinegen.grammar_automata import LETTER, Automata
from refinestat.refinegen.grammar_syncode import Language

EXTENDS, ALIVE = range(2)  # columns after the terminals'
EXTRA_COLUMNS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Masks:
    """packed: uint8 (distinct masks, bytes): one bit per token, the lowest first.

    rows: int32 (states, terminals + 2): which mask. Column t: the tokens that end the state's terminal, or continue it,
    when terminal t is next, if it can be. ALIVE: those that stay within it, and need not end it. EXTENDS: those that
    add to it, whatever is next."""

    packed: np.ndarray
    rows: np.ndarray


class _Words:
    """Byte strings as columns of a matrix, zero-padded. bytes: uint8 (longest, words)."""

    def __init__(self, words: Sequence[bytes]) -> None:
        self.lengths = np.array([len(word) for word in words], dtype=np.int32)
        longest = int(self.lengths.max(initial=0))
        padded = b"".join(word.ljust(longest, b"\0") for word in words)
        self.bytes = np.ascontiguousarray(np.frombuffer(padded, dtype=np.uint8).reshape(len(words), longest).T)


class Builder:
    """Makes the masks of one vocabulary, for some states at a time."""

    def __init__(self, language: Language, pieces: Sequence[bytes]) -> None:
        spaced = [piece.replace(b"\t", b"    ") for piece in pieces]
        self._language, self._words = language, _Words(spaced)
        self._endings = _Endings(language, spaced)
        self.columns = len(language.terminals) + EXTRA_COLUMNS
        self.bytes = (len(pieces) + 7) // 8

    def masks(self, states: range) -> Masks:
        numbers: dict[bytes, int] = {}
        rows = np.zeros((len(states), self.columns), dtype=np.int32)
        for row, state in enumerate(states):
            columns = _columns(self._language, state, self._words, self._endings)
            packed = np.packbits(columns, axis=1, bitorder="little")
            rows[row] = [numbers.setdefault(mask.tobytes(), len(numbers)) for mask in packed]
        return Masks(packed=np.frombuffer(b"".join(numbers), dtype=np.uint8).reshape(len(numbers), -1), rows=rows)


def _columns(language: Language, state: int, words: _Words, endings: "_Endings") -> np.ndarray:
    """One state's masks: bool (terminals + 2, words). Spaces may stand after the terminal, but for one that has begun
    and cannot end here."""
    automata = language.automata
    terminal = language.terminals[automata.terminal[state]]
    strip = bool(automata.final[state]) or state in automata.initial
    taken, alive = _consume(automata, state, words, after_letter=bool(automata.after_letter[state]))
    whole = np.where(taken >= 0, taken == words.lengths, alive) & (words.lengths > 0)
    partial = np.flatnonzero((taken >= 0) & (taken < words.lengths))
    columns = np.zeros((len(language.terminals) + EXTRA_COLUMNS, len(whole)), dtype=bool)
    nexts = np.array([language.terminals.index(t) for t in language.following[terminal]])
    allowed = np.repeat(whole[None], len(nexts), axis=0)
    allowed[:, partial] = endings.begin(nexts, partial, taken[partial], strip=strip)
    columns[nexts] = allowed
    columns[len(language.terminals) + ALIVE] = alive
    columns[len(language.terminals) + EXTENDS] = (allowed.any(axis=0) & (taken != 0)) | alive
    return columns


def _consume(
    automata: Automata, start: int, words: _Words, *, after_letter: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """How many bytes of each word the automaton takes until it was last final (-1: never, or between two letters or
    digits, where no terminal ends), and whether it can go on after the whole word."""
    count = len(words.lengths)
    taken = np.full(count, 0 if automata.final[start] else -1, dtype=np.int32)
    alive = np.zeros(count, dtype=bool)
    active = np.flatnonzero(words.lengths > 0)
    states = np.full(len(active), start, dtype=np.int16)
    for position, row in enumerate(words.bytes):
        states = automata.next[states, row[active]]
        kept = states != automata.dead
        active, states = active[kept], states[kept]
        taken[active[automata.final[states]]] = position + 1
        ended = words.lengths[active] == position + 1
        alive[active[ended]] = automata.live[states[ended]]
        active, states = active[~ended], states[~ended]
        if not len(active):
            break
    cut = np.flatnonzero((taken >= 0) & (taken < words.lengths))
    before = np.where(taken[cut] > 0, LETTER[words.bytes[taken[cut] - 1, cut]], after_letter)
    taken[cut[before & LETTER[words.bytes[taken[cut], cut]]]] = -1
    return taken, alive


class _Endings:
    """Which terminals every ending of every word can begin with.

    The lexer takes the longest, unless one may still go on; and what is left must be lexed in the same way, each
    terminal being one that may follow the one before."""

    def __init__(self, language: Language, words: Sequence[bytes]) -> None:
        numbers: dict[bytes, int] = {b"": 0}
        ids = [numbers.setdefault(word[i:], len(numbers)) for word in words for i in range(len(word))]
        self._ids = np.array(ids, dtype=np.int32)
        self._starts = np.concatenate([[0], np.cumsum([len(word) for word in words])])
        self._stripped = np.array([numbers[ending.lstrip(b" ")] for ending in numbers], dtype=np.int32)
        automata, endings = language.automata, _Words(list(numbers))
        taken, alive = zip(*(_consume(automata, int(initial), endings) for initial in automata.initial), strict=True)
        self._begins = np.array(alive)
        self._begins[:, 0] = True
        self._fill(language, np.array(taken), endings.lengths)

    def _fill(self, language: Language, taken: np.ndarray, lengths: np.ndarray) -> None:
        """From the shortest ending to the longest. taken: (terminals, endings)."""
        names = language.terminals
        follows = np.array([[after in language.following[name] for after in names] for name in names], dtype=np.float32)
        goes_on = np.zeros(taken.shape, dtype=bool)  # with any terminal that follows this one
        goes_on[:, 0] = True
        first = np.zeros(len(lengths), dtype=np.intp)
        first[self._ids[::-1]] = np.arange(len(self._ids))[::-1]
        order = np.argsort(lengths, kind="stable")[1:]
        for group in np.split(order, np.flatnonzero(np.diff(lengths[order])) + 1):
            longest = taken[:, group].max(axis=0)
            terminals, at = np.nonzero((taken[:, group] == longest) & (longest > 0))
            ending = group[at]
            left = longest[at] < lengths[ending]
            rest = np.where(left, self._ids[np.minimum(first[ending] + longest[at], len(self._ids) - 1)], 0)
            self._begins[terminals, ending] |= goes_on[terminals, self._stripped[rest]]
            goes_on[:, group] = follows @ self._begins[:, group] > 0

    def begin(self, terminals: np.ndarray, words: np.ndarray, offsets: np.ndarray, *, strip: bool) -> np.ndarray:
        """For words cut at offsets: bool (terminals, words). strip: leave out the spaces in front."""
        ids = self._ids[self._starts[words] + offsets]
        begins: np.ndarray = self._begins[np.ix_(terminals, self._stripped[ids] if strip else ids)]
        return begins
