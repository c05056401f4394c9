"""The main job: every cell (model, data set, seed) refined, many in flight, and what came out written down."""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from tqdm import tqdm

from commons.config import RunRequest, Settings, model_label
from commons.data_pymc import DATASETS, Dataset
from commons.utils import UserError
from refinestat.refinegen import best_program, grammar, strategies
from refinestat.refinegen.attempts import LoggedJudge, LoggedWriter
from refinestat.refinegen.decoder import Decoder, Writing
from refinestat.refinegen.fitting.pool import FittingPool
from refinestat.refinegen.language_model import LanguageModel, load_tokenizer
from refinestat.refinegen.records import Attempt, FitLimits, SamplerSettings
from refinestat.refinegen.refine import Limits, refine
from refinestat.refinegen.sampling import Temper
from refinestat.refinegen.selection import best_attempt, reliable
from refinestat.refinegen.store import Cell, RunFolder, describe
from refinestat.refinegen.strategies import REFINESTAT, Strategy
from refinestat.refinegen.tables import write_tables


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
                    await _run_model(model, cells, folder.settings, request, strategy, pool)
            print(f"\n{write_tables(folder)}\nEverything is in {folder.path}")


def _folder(request: RunRequest, environment: dict[str, object]) -> RunFolder:
    if request.resume is not None:
        return RunFolder.open(request.resume, request.settings, environment)
    return RunFolder.create(request.settings, environment, output=request.output)


async def _run_model(
    name: str, cells: Sequence[Cell], settings: Settings, request: RunRequest, strategy: Strategy,
    pool: FittingPool,
) -> None:  # fmt: skip
    """Refines the cells of one model, as many in flight as the settings allow."""
    say(f"Loading {name}")
    model = LanguageModel.load(name, request.gpu)
    slots = asyncio.Semaphore(settings.in_flight)
    with tqdm(total=len(cells), desc=name, unit="cell", dynamic_ncols=True) as bar:

        async def one(cell: Cell) -> None:
            async with slots:
                await _run_cell(cell, model, settings, strategy, pool)
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
    best = best_attempt(attempts, settings.K, settings.select)
    assert best is not None  # refine makes one attempt at least
    write_answer(cell, best, dataset, sampler, settings)


def write_answer(cell: Cell, best: Attempt, dataset: Dataset, sampler: SamplerSettings, settings: Settings) -> None:
    """A finished cell's files: the best program, ready to run, and its checks."""
    model, K = model_label(cell.model), settings.K
    lines = best_program.describe(dataset, best.assessment, model=model, seed=cell.seed, K=K)
    if best.draft.accepted:
        text = best_program.render(
            best.draft.program, dataset, best.assessment, sampler, model=model, seed=cell.seed, K=K
        )
        cell.write("best_program.py", text)
    cell.write("best_program_diagnostics.txt", "\n".join(lines) + "\n")
    cell.finish({"attempt": best.index, "reliable": reliable(best, settings.K), "assessment": best.assessment})


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
        raise UserError(f"model {model} {problem}: build it with refinestat/dfa_constructor.py, or leave out --no-build")
    say(f"{model} {problem}: building it, once per model")
    info = grammar.build_store(tokenizer, rebuild=True)
    say(f"Mask store of {model}: {info.size / 1e6:.1f} MB in {info.seconds:.1f} s, {info.path}")
