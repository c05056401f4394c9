import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from commons.utils import UserError
from refinestat.refinegen.cli import check_main
from refinestat.refinegen.linter import check

ROOT = Path(__file__).resolve().parents[1]
GOOD = """import numpy as np
import pymc as pm

y = np.array([1.0, 2.0, 4.0])
with pm.Model() as model:
    mu = pm.Normal("mu", 0, 10)
    pm.Normal("obs", mu=mu, sigma=1, observed=y)
"""
BAD = GOOD.replace("sigma=1", "sd=-1")


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
    place, line, column, rule, message = capsys.readouterr().out.strip().split(":", 4)
    assert (place, line, rule) == (str(model), "7", " parameter")
    assert int(column) >= 5
    assert "'sd'" in message
    assert "sigma" in message


def test_json_is_a_list_of_records(model, capsys):
    model.write_text(BAD)
    check([str(model)], style="json")
    (row,) = json.loads(capsys.readouterr().out)
    assert row["file"] == str(model)
    assert (row["line"], row["rule"]) == (7, "parameter")
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
