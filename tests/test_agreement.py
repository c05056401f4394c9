"""Every number that a run writes agrees with its logs: recomputed by code that shares nothing with the product."""

import json
import re
from dataclasses import replace
from math import ceil
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest
import recomputed
from fabricate import scored, searched
from test_comparison import made

from refinestat.refinegen.report import write_report


def varied(numbers: np.random.Generator, index: int) -> Any:
    """An attempt that differs from others in everything that is counted."""
    one = made(numbers, index)
    names = numbers.choice(["parse", "support", "guards", "type", "odd"], size=2, replace=False)
    cost = replace(
        one.draft.cost, discarded={str(name): int(numbers.integers(1, 9)) for name in names},
        prompt_tokens=int(numbers.integers(60, 90)), forward_passes=int(numbers.integers(20, 99)),
        mask_failures=int(numbers.integers(0, 2)), mask_seconds=float(numbers.random()),
        model_seconds=float(numbers.random()),
    )  # fmt: skip
    again = scored(6, -31.0, fit_seconds=2.5, cpu_seconds=2.0) if numbers.random() < 0.3 else None
    fit = replace(
        one.assessment, other_fit=again, note=str(numbers.choice(["", "slow"])), fit_seconds=float(numbers.random())
    )
    return replace(one, draft=replace(one.draft, cost=cost), assessment=fit)


@pytest.fixture(scope="module")
def path(tmp_path_factory) -> Path:
    numbers = np.random.default_rng(7)
    places = [(dataset, seed) for dataset in ("eight_schools", "dugongs") for seed in (1, 2, 3, 4, 5)]
    story = {place: [varied(numbers, index) for index in range(numbers.integers(2, 7))] for place in places}
    del story["dugongs", 5]
    run = searched(tmp_path_factory.mktemp("run"), story, unfinished=[("eight_schools", 4)], draws=False, seeds="1-5")
    with (run.path / "tiny/eight_schools/seed_2/attempts.jsonl").open("a") as file:
        file.write("{broken}\n")
    from refinestat.refinegen.tables import write_tables

    write_tables(run)
    write_report(run)
    return run.path


@pytest.fixture(scope="module")
def truth(path: Path) -> pd.DataFrame:
    return recomputed.cells(path)


def same(shown: pd.DataFrame, expected: pd.DataFrame) -> None:
    """All columns of both, in any order of columns."""
    assert set(shown) == set(expected)
    for name in shown:
        is_text = expected[name].map(lambda each: isinstance(each, str)).any()
        left, right = shown[name].tolist(), expected[name].tolist()
        if is_text:
            assert ["" if pd.isna(each) else each for each in left] == right, name
        else:
            assert [float(each) for each in left] == pytest.approx([float(each) for each in right], nan_ok=True), name


def test_the_run_has_something_of_everything(truth: pd.DataFrame):
    """Else the tests below would prove less than they say."""
    assert {"yes", "no"} == set(truth["finished"]) == set(truth["reliable"])
    for name in ("fallbacks", "looked_up", "mask_failures", "damaged_lines", "discarded_other", "discarded_guards"):
        assert truth[name].sum() > 0, name
    assert sum(truth[name].sum() > 0 for name in recomputed.FAILURES) >= 4
    assert truth["nuts_runs"].sum() > truth["attempts"].sum() - truth[list(recomputed.FAILURES)].sum().sum()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_every_column_of_every_search(path: Path, truth: pd.DataFrame, kind: str):
    file = path / f"analysis/all_seeds_best_programs_summary.{kind}"
    same(pd.read_csv(file) if kind == "csv" else pd.read_excel(file, sheet_name="programs"), truth)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_every_column_of_the_best_programs(path: Path, truth: pd.DataFrame, kind: str):
    file = path / f"analysis/best_programs_summary.{kind}"
    shown = pd.read_csv(file) if kind == "csv" else pd.read_excel(file, sheet_name="programs")
    same(shown, recomputed.best(truth))


@pytest.mark.parametrize(("sheet", "by"), [("by data set", ["model", "dataset"]), ("by model", ["model"])])
def test_every_column_over_seeds(path: Path, truth: pd.DataFrame, sheet: str, by: list[str]):
    shown = pd.read_excel(path / "analysis/aggregated_stats.xlsx", sheet_name=sheet)
    same(shown, recomputed.over_seeds(truth, by))


def test_every_number_of_the_summary(path: Path, truth: pd.DataFrame):
    expected = []
    for row in recomputed.best(truth).to_dict("records"):
        ran = [f"{row['elpd_loo']:.2f}", f"{row['elpd_se']:.2f}"] if pd.notna(row["elpd_loo"]) else []
        expected += [f"{row['checks_passed']:.0f}", "7", *ran, str(row["seed"])]
    text = (path / "summary.txt").read_text()
    head, _, totals = text.partition("\n\n")
    assert list(recomputed.numbers(head.partition("\n")[2].partition("\n")[2])) == expected
    assert list(recomputed.numbers(totals)) == totalled(truth)


