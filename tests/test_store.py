"""The files of a run: nothing lost, nothing half-written, nothing mixed up."""

import dataclasses
import hashlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import arviz as az
import numpy as np
import pytest
from fabricate import attempt, environment, failed, fit, model_folder, program, scored, settings, whole_fit

from commons import utils
from commons.utils import UserError, write_text
from refinestat.refinegen.records import Attempt, Outcome
from refinestat.refinegen.selection import best_attempt
from refinestat.refinegen.store import Cell, RunFolder, codec, describe, load_posterior, read_attempts

NASTY = 'line\nseparator\u2028 "quoted" \\ tab\t \x00 \ud800 é 漢'


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return model_folder(tmp_path)


@pytest.fixture
def run(tmp_path: Path, model: Path):
    with RunFolder.create(settings(model), environment(), root=tmp_path / "results") as run:
        yield run


@pytest.fixture
def cell(run: RunFolder) -> Cell:
    return run.cell(run.settings.models[0], "eight_schools", 1)


# --- The log ---


def test_an_attempt_comes_back_as_it_was():
    odd = attempt(3, scored(4, float("nan"), elpd_se=float("-inf"), fit_seconds=0.1 + 0.2), looked_up=True)
    odd = dataclasses.replace(
        odd, draft=dataclasses.replace(odd.draft, program=dataclasses.replace(program(), priors=NASTY))
    )
    back = codec.attempt_of(json.loads(codec.dumps(odd)))
    assert repr(back) == repr(odd)  # NaN is not equal to itself
    assert type(back.draft.prior_tokens) is tuple
    assert back.assessment.outcome is Outcome.SCORED


def test_numbers_of_numpy_become_plain_numbers():
    line = codec.dumps(
        attempt(0, scored(elpd=np.float64(-3.5), fit_seconds=np.float32(2)), generated_tokens=np.int64(9))
    )
    back = codec.attempt_of(json.loads(line))
    assert (back.assessment.elpd_loo, back.assessment.fit_seconds, back.draft.cost.generated_tokens) == (-3.5, 2.0, 9)


def test_a_line_of_the_log_is_strict_json():
    assert "NaN" not in codec.dumps(attempt(0, failed()))
    assert "\n" not in codec.dumps(dataclasses.replace(attempt(0, failed()), redrawn=NASTY))


def test_every_attempt_is_read_back(cell: Cell):
    made = [attempt(0, failed()), attempt(1, scored(4)), attempt(2, failed(Outcome.TIMED_OUT))]
    for each in made:
        cell.record(each)
    log = cell.log()
    assert (repr(list(log.attempts.values())), log.damaged) == (repr(made), ())


@pytest.mark.parametrize("keep", [0, 1, 40, 400, -2, -1])
def test_a_torn_last_line_is_named_and_makes_way_for_the_next(cell: Cell, keep: int):
    for index in range(2):
        cell.record(attempt(index, scored()))
    path = cell.path / "attempts.jsonl"
    first, second, _ = path.read_bytes().split(b"\n")
    path.write_bytes(first + b"\n" + (second + b"\n")[:keep])
    whole = keep == -1  # all but the newline: nothing is lost
    assert list(cell.log().attempts) == ([0, 1] if whole else [0])
    assert cell.log().damaged == (() if whole or not keep else (2,))
    cell.record(attempt(1, scored()))
    log = cell.log()
    assert (list(log.attempts), log.damaged) == ([0, 1], ())


@pytest.mark.parametrize(
    "damage",
    [b"{", b"null", b"[]", b'{"index": 0}', b"\xff\xfe", b"[" * 100_000, b'{"index": "0"}', b"0" * 5000],
)
def test_a_damaged_line_does_not_hide_the_others(cell: Cell, damage: bytes):
    for index in range(3):
        cell.record(attempt(index, scored()))
    path = cell.path / "attempts.jsonl"
    lines = path.read_bytes().split(b"\n")
    path.write_bytes(b"\n".join([lines[0], damage, *lines[2:]]))
    log = cell.log()
    assert (list(log.attempts), log.damaged) == ([0, 2], (2,))


