"""Several runs of one strategy with seeds of their own, and what the best of each run comes to (paper: best of 5)."""

from dataclasses import replace
from pathlib import Path

import pandas as pd

from commons.config import RunRequest
from commons.utils import replacing, write_text
from refinestat.refinegen.progress import say
from refinestat.refinegen.results import load_run
from refinestat.refinegen.run import run
from refinestat.refinegen.store import BASELINES, numbered
from refinestat.refinegen.tables.columns import COLUMNS as CELL_COLUMNS
from refinestat.refinegen.tables.columns import NAMED, REAL, SHARE, TEXT, Column
from refinestat.refinegen.tables.text import aligned, spread
from refinestat.refinegen.tables.workbook import write_workbook

BEST = ["dataset", "reliable", "checks_passed", "elpd_loo", "elpd_se", "seed"]
COLUMNS = {
    **CELL_COLUMNS,
    "run": Column(meaning="Number of the run.", format=NAMED),
    "runs": Column(meaning="Runs that the figures are taken over.", format=NAMED),
    "reliable_runs": Column(meaning="Runs whose best program is reliable.", format=NAMED),
    "best_elpd_loo": Column(meaning="Highest ELPD-LOO of these.", format=REAL),
    "elpd_loo_mean": Column(
        meaning="Mean over the runs of the best program's ELPD-LOO, where it is reliable.", format=REAL
    ),
    "elpd_loo_sd": Column(meaning="Standard deviation over the runs; empty for fewer than two.", format=REAL),
    "run_rate": Column(meaning="Programs that ran / programs drawn, of all seeds of the run.", format=SHARE),
    "model": Column(meaning="The language model.", format=TEXT),
}


def several_runs(request: RunRequest, runs: int, seeds_per_run: int) -> int:
    """Makes run_1, run_2, ... in one folder, each with the next seeds, and their tables. Returns the exit status."""
    folder = request.output or numbered(BASELINES / "base-multi")
    for number in range(1, runs + 1):
        first = (number - 1) * seeds_per_run + 1
        seeds = tuple(range(first, first + seeds_per_run))
        say(f"Run {number} of {runs}: seeds {first} to {seeds[-1]}")
        status = run(replace(request, settings=replace(request.settings, seeds=seeds), output=folder / f"run_{number}"))
        if status:
            return status
    by_run = best_of_runs([folder / f"run_{number}" for number in range(1, runs + 1)])
    text = _write(by_run, folder / "analysis")
    print(f"\n{text}\n\nEverything is in {folder}")
    return 0


def best_of_runs(paths: list[Path]) -> pd.DataFrame:
    """One row per run, model and data set: the best program over the seeds of the run."""
    frames = []
    for number, path in enumerate(paths, start=1):
        loaded = load_run(path)
        totals = (
            loaded.cells.groupby(["model", "dataset"], sort=False)[["programs_run", "attempts"]].sum().reset_index()
        )
        totals["run_rate"] = totals["programs_run"] / totals["attempts"]
        best = loaded.best[["model", *BEST]].merge(totals[["model", "dataset", "run_rate"]], on=["model", "dataset"])
        best.insert(0, "run", number)
        frames.append(best)
    return pd.concat(frames, ignore_index=True)


def aggregated(by_run: pd.DataFrame) -> pd.DataFrame:
    """One row per model and data set: over the runs."""
    rows = []
    for (model, dataset), group in by_run.groupby(["model", "dataset"], sort=False):
        good = group.loc[group["reliable"] == "yes", "elpd_loo"]
        row = {"model": model, "dataset": dataset, "runs": len(group), "reliable_runs": len(good)}
        scores = {"best_elpd_loo": good.max(), "elpd_loo_mean": good.mean(), "elpd_loo_sd": good.std(ddof=1)}
        rows.append({**row, **scores, "run_rate": group["run_rate"].mean()})
    return pd.DataFrame(rows)


def _write(by_run: pd.DataFrame, folder: Path) -> str:
    over_runs = aggregated(by_run)
    about = [f"RefineStat: {by_run['run'].nunique()} runs; the best program over the seeds of each run"]
    for name, frame in (("best_of_runs", by_run), ("aggregated_runs", over_runs)):
        with replacing(folder / f"{name}.csv") as temporary:
            frame.to_csv(temporary, index=False, lineterminator="\n")
    write_workbook(folder / "runs.xlsx", {"best of runs": by_run, "over runs": over_runs}, COLUMNS, about)
    lines = [
        (
            row["dataset"],
            f"{row['reliable_runs']}/{row['runs']}",
            spread(row["elpd_loo_mean"], row["elpd_loo_sd"], 2),
            f"{row['best_elpd_loo']:.2f}" if row["reliable_runs"] else "-",
            f"{100 * row['run_rate']:.0f}",
        )
        for row in over_runs.to_dict("records")
    ]
    text = aligned(("data set", "reliable runs", "ELPD-LOO of the best", "best", "run rate %"), lines)
    note = "ELPD-LOO: mean ± standard deviation over the runs, of the best program over the seeds of each run."
    alone = " n = 1 run: no standard deviation." if by_run["run"].nunique() == 1 else ""
    write_text(folder / "aggregated_runs.txt", f"{text}\n\n{note}{alone}\n")
    return f"{text}\n\n{note}{alone}"
