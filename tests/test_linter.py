# ruff: noqa: E501 - programs stand on one line

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from commons.utils import UserError
from refinestat.refinegen.cli import check_main
from refinestat.refinegen.linter import CheckRequest, findings_of
from refinestat.refinegen.linter import check as check_request

ROOT = Path(__file__).resolve().parents[1]
GOOD = """import numpy as np
import pymc as pm

y = np.array([1.0, 2.0, 4.0])
with pm.Model() as model:
    mu = pm.Normal("mu", 0, 10)
    pm.Normal("obs", mu=mu, sigma=1, observed=y)
"""
BAD = GOOD.replace("sigma=1", "sd=-1")


def check(files, **options):
    return check_request(CheckRequest(files=files, **options))


@pytest.fixture
def model(tmp_path):
    path = tmp_path / "model.py"
    path.write_text(GOOD)
    return path


def test_an_accepted_program_is_silent_and_status_0(model, capsys):
    assert check([str(model)]) == 0
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err == "1 file checked, nothing refused\n"


def test_a_refusal_names_file_line_column_and_rule(model, capsys):
    model.write_text(BAD)
    assert check([str(model)]) == 1
    first, second = capsys.readouterr().out.splitlines()
    place, line, column, rule, message = first.split(":", 4)
    assert (place, line, rule) == (str(model), "7", " parameter")
    assert int(column) >= 5
    assert message == " pm.Normal: no parameter 'sd'; it has mu, sigma, tau"
    assert second == "  help: did you mean 'sigma'?"


def test_json_is_a_list_of_records(model, capsys):
    model.write_text(BAD)
    check([str(model)], style="json")
    (row,) = json.loads(capsys.readouterr().out)
    assert row["file"] == str(model)
    assert (row["line"], row["rule"], row["help"]) == (7, "parameter", "did you mean 'sigma'?")
    model.write_text(GOOD)
    check([str(model)], style="json")
    assert json.loads(capsys.readouterr().out) == []


def test_github_annotations_cannot_be_broken_out_of(tmp_path, capsys):
    path = tmp_path / "a,b:c.py"
    path.write_text(BAD)
    check([str(path)], style="github")
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("::error file=")
    assert "a%2Cb%3Ac.py,line=7,col=" in line


def test_standard_input_is_read(capsys, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(BAD.encode())))
    assert check(["-"]) == 1
    assert capsys.readouterr().out.startswith("<stdin>:7:")


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"", b"x = '\xed\xa0\x80'\n", b"\x00", b"(" * 70_000])
def test_any_bytes_are_refused_and_never_an_error(tmp_path, data, capsys):
    path = tmp_path / "x.py"
    path.write_bytes(data)
    assert check([str(path)]) == 1
    assert capsys.readouterr().out.startswith(f"{path}:")


def test_a_file_that_is_not_there_is_a_mistake_of_the_user(tmp_path):
    with pytest.raises(UserError, match=r"cannot read .*none\.py: No such file"):
        check([str(tmp_path / "none.py")])
    assert check_main([str(tmp_path / "none.py")]) == 2
    assert check_main([str(tmp_path)]) == 2


def test_checking_a_file_is_quick_and_loads_no_pymc(model):
    code = (
        "import sys; sys.path[0] = sys.argv.pop(1)\n"
        "from refinestat.refinegen.cli import check_main\n"
        "status = check_main(sys.argv[1:])\n"
        "assert not {'pymc', 'pytensor', 'torch', 'pandas', 'arviz'} & set(sys.modules)\n"
        "sys.exit(status)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(ROOT), str(model)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("line", "help_"),
    [
        ("s = pm.Norml('s', 0, 1)", "did you mean 'Normal'?"),
        ("s = pm.HalfNormal('s', 1); v = s**2; pm.Normal('k', 0, v)", "pass its square root"),
        ("s = pm.Normal('s', mul, 1)", "did you mean 'mu'?"),
        ("s = pt.exp(mu)", "import pytensor.tensor as pt"),
        ("s = 1 if mu > 0 else 2", ""),
    ],
)
def test_the_obvious_fix_has_a_line_of_its_own(line, help_):
    first = findings_of("a.py", GOOD.replace("    pm.Normal", f"    {line}\n    pm.Normal"))[0]
    assert first.help == help_
    assert not help_ or help_ not in first.message


