"""How the data are offered: scaling, the copy that a run keeps, the file that a user takes home, hostile texts."""

import ast
import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from own_tables import prepared, written

from commons.data_pymc import BUILT_IN, DATASETS, Dataset, Role, Variable, data_section, register
from commons.diagnostics import Check
from commons.owndata import registry, stored
from commons.owndata.column import Column, ColumnKind
from commons.owndata.describe import description
from commons.owndata.prepare import prepare
from commons.owndata.present import Used, present
from commons.owndata.scales import of_predictor
from commons.owndata.spec import ColumnRole, Spec
from commons.utils import UserError
from refinestat.refinegen import prompts
from refinestat.refinegen.best_program import describe, render
from refinestat.refinegen.effects import Slope, lines, slopes, weights
from refinestat.refinegen.predicates import gate
from refinestat.refinegen.records import Assessment, Outcome, Program, SamplerSettings

RANDOM = np.random.default_rng(5)
X = RANDOM.uniform(1950, 2020, 50).round(1)
SCORED = Assessment(
    outcome=Outcome.SCORED,
    checks=(Check(name="r_hat", value=1.0, threshold=1.05, rule="< 1.05", passed=True),),
    elpd_loo=-10.0,
    elpd_se=1.0,
)


def offered(tmp_path: Path, y: np.ndarray, **said: object) -> Dataset:
    return prepared(tmp_path, {"era": X.tolist(), "y": y.tolist()}, "y", **said).dataset  # type: ignore[arg-type]


def test_what_is_far_from_scale_1_is_standardised_and_the_raw_values_are_kept(tmp_path: Path):
    dataset = offered(tmp_path, (X * 50 - 99_000).round(1))
    for name in ("era", "y"):
        assert abs(dataset[name].values.mean()) < 0.1
    assert dataset["y"].values.std() == pytest.approx(1, abs=0.01)
    assert np.array_equal(dataset["era"].raw, X)


@pytest.mark.parametrize("shape", [RANDOM.uniform(0, 1, 90), RANDOM.normal(0, 1, 90), RANDOM.lognormal(0, 1, 90)])
def test_a_predictor_reaches_as_far_as_normal_values_and_is_never_narrower_than_they_are(shape: np.ndarray):
    column = Column(name="era", kind=ColumnKind.REAL, why="", values=900 + 70 * shape)
    outcome = Column(name="y", kind=ColumnKind.BINARY, why="", values=np.arange(90) % 2)
    scaling = of_predictor(column, column.values, outcome)
    assert scaling is not None
    offered_values = (column.values - scaling.shift) / scaling.scale
    assert np.abs(offered_values).max() > 2.45
    assert offered_values.std() > 0.99


def test_a_positive_outcome_that_scatters_by_a_difference_is_centred(tmp_path: Path):
    outcome = offered(tmp_path, (0.2 * X - 385 + RANDOM.normal(0, 1, 50)).round(2)).outcome
    assert outcome.scaling is not None
    assert outcome.values.min() < 0


def test_a_measurement_that_grows_with_time_alone_stays_positive(tmp_path: Path):
    age = RANDOM.uniform(0.5, 12, 60).round(1)
    size = (30 - 24 * np.exp(-0.35 * age) + RANDOM.normal(0, 1, 60)).round(2)
    assert prepared(tmp_path, {"age": age.tolist(), "size": size.tolist()}).dataset.outcome.values.min() > 0


def test_a_positive_outcome_that_scatters_by_a_factor_stays_positive(tmp_path: Path):
    cost = np.exp(RANDOM.normal(8, 1, 50)).round(2)
    outcome = offered(tmp_path, cost).outcome
    assert outcome.scaling is not None
    assert outcome.scaling.shift == 0
    assert outcome.values.min() > 0
    assert "(positive, skewed)" in offered(tmp_path, cost).description


def test_what_is_near_scale_1_and_what_no_scale_switches_off_is_left_alone(tmp_path: Path):
    assert offered(tmp_path, RANDOM.normal(0.5, 1, 50)).outcome.scaling is None
    dataset = offered(tmp_path, X * 100, scale=False)
    assert all(variable.scaling is None for variable in dataset.variables)
    assert dataset.log_jacobian == 0


def test_counts_and_yes_or_no_are_never_scaled(tmp_path: Path):
    assert offered(tmp_path, RANDOM.poisson(4000, 50)).outcome.kind == "count"
    assert offered(tmp_path, RANDOM.integers(0, 2, 50)).outcome.kind == "binary"


