"""Writes everything that sums a run up: tables, token counts, the summary, the best program of each data set."""

from dataclasses import dataclass
from math import ceil

import pandas as pd

from commons.budgets import BUDGET_FILES
from commons.config import model_label
from commons.utils import replacing, write_text
from refinestat.refinegen.records import Attempt
from refinestat.refinegen.selection import best_attempt
from refinestat.refinegen.store import Cell, Log, RunFolder
from refinestat.refinegen.tables.columns import AGGREGATED, COLUMNS
from refinestat.refinegen.tables.rows import aggregated_table, seed_row, seed_table
from refinestat.refinegen.tables.text import aggregated_text, summary_table, totals
from refinestat.refinegen.tables.workbook import write_workbook

BUDGET_FACTOR = 1.2
Group = tuple[str, str]  # model (as in the tables), data set


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """A run as tables. seeds: one row per cell. best: the best seed of each model and data set.

    by_dataset, by_model: figures over seeds. cells, logs: of the rows of `seeds`. winners: of the rows of `best`."""

    seeds: pd.DataFrame
    best: pd.DataFrame
    by_dataset: pd.DataFrame
    by_model: pd.DataFrame
    cells: tuple[Cell, ...]
    logs: tuple[Log, ...]
    winners: tuple[Cell, ...]


def gather(run: RunFolder) -> Results:
    """Reads the logs of all cells, started or not."""
    cells = tuple(run.cells())
    logs = tuple(cell.log() for cell in cells)
    seeds = seed_table(seed_row(cell, log, run.settings) for cell, log in zip(cells, logs, strict=True))
    numbers = _winners(run, cells, logs)
    return Results(
        seeds=seeds,
        best=seeds.loc[numbers].reset_index(drop=True),
        by_dataset=aggregated_table(seeds),
        by_model=aggregated_table(seeds, by=("model",)),
        cells=cells,
        logs=logs,
        winners=tuple(cells[number] for number in numbers),
    )


def _winners(run: RunFolder, cells: tuple[Cell, ...], logs: tuple[Log, ...]) -> list[int]:
    """For each model and data set, the number of the cell with the best program; the first where there is none."""
    settings = run.settings
    groups: dict[Group, list[int]] = {}
    for number, cell in enumerate(cells):
        groups.setdefault((cell.model, cell.dataset), []).append(number)
    answers: list[Attempt | None] = [best_attempt(log.attempts.values(), settings.K, settings.select) for log in logs]
    chosen = []
    for numbers in groups.values():
        best = best_attempt(filter(None, (answers[number] for number in numbers)), settings.K, settings.select)
        chosen.append(next((number for number in numbers if answers[number] is best), numbers[0]))
    return chosen


def write_tables(run: RunFolder) -> str:
    """Writes analysis/, the token files and summary.txt, and copies the best programs up. Returns the summary."""
    results = gather(run)
    for winner in results.winners:
        run.promote(winner)
    _write_tokens(run, results)
    _write_analysis(run, results)
    summary = f"{summary_table(results.best)}\n\n{totals(results.seeds)}\n"
    write_text(run.path / "summary.txt", summary)
    return summary


def _write_analysis(run: RunFolder, results: Results) -> None:
    analysis = run.path / "analysis"
    settings = run.settings
    about = [
        f"RefineStat: {len(settings.datasets)} data sets, {len(settings.seeds)} seeds; {', '.join(settings.models)}",
        f"A program is reliable if it passes at least {settings.K} of the seven checks.",
    ]
    for name, frame in (("all_seeds_best_programs_summary", results.seeds), ("best_programs_summary", results.best)):
        with replacing(analysis / f"{name}.csv") as temporary:
            frame.to_csv(temporary, index=False, lineterminator="\n")
        write_workbook(analysis / f"{name}.xlsx", {"programs": frame}, COLUMNS, about)
    sheets = {"by data set": results.by_dataset, "by model": results.by_model}
    write_workbook(analysis / "aggregated_stats.xlsx", sheets, AGGREGATED, about)
    both = pd.concat([results.by_dataset, results.by_model], ignore_index=True)
    write_text(analysis / "aggregated_summary.txt", f"{aggregated_text(both)}\n\n{totals(results.seeds)}\n")


def _write_tokens(run: RunFolder, results: Results) -> None:
    """token_usage.json: by cell. cumulative_tokens.json: generated tokens after each attempt.

    token_budget.json, fit_budget.json, second_budget.json: the largest use of a seed, times 1.2: what a baseline may
    use at equal cost."""
    usage: dict[str, dict[str, dict[str, dict[str, int]]]] = {}
    cumulative: dict[str, dict[str, dict[str, list[int]]]] = {}
    for cell, log, row in zip(results.cells, results.logs, results.seeds.to_dict("records"), strict=True):
        model, seed = model_label(cell.model), str(cell.seed)
        kinds = ("prompt_tokens", "generated_tokens", "discarded_tokens")
        usage.setdefault(model, {}).setdefault(cell.dataset, {})[seed] = {kind: row[kind] for kind in kinds}
        so_far = 0
        after = [so_far := so_far + each.draft.cost.generated_tokens for each in log.attempts.values()]
        cumulative.setdefault(model, {}).setdefault(cell.dataset, {})[seed] = after
    run.write_json("token_usage.json", usage)
    run.write_json("cumulative_tokens.json", cumulative)
    for unit, used in _uses(results.seeds).items():
        largest = used.groupby([results.seeds["model"], results.seeds["dataset"]], sort=False).max()
        budget: dict[str, dict[str, int]] = {}
        for (model, dataset), most in largest.items():
            budget.setdefault(model, {})[dataset] = ceil(BUDGET_FACTOR * most)
        run.write_json(BUDGET_FILES[unit], budget)


def _uses(seeds: pd.DataFrame) -> dict[str, pd.Series]:
    """What each cell used, by the unit of a budget."""
    seconds = seeds["model_seconds"] + seeds["mask_seconds"] + seeds["fit_seconds"]
    return {"tokens": seeds["generated_tokens"], "fits": seeds["nuts_runs"], "seconds": seconds}
