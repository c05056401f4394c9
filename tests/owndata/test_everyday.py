"""Tables of everyday kinds: what is inferred where names and values say it only together."""

from pathlib import Path

import numpy as np
import pytest
from own_tables import prepared

from commons.owndata.column import ColumnKind
from commons.owndata.spec import ColumnRole

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
