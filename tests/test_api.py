"""RefineStat from Python: nothing is loaded before it is used, the documented example runs, mistakes are one line."""

import asyncio
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from fabricate import attempt, scored, searched

import refinestat
from commons.utils import UserError

ROOT = Path(__file__).resolve().parents[1]


def test_importing_loads_nothing_heavy(tmp_path: Path):
    code = "import sys, refinestat; print(sorted({'numpy', 'pandas', 'torch', 'pymc', 'arviz'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_names_are_offered_and_others_are_not():
    assert {"compare", "load_run", "synthesize"} <= set(dir(refinestat))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        refinestat.nothing  # noqa: B018


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> Any:
    story = {
        ("eight_schools", 1): [attempt(0, scored(6, -31.0)), attempt(1, scored(7, -30.0))],
        ("eight_schools", 2): [attempt(0, scored(6, -29.0))],
    }
    made = searched(tmp_path_factory.mktemp("run"), story, seeds="1-3", datasets=["eight_schools"])
    return refinestat.load_run(made.path)


def test_draws_are_inference_data_of_the_best_seed_or_the_one_named(run: Any):
    best, first = run.posterior("eight_schools"), run.posterior("eight_schools", seed=1)
    assert best.posterior["theta"].shape == (4, 200, 8)
    assert not best.posterior["mu"].equals(first.posterior["mu"])
    assert best.observed_data["outcome"].shape == (8,)
    assert run.posterior("eight_schools", seed=3) is None


def test_a_search_that_is_not_there_is_one_line(run: Any):
    with pytest.raises(UserError, match="holds no searches for glm"):
        run.posterior("glm")


def test_a_run_shows_itself_in_a_notebook(run: Any):
    shown = run._repr_html_()
    assert "-29.00" in shown
    assert "1 of 3 searches have not ended" in shown


def test_runs_are_compared_by_path_or_loaded(run: Any, monkeypatch):
    from refinestat.refinegen import api

    monkeypatch.setattr(api.comparison, "compare", lambda runs, **how: (runs, how))
    runs, how = refinestat.compare(run.path, str(run.path), run, force=True)
    assert [each.path for each in runs] == [run.path] * 3
    assert runs[2] is run
    assert how == {"against": "refinestat", "force": True}


@pytest.mark.parametrize("wrong", [5, None, ["a", "b"]])
def test_what_is_no_path_is_no_run(wrong: Any):
    for read in (refinestat.load_run, refinestat.compare):
        with pytest.raises(UserError, match=f"^a run is named by the path of its folder, got {type(wrong).__name__}$"):
            read(wrong)


def test_a_comparison_shows_itself_in_a_notebook(run: Any):
    shown = refinestat.compare(run)._repr_html_()
    assert "<td>refinestat</td>" in shown
    assert "1 of 3 searches have not ended" in shown


def test_an_answer_shows_itself_in_a_notebook_and_its_texts_stay_texts():
    hostile = "<script>alert(1)</script>"
    checks = [{"check": "r_hat", "value": 1.01, "rule": "< 1.05", "passed": True, "why": ""},
              {"check": "bfmi", "value": float("nan"), "rule": "> 0.3", "passed": False, "why": hostile}]  # fmt: skip
    found = refinestat.Synthesis(
        dataset=hostile, model=hostile, seed=1, reliable=False, verdict="NOT RELIABLE: 1 of 7 checks pass",
        source=f"# {hostile}", program="", checks=pd.DataFrame(checks), elpd_loo=-1.5, elpd_se=0.25,
        attempts=pd.DataFrame({"index": [0]}), inference_data=None,
    )  # fmt: skip
    shown = found._repr_html_()
    assert "<script" not in shown
    assert shown.count("&lt;script&gt;") == 4
    assert "-1.50 (standard error 0.25); 1 program drawn" in shown


@pytest.mark.parametrize(
    ("data", "arguments", "said"),
    [
        ("nowhere.csv", {}, "nowhere.csv"),
        ({"x": [1, 2, 3], "y": [1, 2]}, {"outcome": "y"}, "one length"),
        ({"x": [1.0, 2, 4], "y": [1.0, 2, 3]}, {"outcome": "z"}, "'z'"),
        ({"x": [1.0, 2, 4], "y": [2.0, 2, 2]}, {"outcome": "y"}, "always 2"),
        ({"x": [1.0, 2, 4], "y": [1.0, 2, 5]}, {"outcome": "y", "roles": {"x": "boss"}}, "boss"),
        ({"x": [1.0, 2, 4], "y": [1.0, 2, 5]}, {"outcome": "y", "roles": ["x"]}, "roles must map columns to roles"),
        ([1, 2, 3], {"outcome": "y"}, "data must be a frame, a mapping of columns, a file"),
        (pd.DataFrame({"y": []}), {"outcome": "y"}, "data has no rows"),
        ("eight_schools", {"outcome": "sigma"}, "has its outcome"),
        ("eight_schools", {"seeds": "1-3"}, "seeds cannot be set"),
        ("eight_schools", {"temperatur": 1}, "did you mean 'temperature'"),
    ],
)
def test_a_mistake_is_one_line(data: Any, arguments: dict[str, Any], said: str, tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match=re.escape(said)) as mistake:
        refinestat.synthesize(data, **arguments)
    assert len(str(mistake.value).splitlines()) == 1


def test_a_running_event_loop_is_no_obstacle(monkeypatch):
    from refinestat.refinegen import api

    async def complete(request: Any, folders: list[Path]) -> str:
        await asyncio.sleep(0)
        folders.append(Path(request.name))
        return ""

    monkeypatch.setattr(api, "complete", complete)
    folders: list[Path] = []

    async def notebook() -> None:
        api._wait(SimpleNamespace(name="here"), folders)

    api._wait(SimpleNamespace(name="there"), folders)
    asyncio.run(notebook())
    assert folders == [Path("there"), Path("here")]


@pytest.mark.slow
def test_the_documented_example_runs(tmp_path: Path, monkeypatch, capsys):
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "docs/python.md").read_text(), re.DOTALL)
    assert len(blocks) == 3
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    for block in blocks:
        exec(compile(block, "docs/python.md", "exec"), names)
    assert names["found"].verdict in capsys.readouterr().out
    assert (tmp_path / "trees.py").read_text() == names["found"].program != ""
    assert (tmp_path / "trees-run/analysis/report.html").is_file()