def test_ordered_levels_are_offered_as_such_and_stay_so_in_the_copy_of_a_run(tmp_path: Path):
    columns = {"rating": [1, 2, 3, 4, 5] * 8, "severity": ["low", "medium", "high", "low"] * 10}
    found = prepared(tmp_path, columns, "rating")
    shown = data_section(found.dataset)
    assert 'rating = data["rating"]  # ordinal, shape (40,), range 0 to 4, rating, ordered levels, observed' in shown
    assert 'severity = data["severity"]  # ordinal, shape (40,), range 0 to 2' in shown
    stored.save(tmp_path / stored.FOLDER, [found])
    assert data_section(stored.load(tmp_path / stored.FOLDER / "table.json")[0]) == shown


def test_what_explains_estimates_with_known_errors_comes_after_them(tmp_path: Path):
    columns = {"dose": X.tolist(), "se": (X / 900).tolist(), "y": (X % 7).tolist()}
    dataset = prepared(tmp_path, columns, "y").dataset
    assert [variable.name for variable in dataset.variables] == ["N", "y", "se", "dose"]


def test_known_standard_errors_are_divided_by_the_scale_of_their_outcome(tmp_path: Path):
    columns = {
        "y": (RANDOM.normal(0, 1, 30) * 500).round(1).tolist(),
        "se": RANDOM.uniform(100, 300, 30).round(1).tolist(),
    }
    dataset = prepared(tmp_path, columns, "y").dataset
    assert dataset.outcome.scaling is not None
    assert dataset["se"].values * dataset.outcome.scaling.scale == pytest.approx(np.array(columns["se"]))


def test_the_log_density_on_the_original_scale_is_that_of_the_raw_values(tmp_path: Path):
    y = (X * 50 - 99_000).round(1)
    dataset = offered(tmp_path, y)
    scaling = dataset.outcome.scaling
    assert scaling is not None

    def normal(values: np.ndarray, mean: float, deviation: float) -> float:
        return float((-0.5 * ((values - mean) / deviation) ** 2 - math.log(deviation * math.sqrt(2 * math.pi))).sum())

    raw = normal(y, scaling.shift + 0.3 * scaling.scale, 0.7 * scaling.scale)
    assert normal(dataset.outcome.values, 0.3, 0.7) + dataset.log_jacobian == pytest.approx(raw)


PROGRAM = """\
    # Priors
    a = pm.Normal("a", mu=0, sigma=1)
    b = pm.Normal("b", 0, 2)
    s = pm.HalfNormal("s", sigma=1)
    # Likelihood
    era_std = (era - era.mean()) / era.std()
    mu = a + b * era_std
    pm.Normal("y_obs", mu=mu, sigma=s, observed=y)
"""


def test_the_saved_program_holds_the_raw_values_and_the_transformation(tmp_path: Path):
    dataset = offered(tmp_path, (X * 50 - 99_000).round(1))
    program = Program(data=prompts.head(dataset), priors=PROGRAM, likelihood="")
    text = render(program, dataset, SCORED, SamplerSettings(), model="m", seed=1, K=5)
    head = text[: text.index("# ---- the program")]
    space: dict[str, object] = {}
    exec(compile(head, "<head>", "exec"), space)
    data = space["data"]
    assert isinstance(data, dict)
    for variable in dataset.variables:
        assert np.array_equal(data[variable.name], variable.values)
    assert repr(float(X[0])) in head
    assert "on the scale of the file" in text


def test_a_slope_is_reported_per_unit_of_the_file(tmp_path: Path):
    dataset = offered(tmp_path, (X * 50 - 99_000).round(1))
    program = prompts.head(dataset) + PROGRAM
    draws = {"a": np.zeros((4, 100)), "b": np.full((4, 100), 0.5), "s": np.ones((4, 100))}
    (slope,) = slopes(program, dataset, draws)
    outcome, era = dataset.outcome.scaling, dataset["era"].scaling
    assert outcome is not None
    assert era is not None
    expected = 0.5 / dataset["era"].values.std() * outcome.scale / era.scale
    assert slope.middle == pytest.approx(expected)
    assert slope.prior is not None
    assert slope.prior[1] == pytest.approx(1.645 * 2 * expected / 0.5, rel=0.1)


@settings(max_examples=50, deadline=None)
@given(x=st.lists(st.integers(-50, 50), min_size=3, max_size=60).filter(lambda x: len(set(x)) > 1), b=st.floats(-3, 3))
def test_the_slope_of_a_parabola_is_that_of_least_squares(x: list[int], b: float):
    values = np.array(x, dtype=np.float64)
    fitted = np.polynomial.Polynomial.fit(values, b * values**2, 1).convert().coef
    assert weights(values).sum() == pytest.approx(1)
    assert weights(values) @ (2 * b * values) == pytest.approx(fitted[1] if len(fitted) > 1 else 0.0, abs=1e-6)