def totalled(truth: pd.DataFrame) -> list[str]:
    """The numbers of the sentences under a table, in their order."""
    total = truth.sum(numeric_only=True)
    programs, accepted, fits, written = (
        int(total[name]) for name in ("attempts", "accepted", "nuts_runs", "generated_tokens")
    )
    ran = f"{100 * total['programs_run'] / programs:.0f}"
    per = [f"{written / accepted:.0f}", f"{fits / accepted:.1f}"]
    rest = [int(total["fallbacks"]), int(total["damaged_lines"]), int((truth["finished"] == "no").sum()), len(truth)]
    return [str(programs), ran, str(accepted), str(fits), str(written), str(int(total["discarded_tokens"])), *per,
            *map(str, rest)]  # fmt: skip


def test_every_number_of_the_aggregated_summary(path: Path, truth: pd.DataFrame):
    expected = []
    both = [recomputed.over_seeds(truth, by) for by in (["model", "dataset"], ["model"])]
    for row in pd.concat(both).to_dict("records"):
        expected += [str(row["seeds"]), str(row["reliable_seeds"]), str(row["seeds"])]
        for name, scale, digits in (("elpd_loo", 1, 2), ("checks_passed", 1, 1), ("run_rate", 100, 0),
                                    ("generated_tokens", 1, 0), ("nuts_runs", 1, 1)):  # fmt: skip
            pair = (row[f"{name}_mean"], row[f"{name}_sd"])
            expected += [f"{scale * value:.{digits}f}" for value in pair if pd.notna(value)]
    table, _, rest = (path / "analysis/aggregated_summary.txt").read_text().partition("\n\n")
    assert list(recomputed.numbers(table)) == expected
    assert list(recomputed.numbers(rest)) == totalled(truth)


def test_token_files_and_budgets(path: Path, truth: pd.DataFrame):
    usage, so_far = (json.loads((path / f"{name}.json").read_text()) for name in ("token_usage", "cumulative_tokens"))
    every = recomputed.lines(path)
    for row in truth.to_dict("records"):
        place = (row["model"], row["dataset"], str(row["seed"]))
        of = usage[place[0]][place[1]][place[2]]
        assert of == {name: row[name] for name in ("prompt_tokens", "generated_tokens", "discarded_tokens")}
        mine = every[(every["dataset"] == row["dataset"]) & (every["seed"] == row["seed"]) & ~every["damaged"]]
        assert so_far[place[0]][place[1]][place[2]] == mine["generated_tokens"].cumsum().tolist()
    used = truth.assign(seconds=truth["model_seconds"] + truth["mask_seconds"] + truth["fit_seconds"])
    for file, column in (("token", "generated_tokens"), ("fit", "nuts_runs"), ("second", "seconds")):
        found = json.loads((path / f"{file}_budget.json").read_text())
        most = used.groupby("dataset")[column].max()
        assert found == {"tiny": {dataset: ceil(1.2 * value) for dataset, value in most.items()}}


def test_what_the_report_says_outside_its_tables(path: Path, truth: pd.DataFrame):
    """The numbers in tables, bars and curves of the page: tests/test_report.py."""
    page = (path / "analysis/report.html").read_text()
    total = truth.sum(numeric_only=True)
    tiles = dict(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", page.partition("<nav")[0]))
    assert tiles == {
        "searches with a reliable program": f"{(truth['reliable'] == 'yes').sum()}/{len(truth)}",
        "programs drawn": f"{total['attempts']:,.0f}",
        "of them ran": f"{100 * total['programs_run'] / total['attempts']:.0f}%",
        "NUTS runs": f"{total['nuts_runs']:,.0f}",
        "tokens written": f"{total['generated_tokens']:,.0f}",
        "of them discarded": f"{total['discarded_tokens']:,.0f}",
    }
    for row in recomputed.over_seeds(truth, ["model", "dataset"]).to_dict("records"):
        spread = f"{row['elpd_loo_mean']:.2f} ± {row['elpd_loo_sd']:.2f}".replace("-", "\u2212")
        assert (
            f"{row['reliable_seeds']} of {row['seeds']} finished searches found a reliable program; ELPD-LOO {spread}"
            in page
        )
    for dataset, group in truth.groupby("dataset"):
        of = group.sum(numeric_only=True)
        line = re.search(rf'<th scope="row">{dataset}</th>.*?aria-label="(kept [^"]*)"', page, re.DOTALL)[1]
        parts = {name: of[f"discarded_{name}"] for name in (*recomputed.PREDICATES, "other")}
        parts["kept"] = of["generated_tokens"] - of["discarded_tokens"]
        shown = {name: float(share) for name, share in re.findall(r"(\w+) ([\d.]+) %", line)}
        expected = {name: 100 * tokens / of["generated_tokens"] for name, tokens in parts.items() if tokens}
        assert shown == pytest.approx(expected, abs=0.006)


def test_the_workbooks_hold_numbers_as_numbers(path: Path):
    sheet = openpyxl.load_workbook(path / "analysis/aggregated_stats.xlsx")["by data set"]
    names = [cell.value for cell in sheet[1]]
    texts = {"model", "dataset"}
    for row in sheet.iter_rows(min_row=2, values_only=True):
        assert {name for name, value in zip(names, row, strict=True) if isinstance(value, str)} == texts
