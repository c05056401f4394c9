"""Searches at equal cost: a search is repeated until its budget is used up, and the best program counts (best of n).

`once` is the single-pass search of the baselines; `refine` can stand in its place. The search that is under way when
the budget is used up draws no further program, so what is used exceeds the budget by one program at most."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from refinestat.refinegen.records import Attempt, Draft, sampled
from refinestat.refinegen.refine import Judge, Writer

Search = Callable[[Writer, Judge], Awaitable[list[Attempt]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What one (model, data set, seed) may use.

    unit: "tokens" (generated, discarded ones included), "fits" (NUTS runs; a program that is looked up is none) or
    "seconds" (in the language model, in the mask and in fits). amount: of that. most_programs: a second limit, for a
    model that writes nothing that can be fitted, or the same program again and again."""

    unit: str
    amount: float
    most_programs: int

    def used_up(self, attempts: Sequence[Attempt]) -> bool:
        return len(attempts) >= self.most_programs or self.used(attempts) >= self.amount

    def used(self, attempts: Sequence[Attempt]) -> float:
        return sum(USED[self.unit](attempt) for attempt in attempts)


def _tokens(attempt: Attempt) -> float:
    return attempt.draft.cost.generated_tokens


def _fits(attempt: Attempt) -> float:
    return 0 if attempt.looked_up else sum(map(sampled, attempt.assessment.fits))


def _seconds(attempt: Attempt) -> float:
    writing = attempt.draft.cost.model_seconds + attempt.draft.cost.mask_seconds
    return writing + (0.0 if attempt.looked_up else sum(fit.fit_seconds for fit in attempt.assessment.fits))


USED: dict[str, Callable[[Attempt], float]] = {"tokens": _tokens, "fits": _fits, "seconds": _seconds}


async def once(write: Writer, judge: Judge) -> list[Attempt]:
    """One program, whatever becomes of it."""
    return [await judge(await write.program(), 0, 0)]


async def best_of(search: Search, write: Writer, judge: Judge, budget: Budget | None) -> list[Attempt]:
    """Every attempt of a search repeated until the budget is used up; without a budget, of one search.

    Draws one program at least; `selection.best_attempt` picks the answer."""
    if budget is None:
        return await search(write, judge)
    metered = _Metered(write, judge, budget)
    with suppress(_UsedUp):
        while True:
            await search(metered, metered)
    return metered.attempts


class _UsedUp(Exception):
    """No further program may be drawn."""


@dataclass(slots=True)
class _Metered:
    """A writer and judge in one, which draws nothing more once the budget is used up."""

    _write: Writer
    _judge: Judge
    _budget: Budget
    attempts: list[Attempt] = field(default_factory=list)

    async def program(self) -> Draft:
        self._check()
        return await self._write.program()

    async def likelihood(self, draft: Draft) -> Draft:
        self._check()
        return await self._write.likelihood(draft)

    async def __call__(self, draft: Draft, r: int, l: int) -> Attempt:  # noqa: E741
        attempt = await self._judge(draft, r, l)
        self.attempts.append(attempt)
        return attempt

    def _check(self) -> None:
        if self.attempts and self._budget.used_up(self.attempts):
            raise _UsedUp
