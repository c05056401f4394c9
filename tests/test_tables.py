"""Every figure follows from the attempts, and the same run gives the same tables."""

import csv
import json
import shutil
from collections.abc import Iterator, Sequence
from math import isnan
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from fabricate import attempt, environment, failed, model_folder, scored, settings

from commons.diagnostics import CHECKS
from refinestat.refinegen.records import Attempt, Outcome
from refinestat.refinegen.store import RunFolder
from refinestat.refinegen.tables import Results, gather, summary_table, write_tables
from refinestat.refinegen.tables.columns import AGGREGATED, COLUMNS, SHARE
from refinestat.refinegen.tables.text import WIDTH, aligned

STORY: dict[tuple[str, int], list[Attempt]] = {
    ("eight_schools", 1): [
        attempt(0, failed(Outcome.REJECTED), generated_tokens=11),
        attempt(1, scored(7, -31.0)),
        attempt(2, scored(5, -30.0), generated_tokens=20),
        attempt(3, scored(5, -30.0), looked_up=True),
    ],
    ("eight_schools", 2): [attempt(0, failed(Outcome.TIMED_OUT, fit_seconds=9.0)), attempt(1, scored(4, -1.0))],
    ("eight_schools", 3): [attempt(0, scored(6, -29.5))],
    ("dugongs", 1): [attempt(0, scored(3, -9.0)), attempt(1, scored(4, float("nan"))), attempt(2, scored(4, -99.0))],
    ("dugongs", 2): [attempt(0, failed()), attempt(1, failed(Outcome.CRASHED))],
}


def told(
    root: Path, story: dict[tuple[str, int], list[Attempt]] = STORY, unfinished: Sequence[Any] = (), **changes: Any
):
    """A run in which the attempts of the story were made."""
    folder = root / "tiny" if (root / "tiny").exists() else model_folder(root)
    with RunFolder.create(settings(folder, **changes), environment(), root=root / "results") as run:
        for cell in run.cells():
            attempts = story.get((cell.dataset, cell.seed), [])
            for each in attempts:
                cell.record(each)
            if attempts and (cell.dataset, cell.seed) not in unfinished:
                cell.write("best_program.py", f"# {cell.dataset} {cell.seed}\n")
                cell.write("best_program_diagnostics.txt", f"{cell.dataset} {cell.seed}\n")
                cell.finish({"seed": cell.seed})
        return run


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> RunFolder:
    run = told(tmp_path_factory.mktemp("run"))
    write_tables(run)
    return run


@pytest.fixture(scope="module")
def results(run: RunFolder) -> Results:
    return gather(run)


def row(results: Results, dataset: str, seed: int) -> dict[str, Any]:
    [found] = [r for r in results.seeds.to_dict("records") if (r["dataset"], r["seed"]) == (dataset, seed)]
    return found


def logged(run: RunFolder) -> Iterator[dict[str, Any]]:
    for path in sorted(run.path.glob("*/*/*/attempts.jsonl")):
        for line in path.read_text().splitlines():
            yield {"dataset": path.parts[-3], "seed": int(path.parts[-2].removeprefix("seed_")), **json.loads(line)}


def test_every_figure_agrees_with_the_log(run: RunFolder):
    """Recomputed with pandas from the lines themselves."""
    flat = pd.json_normalize(list(logged(run)), sep="_")
    flat["passed"] = [sum(check["passed"] for check in checks) for checks in flat["assessment_checks"]]
    flat["scored"] = flat["assessment_outcome"] == "scored"
    flat["good"] = flat["scored"] & (flat["passed"] >= 5)
    flat["fresh"] = ~flat["looked_up"]
    flat["sampled"] = flat["fresh"] & ~flat["assessment_outcome"].isin(["rejected", "build_failed"])
    flat["seconds"] = flat["assessment_fit_seconds"] * flat["fresh"]
    flat["thrown"] = flat.filter(like="draft_cost_discarded_").sum(axis=1)
    expected = flat.groupby(["dataset", "seed"]).agg(
        attempts=("index", "size"), programs_run=("scored", "sum"), accepted=("good", "sum"),
        nuts_runs=("sampled", "sum"), generated_tokens=("draft_cost_generated_tokens", "sum"),
        prompt_tokens=("draft_cost_prompt_tokens", "sum"), discarded_tokens=("thrown", "sum"),
        discarded_support=("draft_cost_discarded_support", "sum"), discarded_other=("draft_cost_discarded_odd", "sum"),
        model_seconds=("draft_cost_model_seconds", "sum"), fit_seconds=("seconds", "sum"),
        wall_seconds=("wall_seconds", "sum"),
    )  # fmt: skip
    table = pd.read_csv(run.path / "analysis/all_seeds_best_programs_summary.csv").set_index(["dataset", "seed"])
    table = table.loc[expected.index]
    pd.testing.assert_frame_equal(table[expected.columns], expected, check_dtype=False)
    assert (table["run_rate"] == expected["programs_run"] / expected["attempts"]).all()


