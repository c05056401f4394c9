"""The main job: every cell (model, data set, seed) refined, many in flight, and what came out written down."""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from tqdm import tqdm

from commons.config import RunRequest, Settings
from commons.data_pymc import DATASETS
from commons.utils import UserError
from refinestat.refinegen import grammar, strategies
from refinestat.refinegen.attempts import LoggedJudge, LoggedWriter
from refinestat.refinegen.decoder import Decoder, Writing
from refinestat.refinegen.fitting.pool import FittingPool
from refinestat.refinegen.language_model import LanguageModel, load_tokenizer
from refinestat.refinegen.records import FitLimits, SamplerSettings
from refinestat.refinegen.refine import Limits, refine
from refinestat.refinegen.sampling import Temper
from refinestat.refinegen.store import Cell, RunFolder, describe
from refinestat.refinegen.strategies import REFINESTAT, Strategy


def run(request: RunRequest) -> int:
    """Runs every cell that is not finished, writes the tables, and says where they are. Returns the exit status."""
    folders: list[Path] = []
    try:
        asyncio.run(_run(request, REFINESTAT, folders))
    except KeyboardInterrupt:
        for folder in folders:
            say(f"Stopped. Every finished attempt is kept; to go on: refinestat run --resume {folder}")
        return 130
    return 0


def say(line: str) -> None:
    """A line for the person at the terminal, which does not tear the progress bar."""
    tqdm.write(line, file=sys.stderr)
    sys.stderr.flush()


async def _run(request: RunRequest, strategy: Strategy, folders: list[Path]) -> None:
    settings = request.settings
    for model in settings.models if strategy.grammar else ():
        ensure_mask_store(model, build=request.build)
    limits = FitLimits(
        wall=settings.fit_wall_seconds, cpu=settings.fit_cpu_seconds, memory=int(settings.fit_memory_gb * 2**30)
    )
    async with FittingPool(workers=settings.workers, limits=limits, allow_unsafe=request.unsafe) as pool:
        say(f"Programs run in {settings.workers} processes, containment level {pool.containment}.")
        environment = describe(settings, pool.containment)
        with _folder(request, environment) as folder:
            folders.append(folder.path)
            for note in folder.notes:
                say(f"Note: {note}.")
            say(f"Results go to {folder.path}")
            for model in folder.settings.models:
                cells = [cell for cell in folder.cells() if cell.model == model and not cell.finished]
                if cells:
                    await _run_model(model, cells, folder.settings, request, strategy, pool, folder)


def _folder(request: RunRequest, environment: dict[str, object]) -> RunFolder:
    if request.resume is not None:
        return RunFolder.open(request.resume, request.settings, environment)
    return RunFolder.create(request.settings, environment, output=request.output)


async def _run_model(
    name: str, cells: Sequence[Cell], settings: Settings, request: RunRequest, strategy: Strategy,
    pool: FittingPool, folder: RunFolder,
) -> None:  # fmt: skip
    """Refines the cells of one model, as many in flight as the settings allow."""
    say(f"Loading {name}")
    model = LanguageModel.load(name, request.gpu)
    slots = asyncio.Semaphore(settings.in_flight)
    with tqdm(total=len(cells), desc=name, unit="cell", dynamic_ncols=True) as bar:

        async def one(cell: Cell) -> None:
            async with slots:
                await _run_cell(cell, model, settings, strategy, pool)
                folder.promote(cell)
                bar.update()

        async with asyncio.TaskGroup() as group:
            for cell in cells:
                group.create_task(one(cell))


async def _run_cell(
    cell: Cell, model: LanguageModel, settings: Settings, strategy: Strategy, pool: FittingPool
) -> None:
    """Refines one cell and writes its answer."""
    log = cell.log()
    for line in log.damaged:
        say(f"{cell.path / 'attempts.jsonl'}:{line}: damaged line: this attempt is made again")
    dataset = DATASETS[cell.dataset]
    temper = Temper(temperature=settings.temperature, top_p=settings.top_p)
    decoder = Decoder(
        model=model,
        mask=strategies.mask(strategy, model.tokenizer, model.end),
        rules=strategies.rules(strategy, dataset),
        dataset=dataset,
        writing=Writing(
            temper=temper, statement_retries=settings.statement_retries, max_new_tokens=settings.max_new_tokens
        ),
    )
    sampler = SamplerSettings(
        chains=settings.chains,
        tune=settings.tune,
        draws=settings.draws,
        target_accept=settings.target_accept,
        seed=cell.seed,
    )
    writer = LoggedWriter(decoder, cell, log.attempts)
    judge = LoggedJudge(pool=pool, writer=writer, cell=cell, dataset=dataset, sampler=sampler, logged=log.attempts)
    limits = Limits(R_max=settings.max_iterations, alpha=settings.alpha, beta=settings.beta, K=settings.K)
    attempts = await refine(writer, judge, limits)
