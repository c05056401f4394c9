"""A cell's writer and judge: what its log holds already is taken from there, the rest is drawn, fitted and logged.

A draw depends on the model, the data set, the seed and the number of the draw alone, so a cell that was stopped goes
on as if nothing had happened."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from commons.data_pymc import DATASETS
from refinestat.refinegen.assessment import Fits, fit_and_assess
from refinestat.refinegen.decoder import Decoder
from refinestat.refinegen.predicates import incomparable
from refinestat.refinegen.program import fingerprint
from refinestat.refinegen.records import Assessment, Attempt, Draft, Fit, Outcome, SamplerSettings
from refinestat.refinegen.store import Cell


def stream(model: str, dataset: str, seed: int, draw: int) -> np.random.Generator:
    """The random numbers of one draw."""
    name = hashlib.sha256(f"{model}\n{dataset}".encode()).digest()
    return np.random.default_rng([seed, draw, *np.frombuffer(name[:16], dtype="<u4").tolist()])


class LoggedWriter:
    """Draws programs; the draws that the log holds are not drawn again."""

    def __init__(self, decoder: Decoder, cell: Cell, logged: Mapping[int, Attempt]) -> None:
        self._decoder, self._cell, self._logged = decoder, cell, logged
        self._draws = 0
        self.redrawn = ""

    async def program(self) -> Draft:
        self.redrawn = "program"
        logged, numbers = self._next()
        return logged or await self._decoder.program(numbers)

    async def likelihood(self, draft: Draft) -> Draft:
        self.redrawn = "likelihood"
        logged, numbers = self._next()
        return logged or await self._decoder.likelihood(draft, numbers)

    def _next(self) -> tuple[Draft | None, np.random.Generator]:
        draw = self._draws
        self._draws += 1
        logged = self._logged.get(draw)
        numbers = stream(self._cell.model, self._cell.dataset, self._cell.seed, draw)
        return (logged.draft if logged else None), numbers


class LoggedJudge:
    """Fits programs and checks their diagnostics; an identical program is looked up."""

    def __init__(  # noqa: PLR0913 - all by keyword
        self,
        *,
        pool: Fits,
        writer: LoggedWriter,
        cell: Cell,
        sampler: SamplerSettings,
        logged: Mapping[int, Attempt],
        made: Callable[[Attempt], None],
        refit: float | None = None,
    ) -> None:
        """made: is told of every attempt, those in the log included. refit: target_accept of a second fit, if any."""
        self._pool, self._writer, self._cell, self._sampler = pool, writer, cell, sampler
        self._logged, self._made, self._refit = logged, made, refit
        self._known: dict[str, Assessment] = {}
        self._judged = 0

    async def __call__(self, draft: Draft, r: int, l: int) -> Attempt:  # noqa: E741
        index = self._judged
        self._judged += 1
        if index in self._logged:
            attempt = self._logged[index]
            self._remember(draft, attempt.assessment)
            self._made(attempt)
            return attempt
        assessment, fit, looked_up = await self._assess(draft)
        attempt = Attempt(
            index=index, r=r, l=l, redrawn=self._writer.redrawn, draft=draft, assessment=assessment, looked_up=looked_up
        )
        self._cell.record(attempt, fit)
        self._made(attempt)
        return attempt

    async def _assess(self, draft: Draft) -> tuple[Assessment, Fit | None, bool]:
        if not draft.accepted:
            last = draft.refusals[-1]
            why = f"{last.predicate}: {last.why}"
            return Assessment(outcome=Outcome.REJECTED, why=why), None, False
        known = self._known.get(fingerprint(draft.program.source))
        if known is not None:
            return known, None, True
        dataset = DATASETS[self._cell.dataset]
        assessment, fit = await fit_and_assess(self._pool, draft.program.source, dataset, self._sampler, self._refit)
        assessment = self._held_back(draft, assessment)
        self._remember(draft, assessment)
        return assessment, fit, fit.cached

    def _held_back(self, draft: Draft, assessment: Assessment) -> Assessment:
        """The assessment; without score and checks where the guards, which a strategy may lack, find a leak."""
        if assessment.outcome is not Outcome.SCORED:
            return assessment
        why = incomparable(draft.program.source, DATASETS[self._cell.dataset])
        if not why:
            return assessment
        return replace(
            assessment, outcome=Outcome.INCOMPARABLE, why=why, checks=(), elpd_loo=float("nan"), elpd_se=float("nan")
        )

    def _remember(self, draft: Draft, assessment: Assessment) -> None:
        if draft.accepted:
            self._known[fingerprint(draft.program.source)] = assessment