def test_every_changed_field_type_counts_as_damage(cell: Cell):
    data = codec.plain(attempt(0, scored()))
    for key in data:
        with pytest.raises(codec.Damaged):
            codec.attempt_of({**data, key: {"not": "this"}})


def test_wall_seconds_add_up_over_interruptions(cell: Cell, run: RunFolder):
    cell.record(attempt(0, scored()))
    again = run.cell(cell.model, cell.dataset, cell.seed)
    again.record(attempt(1, scored()))
    lines = [json.loads(line) for line in (cell.path / "attempts.jsonl").read_text().splitlines()]
    assert cell.log().wall_seconds == pytest.approx(sum(line["wall_seconds"] for line in lines))


KILLED = """
import itertools, sys
sys.path[:0] = [{root!r}, {tests!r}]
from pathlib import Path
from fabricate import attempt, fit, scored, settings
from refinestat.refinegen.store import Cell
cell = Cell(Path({path!r}), model="m", dataset="eight_schools", seed=1, settings=settings(Path({model!r})))
for index in itertools.count():
    cell.record(attempt(index, scored(7, -30 + index)), fit(index))
    print(index, flush=True)
"""


def test_what_was_recorded_outlives_a_kill(tmp_path: Path, model: Path):
    root = Path(__file__).resolve().parents[1]
    code = KILLED.format(root=str(root), tests=str(root / "tests"), path=str(tmp_path / "cell"), model=str(model))
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = [int(process.stdout.readline()) for _ in range(4)]
        os.kill(process.pid, signal.SIGKILL)
        said += [int(line) for line in process.stdout.read().split()]
    log = read_attempts(tmp_path / "cell" / "attempts.jsonl")
    assert set(said) <= set(log.attempts)
    assert len(log.damaged) <= 1
    best = best_attempt(log.attempts.values(), 5)
    held = az.from_netcdf(tmp_path / "cell" / "posterior.nc").posterior.attrs["attempt"]
    assert best is not None
    assert held in (best.index, best.index + 1)  # the draws are written first


# --- The draws of the best program ---


def test_the_posterior_is_that_of_the_best_attempt(cell: Cell):
    cell.record(attempt(0, scored(7, -31)), fit(0))
    cell.record(attempt(1, scored(7, -30)), fit(1))
    cell.record(attempt(2, scored(7, -32)), fit(2))
    cell.record(attempt(3, failed()))
    kept = az.from_netcdf(cell.path / "posterior.nc")
    assert kept.posterior.attrs["attempt"] == 1
    np.testing.assert_array_equal(kept.posterior["theta"].values, fit(1).free["theta"])


def test_after_an_interruption_a_worse_attempt_does_not_take_its_place(cell: Cell, run: RunFolder):
    cell.record(attempt(0, scored(7, -30)), fit(0))
    again = run.cell(cell.model, cell.dataset, cell.seed)
    again.record(attempt(1, scored(7, -31)), fit(1))
    assert az.from_netcdf(cell.path / "posterior.nc").posterior.attrs["attempt"] == 0


@pytest.mark.filterwarnings("ignore:Estimated shape parameter")  # the draws are noise
def test_arviz_reads_what_it_needs(cell: Cell):
    cell.record(attempt(0, scored()), fit())
    kept = az.from_netcdf(cell.path / "posterior.nc")
    assert set(kept.groups()) >= {"posterior", "sample_stats", "log_likelihood"}
    assert kept.posterior["theta"].dims == ("chain", "draw", "theta_dim_0")
    assert list(kept.posterior.data_vars) == ["mu", "theta", "tau"]
    assert kept.sample_stats["diverging"].dtype == bool
    assert len(kept.posterior.attrs["fingerprint"]) == 16
    assert np.isfinite(az.loo(kept).elpd_loo)


def test_the_draws_come_back_as_they_were(cell: Cell):
    made = whole_fit()
    cell.record(attempt(0, scored()), made)
    back, about = load_posterior(cell.path / "posterior.nc")
    assert (back.sampler, about["attempt"]) == ("nutpie", 0)
    assert list(back.free) == ["mu", "theta"]
    assert list(back.deterministic) == ["tau"]
    np.testing.assert_array_equal(back.free["theta"], made.free["theta"])
    np.testing.assert_array_equal(back.predictive, made.predictive.astype("f4"))
    for name in ("log_likelihood", "diverging", "energy", "observed"):
        np.testing.assert_array_equal(getattr(back, name), getattr(made, name))


