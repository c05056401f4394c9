"""Tables of everyday kinds: what is inferred where names and values say it only together."""

from pathlib import Path

import numpy as np
import pytest
from own_tables import prepared

from commons.data_pymc import data_section
from commons.owndata.column import ColumnKind
from commons.owndata.prepare import prepare
from commons.owndata.spec import ColumnRole, read_spec, spec_text

RANDOM = np.random.default_rng(3)
ROWS = 60
REAL = RANDOM.normal(20, 4, ROWS).round(2).tolist()
OTHER = RANDOM.normal(3, 1, ROWS).round(2).tolist()
COUNTS = RANDOM.poisson(3, ROWS).tolist()

OUTCOMES = {
    "a count called n_something": ({"moisture": REAL, "n_parasites": COUNTS}, "n_parasites"),
    "a total of something": ({"visits": OTHER, "total_sales": REAL}, "total_sales"),
    "trials stand last": ({"dose": REAL, "killed": COUNTS, "n": [40] * 30 + [50] * 30}, "killed"),
    "rows are numbered last": ({"rain": REAL, "wheat": OTHER, "plot": range(1, ROWS + 1)}, "wheat"),
    "errors stand last": ({"dose": REAL, "effect": OTHER, "se": np.abs(REAL).tolist()}, "effect"),
}


@pytest.mark.parametrize("case", OUTCOMES)
def test_the_outcome_is_the_last_column_that_means_something(case: str, tmp_path: Path):
    columns, expected = OUTCOMES[case]
    assert prepared(tmp_path, columns).dataset.outcome.column == expected


def test_what_numbers_the_rows_explains_only_where_nothing_else_does(tmp_path: Path):
    step = list(range(1, ROWS + 1))
    assert prepared(tmp_path, {"run": step, "rain": OTHER, "y": REAL}).roles["run"].role is ColumnRole.LEAVE_OUT
    assert prepared(tmp_path, {"run": step, "y": REAL}).roles["run"].role is ColumnRole.PREDICTOR
    assert prepared(tmp_path, {"x": step, "rain": OTHER, "y": REAL}).roles["x"].role is ColumnRole.PREDICTOR


@pytest.mark.parametrize("levels", [("low", "high"), ("before", "after"), ("control", "treated"), ("no", "yes")])
def test_of_two_levels_the_natural_one_is_1(levels: tuple[str, str], tmp_path: Path):
    found = prepared(tmp_path, {"when": [levels[1], levels[0]] * 30, "y": REAL}).dataset["when"]
    assert found.levels == levels


def test_counts_are_told_per_unit_of_their_exposure(tmp_path: Path):
    people = RANDOM.integers(5_000, 90_000, ROWS).tolist()
    found = prepared(tmp_path, {"population": people, "rain": OTHER, "burglaries": COUNTS}).dataset
    rate = found.outcome.values.sum() / found["population"].values.sum()
    assert 0.1 < rate < 10
    assert found["population"].values.min() > 0
    assert found["population"].meaning == "population at risk, scaled"
    assert found.description == "Burglaries against rain for 60 rows."
    assert prepared(tmp_path, {"population": people, "gdp": REAL}).dataset["population"].values.min() < 0


def test_a_series_in_time_keeps_its_steps_so_that_a_season_has_its_period(tmp_path: Path):
    months = list(range(1, ROWS + 1))
    assert prepared(tmp_path, {"month": months, "y": REAL}).dataset["month"].values.max() == ROWS
    assert prepared(tmp_path, {"month": [each * 50 for each in months], "y": REAL}).dataset["month"].values.max() < 10


def test_whether_a_time_had_ended_does_not_explain_it(tmp_path: Path):
    times = RANDOM.weibull(1.5, ROWS).round(2) + 0.01
    found = prepared(tmp_path, {"arm": ["a", "b"] * 30, "event": [1, 1, 0] * 20, "time": times.tolist()})
    assert found.roles["event"].role is ColumnRole.LEAVE_OUT
    assert any("censoring is not modelled" in note for note in found.notes)
    scored = prepared(tmp_path, {"event": [1, 1, 0] * 20, "score": REAL})
    assert scored.roles["event"].role is ColumnRole.PREDICTOR


SHARES = RANDOM.uniform(2, 98, ROWS).round(1)
AS_OUTCOMES = {
    "percentages": ("turnout_pct", SHARES.tolist(), "proportion"),
    "whole percentages": ("turnout_pct", [round(share) for share in SHARES], "proportion"),
    "percent signs": ("turnout", [f"{share}%" for share in SHARES], "proportion"),
    "a few shares that are exactly 0 or 1": ("y", [0, 1, *(SHARES[2:] / 100).tolist()], "proportion"),
    "durations": ("survival_days", [3 + each % 50 for each in range(ROWS)], "positive"),
    "a rating that is called something else": ("answer", [1 + i % 5 for i in range(ROWS)], "ordinal"),
    "small counts": ("tweets", COUNTS, "count"),
}


@pytest.mark.parametrize("case", AS_OUTCOMES)
def test_what_an_outcome_is(case: str, tmp_path: Path):
    name, values, kind = AS_OUTCOMES[case]
    found = prepared(tmp_path, {"x": REAL, name: values}, name)
    assert found.columns[1].kind == kind, found.columns[1].why
    if kind == "proportion":
        assert 0 < found.dataset.outcome.values.min() < found.dataset.outcome.values.max() < 1


