"""How far programs come, judged in the contained processes that also fit programs: none of their text runs here."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Self

from tqdm import tqdm

from commons.data_pymc import Dataset
from refinestat.refinegen.fitting.pool import FittingPool
from refinestat.refinegen.records import Fit, FitLimits, Outcome, SamplerSettings

SECONDS = 30
_CHECK_ONLY = SamplerSettings(chains=1, tune=0, draws=0)


class Stage(StrEnum):
    """Where a program stopped. OK: it observes the outcome and nothing else, and its log density is finite."""

    PARSE = "parse"
    BUILD = "build"
    DENSITY = "density"
    OK = "ok"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Where a program stopped, and why."""

    stage: Stage
    why: str


class Judge:
    """A pool of contained processes that build programs, several at once, each limited in time and memory."""

    def __init__(self, workers: int = 2, seconds: int = SECONDS) -> None:
        self._pool = FittingPool(workers=workers, limits=FitLimits(wall=seconds, cpu=seconds, build=seconds))
        self._runner = asyncio.Runner()

    def __enter__(self) -> Self:
        self._runner.run(self._pool.__aenter__())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._runner.run(self._pool.__aexit__(kind, error, trace))
        self._runner.close()

    def judge(self, programs: Sequence[tuple[str, Dataset]]) -> list[Finding]:
        """The findings on whole programs, each with its data."""
        return self._runner.run(self._judge(programs))

    async def _judge(self, programs: Sequence[tuple[str, Dataset]]) -> list[Finding]:
        with tqdm(total=len(programs), unit="program", desc="building", leave=False) as progress:

            async def one(source: str, dataset: Dataset) -> Finding:
                fit = await self._pool.fit(source, dataset, _CHECK_ONLY)
                progress.update()
                return _finding(fit)

            return await asyncio.gather(*(one(source, dataset) for source, dataset in programs))


def _finding(fit: Fit) -> Finding:
    if fit.outcome is Outcome.SCORED:
        return Finding(stage=Stage.OK, why="")
    if fit.why.startswith(("SyntaxError", "IndentationError")):
        return Finding(stage=Stage.PARSE, why=fit.why)
    stage = Stage.DENSITY if fit.why.startswith("the log density") else Stage.BUILD
    return Finding(stage=stage, why=fit.why or fit.outcome)