def test_a_prior_that_contradicts_the_data_is_said():
    slope = Slope(predictor="x", link="log odds", low=0.3, middle=0.4, high=0.5, prior=(-0.2, 0.2))
    dataset = Dataset(name="d", description="", variables=(Variable(name="y", values=np.arange(3), role=Role.OUTCOME),))
    assert "the prior holds it back" in lines((slope,), dataset)[1]
    assert "holds" not in lines((replace(slope, prior=(-0.6, 0.6)),), dataset)[1]


LIKELIHOODS = {
    "Poisson": ('pm.Poisson("o", mu=pm.math.exp(a + b * x), observed=y)', "log", 0.5),
    "logit": ('pm.Bernoulli("o", logit_p=a + b * x, observed=y)', "log odds", 0.5),
    "sigmoid": ('pm.Bernoulli("o", p=pm.math.sigmoid(a + x * b), observed=y)', "log odds", 0.5),
    "beta": (
        'pm.Beta("o", alpha=pm.math.invlogit(b * x) * 9, beta=(1 - pm.math.invlogit(b * x)) * 9, observed=y)',
        "log odds",
        0.5,
    ),
    "gamma": ('pm.Gamma("o", alpha=2, beta=2 / pm.math.exp(a + b * x), observed=y)', "log", 0.5),
    "groups": ('pm.Normal("o", mu=c[g] + b * x, sigma=1, observed=y)', "", 0.5),
    "quadratic": ('pm.Normal("o", mu=b * x**2, sigma=1, observed=y)', "", 0.5 * 2 * 1.5),
    "a process": ('pm.Normal("o", mu=f + b * x, sigma=1, observed=y)', "", None),
}


@pytest.mark.parametrize("case", LIKELIHOODS)
def test_the_slope_of_each_link(case: str):
    likelihood, link, expected = LIKELIHOODS[case]
    x = Variable(name="x", values=np.array([0.0, 1, 2, 3]), role=Role.PREDICTOR)
    y = Variable(name="y", values=np.array([0, 1, 1, 0]), role=Role.OUTCOME)
    g = Variable(name="g", values=np.array([0, 1, 1, 0]), role=Role.INDEX)
    dataset = Dataset(name="d", description="", variables=(x, y, g))
    priors = [f'{name} = pm.Normal("{name}", 0, 1)' for name in "ab"]
    priors += [
        'c = pm.Normal("c", mu=a, sigma=1, shape=2)',
        "gp = pm.gp.Latent(cov_func=k)",
        'f = gp.prior("f", X=x[:, None])',
    ]
    text = "with pm.Model() as model:\n" + "".join(f"    {line}\n" for line in [*priors, likelihood])
    ones = np.ones((2, 50))
    found = slopes(text, dataset, {"a": ones, "b": 0.5 * ones, "c": np.ones((2, 50, 2))})
    assert [(each.link, pytest.approx(each.middle)) for each in found] == (
        [] if expected is None else [(link, expected)]
    )


def test_a_run_keeps_a_copy_that_needs_no_file(tmp_path: Path):
    found = prepared(tmp_path, {"g": ["a", "b"] * 25, "era": X.tolist(), "y": (X * 50).round(1).tolist()}, "y")
    run = tmp_path / "run"
    stored.save(run / stored.FOLDER, [found])
    found.spec.file.unlink()
    again, note = stored.load(run / stored.FOLDER / "table.json")
    assert note == ""
    assert again.sha256 == found.dataset.sha256
    assert data_section(again) == data_section(found.dataset)
    assert again["g"].levels == ("a", "b")
    assert np.array_equal(again["era"].raw, X)
    assert 'role = "outcome"' in (run / stored.FOLDER / "table.toml").read_text()


def test_a_changed_file_is_said_and_a_changed_copy_refused(tmp_path: Path):
    found = prepared(tmp_path, {"era": X.tolist(), "y": X.tolist()[::-1]}, "y")
    run = tmp_path / "run"
    stored.save(run / stored.FOLDER, [found])
    found.spec.file.write_text("x,y\n1,2\n")
    (note,) = stored.changed_files(run)
    assert "table.csv has changed since the run began; it goes on with its own copy" in note
    copy = run / stored.FOLDER / "table.json"
    content = json.loads(copy.read_text())
    content["variables"][-1]["values"][0] += 1
    copy.write_text(json.dumps(content))
    with pytest.raises(UserError, match="damaged: its values are not those"):
        stored.register_stored(run)


