"""Diagnostic-aware refinement (paper, Definition 3.2; the exact form is in docs/architecture.md).

==========  ================================================================
paper       here
==========  ================================================================
D, P, L     data section, priors and likelihood, together in a ``Draft``
LCD(D)      ``write.program()``: priors, then the likelihood, drawn anew
LCD(D‖P)    ``write.likelihood(draft)``: the likelihood alone, same priors
Phi         ``draft.accepted``: every predicate holds for every statement
B           ``attempt.assessment.passed``: how many of the seven checks pass
V           ``V``: the attempts with B >= K
r, l        iterations used up; likelihoods redrawn for the current priors
==========  ================================================================
"""

from dataclasses import dataclass
from typing import Protocol

from refinestat.refinegen.records import Attempt, Draft


class Writer(Protocol):
    """Draws programs from the language model under the grammar and the predicates."""

    async def program(self) -> Draft: ...
    async def likelihood(self, draft: Draft) -> Draft: ...


class Judge(Protocol):
    """Fits a draft and checks its diagnostics; a draft that Phi refused is not fitted."""

    async def __call__(self, draft: Draft, r: int, l: int) -> Attempt: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """R_max: iterations. alpha: likelihood redraws for one P. beta: reliable programs wanted. K: checks to pass."""

    R_max: int = 35
    alpha: int = 2
    beta: int = 3
    K: int = 5


async def refine(write: Writer, judge: Judge, limits: Limits) -> list[Attempt]:
    """Redraw the likelihood, then the priors, until enough programs are reliable or the budget is used up.

    Returns every attempt in the order made; `selection.best_attempt` picks the answer among them."""
    r = l = 0
    V: list[Attempt] = []
    attempts: list[Attempt] = []
    draft = await write.program()
    while True:
        attempt = await judge(draft, r, l)
        attempts.append(attempt)
        if not draft.accepted:
            r += 1
        elif attempt.assessment.passed >= limits.K:
            V.append(attempt)
            l = 0
        elif l < limits.alpha:
            l += 1
            draft = await write.likelihood(draft)
            continue
        else:
            r, l = r + 1, 0
        if r >= limits.R_max or len(V) >= limits.beta:
            return attempts
        draft = await write.program()
