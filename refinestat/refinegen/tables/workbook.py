"""Tables as a spreadsheet that is read without help: frozen header, filters, formats, and a sheet on every column."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from math import isfinite
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter

from commons.utils import replacing
from refinestat.refinegen.tables.columns import FORMATS, TEXT, Column

ALWAYS = datetime(2000, 1, 1)  # so that the same tables make the same file


def write_workbook(
    path: Path, sheets: Mapping[str, pd.DataFrame], columns: Mapping[str, Column], about: Sequence[str]
) -> None:
    """Writes one sheet per table and a sheet `columns` that explains them, under the lines of `about`."""
    with replacing(path) as temporary, xlsxwriter.Workbook(str(temporary)) as book:
        book.set_properties({"created": ALWAYS, "title": about[0]})
        header = book.add_format({"bold": True, "bg_color": "#E8EEF4", "bottom": 1, "text_wrap": True, "valign": "top"})
        formats = {kind: book.add_format({"num_format": kind}) for kind in FORMATS}
        for title, frame in sheets.items():
            _write_sheet(book.add_worksheet(title), frame, columns, header, formats)
        _write_columns(book.add_worksheet("columns"), sheets, columns, about, header)


def _write_sheet(sheet: Any, frame: pd.DataFrame, columns: Mapping[str, Column], header: Any, formats: Any) -> None:
    sheet.freeze_panes(1, sum(name in frame for name in ("model", "dataset", "seed")))
    for number, name in enumerate(frame.columns):
        values = frame[name].tolist()
        style = formats[columns[name].format]
        sheet.write_string(0, number, name, header)
        sheet.write_comment(0, number, columns[name].meaning, {"author": "RefineStat", "x_scale": 2})
        for row, value in enumerate(values, start=1):
            _write_value(sheet, row, number, value, style)
        longest = max((len(str(value)) for value in values), default=0) if columns[name].format == TEXT else 0
        sheet.set_column(number, number, min(40, max(9, longest, len(name)) + 2))
    if len(frame.columns):
        sheet.autofilter(0, 0, len(frame), len(frame.columns) - 1)


def _write_value(sheet: Any, row: int, number: int, value: Any, style: Any) -> None:
    """A number, a text, or nothing for a missing value; infinity, which spreadsheets lack, as text."""
    if isinstance(value, str):
        sheet.write_string(row, number, value, style)
    elif pd.isna(value):
        sheet.write_blank(row, number, None, style)
    elif isfinite(value):
        sheet.write_number(row, number, value, style)
    else:
        sheet.write_string(row, number, str(value), style)


def _write_columns(
    sheet: Any, sheets: Mapping[str, pd.DataFrame], columns: Mapping[str, Column], about: Sequence[str], header: Any
) -> None:
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 100)
    for row, line in enumerate(about):
        sheet.write_string(row, 0, line)
    start = len(about) + 1
    sheet.write_row(start, 0, ["column", "meaning"], header)
    shown = [name for name in columns if any(name in frame for frame in sheets.values())]
    for row, name in enumerate(shown, start=start + 1):
        sheet.write_string(row, 0, name)
        sheet.write_string(row, 1, columns[name].meaning)