OUTCOME = GOOD.replace("with pm", "z = y * 2\nwith pm")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (OUTCOME, ""),
        (OUTCOME.replace("observed=y", "observed=y[:2]"), "observed whole"),
        (OUTCOME.replace('"mu", 0', '"mu", z.mean()'), "passed as mu"),
        (OUTCOME.replace('"mu", 0', '"mu", y.mean()'), ""),
        (OUTCOME.replace("observed=y", "observed=z"), "observed whole"),
        (OUTCOME + "    pm.Normal('again', mu, 1, observed=y)\n", "more than once"),
        (OUTCOME.replace(", observed=y", ""), "is not observed"),
        (OUTCOME + "    print(y / 2)\n    idata = pm.sample()\n", ""),
        ("import pandas as pd\n" + OUTCOME.replace("y = np.array([1.0, 2.0, 4.0])", "y = pd.read_csv('y')['y']"), ""),
        ("d = read('y')\n" + OUTCOME.replace("observed=y", "observed=d['y'].to_numpy()"), ""),
        ("import pandas as pd\nd = pd.read_csv('y')\n" + OUTCOME.replace("observed=y", "observed=d.y"), ""),
        ("import pandas as pd\nd = pd.read_csv('y')\n" + OUTCOME.replace('"mu", 0', '"mu", d.y'), "passed as mu"),
        ("import numpy as np\nimport pymc as pm\nwith pm.Model() as model:\n    a = pm.Normal('a', 0, 1)\n"
         "    pm.Normal('o', a, 1, observed=data['y'])\n", ""),
    ],
)  # fmt: skip
def test_the_guards_are_on_where_a_person_names_the_outcome(text, why):
    found = findings_of("a.py", text, outcome="y")
    assert why in found[0].message if why else found == []


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("def f(x, y):\n    with pm.Model():\n        a = pm.Normal('a')\n        pm.Normal('o', a * x, 1, observed=y)\n", ""),
        ("def f(y):\n    with pm.Model():\n        a = pm.Normal('a', y, 1)\n        pm.Normal('o', a, 1, observed=y)\n",
         "passed as mu"),
        ("def f():\n    with pm.Model():\n        a = pm.Normal('a')\n        pm.Normal('o', a, 1, observed=y)\n", ""),
        ("class A:\n    def f(self):\n        with pm.Model():\n            b = pm.Normal('b')\n"
         "            pm.Normal('o', b, 1, observed=self.y)\n", ""),
        ("with pm.Model() as m:\n    a = pm.Normal('a')\n    pm.Normal('o', a, 1, observed=y)\nwith m:\n    pm.sample()\n", ""),
        ("with pm.Model() as m:\n    a = pm.Normal('a')\n    pm.Normal('o', a, 1, observed=y)\n"
         "with pm.Model():\n    pm.Flat('a')\n", ""),
        ("def prior():\n    return pm.Normal('a')\nwith pm.Model():\n    pm.Normal('o', prior(), 1, observed=y)\n", ""),
        ("with pm.Model() as m:\n    a = pm.Normal('a', y.mean(), y.std())\n    pm.Normal('o', a, 1, observed=y)\n", ""),
        ("with pm.Model() as m:\n    a = pm.Normal('a', y.sum(), 1)\n    pm.Normal('o', a, 1, observed=y)\n", "passed as mu"),
        ("def f(y):\n    with pm.Model():\n        pm.Normal('a')\n", "is not observed"),
    ],
)  # fmt: skip
def test_the_outcome_is_followed_wherever_the_model_stands(body, why):
    found = findings_of("a.py", "import pymc as pm\ny = load()\n" + body, outcome="y")
    assert why in found[0].message if why else found == []


def test_what_follows_a_second_observation_is_still_judged():
    text = OUTCOME + "    pm.Normal('again', mu, 1, observed=y)\n    a = pm.Normal('a')\n    pm.Normal('b', 0, -1)\n"
    assert [found.rule for found in findings_of("a.py", text, outcome="y")] == ["guards", "support"]


@pytest.mark.parametrize("line", ["z = data.get('y') + 1", "z = {**data}['y'] * 2", "z = list(data.values())[0]"])
def test_the_outcome_is_found_in_whatever_holds_all_data(line):
    text = (
        f"with pm.Model() as m:\n    a = pm.Normal('a')\n    {line}\n    pm.Normal('o', a + z, 1, observed=data['y'])\n"
    )
    for known in ({}, {"data": {"y": [1.0, 2.0]}}):
        assert findings_of("a.py", text, outcome="y", known=known)[0].rule == "guards"


def test_an_outcome_that_is_nowhere_is_a_mistake_of_the_user(model):
    with pytest.raises(UserError, match="no variable or column 'height'"):
        check([str(model)], outcome="height")


def test_lines_for_a_notebook_alone_are_left_out(model):
    model.write_text("%matplotlib inline\n!pip install pymc\n" + GOOD)
    assert check([str(model)]) == 0
    model.write_text("%matplotlib inline\n" + BAD)
    assert check([str(model)]) == 1


def test_files_without_a_model_can_be_left_out(tmp_path, model, capsys):
    other = tmp_path / "other.py"
    other.write_text("x = 1\n")
    assert check([str(model), str(other)]) == 1
    capsys.readouterr()
    assert check([str(model), str(other)], only_models=True) == 0
    assert capsys.readouterr().err == "1 file checked, nothing refused\n"


def test_values_that_were_seen_are_judged():
    known = {"y": [1.0, -2.0], "n": 3, "d": {"a": 2.5}}
    text = "import pymc as pm\ny, n, d = load()\nwith pm.Model():\n    "
    assert findings_of("a.py", text + "pm.Gamma('g', 2, 1, observed=y)\n") == []
    (found,) = findings_of("a.py", text + "pm.Gamma('g', 2, 1, observed=y)\n", known=known)
    assert found.rule == "support"
    (found,) = findings_of("a.py", text + "pm.Normal('g', 0, shape=n)[5]\n", known=known)
    assert "out of range" in found.message
    (found,) = findings_of("a.py", text + "pm.Normal('g', d['b'])\n", known=known)
    assert "d has no 'b'" in found.message
