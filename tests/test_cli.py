"""Command lines: what users type, and the one line that they read when it is wrong."""

import argparse
import os
import subprocess
import sys
import types
from pathlib import Path

import pytest
from fabricate import environment, model_folder, settings

from commons.config import DEFAULT_MODEL, PAPER_MODELS, RunRequest, Settings, checked, config, model_label, model_source
from commons.utils import UserError, parse_seeds
from refinestat.refinegen import cli
from refinestat.refinegen.store import RunFolder, read_settings

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def model(tmp_path: Path, monkeypatch) -> str:
    folder = str(model_folder(tmp_path))
    monkeypatch.setitem(config, "models", [folder])
    return folder


@pytest.fixture
def requests(monkeypatch) -> list[RunRequest]:
    """What `run` is asked for; nothing is run."""
    asked: list[RunRequest] = []
    stand_in = types.ModuleType("refinestat.refinegen.run")
    stand_in.run = lambda request: asked.append(request) or 0  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "refinestat.refinegen.run", stand_in)
    return asked


def failing(argv: list[str], capsys, command=cli.refinestat_main) -> str:
    """The one line that a wrong command line gives; its exit status is 2."""
    try:
        status = command(argv)
    except SystemExit as end:
        status = end.code
    out, err = capsys.readouterr()
    assert (status, out, err.count("\n")) == (2, "", 1), err
    return err.strip()


# --- Seeds ---


@pytest.mark.parametrize(
    ("text", "seeds"),
    [
        ("7", (7,)),
        ("1-3", (1, 2, 3)),
        ("1,3,5-7,15", (1, 3, 5, 6, 7, 15)),
        ("0", (0,)),
        ("3,1-3", (3, 1, 2)),
        ("2-2", (2,)),
    ],
)
def test_seeds_and_ranges_of_seeds(text: str, seeds: tuple[int, ...]):
    assert parse_seeds(text) == seeds


@pytest.mark.parametrize("text", ["10-1", "a", "-3", "", "1,", "1--2", "1-2-3", "1.5", "٣", "+1", "1_0", "1-a"])
def test_what_is_no_seed_is_named(text: str):
    with pytest.raises(UserError, match=r"^not a seed or a range of seeds \(7 or 1-10\): "):
        parse_seeds(text)


def test_too_many_seeds_are_refused_before_they_are_counted():
    for text in ("1-999999999", "0-9998,20000-30000"):
        with pytest.raises(UserError, match="more than 10000 seeds"):
            parse_seeds(text)


# --- Wrong command lines ---


@pytest.mark.parametrize(
    ("argv", "line"),
    [
        (["--seeds", "10-1"], "argument --seeds: not a seed or a range of seeds (7 or 1-10): '10-1'"),
        (["--seeds", "a"], "argument --seeds: not a seed or a range of seeds (7 or 1-10): 'a'"),
        (["--seeds", "-3"], "argument --seeds: not a seed or a range of seeds (7 or 1-10): '-3'"),
        (["--temperature", "hot"], "argument --temperature: invalid float value: 'hot'"),
        (["--select", "best"], "argument --select: invalid choice: 'best' (choose from 'elpd', 'score')"),
        (["--output", "a", "--resume", "b"], "argument --resume: not allowed with argument --output"),
        (["--sedes", "1"], "unrecognized arguments: --sedes 1"),
    ],
)
def test_wrong_arguments_are_one_line(argv: list[str], line: str, capsys):
    assert failing(argv, capsys) == f"refinestat/main.py: error: {line}"


@pytest.mark.parametrize(
    ("argv", "line"),
    [
        (["--temperature", "-1"], "temperature must be a number from 0 to 5, got -1.0"),
        (["--temperature", "nan"], "temperature must be a number from 0 to 5, got nan"),
        (["--top-p", "0"], "top_p must be a number above 0, at most 1, got 0.0"),
        (["--max-iterations", "0"], "max_iterations must be a whole number from 1 to 100000, got 0"),
        (["--workers", "0"], "workers must be a whole number from 1 to 1024, got 0"),
        (["--top-k", "-1"], "top_k must be a whole number from 0 to 1000000, got -1"),
        (["--min-p", "1.5"], "min_p must be a number from 0 to 1, got 1.5"),
        (["--in-flight", "0"], "in_flight must be a whole number from 1 to 1024, got 0"),
        (["--device", "gpu:1"], "device must be auto, cpu, cuda or cuda:N, got 'gpu:1'"),
        (["--gpu", "-1"], "gpu must be the index of a device, from 0, got -1"),
        (["--datasets", "eight_school"], "unknown data set 'eight_school' (did you mean 'eight_schools'?). There are: "
         "eight_schools, dugongs, glm, gp, surgical"),
        (["--resume", "nowhere"], "nowhere holds no run: there is no nowhere/config.json"),
    ],
)  # fmt: skip
def test_wrong_values_are_one_line(argv: list[str], line: str, capsys, model: str, requests):
    assert failing(argv, capsys) == f"refinestat: error: {line}"
    assert not requests


