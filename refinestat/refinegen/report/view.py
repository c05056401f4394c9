"""The page of a run: from its tables and logs to what the template shows."""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

import pandas as pd

from commons.config import model_label
from refinestat.refinegen.report.numbers import NONE, anchor, key, number
from refinestat.refinegen.report.records import Costs, Line, Matrix, Number, Page, Square, Winner
from refinestat.refinegen.report.story import story
from refinestat.refinegen.report.winner import winner
from refinestat.refinegen.store import Cell, RunFolder
from refinestat.refinegen.tables import Results, gather
from refinestat.refinegen.tables.columns import COLUMNS, PREDICATES
from refinestat.refinegen.tables.rows import ratio

COSTS = {  # column of the tables: how it is called here
    "attempts": "programs drawn",
    "programs_run": "ran",
    "accepted": "reliable",
    "nuts_runs": "NUTS runs",
    "generated_tokens": "tokens written",
    "discarded_tokens": "discarded",
    "fit_seconds": "fit, s",
    "model_seconds": "model, s",
    "mask_seconds": "mask, s",
}
Named = dict[str, Any]


def page_of(run: RunFolder, each: Callable[[list[Cell]], Iterator[Cell]] = iter) -> Page:
    """Everything about a run, finished or not. each: goes through the best programs, for a progress bar."""
    results = gather(run)
    logs = {cell.path: log for cell, log in zip(results.cells, results.logs, strict=True)}
    spread = {(row["model"], row["dataset"]): row for row in results.by_dataset.to_dict("records")}
    groups = dict(list(results.seeds.groupby(["model", "dataset"], sort=False)))
    winners = tuple(
        winner(cell, logs[cell.path], run.settings, groups[group], spread[group])
        for cell in each(list(results.winners))
        for group in [(model_label(cell.model), cell.dataset)]
    )
    return Page(
        title=f"RefineStat: {run.path.resolve().parent.name}/{run.path.resolve().name}",
        lead=_lead(winners, results),
        notes=tuple(_notes(results, winners)),
        tiles=_tiles(results.seeds),
        matrices=tuple(_matrices(results)),
        winners=winners,
        stories=tuple(story(cell, logs[cell.path], run.settings) for cell in results.cells),
        cost_columns=tuple((title, COLUMNS[name].meaning) for name, title in COSTS.items()),
        costs=tuple(_costs(results.seeds)),
        settings=tuple((name, _said(value)) for name, value in asdict(run.settings).items()),
        environment=tuple(_environment(run)),
    )


def _lead(winners: tuple[Winner, ...], results: Results) -> str:
    good = sum(each.reliable for each in winners)
    kinds = {"dataset": "data set", "seed": "seed", "model": "language model"}
    parts = [_count(results.seeds[name].nunique(), what) for name, what in kinds.items()]
    return f"{', '.join(parts)}. {good} of {len(winners)} best programs are reliable."


def _count(number: int, what: str) -> str:
    return f"{number} {what}" + ("" if number == 1 else "s")


def _notes(results: Results, winners: tuple[Winner, ...]) -> Iterator[str]:
    """What a reader must know before believing the figures."""
    frame = results.seeds
    unfinished, damaged = int((frame["finished"] == "no").sum()), int(frame["damaged_lines"].sum())
    if unfinished:
        yield f"Not finished: {unfinished} of {len(frame)} searches have not ended, and show what there is so far."
    if damaged:
        yield f"{_count(damaged, 'damaged line')} of attempts.jsonl left out."
    for each in winners:
        if not each.reliable:
            yield f"No reliable program for {each.dataset} ({each.model})."


def _tiles(frame: pd.DataFrame) -> tuple[tuple[str, str], ...]:
    total = frame.sum(numeric_only=True)
    programs, ran, good = int(total["attempts"]), int(total["programs_run"]), int((frame["reliable"] == "yes").sum())
    rate = ratio(ran, programs)
    return (
        (f"{good}/{len(frame)}", "searches with a reliable program"),
        (f"{programs:,}", "programs drawn"),
        (f"{rate:.0%}" if programs else NONE, "of them ran"),
        (f"{int(total['nuts_runs']):,}", "NUTS runs"),
        (f"{int(total['generated_tokens']):,}", "tokens written"),
        (f"{int(total['discarded_tokens']):,}", "of them discarded"),
    )


def _matrices(results: Results) -> Iterator[Matrix]:
    rows = list(zip(results.cells, results.seeds.to_dict("records"), strict=True))
    for model in dict.fromkeys(cell.model for cell in results.cells):
        own = [(cell, row) for cell, row in rows if cell.model == model]
        lines = [
            Line(
                dataset=dataset,
                anchor=anchor("best", next(cell for cell, _ in own if cell.dataset == dataset)),
                squares=tuple(_square(cell, row) for cell, row in own if cell.dataset == dataset),
            )
            for dataset in dict.fromkeys(cell.dataset for cell, _ in own)
        ]
        seeds = tuple(dict.fromkeys(cell.seed for cell, _ in own))
        yield Matrix(model=model_label(model), seeds=seeds, lines=tuple(lines))


def _square(cell: Cell, row: Named) -> Square:
    none, good = pd.isna(row["checks_passed"]), row["reliable"] == "yes"
    of = key("seed", cell)
    state = "no program yet" if none else ("reliable" if good else "not reliable")
    score = None if none else int(row["checks_passed"])
    return Square(
        anchor=anchor("search", cell),
        seed=cell.seed,
        score=score,
        finished=row["finished"] == "yes",
        reliable=good,
        elpd=None if pd.isna(row["elpd_loo"]) else number(row["elpd_loo"], 2, of, "elpd_loo"),
        passed=None if score is None else number(score, 0, of, "checks_passed"),
        says=f"{cell.dataset}, seed {cell.seed}: {state}"
        + ("" if none else f", {score} of 7 checks")
        + ("" if row["finished"] == "yes" else ", not finished"),
    )


def _costs(frame: pd.DataFrame) -> Iterator[Costs]:
    for (model, dataset), group in frame.groupby(["model", "dataset"], sort=False):
        total, of = group.sum(numeric_only=True), f"dataset {model}/{dataset}"
        written = max(1, int(total["generated_tokens"]))
        kept = written - int(total["discarded_tokens"])
        discarded = {name: int(total[f"discarded_{name}"]) for name in (*PREDICATES, "other")}
        parts, start = [], 0.0
        for name, tokens in {"kept": kept, **discarded}.items():
            width = round(100 * tokens / written, 2)
            if tokens:
                parts.append((name, round(start, 2), width))
            start += width
        numbers = tuple(_cost(total[name], of, name) for name in COSTS)
        yield Costs(model=model, dataset=dataset, numbers=numbers, parts=tuple(parts))


def _cost(value: float, of: str, column: str) -> Number:
    return number(float(value), 1 if COLUMNS[column].time else 0, of, column)


def _said(value: Any) -> str:
    """A setting as a reader says it."""
    if value is None:
        return "not set"
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _environment(run: RunFolder) -> Iterator[tuple[str, str]]:
    """What the run ran on; a run without a readable environment.json can still be looked at."""
    try:
        found = json.loads((run.path / "environment.json").read_bytes())
    except (OSError, ValueError):
        found = None
    if not isinstance(found, dict):
        yield "environment.json", "cannot be read: what this run ran on is not known"
        return
    for name, value in found.items():
        if isinstance(value, dict):
            yield from ((f"{name}: {each}", _said(told)) for each, told in value.items())
        else:
            yield name, " ".join(map(str, value)) if isinstance(value, list) else str(value)
