"""The baselines' command lines: what each asks for, at what cost, and one real run of the cheapest kind."""

import json
import os
import subprocess
import sys
import types
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from fabricate import attempt, environment, failed, model_folder, scored, settings

from commons.budgets import read_budgets
from commons.config import RunRequest, checked, config
from commons.utils import UserError
from refinestat.refinegen import ablation, cli, cli_baselines, several_runs
from refinestat.refinegen.results import newest_runs
from refinestat.refinegen.store import RunFolder
from refinestat.refinegen.strategies import COMBINATIONS, LEFT_OUT, STRATEGIES, Predicates, named
from refinestat.refinegen.tables import write_tables

ROOT = Path(__file__).resolve().parents[1]
SCRIPTS = {
    cli_baselines.base_main: ("base", True, False, True),
    cli_baselines.base_itergen_main: ("base-itergen", True, True, False),
    cli_baselines.baseline_main: ("baseline", False, False, False),
    cli_baselines.syncode_main: ("syncode", True, False, False),
}


@pytest.fixture
def model(tmp_path: Path, monkeypatch) -> Path:
    folder = model_folder(tmp_path)
    monkeypatch.setitem(config, "models", [str(folder)])
    return folder


@pytest.fixture
def requests(monkeypatch) -> list[RunRequest]:
    asked: list[RunRequest] = []
    stand_in = types.ModuleType("refinestat.refinegen.run")
    stand_in.run = lambda request: asked.append(request) or 0  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "refinestat.refinegen.run", stand_in)
    return asked


def budget(folder: Path, **amounts: object) -> Path:
    """A run folder with budgets of the model `tiny`: 100 tokens, 7 fits."""
    folder.mkdir(exist_ok=True)
    every = dict.fromkeys(config["datasets"], 100)
    (folder / "token_budget.json").write_text(json.dumps({"tiny": {**every, **amounts}}))
    (folder / "fit_budget.json").write_text(json.dumps({"tiny": dict.fromkeys(every, 7)}))
    return folder / "token_budget.json"


# --- Which parts are on ---


@pytest.mark.parametrize("main", SCRIPTS, ids=lambda main: main.__name__)
def test_each_script_runs_its_strategy(main, model, requests):
    name, *parts = SCRIPTS[main]
    assert main(["--seeds", "1-5", "--gpu", "0"]) == 0
    [request] = requests
    strategy = named(request.settings.strategy)
    assert [strategy.name, strategy.grammar, strategy.predicates, strategy.refinement] == [name, *parts]
    assert (request.settings.seeds, request.device, request.settings.budgets) == ((1, 2, 3, 4, 5), "gpu:0", None)


def test_the_strategies_are_all_combinations_and_each_predicate_left_out():
    parts = {(s.grammar, s.predicates, s.refinement) for s in COMBINATIONS}
    assert len(parts) == len(COMBINATIONS) == 8
    assert {s.without for s in LEFT_OUT} == {"parse", "distribution", "parameter", "dependency", "support", "type"}
    assert set(ablation.NAMES) == {*STRATEGIES, "refinestat-budget"}


