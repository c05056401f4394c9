"""Run folders as pandas frames: `run = load_run("results/refinestat-main/1")`, then `run.attempts`, `run.cells`.

Everything is read again from the logs, so a run may be looked at while it is being written. What is wrong with a run
but leaves something to show is a line of `notes`; what leaves nothing is a UserError."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from math import nan
from pathlib import Path
from typing import Any

import pandas as pd

from commons.config import Settings, model_label
from commons.diagnostics import CHECKS
from commons.utils import UserError
from refinestat.refinegen.program import fingerprint
from refinestat.refinegen.records import Attempt, sampled
from refinestat.refinegen.selection import reliable
from refinestat.refinegen.store import Cell, Log, RunFolder, read_settings
from refinestat.refinegen.tables import gather

CELL = ["strategy", "model", "dataset", "seed"]  # the first columns of every frame: what a row belongs to
ATTEMPT_COLUMNS = (
    *CELL,
    *("index", "r", "l", "redrawn", "outcome", "why", "looked_up", "reliable", "checks_passed", "elpd_loo", "elpd_se"),
    *(f"{name}{suffix}" for name in CHECKS for suffix in (("", "_pass") if name != "elpd_loo" else ("_pass",))),
    *("nuts_run", "prompt_tokens", "generated_tokens", "discarded_tokens", "discarded", "forward_passes"),
    *("mask_failures", "fit_seconds", "model_seconds", "mask_seconds", "cpu_seconds", "sampler"),
    *("refusals", "source", "fingerprint"),
)
NUMBERS = ("elpd_loo", "elpd_se", *(name for name in CHECKS if name != "elpd_loo"))  # also where there is no row


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedRun:
    """One run folder.

    attempts: one row per program drawn, in the order drawn, with the columns ATTEMPT_COLUMNS; checks and scores are
    NaN where it was not scored. cells: one row per (model, data set, seed), as in all_seeds_best_programs_summary.csv,
    after a column `strategy`. best: of these, the best seed of each model and data set. notes: what is missing."""

    path: Path
    settings: Settings
    environment: Mapping[str, Any]
    attempts: pd.DataFrame
    cells: pd.DataFrame
    best: pd.DataFrame
    notes: tuple[str, ...]

    @property
    def strategy(self) -> str:
        return strategy_label(self.settings)

    def folder(self, model: str, dataset: str, seed: int) -> Path:
        """Where the files of one cell are; model: as in the tables."""
        name = next(name for name in self.settings.models if model_label(name) == model)
        return RunFolder(self.path, self.settings).cell(name, dataset, seed).path

    def posterior(self, dataset: str, seed: int | None = None, model: str | None = None) -> Any:
        """The draws of a search's best program as arviz.InferenceData; None where no program ran.

        seed: default the best one. model: default the run's only one. Raises UserError where there is no such cell."""
        rows = self.best if seed is None else self.cells[self.cells["seed"] == seed]
        rows = rows[(rows["dataset"] == dataset) & ((rows["model"] == model) | (model is None))]
        if len(rows) != 1:
            asked = ", ".join(str(each) for each in (dataset, seed, model) if each is not None)
            raise UserError(f"{self.path} holds {len(rows) or 'no'} searches for {asked}: say data set, seed and model")
        (row,) = rows.to_dict("records")
        path = self.folder(row["model"], row["dataset"], row["seed"]) / "posterior.nc"
        if not path.exists():
            return None
        import arviz as az  # costs seconds: only whoever wants draws pays  # noqa: PLC0415

        found = az.from_netcdf(path)
        for group in found.groups():
            found[group].load()  # so that the file may go
        return found

    def _repr_html_(self) -> str:
        shown = ["model", "dataset", "seed", "reliable", "checks_passed", "elpd_loo", "elpd_se"]
        notes = "".join(f"<li>{escape(note)}</li>" for note in self.notes)
        best = self.best[shown].to_html(index=False, float_format="{:.2f}".format)
        return f"<p>{escape(str(self.path))}: the best program of each data set</p>{best}<ul>{notes}</ul>"


def load_run(path: Path | str) -> LoadedRun:
    """Reads a run folder. Raises UserError where it holds no run, one of another format, or a damaged config.json."""
    if not isinstance(path, str | Path):
        raise UserError(f"a run is named by the path of its folder, got {type(path).__name__}")
    run = RunFolder.read(Path(path))
    results = gather(run)
    strategy = strategy_label(run.settings)
    environment, notes = _environment(run.path)
    rows = [
        row
        for cell, log in zip(results.cells, results.logs, strict=True)
        for attempt in log.attempts.values()
        for row in [{"strategy": strategy, **attempt_row(cell, attempt, run.settings.K)}]
    ]
    cells = results.seeds.copy()
    cells.insert(0, "strategy", strategy)
    best = results.best.copy()
    best.insert(0, "strategy", strategy)
    return LoadedRun(
        path=run.path,
        settings=run.settings,
        environment=environment,
        attempts=pd.DataFrame(rows, columns=list(ATTEMPT_COLUMNS)).astype(dict.fromkeys(NUMBERS, float)),
        cells=cells,
        best=best,
        notes=(*notes, *_missing(run.path, results.cells, results.logs), *_unreliable(run.path, cells)),
    )


