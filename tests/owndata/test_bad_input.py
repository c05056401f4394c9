"""What a user can get wrong: one clear line each, nothing executed, nothing lost."""

import json
import os
from pathlib import Path

import pandas as pd
import pytest

from commons.owndata.prepare import prepare
from commons.owndata.spec import ColumnKind, ColumnRole, Spec, read_spec
from commons.utils import UserError

ROWS = [(1.5, 10.0), (2.5, 12.0), (3.1, 15.0), (4.2, 16.0), (5.9, 21.0), (6.6, 22.5)]
PLAIN = "x,y\n" + "".join(f"{x},{y}\n" for x, y in ROWS)
NAMES40 = "".join(f"{i}.5,name{i}\n{i}.7,name{i}\n" for i in range(40))
OUTCOME = ColumnRole.OUTCOME

# name of the file, its content, what the user says of it, what the line must say
CASES = {
    "no such file": ("", None, {}, "there is no file"),
    "empty": ("a.csv", "", {}, "is empty"),
    "blank lines": ("a.csv", "\n\n\n", {}, "has no rows"),
    "header alone": ("a.csv", "x,y\n", {}, "has no rows, only a header"),
    "one row": ("a.csv", "x,y\n1.5,2.5\n", {}, "one row"),
    "two rows": ("a.csv", "x,y\n1.5,2.5\n3,4\n", {}, "2 rows without missing values: at least 3"),
    "binary": ("a.csv", b"x,y\n\x00\x01\x02\x03", {}, "not a table: it holds binary data"),
    "a picture": ("a.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", {}, "not a table"),
    "too many fields": ("a.csv", PLAIN + "1,2,3\n" + PLAIN[4:], {}, ":8: 3 fields, and the table has 2 columns"),
    "too few fields": ("a.csv", "x,y,z\n1,2,3\n4,5\n1,2,4\n1,2,5\n5,6,7\n5,6,7\n5,6,7\n", {}, ":3: 2 fields"),
    "too few fields near the end": (
        "a.csv",
        "x,y,z\n1,2,3\n1,2,4\n4,5\n1,2,5\n5,6,7\n",
        {},
        ":4: 2 fields, and the table has 3 columns",
    ),
    "numbers that overflow": (
        "a.csv",
        "x,y\n" + "".join(f"{i},{i}e300\n" for i in range(1, 9)),
        {"roles": {"y": OUTCOME}},
        "numbers like 1e.300 are beyond 1e.100: change their unit",
    ),
    "numbers that vanish": (
        "a.csv",
        "x,y\n" + "".join(f"{i},{i}e-320\n" for i in range(1, 9)),
        {"roles": {"y": OUTCOME}},
        "beyond 1/1e.100",
    ),
    "trials always smaller than one outcome": (
        "a.csv",
        "n,successes\n" + "".join(f"10,{12 if i == 4 else i % 9}\n" for i in range(12)),
        {},
        "row 5 has 12 of 10",
    ),
    "a name that no file can have": ("a.toml\0.csv", None, {}, "there is no file"),
    "open quote": ("a.csv", 'x,y\n1,"2\n3,4\n5,6\n', {}, "a quotation mark is opened and never closed"),
    "same name twice": ("a.csv", "x,y,x\n1,2,3\n", {}, "two columns are called 'x' .columns 1 and 3."),
    "same name but for blanks": ("a.csv", "x, x,y\n1,2,3\n", {}, "two columns are called 'x'"),
    "no such outcome": ("a.csv", PLAIN, {"roles": {"z": OUTCOME}}, "there is no column 'z'.* There are: x, y"),
    "misspelt outcome": ("a.csv", "age,height\n1,2\n3,4\n", {"roles": {"heigth": OUTCOME}}, "did you mean 'height'"),
    "wrong delimiter in mind": ("a.csv", "only\none\ntwo\nthree\n", {}, "no column can be the outcome"),
    "outcome constant": ("a.csv", "x,y\n1,5\n2,5\n3,5\n4,5\n", {"roles": {"y": OUTCOME}}, "'y' is always 5"),
    "outcome constant where complete": (
        "a.csv",
        "x,y\n1.5,5\n2.5,5\n3.5,5\n,6\n",
        {"roles": {"y": OUTCOME}},
        "always 5",
    ),
    "outcome missing": ("a.csv", "x,y\n1,\n2,\n3,NA\n", {"roles": {"y": OUTCOME}}, "'y' has no values"),
    "outcome with 40 levels": ("a.csv", "x,y\n" + NAMES40, {"roles": {"y": OUTCOME}}, "text with 40 levels"),
    "outcome three levels": ("a.csv", "x,y\n1,a\n2,b\n3,c\n4,a\n5,b\n6,c\n", {"roles": {"y": OUTCOME}}, "two levels"),
    "outcome all different": (
        "a.csv",
        "x,y\n1,q\n2,b\n3,c\n4,d\n",
        {"roles": {"y": OUTCOME}},
        "different text in every",
    ),
    "outcome almost numbers": (
        "a.csv",
        "x,y\n" + "".join(f"{i},{i % 7}.5\n" for i in range(30)) + "9,oops\n",
        {"roles": {"y": OUTCOME}},
        "all but 1 of its cells are numbers; read as text because of 'oops'",
    ),
    "outcome a date": (
        "a.csv",
        "x,y\n1,2020-01-01\n2,2020-01-02\n3,2020-02-01\n",
        {"roles": {"y": OUTCOME}},
        "cannot be explained: dates",
    ),
    "infinite outcome": (
        "a.csv",
        "x,y\n1,2.5\n2,inf\n3,4.5\n4,5\n",
        {"roles": {"y": OUTCOME}},
        "1 infinite values .* row 2",
    ),
    "nothing complete": (
        "a.csv",
        "x,z,y\n1,,2.5\n,2,4.5\n3,,1.5\n,5,2.5\n",
        {"columns": ("x", "z")},
        "no row without missing",
    ),
    "negative count": (
        "a.csv",
        "x,count\n1,2\n2,5\n3,-4\n4,7\n5,8\n",
        {},
        "'count' is a count by its name, but row 3 has -4, which is below 0",
    ),
    "half a count": ("a.csv", "x,count\n1,2\n2,5\n3,4.5\n4,7\n", {}, "row 3 has 4.5, which is not whole"),
    "proportion above 1": (
        "a.csv",
        "x,share\n1,0.2\n2,0.5\n3,1.4\n4,0.7\n",
        {},
        "row 3 has 1.4, which is not in .0, 1.",
    ),
    "declared count": (
        "a.csv",
        "x,y\n1,2\n2,-1\n3,4\n4,7\n",
        {"kinds": {"y": ColumnKind.COUNT}},
        "'y' cannot be a count: every value must be a whole number from 0, and row 2 has -1",
    ),
    "declared proportion": (
        "a.csv",
        PLAIN,
        {"kinds": {"y": ColumnKind.PROPORTION}},
        "must lie in .0, 1., and row 1 has 10",
    ),
    "declared positive": (
        "a.csv",
        "x,y\n1,0\n2,1\n3,4\n",
        {"kinds": {"y": ColumnKind.POSITIVE}},
        "above 0, and row 1 has 0",
    ),
    "declared binary": (
        "a.csv",
        "x,y\n1,0\n2,1\n3,4\n",
        {"kinds": {"y": ColumnKind.BINARY}},
        "0 or 1, and row 3 has 4",
    ),
    "declared number": (
        "a.csv",
        "x,y\n1,a\n2,b\n3,a\n",
        {"kinds": {"y": ColumnKind.REAL}},
        "'y' holds text: its kind cannot be real",
    ),
    "trials too small, said": (
        "a.csv",
        "n,y\n5,3\n6,7\n8,1\n9,2\n",
        {"roles": {"n": ColumnRole.TRIALS, "y": OUTCOME}},
        "trials must not be smaller than the outcome, and row 2 has 7 of 6",
    ),
    "trials too small, by name": (
        "a.csv",
        "trials,y\n" + "".join(f"{20 + i},{i % 9}\n" for i in range(20)) + "6,7\n",
        {"roles": {"y": OUTCOME}},
        "holds the trials by its name, but .* row 21 has 7 of 6.*--role trials=predictor",
    ),
    "trials not whole": (
        "a.csv",
        "n,y\n5.5,3\n6,2\n8,1\n",
        {"roles": {"n": ColumnRole.TRIALS, "y": OUTCOME}},
        "trials must be whole numbers",
    ),
    "trials of a measurement": (
        "a.csv",
        "n,y\n5,3.5\n6,2.5\n8,1.1\n",
        {"roles": {"n": ColumnRole.TRIALS, "y": OUTCOME}},
        "trials are those of a count",
    ),
    "standard error of zero": ("a.csv", "y,se\n1.5,1.5\n2.5,0\n3.1,2.5\n", {}, "above 0, and row 2 has 0"),
    "standard error below zero": (
        "a.csv",
        "y,s\n1.5,1.5\n2.5,-1\n3.1,2.5\n",
        {"roles": {"s": ColumnRole.KNOWN_SCALE, "y": OUTCOME}},
        "above 0, and row 2 has -1",
    ),
    "standard error of a yes": (
        "a.csv",
        "y,s\n1,1.5\n0,1.1\n1,2.5\n",
        {"roles": {"s": ColumnRole.KNOWN_SCALE, "y": OUTCOME}},
        "is binary, and standard errors are those of a measurement",
    ),
    "two outcomes": ("a.csv", PLAIN, {"roles": {"x": OUTCOME, "y": OUTCOME}}, "one outcome, got 2: x, y"),
    "constant predictor, said": (
        "a.csv",
        "x,y\n1,2.5\n1,3.5\n1,4.5\n",
        {"roles": {"x": ColumnRole.PREDICTOR, "y": OUTCOME}},
        "'x' cannot be a predictor: it is always 1",
    ),
    "unknown chosen column": ("a.csv", PLAIN, {"columns": ("z",)}, "there is no column 'z'"),
    "compressed": ("a.csv.gz", b"\x1f\x8b", {}, "compressed: unpack it first"),
    "pickle": ("a.pkl", b"cos\nsystem\n(S'touch hacked'\ntR.", {}, "such files can hold code"),
    "old Excel": ("a.xls", b"\xd0\xcf", {}, "of a kind that is not read"),
    "not Excel": ("a.xlsx", b"nothing", {}, "is not an Excel file"),
    "not Parquet": ("a.parquet", b"nothing", {}, "is not a Parquet file"),
    "not JSON": ("a.json", "{", {}, "is not JSON"),
    "deep JSON": ("a.json", "[" * 100_000, {}, "is not JSON"),
    "JSON without a table": ("a.json", "[1, 2, 3]", {}, "is not a table: a list of records"),
    "JSON with uneven columns": ("a.json", '{"x": [1, 2], "y": [1, 2, 3]}', {}, "different lengths: 2, 3"),
    "outcome of lists": (
        "a.json",
        json.dumps([{"x": i, "y": [1, i]} for i in range(5)]),
        {"roles": {"y": OUTCOME}},
        "its cells are lists",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_mistake_is_one_clear_line(case: str, tmp_path: Path):
    name, content, said, expected = CASES[case]
    path = tmp_path / (name or "nothing.csv")
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(UserError, match=expected) as caught:
        prepare(Spec(file=path, **said))
    assert len(str(caught.value).splitlines()) == 1
    assert sorted(tmp_path.iterdir()) == ([path] if content is not None else [])


def test_the_table_of_mistakes_is_long():
    assert len(CASES) >= 40


def test_what_is_no_regular_file_is_refused(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(UserError, match="is no regular file"):
        prepare(Spec(file=tmp_path / "pipe.csv"))


def test_a_folder_and_a_huge_file_are_refused(tmp_path: Path):
    with pytest.raises(UserError, match="is a folder"):
        prepare(Spec(file=tmp_path))
    huge = tmp_path / "huge.csv"
    with huge.open("wb") as file:
        file.truncate(3_000_000_000)
    with pytest.raises(UserError, match=r"has 3.0 GB, and at most 1 GB are read"):
        prepare(Spec(file=huge))


TOML = {
    "not TOML": ("x = [", "is not TOML"),
    "no file": ('name = "a"\n', "it names no file"),
    "unknown key": ('file = "a.csv"\nrole = "x"\n', "unknown key 'role'"),
    "wrong type": ('file = "a.csv"\nscale = "yes"\n', "scale must be a bool"),
    "unknown role": ('file = "a.csv"\n[columns.x]\nrole = "boss"\n', "role must be one of outcome, predictor"),
    "unknown kind": ('file = "a.csv"\n[columns.x]\nkind = "big"\n', "kind must be one of real, positive"),
    "unknown key of a column": ('file = "a.csv"\n[columns.x]\ncolour = "red"\n', "has no key 'colour'"),
    "not a text": ('file = "a.csv"\n[columns.x]\nrole = 3\n', "must hold texts"),
}


@pytest.mark.parametrize("case", TOML)
def test_a_mistake_in_a_dataset_toml_is_one_clear_line(case: str, tmp_path: Path):
    content, expected = TOML[case]
    path = tmp_path / "dataset.toml"
    path.write_text(content)
    with pytest.raises(UserError, match=expected) as caught:
        read_spec(path)
    assert len(str(caught.value).splitlines()) == 1


def test_columns_of_lists_are_left_out_and_said(tmp_path: Path):
    path = tmp_path / "a.json"
    path.write_text(json.dumps([{"x": i * 1.5, "tags": ["a"], "y": i % 4 + 0.5} for i in range(9)]))
    prepared = prepare(Spec(file=path))
    assert prepared.roles["tags"].role is ColumnRole.LEAVE_OUT
    assert "lists" in prepared.roles["tags"].why


def test_a_duplicate_name_in_a_parquet_or_excel_file_is_found(tmp_path: Path):
    frame = pd.DataFrame([["x", "x"], [1, 2], [3, 4]])
    frame.to_excel(tmp_path / "a.xlsx", header=False, index=False)
    with pytest.raises(UserError, match="two columns are called 'x'"):
        prepare(Spec(file=tmp_path / "a.xlsx"))
