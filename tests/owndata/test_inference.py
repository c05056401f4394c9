"""Kinds, roles, names and rows of tables such as people have."""

import keyword
from pathlib import Path

import numpy as np
import pytest
from own_tables import prepared

from commons.data_pymc import Role, data_section
from commons.owndata.column import ColumnKind
from commons.owndata.delimited import layout_of
from commons.owndata.names import RESERVED, python_names
from commons.owndata.prepare import prepare
from commons.owndata.rows import sample
from commons.owndata.spec import ColumnRole, Spec, read_spec, spec_text
from refinestat.refinegen.predicates import start
from refinestat.refinegen.predicates.symbols import RESERVED as SEEN_BY_PROGRAMS

RANDOM = np.random.default_rng(1)
Y = (RANDOM.normal(0, 1, 40) * 2 + 5).round(2).tolist()
FORTY = range(40)
KINDS = {
    "real": (RANDOM.normal(0, 1, 40).round(3), "x", ColumnKind.REAL),
    "positive": (RANDOM.uniform(1, 90, 40).round(2), "x", ColumnKind.POSITIVE),
    "proportion": (RANDOM.uniform(0.1, 0.9, 40).round(3), "x", ColumnKind.PROPORTION),
    "percent signs": ([f"{i + 10}%" for i in FORTY], "x", ColumnKind.POSITIVE),
    "percent by name": (RANDOM.uniform(1, 90, 40).round(2), "percent_cover", ColumnKind.POSITIVE),
    "tiny measurements": (RANDOM.uniform(1e-6, 9e-6, 40), "x", ColumnKind.POSITIVE),
    "a unit in the name": (RANDOM.uniform(0.1, 0.9, 40).round(3), "width_mm", ColumnKind.POSITIVE),
    "a rate between 0 and 1": (RANDOM.uniform(0.1, 0.9, 40).round(3), "yield", ColumnKind.PROPORTION),
    "count": (RANDOM.poisson(4, 40), "x", ColumnKind.COUNT),
    "weight in whole pounds": (RANDOM.integers(110, 180, 40), "weight", ColumnKind.POSITIVE),
    "rounded to fives": (RANDOM.integers(10, 60, 40) * 5, "x", ColumnKind.POSITIVE),
    "yes and no": (["yes", "no"] * 20, "x", ColumnKind.BINARY),
    "one and two": ([1, 2] * 20, "x", ColumnKind.BINARY),
    "true and false": (["TRUE", "FALSE"] * 20, "x", ColumnKind.BINARY),
    "levels in order": (["low", "Medium", "high", "low"] * 10, "x", ColumnKind.ORDINAL),
    "age bands": (["18-24", "25-34", "35-44", "45+"] * 10, "x", ColumnKind.ORDINAL),
    "a rating": ([1, 2, 3, 4, 5] * 8, "rating", ColumnKind.ORDINAL),
    "texts": (["a", "b", "c", "d"] * 10, "x", ColumnKind.CATEGORY),
    "numbered groups": ([301, 305, 309, 377] * 10, "subject", ColumnKind.CATEGORY),
    "ISO dates": ([f"2020-01-{i % 28 + 1:02}" for i in FORTY], "x", ColumnKind.DATE),
    "American dates": ([f"{i % 12 + 1}/{i % 28 + 1}/2019" for i in FORTY], "x", ColumnKind.DATE),
    "identifier": ([f"id-{i}" for i in FORTY], "x", ColumnKind.IDENTIFIER),
    "numbered rows": (range(1, 41), "patient_id", ColumnKind.IDENTIFIER),
    "row numbers of R": (range(1, 41), "", ColumnKind.IDENTIFIER),
    "years": (range(1980, 2020), "year", ColumnKind.COUNT),
    "persons, several times": (list(range(1, 11)) * 4, "student_id", ColumnKind.CATEGORY),
    "a measurement of groups": (RANDOM.integers(10, 30, 40), "plant_height", ColumnKind.POSITIVE),
    "different counts called numbers": (range(20, 100, 2), "number_of_cases", ColumnKind.COUNT),
    "months": ([f"20{i // 12 + 10}-{i % 12 + 1:02}" for i in FORTY], "x", ColumnKind.DATE),
    "months in words": (
        [f"{('Jan', 'Feb', 'Mar', 'Apr')[i % 4]} {2000 + i // 4}" for i in FORTY],
        "x",
        ColumnKind.DATE,
    ),
    "quarters": ([f"{2000 + i // 4}Q{i % 4 + 1}" for i in FORTY], "x", ColumnKind.DATE),
    "none is a level": (["none", "mild", "severe", "none"] * 10, "x", ColumnKind.ORDINAL),
    "constant": ([3] * 40, "x", ColumnKind.CONSTANT),
    "empty": ([None] * 40, "x", ColumnKind.EMPTY),
    "money": ([f"${i},200.50" for i in FORTY], "x", ColumnKind.POSITIVE),
    "with a unit": ([f"{i + 0.5} kg" for i in FORTY], "x", ColumnKind.POSITIVE),
    "free text": ([f"{'so many words ' * 6}{i % 30}" for i in FORTY], "x", ColumnKind.TEXT),
    "many levels": ([f"town {i % 30}" for i in FORTY], "x", ColumnKind.TEXT),
}


