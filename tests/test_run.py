"""The main job as a user runs it: the embedded model, SynCode's masks, PyMC in its processes."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parents[1]
COMMAND = [sys.executable, str(ROOT / "refinestat" / "main.py")]
SHORT = ["--seeds", "1", "--datasets", "eight_schools", "dugongs", "--max-iterations", "2"]


def started(*flags: str, cwd: Path) -> subprocess.Popen[str]:
    return subprocess.Popen([*COMMAND, *flags], cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ended(*flags: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *flags], cwd=cwd, capture_output=True, text=True, check=False, timeout=600)


def tables(run: Path) -> dict[str, pd.DataFrame]:
    """The CSV tables without what a clock wrote."""
    found = {}
    for path in sorted((run / "analysis").glob("*.csv")):
        table = pd.read_csv(path)
        found[path.name] = table[[column for column in table if "seconds" not in column]]
    return found


def attempts(run: Path) -> int:
    return sum(path.read_bytes().count(b"\n") for path in run.rglob("attempts.jsonl"))


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("undisturbed")
    done = ended(*SHORT, "--output", "run", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder / "run", done


@pytest.mark.slow
def test_the_main_job_ends_with_a_table_and_where_everything_is(undisturbed):
    run, done = undisturbed
    assert "eight_schools" in done.stdout
    assert "dugongs" in done.stdout
    assert done.stdout.splitlines()[-1] == "Everything is in run"
    assert "containment level" in done.stderr
    for dataset in ("eight_schools", "dugongs"):
        for name in ("attempts.jsonl", "best_program.py", "diagnostics.json", "posterior.nc"):
            assert (run / "refinestat-slm" / dataset / "seed_1" / name).is_file()
    for name in ("config.json", "environment.json", "summary.txt", "token_budget.json"):
        assert (run / name).is_file()


@pytest.mark.slow
def test_a_run_killed_again_and_again_ends_like_an_undisturbed_one(undisturbed, tmp_path):
    moments = random.Random(1)
    flags, run = [*SHORT, "--output", "run"], tmp_path / "run"
    for _ in range(3):
        before = attempts(run)
        process = started(*flags, cwd=tmp_path)
        while attempts(run) <= before and process.poll() is None:
            time.sleep(0.2)
        time.sleep(moments.uniform(0, 3))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        flags = ["--resume", "run"] if (run / "config.json").exists() else flags
    done = ended(*flags, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    expected, found = tables(undisturbed[0]), tables(run)
    assert expected.keys() == found.keys()
    for name, table in expected.items():
        pd.testing.assert_frame_equal(found[name], table)
    for path in undisturbed[0].rglob("best_program.py"):
        assert (run / path.relative_to(undisturbed[0])).read_text() == path.read_text()


@pytest.mark.slow
def test_ctrl_c_says_how_to_go_on(tmp_path):
    process = started(*SHORT, "--output", "run", cwd=tmp_path)
    while not (tmp_path / "run" / "config.json").exists() and process.poll() is None:
        time.sleep(0.2)
    time.sleep(2)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130, told
    assert told.splitlines()[-1] == "To go on: python refinestat/main.py --resume run"
    assert "Traceback" not in told


@pytest.mark.slow
def test_the_best_program_runs_alone_and_shows_its_checks(undisturbed, tmp_path):
    program = undisturbed[0] / "refinestat-slm" / "dugongs" / "best_program.py"
    done = subprocess.run(
        [sys.executable, "-I", str(program)], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=600
    )
    assert done.returncode == 0, done.stderr
    rows = {line.split()[0]: line.split() for line in done.stdout.splitlines() if line.strip()}
    *_, fresh, recorded = (float(word) for word in rows["elpd_loo"] if word.lstrip("-").replace(".", "").isdigit())
    assert fresh == pytest.approx(recorded, abs=1.0)


def test_a_missing_mask_store_is_an_error_if_it_may_not_be_built(tmp_path, monkeypatch):
    monkeypatch.setenv("SYNCODE_CACHE", str(tmp_path / "cache"))
    done = ended(*SHORT, "--no-build", "--grammar", "syncode", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith("refinestat: error: model refinestat-slm has no mask store yet")
    assert not (tmp_path / "results").exists()
