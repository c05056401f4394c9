"""The best program is a file that runs by itself, and nothing in it can be more than text or numbers."""

import ast
import dataclasses
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from fabricate import LIKELIHOOD, PRIORS, failed, program, scored

from commons.data_pymc import DATASETS, Dataset, Role, Variable
from commons.diagnostics import CHECKS
from commons.utils import one_line
from refinestat.refinegen.best_program import describe, literal, render
from refinestat.refinegen.records import Assessment, Program, SamplerSettings

EIGHT = DATASETS["eight_schools"]
EVIL = [
    "fine\nimport os",
    "fine\r\nimport os",
    "fine\rimport os",
    "fine\x0cimport os",
    "fine\x0bimport os",
    "fine\x85import os",
    "fine\u2028import os",
    "fine\u2029import os",
    "fine\x00import os",
    '"""\nimport os\n"""',
    "\\\nimport os",
    "{0} {header} %s",
    "# -*- coding: utf-7 -*-",
    "right to left \u202e so gnitropmi",
]


def rendered(
    written: Program | None = None, dataset: Dataset = EIGHT, assessment: Assessment | None = None, **sampler: int
) -> str:
    settings = SamplerSettings(**{"seed": 3, **sampler})
    return render(written or program(), dataset, assessment or scored(), settings, model="tiny", seed=1, K=5)


def shape(text: str) -> list[str]:
    """The statements of a file without their values."""
    return [type(node).__name__ for node in ast.walk(ast.parse(text)) if isinstance(node, ast.stmt)]


def test_the_program_is_in_it_unchanged():
    assert program().source in rendered()


def test_it_imports_nothing_but_the_three_libraries_and_nutpie_where_it_is():
    tree = ast.parse(rendered())
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert names == {"numpy", "pymc", "arviz", "nutpie"}
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]


@pytest.mark.parametrize("name", DATASETS)
def test_the_values_are_the_same_numbers_of_the_same_type(name: str):
    for variable in DATASETS[name].variables:
        back = eval(literal(variable.values), {"np": np})  # our own text
        np.testing.assert_array_equal(back, variable.values)
        assert back.dtype == variable.values.dtype


def test_numbers_survive_whatever_they_are():
    values = np.array([[0.1 + 0.2, 5e-324, -0.0], [1.7976931348623157e308, np.nan, -np.inf]] * 40)
    back = eval(literal(values), {"np": np})
    assert back.tobytes() == values.tobytes()
    assert max(map(len, literal(values).splitlines())) < 120


@pytest.mark.parametrize("text", EVIL)
def test_text_of_a_data_set_stays_text(text: str):
    evil = Dataset(
        name="evil",
        description=text,
        source=text,
        variables=(*EIGHT.variables, Variable(name=f'"]; {text}', values=np.array([1.0, 2]), role=Role.PREDICTOR)),
    )
    innocent = dataclasses.replace(evil, description="x", source="x")
    evil_text = rendered(dataset=evil)
    assert shape(evil_text) == shape(rendered(dataset=innocent))
    assert not [line for line in evil_text.splitlines() if line.startswith("import os")]


@pytest.mark.parametrize("text", EVIL)
def test_a_comment_is_one_line_of_visible_text(text: str):
    assert len(one_line(text).splitlines()) == 1
    assert all(each.isprintable() for each in one_line(text))


def test_reasons_cannot_break_out_either():
    bad = dataclasses.replace(scored(4), checks=tuple(dataclasses.replace(c, why=EVIL[0]) for c in scored(4).checks))
    assert shape(rendered(assessment=bad)) == shape(rendered(assessment=scored(4)))


def test_an_unreliable_program_says_so_at_the_top():
    assert "# verdict:   NOT RELIABLE: 4 of 7 checks pass, 5 are needed" in rendered(assessment=scored(4))
    assert "# verdict:   reliable: 5 of 7 checks pass, 5 are needed" in rendered(assessment=scored(5))


def test_a_program_that_did_not_run_is_described():
    lines = describe(EIGHT, failed(), model="tiny", seed=1, K=5)
    assert lines[-2:] == [
        "verdict:   NOT RELIABLE: 0 of 7 checks pass, 5 are needed",
        "outcome:   build_failed: TypeError: sd",
    ]


def test_what_is_no_python_is_refused():
    with pytest.raises(SyntaxError):
        rendered(dataclasses.replace(program(), likelihood="    pm.Normal(\n"))


def test_builtins_that_the_program_hides_are_given_back():
    hiding = dataclasses.replace(program(), priors=PRIORS + '    sum = float = pm.Normal("sum", mu=0, sigma=1)\n')
    assert "\nfrom builtins import float, sum\n" in rendered(hiding)


def test_recorded_numbers_of_numpy_are_written_plain():
    check = dataclasses.replace(scored().checks[0], value=np.float64(1.01))
    text = rendered(assessment=dataclasses.replace(scored(), checks=(check,)))
    assert 'RECORDED = {\n    "r_hat": 1.01,\n}' in text


@pytest.mark.slow
def test_it_runs_alone_and_prints_the_seven_checks(tmp_path: Path):
    hiding = dataclasses.replace(program(), likelihood=LIKELIHOOD.replace("tau", "max"))
    hiding = dataclasses.replace(hiding, priors=PRIORS.replace("tau", "max"))
    path = tmp_path / "best_program.py"
    path.write_text(rendered(hiding, chains=2, tune=300, draws=300), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-I", path], cwd=tmp_path, capture_output=True, text=True, check=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    _, *rows, last = done.stdout.splitlines()
    assert [row.split()[0] for row in rows] == list(CHECKS)
    assert re.fullmatch(r"[0-7] of 7 checks pass", last)
    elpd = float(rows[-1].split()[1])
    assert elpd == pytest.approx(-30.8, abs=0.8)