FAULTS = {
    "parse": "    import os\n",
    "distribution": '    mu = pm.Normall("mu", 0, 1)\n',
    "parameter": '    mu = pm.Normal("mu", 0, sd=1)\n',
    "dependency": '    mu = pm.Normal("mu", nu, 1)\n',
    "support": '    mu = pm.Normal("mu", 0, -1)\n',
    "type": '    mu = pm.Normal("mu", 0, 1, shape=3)\n    eta = mu + sigma\n',
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_predicate_that_is_left_out_refuses_nothing_and_the_others_still_do(name):
    from commons.data_pymc import DATASETS
    from refinestat.refinegen.program import statements

    def refusals(without: str, text: str) -> list[str]:
        rules = Predicates(DATASETS["eight_schools"], without)
        symbols, found = rules.start(), []
        for statement in statements(text, 1):
            refusal, symbols = rules.judge(statement, symbols)
            found += [refusal.predicate] if refusal else []
        return found

    assert refusals("", FAULTS[name]) == [name]
    assert refusals(name, FAULTS[name]) == []
    for other, fault in FAULTS.items():
        assert refusals(name, fault) == ([] if other == name else [other])


def test_a_strategy_that_is_not_there_is_named(model, capsys, requests):
    with pytest.raises(
        UserError, match=r"^unknown strategy 'bas'\. There are: refinestat, base, base-itergen, syncode"
    ):
        named("bas")


# --- Equal cost ---


def test_the_budget_of_a_run_is_read_in_the_unit_that_is_asked_for(model, requests, tmp_path):
    file = budget(tmp_path / "run")
    for flags, amount in (
        ([str(file)], 100), ([str(file.parent)], 100), ([str(file), "--budget", "tokens"], 100),
        ([str(file), "--budget", "fits"], 7), ([str(file.parent), "--budget", "fits"], 7),
    ):  # fmt: skip
        assert cli_baselines.base_main(["--token-budget", *flags]) == 0
        found = requests[-1].settings
        assert (found.budgets["tiny"]["gp"], found.budget) == (amount, "fits" if amount == 7 else "tokens")


@pytest.mark.parametrize(
    ("content", "flags", "line"),
    [
        (None, [], "there is no budget {file}: a run of refinestat/main.py writes it when it ends"),
        ("{", [], "the budget {file} is damaged: "),
        ("[1]", [], "the budget {file} must be {{model: {{data set: amount}}}}, got [1]"),
        ('{"tiny": {"gp": 0}}', [], "the budget {file} must hold numbers above 0, got 0 for gp with tiny"),
        ('{"tiny": {"gp": NaN}}', [], "the budget {file} must hold numbers above 0, got nan for gp with tiny"),
        ('{"tiny": {"gp": 9}}', [], "the budget has no amount for dugongs with tiny; it has: tiny: gp"),
        ('{"tiny": {"gp": 9}}', ["--budget", "fits"], "there is no budget {folder}/fit_budget.json: "),
    ],
)
@pytest.mark.usefixtures("model")
def test_a_wrong_budget_is_one_clear_line(content, flags, line, tmp_path, capsys):
    file = tmp_path / "token_budget.json"
    if content is not None:
        file.write_text(content)
    argv = ["--datasets", "gp", "dugongs", "--token-budget", str(file), *flags]
    assert cli_baselines.baseline_main(argv) == 2
    [told] = capsys.readouterr().err.splitlines()
    assert told.startswith("refinestat: error: " + line.format(file=file, folder=tmp_path))


def test_a_unit_without_amounts_is_a_mistake(model, capsys, requests):
    assert cli_baselines.base_main(["--budget", "seconds"]) == 2
    assert "--budget seconds says what is counted: name the amounts with --token-budget FILE" in capsys.readouterr().err


def test_the_budget_is_kept_in_the_settings_of_the_run(model, requests, tmp_path):
    cli_baselines.base_main(["--token-budget", str(budget(tmp_path / "run", gp=250))])
    with RunFolder.create(requests[0].settings, environment(), root=tmp_path / "results") as run:
        pass
    assert cli.main(["run", "--resume", str(run.path)]) == 0
    assert requests[1].settings == requests[0].settings
    assert requests[1].settings.budgets["tiny"]["gp"] == 250


# --- Many runs in one folder ---


@pytest.fixture
def made_up(monkeypatch):
    """Instead of a run: its folder, with one program per search."""

    def run(request: RunRequest) -> int:
        asked.append(request)
        if request.resume is not None:
            opened = RunFolder.open(request.resume, request.settings, environment())
        else:
            opened = RunFolder.create(request.settings, environment(), output=request.output)
        with opened as folder:
            for cell in folder.cells():
                good = cell.seed % 4 != 0
                if not cell.finished:
                    cell.record(attempt(0, scored(7, -30.0 - cell.seed) if good else failed(), generated_tokens=100))
                    cell.finish({})
            write_tables(folder)
        return 0

    asked: list[RunRequest] = []
    monkeypatch.setattr(ablation, "run", run)
    monkeypatch.setattr(several_runs, "run", run)
    return asked


def request_for(model: Path, output: Path, **changes) -> RunRequest:
    return RunRequest(settings=settings(model, seeds="1-2", **changes), output=output)


def test_an_ablation_gives_every_strategy_what_the_whole_method_used(model, made_up, tmp_path, capsys):
    assert ablation.ablation(request_for(model, tmp_path / "out"), ["refinestat-budget", "baseline"]) == 0
    assert [request.settings.strategy for request in made_up] == ["refinestat", "refinestat", "baseline"]
    assert [request.settings.budgets for request in made_up] == [
        None,
        *2 * [{"tiny": {"eight_schools": 120, "dugongs": 120}}],
    ]
    out = capsys.readouterr().out
    assert "refinestat-budget" in out
    assert (tmp_path / "out" / "comparison" / "compare.xlsx").is_file()
    assert out.splitlines()[-1] == f"Everything is in {tmp_path / 'out'}"


def test_an_ablation_goes_on_with_what_is_not_finished(model, made_up, tmp_path):
    request = request_for(model, tmp_path / "out")
    ablation.ablation(request, ["baseline", "base"])
    (tmp_path / "out" / "base" / "tiny" / "dugongs" / "seed_2" / "diagnostics.json").unlink()
    made_up.clear()
    assert ablation.ablation(replace(request, output=None, resume=tmp_path / "out"), ["baseline", "base"]) == 0
    [again] = made_up
    assert (again.resume, again.settings.strategy) == (tmp_path / "out" / "base", "base")


def test_an_ablation_that_is_stopped_stops(model, monkeypatch, tmp_path):
    monkeypatch.setattr(ablation, "run", lambda request: 130)
    assert ablation.ablation(request_for(model, tmp_path / "out"), ["base"]) == 130
    with pytest.raises(UserError, match="unknown strategy 'bas'"):
        ablation.ablation(request_for(model, tmp_path / "out"), ["bas"])


def test_several_runs_take_seeds_of_their_own_and_the_best_of_each_counts(model, made_up, tmp_path, capsys):
    assert several_runs.several_runs(request_for(model, tmp_path / "out", strategy="syncode"), 3, 2) == 0
    assert [request.settings.seeds for request in made_up] == [(1, 2), (3, 4), (5, 6)]
    by_run = pd.read_csv(tmp_path / "out" / "analysis" / "best_of_runs.csv")
    schools = by_run[by_run["dataset"] == "eight_schools"]
    assert schools["elpd_loo"].tolist() == [-31, -33, -35]
    assert schools["run_rate"].tolist() == [1, 0.5, 1]
    over = pd.read_csv(tmp_path / "out" / "analysis" / "aggregated_runs.csv").set_index("dataset").loc["eight_schools"]
    assert [over["runs"], over["reliable_runs"], over["elpd_loo_mean"], over["elpd_loo_sd"]] == [3, 3, -33, 2]
    assert "-33.00 ± 2.00" in capsys.readouterr().out


def test_one_run_has_no_standard_deviation_and_says_so(model, made_up, tmp_path, capsys):
    several_runs.several_runs(request_for(model, tmp_path / "out"), 1, 1)
    assert "n = 1 run: no standard deviation." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("flags", "line"),
    [
        (["--runs", "0"], "--runs must be a whole number from 1, got 0"),
        (["--seeds-per-run", "-1"], "--seeds-per-run must be a whole number from 1, got -1"),
        (["--seeds", "1-3"], "several runs number their seeds themselves, and cannot be resumed: leave out --seeds"),
    ],
)
def test_wrong_numbers_of_runs_are_one_line(flags, line, model, capsys, requests):
    assert cli_baselines.base_multi_main(flags) == 2
    assert line in capsys.readouterr().err