def test_an_unknown_model_lists_what_there_is(capsys, requests):
    line = failing(["--models", "gpt9"], capsys)
    assert line.startswith(
        "refinestat: error: unknown model 'gpt9': no folder, no Hugging Face id (organisation/name). Known: "
    )
    assert all(name in line for name in (DEFAULT_MODEL, "paper", *PAPER_MODELS))


@pytest.mark.parametrize(
    ("missing", "line"),
    [
        ("config.json", "has no config.json"),
        ("tokenizer.json", "has no tokenizer (tokenizer.json, tokenizer.model or vocab.json)"),
        ("model.safetensors", "has no weights (*.safetensors or *.bin)"),
    ],
)
def test_a_model_folder_that_is_not_whole(missing: str, line: str, capsys, model: str, requests):
    (Path(model) / missing).unlink()
    assert failing(["--models", model], capsys) == f"refinestat: error: model folder {model} {line}"


def test_every_mistake_has_a_line_of_its_own(model: str, capsys, requests):
    assert cli.refinestat_main(["--temperature", "-1", "--datasets", "x"]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 2


def test_without_a_command_the_commands_are_named(capsys):
    assert "required: COMMAND" in failing([], capsys, cli.main)


# --- What is asked for ---


def test_flags_go_over_the_configuration(model: str, requests, tmp_path: Path):
    argv = ["--seeds", "1,4-5", "--temperature", "0.4", "--datasets", "gp", "glm", "--max-iterations", "3"]
    argv += ["--top-p", "0.9", "--statement-retries", "2", "--max-new-tokens", "99", "--select", "score"]
    argv += ["--top-k", "40", "--min-p", "0.05", "--prompt", "chat", "--dtype", "bfloat16", "--quantize", "8bit"]
    argv += ["--workers", "3", "--in-flight", "4", "--gpu", "1", "--no-build", "--i-accept-unsafe-execution"]
    argv += ["--cache", "fits"]
    assert cli.main(["run", *argv, "--output", str(tmp_path / "new")]) == 0
    [request] = requests
    wanted = {
        "seeds": (1, 4, 5), "temperature": 0.4, "datasets": ("gp", "glm"), "max_iterations": 3, "top_p": 0.9,
        "statement_retries": 2, "max_new_tokens": 99, "select": "score", "workers": 3, "in_flight": 4,
        "top_k": 40, "min_p": 0.05, "prompt": "chat", "dtype": "bfloat16", "quantize": "8bit",
    }  # fmt: skip
    assert {key: getattr(request.settings, key) for key in wanted} == wanted
    assert (request.device, request.build, request.unsafe, request.output) == ("gpu:1", False, True, tmp_path / "new")
    assert not request.pickle
    assert request.cache == Path("fits")
    assert request.settings.alpha == config["alpha"]


def test_without_flags_the_configuration_holds(model: str, requests):
    assert cli.refinestat_main([]) == 0
    assert requests == [RunRequest(settings=checked(config))]


def test_a_resumed_run_keeps_its_settings(tmp_path: Path, model: str, requests, monkeypatch):
    began = settings(Path(model), temperature=0.7, seeds="4-6", workers=1)
    with RunFolder.create(began, environment(), root=tmp_path / "results") as run:
        pass
    monkeypatch.setitem(config, "temperature", 0.1)
    assert cli.refinestat_main(["--resume", str(run.path), "--in-flight", "2"]) == 0
    assert cli.refinestat_main(["--resume", str(run.path), "--seeds", "6-7", "--models", "a/b"]) == 0
    request, more = requests
    assert (more.settings.seeds, more.settings.models) == ((4, 5, 6, 7), (model, "a/b"))
    assert (request.settings.temperature, request.settings.seeds, request.settings.in_flight) == (0.7, (4, 5, 6), 2)
    assert request.resume == run.path
    assert read_settings(run.path) == began


# --- How it ends ---


def ending(error: BaseException) -> int:
    def action(_: argparse.Namespace) -> int:
        raise error

    return cli.reporting("refinestat", action, argparse.Namespace())


def test_mistakes_of_tasks_side_by_side_are_told_once(capsys):
    full = UserError("cannot write x: No space left on device")
    assert ending(ExceptionGroup("tasks", [full, ExceptionGroup("inner", [full])])) == 2
    assert capsys.readouterr().err == "refinestat: error: cannot write x: No space left on device\n"


@pytest.mark.parametrize("side_by_side", [False, True])
def test_whoever_is_stopped_by_a_full_disk_is_told_how_to_go_on(capsys, tmp_path: Path, model: str, side_by_side: bool):
    full = UserError("cannot write x: No space left on device")

    def action(_: argparse.Namespace) -> int:
        with RunFolder.create(settings(Path(model)), environment(), root=tmp_path / "results"):
            raise ExceptionGroup("tasks", [full]) if side_by_side else full

    assert cli.reporting("refinestat", action, argparse.Namespace()) == 2
    assert capsys.readouterr().err.splitlines() == [
        "refinestat: error: cannot write x: No space left on device",
        f"refinestat: what is done is kept; to go on: refinestat run --resume {tmp_path / 'results' / '1'}",
    ]


def test_a_bug_is_not_passed_off_as_a_mistake():
    with pytest.raises(ZeroDivisionError):
        ending(ZeroDivisionError())
    with pytest.raises(ExceptionGroup):
        ending(ExceptionGroup("tasks", [UserError("x"), ZeroDivisionError()]))


def test_control_c_is_130(capsys):
    assert ending(KeyboardInterrupt()) == 130
    assert capsys.readouterr().err == "refinestat: stopped\n"


def test_data_sets_are_listed(capsys):
    assert cli.main(["datasets"]) == 0
    assert [line.split()[:2] for line in capsys.readouterr().out.splitlines()] == [
        ["eight_schools", "8"], ["dugongs", "27"], ["glm", "40"], ["gp", "11"], ["surgical", "12"],
    ]  # fmt: skip


@pytest.mark.parametrize("argv", [["refinestat/main.py"], ["-m", "refinestat", "run"], ["-m", "refinestat"]])
def test_help_is_quick_and_loads_nothing_heavy(argv: list[str]):
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *argv, "--help"],
        cwd=ROOT, capture_output=True, text=True, check=True, env={**os.environ, "COLUMNS": "100"},
    )  # fmt: skip
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert not loaded & {"torch", "pymc", "pandas", "numpy", "arviz", "transformers", "syncode", "xarray"}
    assert "usage:" in done.stdout


