"""Whole numbers whose density PyTensor computes with too few bits. The truth is PyMC's own density."""

import numpy as np
import pymc as pm
import pytest

from commons.data_pymc import DATASETS
from refinestat.refinegen.predicates import judge_source
from refinestat.refinegen.prompts import head

CALLS = {
    "Uniform": [{"lower": -100, "upper": 100}, {"lower": 0, "upper": 100}, {"lower": -30_000, "upper": 30_000}],
    "HalfStudentT": [{"nu": 3, "sigma": 11}, {"nu": 3, "sigma": 12}, {"nu": 3, "sigma": 25}, {"nu": 3, "sigma": 1000}],
    "Laplace": [{"mu": 0, "b": 63}, {"mu": 0, "b": 64}, {"mu": 0, "b": 200}],
    "TruncatedNormal": [
        {"mu": 50, "sigma": 30, "lower": 0, "upper": 100},
        {"mu": -50, "sigma": 30, "lower": -100, "upper": 100},
    ],
    "Triangular": [{"lower": 0, "c": 5, "upper": 20}, {"lower": 0, "c": 10, "upper": 50}],
    "ExGaussian": [{"mu": 0, "sigma": 5, "nu": 2}, {"mu": 0, "sigma": 20, "nu": 10}],
    "BetaBinomial": [{"n": 100, "alpha": 50, "beta": 60}, {"n": 100, "alpha": 100, "beta": 100}],
}
EACH = [(name, parameters) for name, many in CALLS.items() for parameters in many]


def refused(statement: str) -> bool:
    dataset = DATASETS["eight_schools"]
    verdicts = judge_source(f"{head(dataset)}    {statement}\n", dataset)
    return any("bits" in verdict.why for verdict in verdicts if not verdict.ok)


def density(name: str, parameters: dict[str, float]) -> float:
    law = getattr(pm, name).dist(**parameters)
    return float(pm.logp(law, 7).eval(mode="FAST_COMPILE"))


@pytest.mark.parametrize(("name", "parameters"), EACH)
def test_a_whole_number_is_refused_exactly_where_the_same_real_one_has_another_density(name, parameters):
    real = {key: value if key == "n" else float(value) for key, value in parameters.items()}
    wrong = not np.isclose(density(name, parameters), density(name, real))
    written = ", ".join(f"{key}={value}" for key, value in parameters.items())
    assert refused(f'a = pm.{name}("a", {written})') == wrong
    assert not refused(f'a = pm.{name}("a", {", ".join(f"{k}={v}" for k, v in real.items())})')


def test_what_is_no_constant_is_left_to_the_fit():
    assert not refused('b = pm.HalfNormal("b", 1); a = pm.Uniform("a", -100, b)'.replace("; ", "\n    "))
    assert not refused('a = pm.Uniform("a", np.float64(-100), 100)')


def test_a_person_s_own_file_is_refused_only_where_the_density_is_no_number():
    def refusals(statement: str) -> list[str]:
        text = f'import pymc as pm\nwith pm.Model():\n    {statement}\n    pm.Normal("y", a, 1)\n'
        return [verdict.why for verdict in judge_source(text, None) if not verdict.ok]

    assert refusals('a = pm.Uniform("a", -100, 100)')
    assert not refusals('a = pm.HalfStudentT("a", 100, 2000)')
