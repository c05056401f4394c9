"""Ways in which people and programs write the same table: all are read, and what is odd is said."""

import json
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from commons.owndata.column import ColumnKind
from commons.owndata.dates import parsed_dates
from commons.owndata.numbers import read_numbers
from commons.owndata.prepare import prepare
from commons.owndata.spec import Spec

ROWS = [(i * 1.5, (i * 7) % 5 + 0.5) for i in range(1, 15)]
CSV = "x,y\n" + "".join(f"{x},{y}\n" for x, y in ROWS)
FRAME = pd.DataFrame(ROWS, columns=["x", "y"])

NUMBERS = {
    "spaces between thousands": (["1 234", "5 678 901"], [1234, 5678901]),
    "narrow spaces, decimal commas": (["1\u202f234,5", "678,25"], [1234.5, 678.25]),
    "apostrophes": (["1\u2019234", "12'000"], [1234, 12000]),
    "euros": (["1.234,50 \u20ac", "7,25 \u20ac"], [1234.5, 7.25]),
    "dollars": (["$1,234.50", "$7"], [1234.5, 7]),
    "a currency's code": (["USD 12", "USD 1,300"], [12, 1300]),
    "bookkeepers' minus": (["(3.5)", "4"], [-3.5, 4]),
    "a minus that is no hyphen": (["\u22123", "4"], [-3, 4]),
    "percentages": (["3,5%", "12 %"], [3.5, 12]),
    "units": (["3,5 kg", "12 kg"], [3.5, 12]),
}


@pytest.mark.parametrize("case", NUMBERS)
def test_numbers_are_read_however_they_are_written(case: str):
    texts, expected = NUMBERS[case]
    values, _, _ = read_numbers(texts)
    assert values is not None
    assert values.tolist() == expected


def test_what_is_no_number_stays_text():
    for texts in (["1_000", "2"], ["12-14", "3"], ["3 kg", "4 lb"], ["1,2,3", "4"], ["5 apples and more", "2"]):
        assert read_numbers(texts)[0] is None


DATES = {
    "days first, by a day above 12": (["1/2/20", "13/2/20"], ["2020-02-01", "2020-02-13"]),
    "days first, by their order": (
        ["01/02/2020", "02/02/2020", "01/03/2020"],
        ["2020-02-01", "2020-02-02", "2020-03-01"],
    ),
    "months first": (["2/1/2020", "2/13/2020"], ["2020-02-01", "2020-02-13"]),
    "months": (["2012-01", "2012-12"], ["2012-01-01", "2012-12-01"]),
    "months by name": (["Jan-12", "Sep-12"], ["2012-01-01", "2012-09-01"]),
    "quarters": (["Q1 2012", "Q3 2014"], ["2012-01-01", "2014-07-01"]),
    "weeks": (["2012-W05", "2012-W06"], ["2012-01-30", "2012-02-06"]),
}


@pytest.mark.parametrize("case", DATES)
def test_dates_are_read_however_they_are_written(case: str):
    texts, expected = DATES[case]
    days, _ = parsed_dates(texts)
    assert days is not None
    assert [str(np.datetime64(int(day), "D")) for day in days] == expected


def test_bands_and_impossible_days_are_no_dates():
    assert parsed_dates(["18-24", "25-34"])[0] is None
    assert parsed_dates(["2020-13-45", "2020-01-01"])[0] is None


def test_of_an_ambiguous_date_the_reading_is_said():
    assert parsed_dates(["03/04/2020", "05/04/2020"])[1] == ("dates read as month, day, year: both are possible",)


TEXTS = {
    "UTF-32": CSV.encode("utf-32"),
    "a delimiter at each end": (CSV.replace("\n", ",\n").replace("x,y,", "x,y", 1)).encode(),
    "titles above the header": ("Our study\n\nx,y,z\n" + "".join(f"{x},{y},{x * y}\n" for x, y in ROWS)).encode(),
}


@pytest.mark.parametrize("case", TEXTS)
def test_a_table_is_found_in_a_text_file(case: str, tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_bytes(TEXTS[case])
    columns = {column.name: column for column in prepare(Spec(file=path)).columns}
    assert columns["x"].values.tolist() == FRAME["x"].tolist()
    assert columns["y"].values.tolist() == FRAME["y"].tolist()


JSONS = {
    "records": FRAME.to_json(orient="records"),
    "columns, as pandas writes them": FRAME.to_json(),
    "index": FRAME.to_json(orient="index"),
    "split": FRAME.to_json(orient="split"),
    "table": FRAME.to_json(orient="table", index=False),
    "lines": FRAME.to_json(orient="records", lines=True),
}


@pytest.mark.parametrize("case", JSONS)
def test_a_table_is_found_in_a_json_file(case: str, tmp_path: Path):
    path = tmp_path / "a.json"
    path.write_text(JSONS[case])
    assert prepare(Spec(file=path)).columns[0].values.tolist() == FRAME["x"].tolist()


def test_half_a_character_in_a_json_file_is_replaced(tmp_path: Path):
    path = tmp_path / "a.json"
    path.write_text(json.dumps([{"x\ud800": x, "y": y} for x, y in ROWS]))
    assert prepare(Spec(file=path)).dataset.outcome.values.size == len(ROWS)


def test_in_an_excel_file_empty_sheets_and_titles_are_passed_over(tmp_path: Path):
    book = openpyxl.Workbook()
    book.active.title = "Notes"
    sheet = book.create_sheet("Data")
    sheet["A1"] = "Results"
    sheet.merge_cells("A1:B1")
    for row in [("x", "y"), *ROWS]:
        sheet.append(row)
    book.save(tmp_path / "a.xlsx")
    found = prepare(Spec(file=tmp_path / "a.xlsx"))
    assert [column.name for column in found.columns] == ["x", "y"]
    assert {"the sheet 'Data', of 2, was read", "1 rows above the header: skipped"} <= set(found.notes)


def test_yes_and_no_may_be_spelled_in_several_ways(tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_text("x,y\n" + "".join(f"{i}.5,{('TRUE', 'f', 'True', 'no')[i % 4]}\n" for i in range(24)))
    column = prepare(Spec(file=path)).columns[1]
    assert column.kind is ColumnKind.BINARY
    assert column.values[:4].tolist() == [1, 0, 1, 0]