@pytest.mark.parametrize("content", [None, b"", b"broken", b"\x89HDF\r\n\x1a\n"])
def test_draws_that_cannot_be_read_are_none(tmp_path: Path, content: bytes | None):
    if content is not None:
        (tmp_path / "posterior.nc").write_bytes(content)
    assert load_posterior(tmp_path / "posterior.nc") is None


def test_the_same_draws_make_the_same_file(run: RunFolder):
    hashes = set()
    for seed in (1, 2):
        cell = run.cell(run.settings.models[0], "eight_schools", seed)
        cell.record(attempt(0, scored()), fit())
        hashes.add(hashlib.sha256((cell.path / "posterior.nc").read_bytes()).hexdigest())
    assert len(hashes) == 1


# --- The answer of a cell ---


def picked(attempts: list[Attempt], select: str = "elpd") -> int | None:
    best = best_attempt(attempts, 5, select)
    return best.index if best else None


def test_the_best_reliable_program_has_the_highest_elpd():
    attempts = [attempt(0, scored(7, -31)), attempt(1, scored(5, -30)), attempt(2, scored(4, -1))]
    assert picked(attempts) == 1
    assert picked(attempts, "score") == 0


def test_without_a_reliable_program_most_checks_win_and_then_elpd():
    attempts = [attempt(0, failed()), attempt(1, scored(3, -1)), attempt(2, scored(4, -9)), attempt(3, scored(4, -8))]
    assert picked(attempts) == 3


def test_among_equals_the_first_wins_and_nan_loses():
    assert picked([attempt(0, scored()), attempt(1, scored(), looked_up=True)]) == 0
    assert picked([attempt(0, scored(6, float("nan"))), attempt(1, scored(6, -1e9))]) == 1
    assert picked([attempt(0, failed()), attempt(1, failed(Outcome.CRASHED))]) == 0
    assert picked([]) is None


# --- The folder of a run ---


def test_runs_are_numbered(tmp_path: Path, model: Path):
    root = tmp_path / "results"
    (root / "7").mkdir(parents=True)
    (root / "notes").mkdir()
    with RunFolder.create(settings(model), environment(), root=root) as run:
        assert run.path == root / "8"
        with RunFolder.create(settings(model), environment(), root=root) as other:
            assert other.path == root / "9"


def test_a_cell_folder_has_the_name_of_its_model_data_set_and_seed(run: RunFolder):
    assert run.cell("google/codegemma-7b", "glm", 3).path == run.path / "google_codegemma-7b/glm/seed_3"
    assert [(cell.dataset, cell.seed) for cell in run.cells()][:4] == [
        ("eight_schools", 1), ("eight_schools", 2), ("eight_schools", 3), ("dugongs", 1),
    ]  # fmt: skip


def test_a_cell_is_finished_when_its_last_file_is_there(cell: Cell):
    cell.record(attempt(0, scored()))
    cell.write("best_program.py", "pass\n")
    assert not cell.finished
    cell.finish({"elpd_loo": float("nan"), "outcome": Outcome.SCORED})
    assert cell.finished
    assert json.loads((cell.path / "diagnostics.json").read_text()) == {"elpd_loo": "nan", "outcome": "scored"}


def test_a_run_continues_with_its_own_settings(run: RunFolder, model: Path):
    run.close()
    with RunFolder.open(run.path, settings(model), environment()) as again:
        assert (again.settings, again.notes) == (run.settings, ())


def test_cells_can_be_added_to_a_run(run: RunFolder, model: Path):
    run.close()
    more = settings(model, seeds="3-5", datasets=["glm"], workers=1, in_flight=2)
    with RunFolder.open(run.path, more, environment()) as again:
        assert again.settings.seeds == (1, 2, 3, 4, 5)
        assert again.settings.datasets == ("eight_schools", "dugongs", "glm")
    assert RunFolder.read(run.path).settings == again.settings


