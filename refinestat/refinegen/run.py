"""The main job: every cell (model, data set, seed) refined, many in flight, and what came out written down."""

import asyncio
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from commons.config import RunRequest, Settings, model_label
from commons.data_pymc import DATASETS
from commons.utils import UserError
from refinestat.refinegen import grammar, prompts, strategies
from refinestat.refinegen.all_rows import with_all_rows
from refinestat.refinegen.answers import answer_of, write_answer
from refinestat.refinegen.assessment import Fits
from refinestat.refinegen.attempts import LoggedJudge, LoggedWriter
from refinestat.refinegen.best_of import Budget, best_of
from refinestat.refinegen.decoder import Decoder, Mask, Writing
from refinestat.refinegen.fitting.cache import CachedFits
from refinestat.refinegen.fitting.pool import FittingPool
from refinestat.refinegen.language_model import LanguageModel, Loading, load_tokenizer
from refinestat.refinegen.progress import Progress, say
from refinestat.refinegen.records import Attempt, FitLimits, SamplerSettings
from refinestat.refinegen.refine import Limits
from refinestat.refinegen.report import write_report
from refinestat.refinegen.sampling import Temper
from refinestat.refinegen.selection import best_attempt
from refinestat.refinegen.store import BASELINES, ROOT, Cell, RunFolder, describe, named
from refinestat.refinegen.strategies import REFINESTAT, Strategy
from refinestat.refinegen.tables import write_tables

PROMPT_TOKENS = 1024  # with room for worked examples


def run(request: RunRequest) -> int:
    """Runs every cell that is not finished, writes the tables, and says where they are. Returns the exit status."""
    folders: list[Path] = []
    try:
        print(asyncio.run(complete(request, folders)))
    except KeyboardInterrupt:
        say("Stopped. Every finished attempt is kept.")
        for folder in folders:
            say(f"To go on: python refinestat/main.py --resume {folder}")
        return 130
    return 0


async def complete(request: RunRequest, folders: list[Path]) -> str:
    """Runs every cell that is not finished, and writes tables and report. Returns the summary.

    folders: where the folder of the run is put as soon as there is one."""
    settings, strategy = request.settings, strategies.named(request.settings.strategy)
    if request.output is not None:
        named(request.output)  # a mistake in its name is told at once
    say("Starting the processes that programs run in")
    pool = FittingPool(workers=settings.workers, limits=_limits(settings), allow_unsafe=request.unsafe)
    await pool.begin()
    for model in settings.models if strategies.engine(strategy, settings.grammar) == "syncode" else ():
        ensure_mask_store(model, build=request.build)
    async with pool:
        say(f"Programs run in up to {settings.workers} processes, containment level {pool.containment}.")
        with _folder(request, describe(settings, pool.containment)) as folder:
            folders.append(folder.path)
            for line in (*(f"Note: {note}." for note in folder.notes), f"Results go to {folder.path}"):
                say(line)
            fits: Fits = CachedFits(pool, request.cache, as_made=request.as_made) if request.cache else pool
            how = folder.settings
            loading = Loading(device=request.device, dtype=how.dtype, quantize=how.quantize, pickle=request.pickle)
            job = _Job(settings=how, strategy=strategy, fits=fits, loading=loading)
            for model in folder.settings.models:
                cells = [cell for cell in folder.cells() if cell.model == model and not cell.finished]
                if cells:
                    await job.refine_all(model, cells)
            summary, report = write_tables(folder), write_report(folder)
            return f"\n{summary}\nTo look at it: {report}\nEverything is in {folder.path}"


def _limits(settings: Settings) -> FitLimits:
    memory = int(settings.fit_memory_gb * 2**30)
    return FitLimits(
        wall=settings.fit_wall_seconds,
        cpu=settings.fit_cpu_seconds,
        build=settings.fit_build_seconds,
        memory=memory,
    )


