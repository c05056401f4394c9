"""Drawing one token, and drawing without replacement: a text that was refused is not drawn again.

The tree of refused texts keeps, for each token on their paths, which share of its probability is still left. Drawing
from what is left is drawing from the model's distribution over all texts but the refused ones, exactly (Shi, Bieber
and Sutton, 2020, "Incremental Sampling Without Replacement for Sequence Models")."""

from dataclasses import dataclass, field

import numpy as np


class Exhausted(Exception):
    """Nothing is left to draw: the mask allows no token, or every allowed text has been refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Temper:
    """How logits become probabilities. temperature 0 takes the most probable token.

    Then only some tokens stay, each rule applied to what the one before it left: the top_k most probable (0: all),
    those with at least min_p of the probability of the most probable one, the fewest that reach top_p together."""

    temperature: float = 0.3
    top_k: int = 0
    min_p: float = 0.0
    top_p: float = 1.0


@dataclass(frozen=True, slots=True)
class Choices:
    """The tokens that may come next, ascending, and their probabilities: both of shape (K,), the latter float64."""

    tokens: np.ndarray
    weights: np.ndarray

    def without(self, dead: set[int]) -> "Choices":
        """The others, with their proportions."""
        kept = ~np.isin(self.tokens, list(dead))
        weights = self.weights[kept]
        return Choices(self.tokens[kept], weights / weights.sum() if len(weights) else weights)

    def index(self, token: int) -> int:
        """Where a token stands; it must be among them."""
        return int(np.searchsorted(self.tokens, token))


def choices(logits: np.ndarray, allowed: np.ndarray, temper: Temper) -> Choices:
    """What may be drawn. Raises Exhausted where no token is allowed.

    logits, allowed: shape (V,) and at most (V,); tokens beyond the end of `allowed` are not allowed."""
    tokens = np.flatnonzero(allowed[: len(logits)])
    scaled = logits[tokens].astype(np.float64)
    highest = scaled.max(initial=-np.inf)
    if not np.isfinite(highest):
        finite = np.isfinite(scaled)
        tokens, scaled = tokens[finite], scaled[finite]
        highest = scaled.max(initial=-np.inf)
    if not len(tokens):
        raise Exhausted("no token is allowed here")
    weights = np.exp((scaled - highest) / (temper.temperature or 1.0))
    weights /= weights.sum()
    for rule, on in ((_top_k, temper.top_k > 0), (_min_p, temper.min_p > 0), (_top_p, temper.top_p < 1)):
        if on:
            kept = rule(weights, temper)
            tokens, weights = tokens[kept], weights[kept] / weights[kept].sum()
    return Choices(tokens, weights)


def _top_k(weights: np.ndarray, temper: Temper) -> np.ndarray:
    """Where the top_k largest stand, ascending; of equal ones, the first."""
    return np.sort(np.argsort(-weights, kind="stable")[: temper.top_k])


def _min_p(weights: np.ndarray, temper: Temper) -> np.ndarray:
    return np.flatnonzero(weights >= temper.min_p * weights.max())


def _top_p(weights: np.ndarray, temper: Temper) -> np.ndarray:
    """Where the smallest set stands that holds at least top_p of the probability (nucleus sampling)."""
    order = np.argsort(-weights, kind="stable")
    before = np.cumsum(weights[order]) - weights[order]
    return np.sort(order[before < temper.top_p])


@dataclass(slots=True)
class _Node:
    """A token on the path of a drawn text. left: the share of its probability that has not been refused; then: what
    may follow it; after: those of them that were drawn; dead: tokens that the mask should not have allowed."""

    left: float = 1.0
    then: Choices | None = None
    after: dict[int, "_Node"] = field(default_factory=dict)
    dead: set[int] = field(default_factory=set)

    def weights_left(self) -> np.ndarray:
        """The probabilities of what may follow, less what was refused of each."""
        assert self.then is not None
        if not self.after:
            return self.then.weights
        left = self.then.weights.copy()
        for token, child in self.after.items():
            left[self.then.index(token)] *= child.left
        return left


class Refused:
    """The texts refused at one place, and the draws that avoid them."""

    def __init__(self) -> None:
        self._path = [_Node()]
        self._drawn: list[int] = []

    def draw(self, among: Choices, stream: np.random.Generator, *, greedy: bool = False) -> int:
        """The next token of a text that has not been refused; greedy: the one with most probability left.

        Raises Exhausted where all texts have been refused."""
        node = self._path[-1]
        node.then = among.without(node.dead) if node.dead else among
        left = node.weights_left()
        cumulative = np.cumsum(left)
        if not len(left) or not cumulative[-1] > 0:
            raise Exhausted("every text that could stand here has been refused")
        point = stream.random() * cumulative[-1]
        token = int(node.then.tokens[np.argmax(left) if greedy else np.searchsorted(cumulative, point, side="right")])
        self._path.append(node.after.setdefault(token, _Node()))
        self._drawn.append(token)
        return token

    def refuse(self) -> None:
        """The text drawn so far was refused: it will not be drawn again. The next draw is that of a first token."""
        self._path[-1].left = 0.0
        for node in reversed(self._path[:-1]):
            node.left = float(node.weights_left().sum())
        del self._path[1:]
        self._drawn.clear()

    def forbid(self) -> None:
        """Nothing can follow the token drawn last: a better mask would not have allowed it. So it is as if masked, and
        the next draw is in its place."""
        del self._path[-1]
        token = self._drawn.pop()
        self._path[-1].dead.add(token)
        del self._path[-1].after[token]
