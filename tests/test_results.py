"""Run folders as frames: every row follows from the log, and what is missing is said."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from fabricate import attempt, failed, scored
from test_tables import STORY, told

from commons.utils import UserError
from refinestat.refinegen.cli import main
from refinestat.refinegen.records import Outcome
from refinestat.refinegen.results import ATTEMPT_COLUMNS, find_runs, load_run
from refinestat.refinegen.tables import write_tables


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return told(tmp_path, unfinished=[("dugongs", 2)]).path


def test_every_attempt_is_a_row_with_its_checks_and_costs(folder: Path):
    run = load_run(folder)
    logs = {path: path.read_text().splitlines() for path in folder.glob("*/*/*/attempts.jsonl")}
    assert len(run.attempts) == sum(map(len, logs.values())) == sum(map(len, STORY.values()))
    assert tuple(run.attempts.columns) == ATTEMPT_COLUMNS
    for path, lines in logs.items():
        dataset, seed = path.parts[-3], int(path.parts[-2].removeprefix("seed_"))
        of_cell = (run.attempts["dataset"] == dataset) & (run.attempts["seed"] == seed)
        rows = run.attempts[of_cell].set_index("index")
        for line in map(json.loads, lines):
            row, found = rows.loc[line["index"]], line["assessment"]
            passed = [check["passed"] for check in found["checks"]]
            assert (row["outcome"], row["checks_passed"]) == (found["outcome"], sum(passed))
            assert row["generated_tokens"] == line["draft"]["cost"]["generated_tokens"]
            assert row["reliable"] == (found["outcome"] == "scored" and sum(passed) >= 5)
            assert row["nuts_run"] == (found["outcome"] in ("scored", "timed_out", "crashed") and not line["looked_up"])
            assert row["fit_seconds"] == (0 if line["looked_up"] else found["fit_seconds"])
            assert row["source"].endswith(line["draft"]["program"]["likelihood"])


def test_the_cells_are_those_of_the_csv(folder: Path):
    run = load_run(folder)
    from refinestat.refinegen.store import RunFolder

    write_tables(RunFolder.read(folder))
    written = pd.read_csv(folder / "analysis" / "all_seeds_best_programs_summary.csv")
    assert run.strategy == "refinestat"
    assert run.cells["strategy"].unique().tolist() == ["refinestat"]
    for name in ("elpd_loo", "generated_tokens", "nuts_runs", "accepted"):
        assert run.cells[name].tolist() == pytest.approx(written[name].tolist(), nan_ok=True)


def test_what_is_not_there_is_said(folder: Path):
    log = folder / "tiny" / "eight_schools" / "seed_1" / "attempts.jsonl"
    lines = log.read_text().splitlines()
    log.write_text("\n".join([lines[0], lines[1][:50], *lines[2:]]) + "\n")
    (folder / "environment.json").write_text("[]")
    run = load_run(folder)
    assert f"{log}:2: damaged line, left out" in run.notes
    assert f"{folder} is not finished: 2 of 6 searches have not ended, and show what there is" in run.notes
    assert f"{folder}: no reliable program for dugongs (tiny) in 1 seeds" in run.notes
    assert any("environment.json is damaged" in note for note in run.notes)
    assert len(run.attempts.query("dataset == 'eight_schools' and seed == 1")) == 3


def test_a_run_can_be_looked_at_where_its_model_is_not_and_not_continued(folder: Path, capsys):
    shutil.rmtree(load_run(folder).settings.models[0])
    assert len(load_run(folder).attempts) == sum(map(len, STORY.values()))
    assert main(["run", "--resume", str(folder)]) == 2
    assert "unknown model" in capsys.readouterr().err


def test_a_run_without_an_attempt_has_empty_frames(tmp_path: Path):
    run = load_run(told(tmp_path, story={}).path)
    assert len(run.attempts) == 0
    assert len(run.cells) == 6


def test_a_run_of_another_format_is_refused_in_one_line(folder: Path):
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "format": 0}))
    with pytest.raises(UserError, match=r"was written by another version of RefineStat: its format is not 2$"):
        load_run(folder)


def test_a_run_from_before_there_were_strategies_is_one_of_the_whole_method(folder: Path):
    config = json.loads((folder / "config.json").read_text())
    old = {key: value for key, value in config.items() if key not in ("strategy", "budget", "budgets")}
    (folder / "config.json").write_text(json.dumps(old))
    assert load_run(folder).strategy == "refinestat"


def test_an_incomparable_program_ran_and_has_no_score(tmp_path: Path):
    held_back = failed(Outcome.INCOMPARABLE, sampler="nutpie")
    story = {
        ("eight_schools", 1): [attempt(0, held_back), attempt(1, failed(Outcome.INCOMPARABLE)), attempt(2, scored(3))]
    }
    run = load_run(told(tmp_path, story=story).path)
    assert run.attempts["nuts_run"].tolist() == [True, False, True]
    row = run.cells.iloc[0]
    assert (row["programs_run"], row["incomparable"], row["nuts_runs"], row["best_attempt"]) == (3, 2, 2, 2)


def test_runs_are_found_below_a_folder(folder: Path):
    shutil.copytree(load_run(folder).settings.models[0], folder.parent / "model")  # its config.json is no run's
    assert find_runs(folder) == find_runs(folder.parent) == [folder]
    with pytest.raises(
        UserError, match=r"^.*none holds no run: there is no .*config\.json, nor one in a folder below it$"
    ):
        find_runs(folder.parents[1] / "tiny" / "none")


def test_the_folder_of_a_cell_is_found_by_the_names_in_the_tables(folder: Path):
    assert (load_run(folder).folder("tiny", "eight_schools", 1) / "attempts.jsonl").is_file()
