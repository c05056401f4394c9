"""The publication figures: each with the numbers behind it, of any runs, and one line for a mistake."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from fabricate import attempt, failed, scored, searched

from refinestat.refinegen.cli_figures import aggregate_stats_main, data_process_main
from refinestat.refinegen.records import Outcome

STORY = {
    ("eight_schools", 1): [
        attempt(0, failed(Outcome.REJECTED), generated_tokens=10),
        attempt(1, scored(7, -31.0), generated_tokens=20),
        attempt(2, scored(4, -20.0), generated_tokens=30),
        attempt(3, scored(5, -30.5), generated_tokens=40),
    ],
    ("eight_schools", 2): [attempt(0, scored(3, -40.0))],
}
NAMES = ("run_rate", "elpd", "tokens_and_reliability", "trajectories")
FILES = {f"{name}.{kind}" for name in NAMES for kind in ("csv", "pdf", "png")}


def drawn(root: Path, *runs: Path, flags: tuple[str, ...] = ()) -> dict[str, pd.DataFrame]:
    assert data_process_main([*map(str, runs), "--output", str(root / "figures"), *flags]) == 0
    assert {path.name for path in (root / "figures").iterdir()} == FILES
    return {name: pd.read_csv(root / "figures" / f"{name}.csv") for name in NAMES}


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Any:
    root = tmp_path_factory.mktemp("runs")
    changes = {"draws": False, "seeds": "1-2", "datasets": ["eight_schools"]}
    run = searched(root, STORY, **changes)
    other = searched(root, {("eight_schools", 1): [attempt(0, failed())]}, **changes, strategy="base")
    return run, other, drawn(root, run.path, other.path)


def test_the_numbers_behind_the_figures_are_those_of_the_logs(made: Any):
    run, _, frames = made
    lines = [
        {"seed": int(path.parent.name.removeprefix("seed_")), **json.loads(line)}
        for path in sorted(run.path.glob("*/*/*/attempts.jsonl"))
        for line in path.read_text().splitlines()
    ]
    rates = frames["run_rate"].set_index(["strategy", "dataset"])
    row = rates.loc["refinestat", "eight_schools"]
    ran = [line["assessment"]["outcome"] == "scored" for line in lines]
    assert (row["programs"], row["programs_run"], row["run_rate"]) == (len(ran), sum(ran), np.mean(ran))
    tokens = sum(line["draft"]["cost"]["generated_tokens"] for line in lines)
    row = frames["tokens_and_reliability"].set_index(["strategy", "dataset"]).loc["refinestat", "eight_schools"]
    assert (row["tokens_per_search"], row["reliable_share"]) == (tokens / 2, 0.5)
    scores = frames["elpd"][["strategy", "seed", "reliable", "elpd_loo"]].values.tolist()
    assert scores == [["refinestat", 1, "yes", -30.5], ["refinestat", 2, "no", -40.0]]
    path = frames["trajectories"].query("strategy == 'refinestat' and seed == 1")
    assert path["tokens"].tolist() == [10, 30, 60, 100]
    np.testing.assert_array_equal(path["best_so_far"], [np.nan, -31.0, -31.0, -30.5])


@pytest.mark.slow
def test_pictures_are_whole_and_the_same_every_time(made: Any, tmp_path: Path):
    run, other, _ = made
    drawn(tmp_path, run.path, other.path)
    for name in FILES:
        first, second = (
            (run.path.parents[1] / "figures" / name).read_bytes(),
            (tmp_path / "figures" / name).read_bytes(),
        )
        assert first == second, name
        assert first.startswith({"csv": b"", "pdf": b"%PDF", "png": b"\x89PNG"}[name[-3:]])


def test_a_run_without_a_reliable_program_or_without_any_is_drawn_too(tmp_path: Path):
    weak = searched(tmp_path, {("dugongs", 1): [attempt(0, failed())]}, draws=False, seeds="1", datasets=["dugongs"])
    frames = drawn(tmp_path, weak.path)
    assert frames["elpd"].empty
    assert frames["trajectories"]["best_so_far"].isna().all()


def test_runs_of_other_settings_are_refused_and_pooled_by_force(made: Any, tmp_path: Path, capsys):
    run, *_ = made
    warmer = searched(run.path.parents[1], {}, draws=False, seeds="3", datasets=["eight_schools"], temperature=0.8)
    arguments = [str(run.path), str(warmer.path), "--output", str(tmp_path / "figures")]
    assert data_process_main(arguments) == 2
    assert "temperature is 0.3" in capsys.readouterr().err
    assert not (tmp_path / "figures").exists()
    assert data_process_main([*arguments, "--force"]) == 0
    assert "Pooled by force: temperature is 0.3" in capsys.readouterr().err


def test_a_folder_without_a_run_is_one_line(tmp_path: Path, capsys):
    assert data_process_main([str(tmp_path)]) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.slow
def test_the_old_name_says_that_it_is_deprecated_and_does_the_same(made: Any, tmp_path: Path, capsys):
    run, *_ = made
    assert aggregate_stats_main([str(run.path), "--output", str(tmp_path)]) == 0
    assert "deprecated" in capsys.readouterr().err
    assert {path.name for path in tmp_path.iterdir()} == FILES
