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
    """How logits become probabilities. temperature 0 takes the most probable token; top_p 1 keeps all tokens."""

    temperature: float = 0.3
    top_p: float = 1.0


def probabilities(logits: np.ndarray, allowed: np.ndarray, temper: Temper) -> np.ndarray:
    """Probabilities of the next token, shape (V,), float64. Raises Exhausted where no token is allowed.

    logits, allowed: shape (V,) and at most (V,); tokens beyond the end of `allowed` are not allowed."""
    size = min(len(logits), len(allowed))
    candidates = np.flatnonzero(allowed[:size] & np.isfinite(logits[:size]))
    if not len(candidates):
        raise Exhausted("no token is allowed here")
    scaled = logits[candidates].astype(np.float64) / (temper.temperature or 1.0)
    weights = np.exp(scaled - scaled.max())
    kept = _nucleus(weights / weights.sum(), temper.top_p)
    answer = np.zeros(len(logits))
    answer[candidates] = kept / kept.sum()
    return answer


def _nucleus(weights: np.ndarray, top_p: float) -> np.ndarray:
    """The smallest set of tokens with at least top_p of the probability; the others get none."""
    if top_p >= 1:
        return weights
    order = np.argsort(-weights, kind="stable")
    before = np.cumsum(weights[order]) - weights[order]
    kept = np.zeros_like(weights)
    inside = order[before < top_p]
    kept[inside] = weights[inside]
    return kept


@dataclass(slots=True)
class _Node:
    """A token on the path of a drawn text. given: its probability after the path before it; left: the share of that
    which has not been refused; others: the probability of the tokens that have no node after this one."""

    given: float = 1.0
    left: float = 1.0
    others: float = 1.0
    after: dict[int, "_Node"] = field(default_factory=dict)


class Refused:
    """The texts refused at one place, and the draws that avoid them."""

    def __init__(self) -> None:
        self._root = _Node()
        self._path = [self._root]

    def draw(self, weights: np.ndarray, stream: np.random.Generator, *, greedy: bool = False) -> int:
        """The next token of a text that has not been refused; greedy: the one with most probability left.

        weights: probabilities of the next token, shape (V,). Raises Exhausted where all texts have been refused."""
        node = self._path[-1]
        left = weights.copy()
        for token, child in node.after.items():
            left[token] *= child.left
        cumulative = np.cumsum(left)
        if not cumulative[-1] > 0:
            raise Exhausted("every text that could stand here has been refused")
        point = stream.random() * cumulative[-1]
        token = int(np.argmax(left) if greedy else np.searchsorted(cumulative, point, side="right"))
        if token not in node.after:
            node.after[token] = _Node(given=float(weights[token]))
            outside = weights.copy()
            outside[list(node.after)] = 0.0
            node.others = float(outside.sum())
        self._path.append(node.after[token])
        return token

    def refuse(self) -> None:
        """The text drawn so far was refused: it will not be drawn again. The next draw is that of a first token."""
        self._path[-1].left = 0.0
        for node in reversed(self._path[:-1]):
            node.left = node.others + sum(child.given * child.left for child in node.after.values())
        self._path = [self._root]