def _folder(request: RunRequest, environment: dict[str, Any]) -> RunFolder:
    if request.resume is not None:
        return RunFolder.open(request.resume, request.settings, environment, own=request.own)
    strategy = request.settings.strategy
    root = ROOT if strategy == REFINESTAT.name else BASELINES / strategy
    return RunFolder.create(request.settings, environment, root=root, output=request.output, own=request.own)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """What all cells of a run share."""

    settings: Settings
    strategy: Strategy
    fits: Fits
    loading: Loading

    async def refine_all(self, name: str, cells: Sequence[Cell]) -> None:
        """Refines the cells of one model, as many in flight as the settings allow."""
        say(f"Loading {name}")
        model = LanguageModel.load(name, self.loading)
        if self.loading.device.startswith("gpu") and model.network.device.type == "cpu":
            say(f"Note: there is no GPU here: {name} runs on the CPU.")
        if not model.batch.cached:
            say(f"Note: {name} cannot share a KV cache: for each token, all before it are read again.")
        mask = strategies.mask(self.strategy, self.settings.grammar, model.tokenizer, model.end)
        slots = asyncio.Semaphore(self.settings.in_flight or model.room(PROMPT_TOKENS + self.settings.max_new_tokens))
        with Progress(model_label(name), len(cells), self.settings.K) as progress:

            async def one(cell: Cell) -> None:
                async with slots:
                    best = await self.refine_cell(cell, model, mask, progress)
                    progress.ended(cell.dataset, cell.seed, best)

            async with asyncio.TaskGroup() as group:
                for cell in cells:
                    group.create_task(one(cell))

    async def refine_cell(self, cell: Cell, model: LanguageModel, mask: Mask, progress: Progress) -> Attempt:
        """Refines one cell, from where its log ends, and writes its answer."""
        log, settings = cell.log(), self.settings
        for line in log.damaged:
            say(f"{cell.path / 'attempts.jsonl'}:{line}: damaged line: this attempt is made again")
        sampler = SamplerSettings(
            chains=settings.chains,
            tune=settings.tune,
            draws=settings.draws,
            target_accept=settings.target_accept,
            pilot=settings.pilot,
            seed=cell.seed,
        )
        decoder = self._decoder(cell, model, mask)
        writer = LoggedWriter(decoder, cell, log.attempts)
        judge = LoggedJudge(
            pool=self.fits,
            writer=writer,
            cell=cell,
            sampler=sampler,
            logged=log.attempts,
            made=progress.made,
            refit=settings.refit_target_accept,
        )
        limits = Limits(R_max=settings.max_iterations, alpha=settings.alpha, beta=settings.beta, K=settings.K)
        search, budget = strategies.search(self.strategy, limits), _budget(cell, settings)
        with closing(decoder):
            best = best_attempt(await best_of(search, writer, judge, budget), settings.K, settings.select)
        assert best is not None  # a search makes one attempt at least
        answer = answer_of(cell, best, sampler)
        write_answer(cell, best, await with_all_rows(answer, self.fits), settings.K)
        return best

    def _decoder(self, cell: Cell, model: LanguageModel, mask: Mask) -> Decoder:
        settings, dataset = self.settings, DATASETS[cell.dataset]
        return Decoder(
            model=model,
            mask=mask,
            rules=strategies.rules(self.strategy, dataset),
            dataset=dataset,
            writing=Writing(
                temper=Temper(
                    temperature=settings.temperature,
                    top_k=settings.top_k,
                    min_p=settings.min_p,
                    top_p=settings.top_p,
                ),
                statement_retries=settings.statement_retries,
                max_new_tokens=settings.max_new_tokens,
            ),
            opening=prompts.opening(settings.prompt, dataset, model.chat),
        )


def _budget(cell: Cell, settings: Settings) -> Budget | None:
    """What the cell may use up, where there is a limit; of programs, as many as refinement could draw."""
    if settings.budgets is None:
        return None
    amount = settings.budgets[model_label(cell.model)][cell.dataset]
    most = settings.max_iterations * (settings.alpha + 1)
    return Budget(unit=settings.budget, amount=amount, most_programs=most)


def ensure_mask_store(model: str, *, build: bool) -> None:
    """Builds the mask store of a model where it is missing or damaged. Raises UserError if it may not."""
    tokenizer = load_tokenizer(model)
    try:
        grammar.GrammarMask(tokenizer)
        return
    except grammar.StoreMissing:
        problem = "has no mask store yet"
    except grammar.StoreDamaged as error:
        problem = f"cannot use its mask store ({error})"
    if not build:
        raise UserError(f"model {model} {problem}: run refinestat/dfa_constructor.py, or leave out --no-build")
    say(f"{model} {problem}: building it, once per model")
    info = grammar.build_store(tokenizer, rebuild=True)
    say(f"Mask store of {model}: {info.size / 1e6:.1f} MB in {info.seconds:.1f} s, {info.path}")