def test_percentages_that_explain_keep_their_unit(tmp_path: Path):
    found = prepared(tmp_path, {"clay_pct": SHARES.tolist(), "y": REAL}).dataset["clay_pct"]
    assert found.raw is not None
    assert found.raw.tolist() == SHARES.tolist()


def test_as_many_trials_in_every_row_are_trials(tmp_path: Path):
    found = prepared(tmp_path, {"dose": REAL, "n": [20] * ROWS, "killed": COUNTS})
    assert found.roles["n"].role is ColumnRole.TRIALS
    assert [variable.name for variable in found.dataset.variables] == ["N", "killed", "n", "dose"]


def test_of_variances_the_square_roots_are_the_standard_errors(tmp_path: Path):
    variances = (np.abs(REAL) / 100).round(3)
    found = prepared(tmp_path, {"study": range(ROWS), "yi": OTHER, "vi": variances.tolist()})
    assert found.dataset.outcome.column == "yi"
    assert found.roles["vi"].role is ColumnRole.KNOWN_SCALE
    assert found.columns[2].values.tolist() == np.sqrt(variances).tolist()


ERRORS = [("flux", "flux_err"), ("y", "sigma_y"), ("decay_time", "decay_time_uncertainty"), ("effect", "se")]


@pytest.mark.parametrize(("outcome", "error"), ERRORS)
def test_errors_of_measurement_are_known_by_the_names(outcome: str, error: str, tmp_path: Path):
    values = {"x": REAL, outcome: OTHER, error: (np.abs(REAL) / 100).round(3).tolist()}
    assert prepared(tmp_path, values, outcome).roles[error].role is ColumnRole.KNOWN_SCALE


AGAIN = {
    "percentages": {"x": REAL, "turnout_pct": SHARES.tolist()},
    "percent signs": {"x": REAL, "turnout": [f"{share}%" for share in SHARES]},
    "percentages that explain": {"clay_pct": SHARES.tolist(), "y": REAL},
    "shares at the ends": {"x": REAL, "y": [0, 1, *(SHARES[2:] / 100).tolist()]},
    "variances": {"yi": OTHER, "vi": (np.abs(REAL) / 100).round(3).tolist()},
    "as many trials": {"dose": REAL, "n": [20] * ROWS, "killed": COUNTS},
    "ratings": {"x": REAL, "answer": [1 + i % 5 for i in range(ROWS)]},
    "durations": {"x": REAL, "survival_days": [3 + each % 50 for each in range(ROWS)]},
    "months": {"month": [f"20{10 + i // 12}-{1 + i % 12:02}" for i in range(ROWS)], "y": REAL},
}


@pytest.mark.parametrize("case", AGAIN)
def test_what_was_found_out_and_written_is_found_again(case: str, tmp_path: Path):
    found = prepared(tmp_path, AGAIN[case])
    path = tmp_path / "dataset.toml"
    path.write_text(spec_text(found.spec, {}), encoding="utf-8")
    assert data_section(prepare(read_spec(path)).dataset) == data_section(found.dataset)


NO_OUTCOMES = {
    "a date": ("date", [f"2020-{1 + i // 28:02}-{1 + i % 28:02}" for i in range(ROWS)]),
    "a year": ("survey_year", [2000 + i % 7 for i in range(ROWS)]),
    "the sex": ("sex", ["f", "m"] * 30),
    "one of two groups": ("extract", ["bean", "cucumber"] * 30),
    "an error": ("weight_err", (np.abs(REAL) / 100).tolist()),
}


@pytest.mark.parametrize("case", NO_OUTCOMES)
def test_what_explains_by_its_name_is_not_the_outcome_though_it_stands_last(case: str, tmp_path: Path):
    name, values = NO_OUTCOMES[case]
    assert prepared(tmp_path, {"x": OTHER, "weight": REAL, name: values}).dataset.outcome.column == "weight"


def test_yes_or_no_that_stands_last_is_the_outcome(tmp_path: Path):
    assert prepared(tmp_path, {"x": OTHER, "hired": ["yes", "no"] * 30}).dataset.outcome.column == "hired"


def test_the_order_of_the_columns_does_not_matter(tmp_path: Path):
    y = [4 * a + b for a, b in zip(REAL, OTHER, strict=True)]
    noise = RANDOM.normal(0, 1, ROWS).round(3).tolist()
    one = prepared(tmp_path, {"noise": noise, "b": OTHER, "a": REAL, "y": y}).dataset
    other = prepared(tmp_path, {"a": REAL, "b": OTHER, "noise": noise, "y": y}).dataset
    assert [v.column for v in one.variables] == [v.column for v in other.variables]
    assert one.variables[1].column == "a"
    assert data_section(one) == data_section(other)


def test_whole_numbers_that_may_measure_something_are_said(tmp_path: Path):
    pressure = RANDOM.integers(110, 170, ROWS).tolist()
    found = prepared(tmp_path, {"before": OTHER, "after": pressure})
    assert found.dataset.outcome.kind == "real"
    assert any("--kind after=count" in note for note in found.notes)
    said = prepared(tmp_path, {"before": OTHER, "after": pressure}, kinds={"after": ColumnKind.COUNT})
    assert said.dataset.outcome.kind == "count"
    tweets = prepared(tmp_path, {"before": OTHER, "tweets": pressure})
    assert tweets.dataset.outcome.kind == "count"
    assert any("--kind tweets=positive" in note for note in tweets.notes)
    assert "--kind" not in "".join(prepared(tmp_path, {"before": OTHER, "deaths": pressure}).notes)