def test_help_of_a_run_shows_examples(capsys):
    with pytest.raises(SystemExit):
        cli.refinestat_main(["--help"])
    assert "python refinestat/main.py --seeds 1 --datasets eight_schools" in capsys.readouterr().out


# --- The configuration ---


def test_the_configuration_that_is_shipped_is_valid(model: str):
    found = checked(config)
    assert (found.max_iterations, found.alpha, found.beta, found.K, found.temperature) == (35, 2, 3, 5, 0.3)
    assert found.workers >= 1


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"temprature": 1}, "config: unknown key 'temprature' (did you mean 'temperature'?)"),
        ({"alpha": True}, "alpha must be a whole number from 0 to 1000, got True"),
        ({"alpha": 2.0}, "alpha must be a whole number from 0 to 1000, got 2.0"),
        ({"K": 8}, "K must be a whole number from 1 to 7, got 8"),
        ({"target_accept": 1}, "target_accept must be a number between 0 and 1, got 1"),
        ({"refit_target_accept": 1}, "refit_target_accept must be a number between 0 and 1, or None, got 1"),
        ({"pilot": 5}, "pilot must be 0, or a whole number from 20 to 10000, got 5"),
        ({"fit_build_seconds": 0}, "fit_build_seconds must be a number above 0, at most 86400, got 0"),
        ({"chains": 1}, "chains must be a whole number from 2 to 64, got 1"),
        ({"select": "best"}, "select must be \"elpd\" or \"score\", got 'best'"),
        ({"datasets": []}, "datasets must be a list of names, got []"),
        ({"datasets": [1]}, "datasets must be a list of names, got [1]"),
        ({"models": None}, "models must be a list of names, got None"),
        ({"seeds": [-1]}, "seeds must be like \"1,3,5-10\" or a list of whole numbers, got [-1]"),
        ({"seeds": "10-1"}, "not a seed or a range of seeds (7 or 1-10): '10-1'"),
        ({"temperature": float("inf")}, "temperature must be a number from 0 to 5, got inf"),
    ],
)  # fmt: skip
def test_each_wrong_value_is_one_clear_line(changes: dict[str, object], line: str, model: str):
    with pytest.raises(UserError) as error:
        checked({**config, **changes})
    assert str(error.value) == line


def test_a_missing_key_is_named(model: str):
    with pytest.raises(UserError, match=r"^config: no value for 'beta'$"):
        checked({key: value for key, value in config.items() if key != "beta"})


def test_settings_read_back_are_the_same(model: str):
    found = checked(config)
    assert isinstance(found, Settings)
    assert checked({key: getattr(found, key) for key in config}) == found


def test_the_list_of_the_paper(model: str):
    assert checked({**config, "models": ["paper", "google/codegemma-7b"]}).models == PAPER_MODELS


def test_a_folder_of_the_users_is_known_by_its_full_path(model: str, monkeypatch):
    monkeypatch.chdir(Path(model).parent)
    assert checked({**config, "models": ["./tiny"]}).models == (model,)
    assert model_label(model) == "tiny"
    assert model_source("Qwen/Qwen2.5-Coder-7B") == model_label("Qwen/Qwen2.5-Coder-7B") == "Qwen/Qwen2.5-Coder-7B"


def test_two_models_of_one_name_are_refused(model: str, tmp_path: Path):
    other = model_folder(tmp_path / "other")
    with pytest.raises(UserError, match="two models are called 'tiny'"):
        checked({**config, "models": [model, str(other)]})