def strategy_label(settings: Settings) -> str:
    """A strategy's name in the frames; RefineStat repeated until a budget is used up goes by a name of its own."""
    repeated = settings.strategy == "refinestat" and settings.budgets is not None
    return "refinestat-budget" if repeated else settings.strategy


def attempt_row(cell: Cell, attempt: Attempt, K: int) -> dict[str, Any]:
    """One program drawn, as a row: its place, what became of it, its checks, what it cost, its text."""
    found, cost = attempt.assessment, attempt.draft.cost
    checks = {check.name: check for check in found.checks}
    return {
        "model": model_label(cell.model),
        "dataset": cell.dataset,
        "seed": cell.seed,
        "index": attempt.index,
        "r": attempt.r,
        "l": attempt.l,
        "redrawn": attempt.redrawn,
        "outcome": found.outcome.value,
        "why": found.why,
        "looked_up": attempt.looked_up,
        "reliable": reliable(attempt, K),
        "checks_passed": found.passed,
        "elpd_loo": found.elpd_loo,
        "elpd_se": found.elpd_se,
        **{name: checks[name].value if name in checks else nan for name in CHECKS if name != "elpd_loo"},
        **{f"{name}_pass": name in checks and checks[name].passed for name in CHECKS},
        "nuts_run": 0 if attempt.looked_up else sum(map(sampled, found.fits)),
        "prompt_tokens": cost.prompt_tokens,
        "generated_tokens": cost.generated_tokens,
        "discarded_tokens": sum(cost.discarded.values()),
        "discarded": dict(cost.discarded),
        "forward_passes": cost.forward_passes,
        "mask_failures": cost.mask_failures,
        "fit_seconds": 0.0 if attempt.looked_up else sum(fit.fit_seconds for fit in found.fits),
        "model_seconds": cost.model_seconds,
        "mask_seconds": cost.mask_seconds,
        "cpu_seconds": 0.0 if attempt.looked_up else sum(fit.cpu_seconds for fit in found.fits),
        "sampler": found.sampler,
        "refusals": attempt.draft.refusals,
        "source": attempt.draft.program.source,
        "fingerprint": fingerprint(attempt.draft.program.source),
    }


def _environment(path: Path) -> tuple[Mapping[str, Any], list[str]]:
    """environment.json; a run without a readable one can still be looked at."""
    file = path / "environment.json"
    try:
        found = json.loads(file.read_bytes())
    except (OSError, ValueError) as error:
        return {}, [f"{file} cannot be read ({error}): what this run ran on is not known"]
    return (found, []) if isinstance(found, dict) else ({}, [f"{file} is damaged: what this run ran on is not known"])


def _missing(path: Path, cells: tuple[Cell, ...], logs: tuple[Log, ...]) -> Iterator[str]:
    """What the logs lack."""
    unfinished = sum(not cell.finished for cell in cells)
    if unfinished:
        yield f"{path} is not finished: {unfinished} of {len(cells)} searches have not ended, and show what there is"
    for cell, log in zip(cells, logs, strict=True):
        for line in log.damaged:
            yield f"{cell.path / 'attempts.jsonl'}:{line}: damaged line, left out"


def _unreliable(path: Path, cells: pd.DataFrame) -> Iterator[str]:
    """Data sets on which no finished search found a reliable program."""
    finished = cells[cells["finished"] == "yes"]
    for (model, dataset), group in finished.groupby(["model", "dataset"], sort=False):
        if not (group["reliable"] == "yes").any():
            yield f"{path}: no reliable program for {dataset} ({model}) in {len(group)} seeds"


def find_runs(path: Path | str) -> list[Path]:
    """The run folders at or below a path: the path itself where it is one. Raises UserError where there is none."""
    folder = Path(path)
    if (folder / "config.json").exists():
        return [folder]
    inside = sorted((file.parent for file in folder.glob("**/config.json") if _of_a_run(file)), key=_natural)
    if not inside:
        raise UserError(f"{folder} holds no run: there is no {folder / 'config.json'}, nor one in a folder below it")
    return inside


def _of_a_run(config: Path) -> bool:
    """Whether a config.json is a run's; a language model's folder has one too. What is damaged may be."""
    try:
        found = json.loads(config.read_bytes())
    except (OSError, ValueError):
        return True
    return not isinstance(found, dict) or "format" in found


def newest_runs(results: Path) -> list[Path]:
    """The newest folder of each strategy below results/Baseline, and of the main job. Raises UserError for none.

    Two folders of one strategy (base.py and base-multi.py of Baseline/) are told apart by age: the newer one counts."""
    folders = [*results.glob("refinestat-main/*/"), *results.glob("Baseline/*/*/")]
    groups = [sorted({file.parent for file in folder.glob("**/config.json")}, key=_natural) for folder in folders]
    chosen: dict[str, list[Path]] = {}
    for group in sorted(filter(None, groups), key=lambda group: group[0].stat().st_mtime):
        chosen[strategy_label(read_settings(group[0]))] = group
    if not any(name != "refinestat" for name in chosen):
        raise UserError(f"{results / 'Baseline'} holds no run of a baseline yet: name run folders, or make one")
    return [path for group in chosen.values() for path in group]


def _natural(path: Path) -> tuple[tuple[int, str], ...]:
    """Folders by name, those that are numbers by their size."""
    return tuple((int(part), "") if part.isdecimal() else (-1, part) for part in path.parts)