def test_the_newest_run_of_each_strategy_is_aggregated(model, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match=r"^results/Baseline holds no run of a baseline yet"):
        newest_runs(Path("results"))
    places = [
        "refinestat-main/1",
        "Baseline/base/1",
        "Baseline/base/2",
        "Baseline/base-multi/1/run_1",
        "Baseline/base-multi/1/run_2",
    ]
    for age, place in enumerate(places):
        strategy = {"refinestat-main/1": "refinestat", "Baseline/base/1": "base", "Baseline/base/2": "base"}.get(
            place, "syncode"
        )
        seeds = "3" if place.endswith("run_2") else "1-2"
        with RunFolder.create(
            settings(model, strategy=strategy, seeds=seeds), environment(), output=Path("results") / place
        ):
            pass
        os.utime(Path("results") / place, (age, age))
    found = [str(path.relative_to("results")) for path in newest_runs(Path("results"))]
    assert found == [
        "refinestat-main/1",
        "Baseline/base/2",
        "Baseline/base-multi/1/run_1",
        "Baseline/base-multi/1/run_2",
    ]
    assert cli_baselines.result_main([]) == 0
    assert Path("results/compare/1/compare.txt").is_file()


# --- For real ---


@pytest.mark.slow
def test_a_comparison_of_real_runs(tmp_path):
    """Grammar or none, one search or more, compared: every script is one of these with other switches."""
    flags = ["--seeds", "1", "--datasets", "eight_schools", "--temperature", "0.8", "--output", "out"]
    done = subprocess.run(
        [sys.executable, "-m", "refinestat", "ablation", *flags, "--strategies", "baseline"],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "Everything is in out"
    used = read_budgets(tmp_path / "out" / "refinestat", "tokens")["refinestat-slm"]["eight_schools"]
    figures = pd.read_csv(tmp_path / "out" / "comparison" / "figures.csv").set_index(["dataset", "strategy"])
    baseline = figures.loc[("eight_schools", "baseline")]
    assert baseline["tokens_per_search"] >= used or baseline["programs"] == 105
    again = json.loads((tmp_path / "out" / "baseline" / "config.json").read_text())
    assert checked({key: value for key, value in again.items() if key != "format"}).strategy == "baseline"
    for script in ("Baseline/result.py", "refinestat/base.py"):
        assert subprocess.run([sys.executable, str(ROOT / script), "--help"], check=True, capture_output=True).stdout