def test_the_best_program_of_a_cell_and_its_checks(results: Results):
    first = row(results, "eight_schools", 1)
    assert (first["reliable"], first["checks_passed"], first["elpd_loo"], first["best_attempt"]) == ("yes", 5, -30.0, 2)
    assert [first[f"{name}_pass"] for name in CHECKS] == ["yes"] * 5 + ["no"] * 2
    assert first["ess_bulk"] == 1.0


def test_a_cell_without_a_reliable_program_shows_its_best_and_says_so(results: Results):
    shown = row(results, "dugongs", 1)
    assert (shown["reliable"], shown["checks_passed"], shown["elpd_loo"]) == ("no", 4, -99.0)


def test_a_cell_where_nothing_ran_has_no_score(results: Results):
    shown = row(results, "dugongs", 2)
    assert (shown["outcome"], shown["checks_passed"], shown["run_rate"], shown["nuts_runs"]) == (
        "build_failed",
        0,
        0,
        1,
    )
    assert isnan(shown["elpd_loo"])
    assert shown["r_hat_pass"] == ""


def test_a_cell_that_never_began_is_there(results: Results):
    shown = row(results, "dugongs", 3)
    assert (shown["finished"], shown["attempts"], shown["outcome"]) == ("no", 0, "")
    assert isnan(shown["run_rate"])


def test_per_accepted_program(results: Results):
    shown = row(results, "eight_schools", 1)
    assert shown["accepted"] == 3
    assert shown["tokens_per_accepted"] == (11 + 50 + 20 + 50) / 3
    assert shown["nuts_runs_per_accepted"] == 2 / 3
    assert isnan(row(results, "dugongs", 1)["tokens_per_accepted"])


def test_the_best_seed_is_a_reliable_one_with_the_highest_elpd(results: Results):
    assert results.best[["dataset", "seed"]].values.tolist() == [["eight_schools", 3], ["dugongs", 1]]


def test_the_best_by_score_has_most_checks(tmp_path: Path):
    run = told(tmp_path, select="score")
    assert gather(run).best["seed"].tolist() == [1, 1]
    assert gather(run).best["checks_passed"].tolist() == [7, 4]


def test_the_best_program_of_each_data_set_is_copied_up(run: RunFolder):
    assert (run.path / "tiny/eight_schools/best_program.py").read_text() == "# eight_schools 3\n"
    assert (run.path / "tiny/dugongs/best_program_diagnostics.txt").read_text() == "dugongs 1\n"


def test_means_and_deviations_are_over_finished_seeds_and_elpd_over_reliable_ones(results: Results):
    eight, dugongs = results.by_dataset.to_dict("records")
    assert (eight["seeds"], eight["reliable_seeds"], eight["best_elpd_loo"]) == (3, 2, -29.5)
    assert eight["elpd_loo_mean"] == -29.75
    assert eight["elpd_loo_sd"] == pytest.approx(0.5 / 2**0.5)
    assert eight["run_rate_pooled"] == 5 / 7
    assert (dugongs["seeds"], dugongs["unfinished"], dugongs["reliable_share"]) == (2, 1, 0)
    assert isnan(dugongs["elpd_loo_mean"])


def test_elpd_is_not_averaged_over_data_sets(results: Results):
    [whole] = results.by_model.to_dict("records")
    assert (whole["dataset"], whole["seeds"]) == ("all data sets", 5)
    assert isnan(whole["elpd_loo_mean"])
    assert isnan(whole["best_elpd_loo"])


def test_one_seed_has_no_deviation_and_says_so(tmp_path: Path):
    run = told(tmp_path, seeds="1", datasets=["eight_schools"])
    write_tables(run)
    text = (run.path / "analysis/aggregated_summary.txt").read_text()
    assert "n = 1: no standard deviation" in text
    assert "nan" not in text
    assert isnan(gather(run).by_dataset["elpd_loo_sd"][0])


def test_an_unfinished_run_shows_what_there_is_and_says_so(tmp_path: Path):
    run = told(tmp_path, unfinished=[("eight_schools", 1)])
    summary = write_tables(run)
    assert "2 of 6 searches have not ended" in summary
    assert "eight_schools" in summary


def test_damaged_lines_are_counted_and_said(tmp_path: Path):
    run = told(tmp_path)
    with (run.path / "tiny/dugongs/seed_1/attempts.jsonl").open("a") as file:
        file.write("{broken}\n")
    assert "1 damaged line of attempts.jsonl was skipped." in write_tables(run)
    assert row(gather(run), "dugongs", 1)["damaged_lines"] == 1