@pytest.mark.parametrize("case", KINDS)
def test_the_kind_of_a_column(case: str, tmp_path: Path):
    values, name, kind = KINDS[case]
    found = prepared(tmp_path, {name: list(values), "outcome": Y}, "outcome")
    assert found.columns[0].kind is kind, found.columns[0].why


def test_the_levels_of_a_yes_or_no_are_kept(tmp_path: Path):
    found = prepared(tmp_path, {"smoker": ["yes", "No", "no", "YES"] * 10, "y": Y})
    smoker = found.dataset["smoker"]
    assert smoker.levels == ("No", "yes")
    assert smoker.values[:4].tolist() == [1, 0, 0, 1]


def test_groups_are_an_index_from_0_with_their_number(tmp_path: Path):
    columns = {"village": ["site 10", "site 2", "", "site 1"] * 10, "y": Y}
    found = prepared(tmp_path, columns, roles={"village": ColumnRole.GROUP})
    village = found.dataset["village"]
    assert village.levels == ("site 1", "site 2", "site 10")
    assert sorted(set(village.values.tolist())) == [0, 1, 2]
    assert found.dataset["J"].values == 3
    assert "10 of 40 rows have missing values (10 in village): left out" in found.notes


def test_a_level_that_only_an_incomplete_row_has_is_no_level(tmp_path: Path):
    columns = {"g": [*"abc" * 13, "z"], "x": [*Y[:39], None], "y": Y}
    found = prepared(tmp_path, columns)
    assert found.dataset["g"].levels == ("a", "b", "c")


ROLES = {
    "trials by name": ({"total": [20] * 20 + [30] * 20, "y": [i % 15 for i in FORTY]}, "total", ColumnRole.TRIALS),
    "trials by values": (
        {"pairs_seen": [i + 9 for i in FORTY], "y": [i + i % 3 for i in FORTY]},
        "pairs_seen",
        ColumnRole.TRIALS,
    ),
    "standard errors": ({"y": Y, "std_err": [1.5, 2.5] * 20}, "std_err", ColumnRole.KNOWN_SCALE),
    "no standard errors": ({"y": Y, "sigma": [1.5, -2.5] * 20}, "sigma", ColumnRole.PREDICTOR),
    "a year is no trials": ({"year": range(1980, 2020), "y": [i + i % 3 for i in FORTY]}, "year", ColumnRole.PREDICTOR),
}


@pytest.mark.parametrize("case", ROLES)
def test_the_role_of_a_column(case: str, tmp_path: Path):
    columns, name, role = ROLES[case]
    found = prepared(tmp_path, {key: list(values) for key, values in columns.items()}, "y")
    assert found.roles[name].role is role, found.roles[name].why


def test_the_outcome_is_the_one_called_y_or_the_last_column(tmp_path: Path):
    assert prepared(tmp_path, {"a": Y, "y": Y[::-1], "b": [*Y[5:], *Y[:5]]}).dataset.outcome.column == "y"
    assert prepared(tmp_path, {"a": Y, "b": Y[::-1], "se": [1.5] * 39 + [2]}).dataset.outcome.column == "b"


HOSTILE = [
    "__import__('os')",
    "class",
    "print",
    "pm",
    "data",
    "y",
    "Y",
    "alpha",
    "2nd try",
    "é",
    "日本",
    "日 本",
    "a.b",
    "a b",
]


def test_names_are_python_names_that_shadow_nothing():
    names = python_names(HOSTILE)
    assert list(names) == HOSTILE
    assert len(set(names.values())) == len(HOSTILE)
    for name in names.values():
        assert name.isidentifier()
        assert name.isascii()
        assert not keyword.iskeyword(name)
        assert name not in RESERVED | SEEN_BY_PROGRAMS


def test_names_that_programs_see_are_reserved():
    assert SEEN_BY_PROGRAMS <= RESERVED