def test_the_models_and_data_sets_that_are_added_are_known_from_then_on(run: RunFolder, model: Path):
    run.close()
    for datasets, added in (({"x": "1"}, {"x": "1"}), ({"y": "2"}, {"x": "1", "y": "2"})):
        RunFolder.open(run.path, settings(model), environment(datasets=datasets)).close()
        assert json.loads((run.path / "environment.json").read_text())["datasets"] == added


def test_other_settings_are_refused_by_name(run: RunFolder, model: Path):
    run.close()
    with pytest.raises(UserError, match=r"temperature is 0\.5, the run began with 0\.3; alpha is 3, .* with 2$"):
        RunFolder.open(run.path, settings(model, temperature=0.5, alpha=3), environment())


@pytest.mark.parametrize(("kind", "what"), [("models", "model"), ("datasets", "data set")])
def test_another_model_or_data_set_of_the_same_name_is_refused(tmp_path: Path, model: Path, kind: str, what: str):
    with RunFolder.create(settings(model), environment(**{kind: {"x": "aaa"}}), root=tmp_path) as run:
        pass
    with pytest.raises(UserError, match=f"the {what} 'x' is not the one"):
        RunFolder.open(run.path, settings(model), environment(**{kind: {"x": "bbb"}}))


def test_other_versions_are_told(run: RunFolder, model: Path):
    run.close()
    with RunFolder.open(run.path, settings(model), environment(versions={"pymc": "5.29.0"})) as again:
        assert again.notes == ("the run began with pymc 5.28.5, and goes on with 5.29.0",)


def test_two_processes_do_not_write_one_run(run: RunFolder, model: Path):
    with pytest.raises(UserError, match=f"is being written by process {os.getpid()} on "):
        RunFolder.open(run.path, settings(model), environment())


def test_the_lock_of_a_dead_process_is_no_lock(run: RunFolder, model: Path):
    run.close()
    (run.path / ".lock").write_text("process 999999 on elsewhere")
    RunFolder.open(run.path, settings(model), environment()).close()


def test_what_a_killed_process_left_half_written_is_removed(run: RunFolder, model: Path):
    run.close()
    left = run.path / "tiny" / ".posterior.nc.123.tmp"
    left.parent.mkdir()
    left.write_text("half")
    RunFolder.open(run.path, settings(model), environment()).close()
    assert not left.exists()


# --- What users and disks do ---


def test_an_output_folder_that_holds_a_run_is_refused_with_what_to_do(run: RunFolder, model: Path):
    with pytest.raises(UserError, match="holds a run: continue it with --resume"):
        RunFolder.create(settings(model), environment(), output=run.path)


@pytest.mark.parametrize("inside", ["", "deeper/"])
def test_an_output_folder_that_is_a_file_is_refused(tmp_path: Path, model: Path, inside: str):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="is a file, or lies in one"):
        RunFolder.create(settings(model), environment(), output=tmp_path / "file" / inside)


def test_an_output_folder_with_other_files_is_refused(tmp_path: Path, model: Path):
    with pytest.raises(UserError, match="is not empty"):
        RunFolder.create(settings(model), environment(), output=tmp_path)


def test_an_output_folder_that_cannot_be_written_is_one_line(tmp_path: Path, model: Path, monkeypatch):
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)
    for where in ({"output": tmp_path / "new"}, {"root": tmp_path / "root"}):
        with pytest.raises(UserError, match=r"cannot write .*: Permission denied"):
            RunFolder.create(settings(model), environment(), **where)


@pytest.mark.parametrize("name", ["config.json", "environment.json"])
@pytest.mark.parametrize("content", [None, "", "{", "[]", '{"format": 99}'])
def test_a_folder_that_holds_no_whole_run_is_refused(run: RunFolder, model: Path, name: str, content: str | None):
    run.close()
    (run.path / name).unlink()
    if content is not None:
        (run.path / name).write_text(content)
    if name == "environment.json" and content == '{"format": 99}':
        RunFolder.open(run.path, settings(model), environment()).close()
        return
    with pytest.raises(UserError, match=r"damaged|holds no run|not whole|another version"):
        RunFolder.open(run.path, settings(model), environment())


