"""Fits programs in disposable, contained processes: `async with FittingPool() as pool: fit = await pool.fit(...)`.

The pool never runs, compiles or imports program text. It hands the text to a worker, waits no longer than the limits
allow, checks everything that comes back, and returns a `Fit` whatever happened."""

import asyncio
import secrets
import signal
from dataclasses import replace
from types import TracebackType
from typing import Self

from commons.data_pymc import Dataset
from refinestat.refinegen.fitting import protocol
from refinestat.refinegen.fitting.exchange import Job, converse
from refinestat.refinegen.fitting.launch import Ended, Zygote, ZygoteDied, launch
from refinestat.refinegen.fitting.protocol import ProtocolError
from refinestat.refinegen.records import Fit, FitLimits, Outcome, SamplerSettings

_TRIES = 2  # a fit that loses its zygote is tried once more
_PATIENCE = 0.5  # seconds for a worker to end by itself after its last word, so that its cause of death is its own
_DEFAULT_LIMITS = FitLimits()


class UnsafeMachineError(Exception):
    """This machine cannot contain programs (level C), and the user has not accepted that."""


class FittingPool:
    """At most `workers` programs at once, each in its own process.

    containment: "A", "B" or "C" (see lockdown.Level), known once the pool has started."""

    def __init__(self, *, workers: int = 2, limits: FitLimits = _DEFAULT_LIMITS, allow_unsafe: bool = False) -> None:
        if workers < 1:
            raise ValueError(f"at least one worker is needed, got {workers}")
        self.containment = ""
        self._limits = limits
        self._allow_unsafe = allow_unsafe
        self._slots = asyncio.Semaphore(workers)
        self._starting = asyncio.Lock()
        self._zygote: Zygote | None = None
        self._begun: asyncio.Task[Zygote] | None = None

    async def begin(self) -> None:
        """Start, and return before that is done: it takes seconds, which others can use. Enter the pool afterwards."""
        self._begun = asyncio.create_task(self._living_zygote())
        await asyncio.sleep(0)

    async def __aenter__(self) -> Self:
        await (self._begun or self._living_zygote())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._close()

    async def fit(self, source: str, dataset: Dataset, settings: SamplerSettings) -> Fit:
        """Run a complete program text and sample its model. Never raises for what a program does: Outcome says."""
        text = source.encode("utf-8", errors="replace")
        if len(text) > protocol.MAX_SOURCE:
            return Fit(outcome=Outcome.BUILD_FAILED, why=f"{len(text)} bytes, more than {protocol.MAX_SOURCE}")
        async with self._slots:
            for _ in range(_TRIES):
                zygote = await self._living_zygote()
                job = Job(source=text, dataset=dataset, settings=settings, nonce=secrets.token_hex(16))
                try:
                    return await self._fit_once(zygote, job)
                except ZygoteDied:
                    continue
        return Fit(outcome=Outcome.CRASHED, why="the process that starts the workers died, twice")

    async def _living_zygote(self) -> Zygote:
        """The zygote; started first, or again if it died."""
        async with self._starting:
            if self._zygote is None or self._zygote.dead:
                await self._close()
                self._zygote = await launch()
                self.containment = self._zygote.level
                if self.containment == "C" and not self._allow_unsafe:
                    await self._close()
                    raise UnsafeMachineError(
                        "this machine offers neither Landlock nor seccomp (containment level C): programs written by "
                        "a language model would run with all your rights. Accept that explicitly, or use Linux."
                    )
            return self._zygote

    async def _close(self) -> None:
        if self._zygote is not None:
            zygote, self._zygote = self._zygote, None
            await zygote.close()

    async def _fit_once(self, zygote: Zygote, job: Job) -> Fit:
        worker = zygote.start_worker(self._limits)
        patience = _PATIENCE
        try:
            async with asyncio.timeout(self._limits.wall):
                told = await converse(worker.connection, job)
        except TimeoutError:
            patience, told = 0.0, Fit(outcome=Outcome.TIMED_OUT, why=f"more than {self._limits.wall:g} seconds")
        except ProtocolError as error:
            told = Fit(outcome=Outcome.CRASHED, why=f"its answer cannot be read: {error}")
        except (OSError, EOFError):
            told = Fit(outcome=Outcome.CRASHED, why="ended without a result")
        except asyncio.CancelledError:
            await zygote.end_worker(worker, patience=0.0)
            raise
        ended = await zygote.end_worker(worker, patience=patience)
        if told.outcome is Outcome.CRASHED:
            told = self._cause_of_death(told, ended)
        return replace(told, cpu_seconds=ended.cpu_seconds, peak_memory=ended.peak_memory)

    def _cause_of_death(self, told: Fit, ended: Ended) -> Fit:
        """Why a worker gave no result, where the kernel knows it."""
        if ended.signal == signal.SIGXCPU or ended.cpu_seconds >= self._limits.cpu:
            return Fit(outcome=Outcome.TIMED_OUT, why=f"more than {self._limits.cpu:g} seconds of processor time")
        if ended.killed or not ended.signal:
            return told
        if ended.signal == signal.SIGKILL:
            return Fit(outcome=Outcome.OUT_OF_MEMORY, why="killed by the system, which was short of memory")
        return Fit(outcome=Outcome.CRASHED, why=f"ended by signal {ended.signal} ({signal.strsignal(ended.signal)})")