def test_the_predicates_know_every_name(tmp_path: Path):
    columns = {name: [*Y[i:], *Y[:i]] for i, name in enumerate(HOSTILE[:8])}
    found = prepared(tmp_path, columns)
    assert {variable.name for variable in found.dataset.variables} == set(start(found.dataset).fixed)


def test_decimal_commas_semicolons_and_latin_1_are_found_and_said(tmp_path: Path):
    path = tmp_path / "de.csv"
    path.write_bytes("Größe;y\n".encode("latin-1") + b"".join(f"{i},5;{i * 2},1\n".encode() for i in range(9)))
    found = prepare(Spec(file=path))
    assert found.dataset.outcome.values.size == 9
    assert {"columns are separated by semicolons", "the file is not UTF-8: read as Latin-1"} <= set(found.notes)
    assert "grosse" in found.dataset.values


def test_a_table_without_a_header_and_one_with_comments(tmp_path: Path):
    path = tmp_path / "a.txt"
    path.write_text("1.5 2.5\n2.5 3.5\n4.5 5.5\n3 4\n")
    assert layout_of(path).names == ("column1", "column2")
    path.write_text("# made by hand\n\nx,y\n" + "".join(f"{i}.5,{i * i}.5\n" for i in range(9)) + "\nSource: us\n")
    found = prepare(Spec(file=path))
    assert found.dataset.outcome.values.size == 9
    assert any("last 1 lines" in note for note in found.notes)


def test_a_code_for_missing_values_is_one(tmp_path: Path):
    found = prepared(tmp_path, {"rain": [-999, *range(1, 40)], "y": Y})
    assert found.dataset.outcome.values.size == 39
    assert any("-999 (1 times) stands for a missing value" in note for note in found.notes)


def test_outliers_and_duplicates_are_said_and_kept(tmp_path: Path):
    found = prepared(tmp_path, {"x": [*Y[:38], Y[0], 900], "y": [*Y[1:39], Y[1], 5.5]})
    assert found.dataset.outcome.values.size == 40
    assert any("1 rows repeat an earlier one: kept" in note for note in found.notes)
    assert any("x: 1 far from the others (900 in row 40): kept" in note for note in found.notes)


def test_of_many_columns_the_most_associated_are_used(tmp_path: Path):
    random = np.random.default_rng(2)
    columns = {f"x{i}": random.normal(0, 1, 200).round(3) for i in range(15)}
    columns["y"] = (3 * columns["x7"] + 2 * columns["x11"] + random.normal(0, 0.5, 200)).round(3)
    found = prepared(tmp_path, {name: values.tolist() for name, values in columns.items()})
    assert sum(v.role is Role.PREDICTOR for v in found.dataset.variables) == 8
    assert {"x7", "x11"} <= set(found.dataset.values)
    assert any("15 columns could explain y" in note for note in found.notes)


def test_of_many_rows_the_search_sees_a_stratified_sample():
    strata = np.repeat([0.0, 1.0, 2.0], [9000, 990, 10])
    outcome = np.arange(10_000.0)
    rows = sample(np.arange(10_000), outcome, [strata], 2000)
    assert len(rows) == len(set(rows.tolist())) == 2000
    assert np.array_equal(rows, np.sort(rows))
    shares = np.bincount(strata[rows].astype(int)) / 2000
    assert shares[0] == pytest.approx(0.9, abs=0.01)
    assert shares[2] >= 2 / 2000
    assert np.array_equal(rows, sample(np.arange(10_000), outcome, [strata], 2000))


def test_more_than_two_thousand_rows_leave_a_whole_for_the_final_fit(tmp_path: Path):
    random = np.random.default_rng(3)
    x = random.normal(100, 30, 3000).round(2)
    found = prepared(tmp_path, {"x": x.tolist(), "y": (x + random.normal(0, 9, 3000)).round(2).tolist()})
    whole = found.dataset.whole
    assert whole is not None
    assert (found.dataset.outcome.values.size, whole.outcome.values.size) == (2000, 3000)
    assert whole["x"].scaling == found.dataset["x"].scaling


def test_what_is_written_to_a_dataset_toml_says_the_same_again(tmp_path: Path):
    columns = {
        "village": ["a", "b"] * 20,
        "weight (kg)": [v * 100 for v in Y],
        "total": [30, 40] * 20,
        "y": [i % 20 for i in FORTY],
    }
    found = prepared(tmp_path, columns, "y", roles={"village": ColumnRole.GROUP}, description='say "x"\\')
    path = tmp_path / "dataset.toml"
    path.write_text(spec_text(found.spec, {"y": "a remark"}), encoding="utf-8")
    again = prepare(read_spec(path))
    assert data_section(again.dataset) == data_section(found.dataset)
    assert again.dataset.sha256 == found.dataset.sha256