def test_a_run_is_not_continued_with_other_data_of_the_same_name(tmp_path: Path):
    first = prepared(tmp_path, {"era": X.tolist(), "y": X.tolist()[::-1]}, "y")
    register(first.dataset)
    second = prepared(tmp_path, {"era": X.tolist(), "y": X.tolist()}, "y")
    stored.must_be_the_same([first], ["table"], tmp_path)
    with pytest.raises(UserError, match="the data of 'table' have changed since it began"):
        stored.must_be_the_same([second], ["table"], tmp_path)


def test_own_data_never_take_a_built_in_name(tmp_path: Path):
    found = prepare(Spec(file=written(tmp_path, {"x": X.tolist(), "y": X.tolist()[::-1]}, "gp.csv")))
    assert found.dataset.name == "gp_data"
    with pytest.raises(ValueError, match="built-in"):
        register(BUILT_IN["gp"])
    assert DATASETS["gp"] is BUILT_IN["gp"]


def test_a_folder_of_toml_files_is_a_registry(tmp_path: Path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        written(tmp_path / name, {"x": X.tolist(), "y": X.tolist()[::-1]})
        (tmp_path / name / "dataset.toml").write_text('file = "table.csv"\n')
    assert list(registry.specs(tmp_path)) == ["one", "two"]
    (tmp_path / "three.toml").write_text('file = "table.csv"\nname = "one"\n')
    with pytest.raises(UserError, match="two data sets called 'one'"):
        registry.specs(tmp_path)


HOSTILE = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            "__import__('os').system('touch hacked')",
            '"""\nimport os\n"""',
            "x\nimport os",
            "x\rimport os",
            "x\u2028import os",
            "\u202eevil\u202c",
            "a\x00b",
            '"]; import os #',
            "data",
            "{jacobian}",
            "%s{0}",
            "\\",
            "# Likelihood",
        ]
    ),
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    names=st.lists(HOSTILE, min_size=3, max_size=3, unique=True),
    levels=st.lists(HOSTILE, min_size=2, max_size=2, unique=True),
    about=HOSTILE,
)
def test_no_name_level_or_description_changes_what_is_executed(names: list[str], levels: list[str], about: str):
    """The data section and the saved file parse to the same code as those with plain texts."""

    def texts(names: list[str], levels: tuple[str, ...], about: str) -> tuple[Dataset, str]:
        values = np.arange(6.0)
        columns = [
            Column(name=names[0], kind=ColumnKind.REAL, why="", values=values, unit=about),
            Column(name=names[1], kind=ColumnKind.BINARY, why="", values=values % 2, levels=levels),
            Column(name=names[2], kind=ColumnKind.REAL, why="", values=values * 100),
        ]
        roles = (ColumnRole.PREDICTOR, ColumnRole.GROUP, ColumnRole.OUTCOME)
        used = [Used(column=c, role=r, meaning=about) for c, r in zip(columns, roles, strict=True)]
        dataset = present(used, np.arange(6), {}, name="d", description=about, source=about)
        program = Program(data=prompts.head(dataset), priors="    pass\n", likelihood="")
        found = describe(dataset, SCORED, model="m", seed=1, K=5)
        assert all(len(line.splitlines()) <= 1 for line in found)
        return dataset, render(program, dataset, SCORED, SamplerSettings(), model="m", seed=1, K=5)

    dataset, text = texts(names, tuple(levels), about)
    plain, plain_text = texts(["p", "q", "r"], ("u", "v"), "nothing")
    section = prompts.head(dataset)
    assert not gate.FORBIDDEN_CHARACTERS.search(section)
    assert len(section.splitlines()) <= len(prompts.head(plain).splitlines())
    own = {v.name: p.name for v, p in zip(dataset.variables, plain.variables, strict=True)}
    assert _shape(text, own) == _shape(plain_text, {})


def _shape(text: str, names: dict[str, str]) -> str:
    """The syntax tree with the names of the data as in the plain file."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            node.id = names.get(node.id, node.id)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = names.get(node.value, node.value)
    return ast.dump(tree)


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(
    names=st.lists(HOSTILE, min_size=2, max_size=3, unique_by=str.strip),
    cells=st.lists(HOSTILE, min_size=3, max_size=8),
)
def test_any_text_in_a_file_gives_a_data_set_or_one_line(names: list[str], cells: list[str], tmp_path: Path):
    path = tmp_path / "hostile.csv"
    rows = [names, *([cells[i % len(cells)], *[str(i) + ".5"] * (len(names) - 1)] for i in range(8))]
    quoted = [",".join('"' + each.replace('"', '""') + '"' for each in row) for row in rows]
    path.write_text("\n".join(quoted), encoding="utf-8", errors="replace")
    try:
        found = prepare(Spec(file=path))
    except UserError as error:
        said = str(error)
        assert len(said.splitlines()) == 1
        return
    ast.parse(data_section(found.dataset))
    assert description(found)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["hostile.csv"]