def test_a_full_disk_is_one_line_and_loses_nothing(tmp_path: Path, model: Path):
    """A file size limit stands in for the disk: writes beyond it fail as on a full one."""
    code = f"""
import resource, signal, sys
sys.path[:0] = [{str(Path(__file__).resolve().parents[1])!r}, {str(Path(__file__).parent)!r}]
from pathlib import Path
from fabricate import attempt, fit, scored, settings
from commons.utils import UserError
from refinestat.refinegen.store import Cell
cell = Cell(Path({str(tmp_path / "cell")!r}), model="m", dataset="d", seed=1, settings=settings(Path({str(model)!r})))
cell.record(attempt(0, scored(7, -30)), fit(0))
before = (cell.path / "posterior.nc").read_bytes()
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
for work in (lambda: cell.record(attempt(1, scored(7, -29)), fit(1)),
             lambda: [cell.record(attempt(index, scored(1, -90))) for index in range(2, 9)],
             lambda: cell.finish({{"text": "x" * 9999}})):
    try:
        work()
    except UserError as error:
        print(str(error).replace(str(cell.path), "CELL"))
print(before == (cell.path / "posterior.nc").read_bytes(), cell.finished, sorted(p.name for p in cell.path.iterdir()))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    *errors, rest = done.stdout.splitlines()
    assert [line.split(":")[0] for line in errors] == [
        "cannot write CELL/posterior.nc", "cannot write CELL/attempts.jsonl", "cannot write CELL/diagnostics.json",
    ], done.stdout + done.stderr  # fmt: skip
    assert rest == "True False ['attempts.jsonl', 'posterior.nc']"
    log = read_attempts(tmp_path / "cell" / "attempts.jsonl")
    assert log.attempts[0].index == 0


def test_whoever_reads_a_file_while_it_is_replaced_has_all_of_it(tmp_path: Path):
    path = tmp_path / "summary.txt"
    write_text(path, "before")
    with path.open() as reader:
        write_text(path, "after")
        assert (reader.read(), path.read_text()) == ("before", "after")


def test_an_attempt_is_on_the_disk_before_the_next_is_made(cell: Cell, monkeypatch):
    cell.record(attempt(0, scored()))
    synced: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "fsync", lambda handle: synced.append((os.fstat(handle).st_ino, os.fstat(handle).st_size)))
    cell.record(attempt(1, scored()))
    log = (cell.path / "attempts.jsonl").stat()
    assert synced == [(log.st_ino, log.st_size)]


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path, monkeypatch):
    path = tmp_path / "summary.txt"
    write_text(path, "before")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(utils.os, "fsync", full)
    with pytest.raises(UserError, match=r"cannot write .*summary.txt: No space left on device"):
        write_text(path, "after")
    assert (path.read_text(), [each.name for each in tmp_path.iterdir()]) == ("before", ["summary.txt"])


# --- The environment ---


def test_the_environment_names_versions_and_hashes(model: Path):
    found = describe(settings(model), "A")
    assert found["versions"]["pymc"]
    assert len(found["datasets"]["eight_schools"]) == 64
    assert len(found["models"][str(model)]) == 64
    assert found["containment"] == "A"


def test_a_hugging_face_model_is_known_by_its_commit(tmp_path: Path, model: Path, monkeypatch):
    monkeypatch.setattr("refinestat.refinegen.store.environment.HF_HUB_CACHE", str(tmp_path))
    known = settings(model, models=["a/b", "a/c"])
    (tmp_path / "models--a--b" / "refs").mkdir(parents=True)
    (tmp_path / "models--a--b" / "refs" / "main").write_text("c0ffee\n")
    assert describe(known, "A")["models"] == {"a/b": "c0ffee", "a/c": None}


def test_the_hash_of_a_model_follows_its_files(model: Path):
    before = describe(settings(model), "A")["models"]
    (model / "model.safetensors").write_text("{ }")
    assert describe(settings(model), "A")["models"] != before
