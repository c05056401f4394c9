"""The commands about own data, from the command line to the folder of a run."""

import argparse
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from own_tables import written

from benchmarks.ten_datasets import ten
from commons.config import checked, config
from commons.data_pymc import DATASETS
from commons.owndata.prepare import prepare
from commons.owndata.spec import ColumnRole, Spec
from refinestat.refinegen.cli import main
from refinestat.refinegen.cli_data import add_data_flags, own_data
from refinestat.refinegen.store import RunFolder, read_settings

ROOT = Path(__file__).resolve().parents[2]
RANDOM = np.random.default_rng(9)
COLUMNS = {"weight": RANDOM.normal(50, 7, 40).round(1).tolist(), "height": RANDOM.normal(150, 9, 40).round(1).tolist()}
ENVIRONMENT = {"python": "3", "versions": {}, "models": {}, "datasets": {}}


def flags(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--datasets", nargs="+")
    add_data_flags(parser)
    return parser.parse_args(words)


def test_describe_shows_the_data_section_and_writes_a_file_that_says_the_same(tmp_path: Path, capsys):
    file, toml = str(written(tmp_path, COLUMNS)), str(tmp_path / "dataset.toml")
    assert main(["describe", file, "--outcome", "height", "--write", toml]) == 0
    first = capsys.readouterr().out
    assert "height = (height - " in first
    assert main(["describe", toml]) == 0
    section = first[first.index("    # Height") : first.index("column ")]
    assert section in capsys.readouterr().out


def test_flags_say_more_than_a_dataset_toml(tmp_path: Path):
    file = written(tmp_path, COLUMNS)
    (tmp_path / "d.toml").write_text(f'file = "{file.name}"\n[columns.weight]\nrole = "outcome"\n')
    (prepared,) = own_data(flags("--data", str(tmp_path / "d.toml"), "--outcome", "height", "--describe", "People."))
    assert prepared.dataset.outcome.column == "height"
    assert prepared.roles["weight"].role is ColumnRole.PREDICTOR
    assert prepared.dataset.description == "People."


WRONG = {
    "a flag without data": (["--outcome", "y"], "--outcome says something about a data file"),
    "a role without a column": (["--data", "FILE", "--role", "predictor"], "--role must be COLUMN=ROLE"),
    "an unknown role": (["--data", "FILE", "--role", "weight=boss"], "role must be one of outcome"),
    "an unknown kind": (["--data", "FILE", "--kind", "weight=huge"], "kind must be one of real"),
    "several files, one said": (
        ["--data", "FILE", "FILE", "--outcome", "y"],
        "say what the columns are in a dataset.toml",
    ),
    "a file twice": (["--data", "FILE", "FILE"], "two data sets are called 'table'"),
    "no such registry": (["--registry", "nowhere"], "registry nowhere is not a folder"),
}


def test_write_replaces_no_file_but_its_own(tmp_path: Path, capsys):
    file = written(tmp_path, COLUMNS)
    before = file.read_bytes()
    assert main(["describe", str(file), "--write", str(file)]) == 2
    assert "which `describe` has not written" in capsys.readouterr().err
    assert file.read_bytes() == before
    for _ in range(2):
        assert main(["describe", str(file), "--write", str(tmp_path / "own.toml")]) == 0


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_flag_is_one_line_and_status_2(case: str, tmp_path: Path, capsys):
    words, expected = WRONG[case]
    file = str(written(tmp_path, COLUMNS))
    assert main(["run", *(file if word == "FILE" else word for word in words)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert expected in line


def test_datasets_lists_those_of_a_registry(tmp_path: Path, capsys):
    written(tmp_path, COLUMNS)
    (tmp_path / "people.toml").write_text('file = "table.csv"\ndescription = "People."\n')
    assert main(["datasets", "--registry", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert "eight_schools" in out
    assert "people" in out
    (prepared,) = own_data(flags("--registry", str(tmp_path), "--datasets", "people"))
    assert prepared.dataset.name == "people"


def test_a_run_carries_its_data_and_knows_them_when_continued(tmp_path: Path):
    from commons.data_pymc import register

    prepared = prepare(Spec(file=written(tmp_path, COLUMNS, "carried.csv")))
    register(prepared.dataset)
    settings = checked({**config, "datasets": ["carried"]})
    with RunFolder.create(settings, ENVIRONMENT, output=tmp_path / "run", own=[prepared]):
        pass
    prepared.spec.file.unlink()
    code = (
        "from pathlib import Path; from refinestat.refinegen.store import read_settings;"
        f"print(read_settings(Path({str(tmp_path / 'run')!r})).datasets);"
        "from commons.data_pymc import DATASETS; print(DATASETS['carried'].sha256)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["('carried',)", DATASETS["carried"].sha256]
    assert read_settings(tmp_path / "run") == settings


def test_the_ten_made_data_sets_are_read_as_what_they_are(tmp_path: Path):
    for name, made in ten().items():
        prepared = prepare(Spec(file=made.write(tmp_path, name)))
        dataset = prepared.dataset
        assert dataset.outcome.column == made.outcome, name
        assert prepared.roles[made.predictor].role is ColumnRole.PREDICTOR, name
        roles = {variable.role for variable in dataset.variables}
        assert ("trials" in roles) == (made.kind == "binomial with trials"), name
        assert ("known_scale" in roles) == (made.kind == "meta-analysis"), name
        assert ("index" in roles) == (made.kind == "grouped"), name


@pytest.mark.slow
def test_from_a_file_to_a_program_that_runs_alone(tmp_path: Path):
    words = ["refinestat/main.py", "--data", "examples/cars.csv", "--seeds", "1", "--output", str(tmp_path / "run")]
    short = ["--describe", "Stopping distance by speed."]
    done = subprocess.run([sys.executable, *words, *short], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    cell = tmp_path / "run" / "refinestat-slm" / "cars" / "seed_1"
    told = (cell / "best_program_diagnostics.txt").read_text()
    assert "on the scale of 'distance'" in told
    assert "One unit more of a predictor" in told
    assert "data" in (cell / "best_program.py").read_text()
    assert (tmp_path / "run" / "data" / "cars.toml").exists()
