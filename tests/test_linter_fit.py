"""What `check --fit` samples: each model at the top of a file, with the values that its data section made."""

import ast

import numpy as np
import pytest

from refinestat.refinegen.fitting.data_section import Table
from refinestat.refinegen.linter import CheckRequest, check
from refinestat.refinegen.linter.fit_program import models, program, with_observed

FILE = """\
import numpy as np
import pandas as pd
import pymc as pm
import arviz as az

def standard(x):
    return (x - x.mean()) / x.std()

df = pd.read_csv("heights.csv")
x = standard(df["x"]).to_numpy()
unused = 3
small = x < 0

with pm.Model() as line:
    y = pm.Data("y", df["y"].to_numpy())
    a = pm.Normal("a", 0, 1, shape=2)
    s = pm.HalfNormal("s", 1)
    pm.Normal("obs", a[small * 1] * standard(x), s, observed=y)
    idata = pm.sample()
    best = idata.posterior.mean()
    print(best)

with line:
    b = pm.Deterministic("b", a / s)
    az.plot_trace(idata)

with pm.Model():
    pm.Normal("z", pm.Normal("m"), 1, observed=df.y)
"""
KNOWN = {
    "x": np.array([0.5, -0.5, 0.0]),
    "small": np.array([False, True, False]),
    "unused": 3,
    "df": Table(x=np.array([1.0, 2.0, 1.5]), y=np.array([1, 2, 3])),
    "refinestat_observed_14": np.array([1.0, 2.0, 3.0]),
    "refinestat_observed_27": np.array([1.0, 2.0, 3.0]),
}


def test_models_at_the_top_are_found_with_the_blocks_that_fill_them():
    first, second = models(FILE)
    assert (first.name, first.line, len(first.blocks)) == ("line", 14, 2)
    assert (second.name, second.line) == ("model_27", 27)
    assert [ast.unparse(each) for each in first.observed] == ["df['y'].to_numpy()"]


def test_what_is_observed_is_kept_by_the_data_section():
    kept = with_observed("x = 1\n", models(FILE))
    assert kept.startswith("x = 1\nrefinestat_observed_14 = __import__('numpy').asarray(df['y'].to_numpy())\n")


def test_a_program_holds_what_its_model_needs_and_nothing_else():
    source, dataset = program(FILE, models(FILE)[0], KNOWN)
    assert source.endswith("model = line\n")
    for wanted in ("import pymc as pm", "def standard", "x = data['x']", "small = data['small'].astype(bool)",
                   "df = pandas.DataFrame({'x': data['df.0'], 'y': data['df.1']})", "'b', a / s"):  # fmt: skip
        assert wanted in source
    for unwanted in ("sample", "print", "best", "arviz", "unused", "read_csv"):
        assert unwanted not in source
    assert dataset.outcome.values.tolist() == [1.0, 2.0, 3.0]
    assert {variable.name for variable in dataset.variables} == {"refinestat_observed", "x", "small", "df.0", "df.1"}


@pytest.mark.parametrize(
    ("text", "known", "why"),
    [
        (
            "import pymc as pm\nwith pm.Model() as m:\n    pm.Normal('a')\n",
            {},
            "one observed variable is needed, got 0",
        ),
        ("import pymc as pm\nwith pm.Model() as m:\n    pm.Normal('a', observed=y)\n", {}, "values of y are not known"),
    ],
)
def test_why_a_model_cannot_be_sampled(text, known, why):
    assert why in program(text, models(text)[0], known)


@pytest.mark.slow
def test_a_file_is_sampled_with_data_of_its_own_folder(tmp_path, capsys):
    pytest.importorskip("pymc")
    rng = np.random.default_rng(1)
    x = rng.normal(size=30)
    rows = "".join(f"{a},{2 * a + rng.normal(scale=0.5)}\n" for a in x)
    (tmp_path / "heights.csv").write_text("x,y\n" + rows)
    (tmp_path / "m.py").write_text(FILE)
    assert check(CheckRequest(files=[str(tmp_path / "m.py")], run_data=True, fit=True)) == 0
    shown = capsys.readouterr().out
    assert "m.py:14: line" in shown
    assert "m.py:27: model_27" in shown
    assert shown.count("of 7 checks pass") == 2


def test_a_file_with_models_in_functions_alone_says_so(tmp_path, capsys):
    from refinestat.refinegen.linter.fit import fit

    assert not fit("a.py", "import pymc as pm\ndef f():\n    with pm.Model() as m:\n        pm.Normal('a')\n", {})
    assert "no model at the top of the file" in capsys.readouterr().out