def test_a_second_fit_and_a_slower_sampler_are_counted(tmp_path: Path):
    twice = scored(7, -31.0, other_fit=scored(6, -31.2, cpu_seconds=2.0))
    slower = scored(7, -33.0, sampler="pymc", note="discrete free variables", cpu_seconds=20.0)
    run = told(tmp_path, {("dugongs", 1): [attempt(0, twice), attempt(1, slower)]}, datasets=["dugongs"], seeds="1")
    (row,) = gather(run).seeds.to_dict("records")
    assert (row["nuts_runs"], row["fallbacks"], row["cpu_seconds"]) == (3, 1, 23.25)
    assert "1 of the NUTS runs fell back to a slower sampler" in write_tables(run)


def test_a_run_without_any_attempt_has_tables(tmp_path: Path):
    run = told(tmp_path, story={})
    assert "no program yet" in write_tables(run)


def test_tokens(run: RunFolder):
    def read(name: str) -> Any:
        return json.loads((run.path / name).read_text())["tiny"]["eight_schools"]

    assert read("token_usage.json")["1"] == {
        "prompt_tokens": 400, "generated_tokens": 131, "discarded_tokens": 32,
    }  # fmt: skip
    assert read("cumulative_tokens.json")["1"] == [11, 61, 81, 131]
    assert read("token_budget.json") == 158  # 131 x 1.2, rounded up


def test_the_summary_fits_a_hundred_columns(run: RunFolder, results: Results):
    summary = (run.path / "summary.txt").read_text()
    assert max(map(len, summary.splitlines())) <= 100
    lines = summary_table(results.best).splitlines()
    assert lines[2].split() == ["eight_schools", "reliable", "6/7", "-29.50", "(1.25)", "3", "elpd_loo"]
    assert "NOT RELIABLE" in lines[3]


def test_a_line_that_is_too_long_is_cut():
    text = aligned(("name",), [("x" * 300,)])
    assert [len(line) for line in text.splitlines()] == [4, WIDTH]
    assert text.endswith("…")


def test_tables_are_the_same_for_the_same_attempts_apart_from_times(tmp_path: Path):
    first, second = told(tmp_path), told(tmp_path)
    write_tables(first)
    write_tables(second)
    for name in ("all_seeds_best_programs_summary", "best_programs_summary"):
        a, b = (pd.read_csv(run.path / f"analysis/{name}.csv") for run in (first, second))
        same = [column for column in a if not COLUMNS[column].time]
        pd.testing.assert_frame_equal(a[same], b[same])
    for name in ("summary.txt", "token_usage.json", "config.json", "analysis/aggregated_summary.txt"):
        assert (first.path / name).read_bytes() == (second.path / name).read_bytes()
    shutil.copytree(first.path / "tiny", second.path / "tiny", dirs_exist_ok=True)
    write_tables(second)
    for path in (first.path / "analysis").iterdir():
        assert path.read_bytes() == (second.path / "analysis" / path.name).read_bytes(), path.name


@pytest.mark.parametrize("columns", [COLUMNS, AGGREGATED])
def test_times_come_last_and_every_column_is_explained(columns: dict[str, Any]):
    times = [column.time for column in columns.values()]
    assert times == sorted(times)
    assert any(times)
    assert all(column.meaning.endswith(".") for column in columns.values())


@pytest.mark.parametrize("name", ["all_seeds_best_programs_summary", "best_programs_summary"])
def test_the_spreadsheet_holds_what_the_csv_holds(run: RunFolder, name: str):
    sheet = openpyxl.load_workbook(run.path / f"analysis/{name}.xlsx")["programs"]
    with (run.path / f"analysis/{name}.csv").open(newline="") as file:
        rows = list(csv.reader(file))
    for cells, texts in zip(sheet.iter_rows(values_only=True), rows, strict=True):
        for value, text in zip(cells, texts, strict=True):
            same = (
                text == (value or "")
                if isinstance(value, str | None)
                else float(text) == pytest.approx(value, rel=1e-14)
            )
            assert same, (value, text)


def test_the_spreadsheet_is_ready_to_read(run: RunFolder):
    book = openpyxl.load_workbook(run.path / "analysis/all_seeds_best_programs_summary.xlsx")
    sheet = book["programs"]
    assert sheet.freeze_panes == "D2"
    assert sheet.auto_filter.ref.startswith("A1:")
    names = [cell.value for cell in sheet[1]]
    assert sheet.cell(2, names.index("run_rate") + 1).number_format == SHARE
    explained = {row[0] for row in book["columns"].iter_rows(values_only=True)}
    assert set(names) <= explained
    assert openpyxl.load_workbook(run.path / "analysis/aggregated_stats.xlsx").sheetnames == [
        "by data set", "by model", "columns",
    ]  # fmt: skip
