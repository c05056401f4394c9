"""Text tables: encoding, delimiter and header are found out, and said where they are not the usual ones."""

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from commons.utils import UserError

MISSING = (
    "",
    "NA",
    "N/A",
    "n/a",
    "na",
    "NaN",
    "nan",
    "-nan",
    "null",
    "NULL",
    "?",
    ".",
    "-",
    "--",
    "#N/A",
)
_DELIMITERS = {",": "commas", "\t": "tabs", ";": "semicolons", "|": "bars"}
_SAMPLE = 1 << 16
_NUMBER = re.compile(r"[-+]?(\d+([.,]\d*)?|[.,]\d+)([eE][-+]?\d+)?%?")
_MOST_FOOTER_LINES = 3
_MOST_TITLES, _FEWEST_BELOW_TITLES = 5, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How a text table is written. delimiter "": any white space. skip: lines before the first row of data."""

    encoding: str
    delimiter: str
    names: tuple[str, ...]
    skip: int
    notes: tuple[str, ...]


def read_delimited(path: Path) -> tuple[Any, tuple[str, ...]]:
    """The table in a text file as a DataFrame, and how it was read. Raises UserError with one line."""
    layout = layout_of(path)
    try:
        return _read(path, layout)
    except UnicodeDecodeError:
        layout = replace(layout, encoding="latin-1", notes=(*layout.notes, "the file is not UTF-8: read as Latin-1"))
        return _read(path, layout)


def layout_of(path: Path) -> Layout:
    """Encoding, delimiter, column names, from the first 64 kB."""
    with path.open("rb") as file:
        sample = file.read(_SAMPLE)
    encoding, notes = _encoding(path, sample)
    text = sample.decode(encoding, errors="ignore" if encoding.startswith("utf") else "strict")
    lines = text.splitlines()
    if len(sample) == _SAMPLE and len(lines) > 1:
        lines.pop()  # cut
    skip = next((i for i, line in enumerate(lines) if line.strip() and not line.startswith("#")), len(lines))
    rows = [line for line in lines[skip:] if line.strip()]
    if not rows:
        raise UserError(f"{path} has no rows")
    if skip and any(line.strip() for line in lines[:skip]):
        notes.append(f"the first {skip} lines are comments: skipped")
    delimiter = _delimiter(rows)
    titles = _titles([_cells(row, delimiter) for row in rows[:200]])
    if titles:
        skip = next(i for i, line in enumerate(lines) if i >= skip and line == rows[titles])
        rows = rows[titles:]
        notes.append(f"{titles} lines above the header: skipped")
    if not delimiter:
        notes.append("columns are separated by white space")
    elif delimiter != "," and not (delimiter == "\t" and path.suffix.lower() in (".tsv", ".tab")):
        notes.append(f"columns are separated by {_DELIMITERS[delimiter]}")
    cells = [_cells(row, delimiter) for row in rows[:200]]
    header, found = _header(path, cells)
    return Layout(encoding=encoding, delimiter=delimiter, names=header, skip=skip + found[0], notes=(*notes, *found[1]))


def _encoding(path: Path, sample: bytes) -> tuple[str, list[str]]:
    if sample.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        return "utf-32", ["the file is UTF-32"]
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16", ["the file is UTF-16"]
    if b"\0" in sample:
        raise UserError(f"{path} is not a table: it holds binary data")
    try:
        sample.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(sample) - 4:
            return "latin-1", ["the file is not UTF-8: read as Latin-1"]
    return "utf-8-sig" if sample.startswith(b"\xef\xbb\xbf") else "utf-8", []


def _cells(row: str, delimiter: str) -> list[str]:
    return [cell.strip() for cell in next(csv.reader([row], delimiter=delimiter))] if delimiter else row.split()


def _delimiter(rows: list[str]) -> str:
    """The one that gives most rows the same number of fields, more than one; commas where none does."""
    best, best_score = ",", 0.0
    for delimiter in (*_DELIMITERS, ""):
        try:
            sizes = Counter(len(_cells(row, delimiter)) for row in rows[:200])
        except csv.Error:
            continue
        fields, times = sizes.most_common(1)[0]
        score = times / sum(sizes.values()) * (1 if delimiter else 0.9) if fields > 1 else 0.0
        if delimiter == "" and len(rows) < 3:
            score = 0.0
        if score > best_score + 1e-9:
            best, best_score = delimiter, score
    return best


def _titles(cells: list[list[str]]) -> int:
    """How many lines stand above the header: of one field, where nearly all have three or more."""
    fields, times = Counter(map(len, cells)).most_common(1)[0]
    if fields < _FEWEST_BELOW_TITLES or times < len(cells) - _MOST_TITLES:
        return 0
    first = next(i for i, row in enumerate(cells) if len(row) >= fields - 1)
    return first if first <= _MOST_TITLES and all(len([c for c in row if c]) <= 1 for row in cells[:first]) else 0


def _header(path: Path, cells: list[list[str]]) -> tuple[tuple[str, ...], tuple[int, list[str]]]:
    """The names of the columns; how many lines they take (0 or 1), and what is odd."""
    first, rest = cells[0], cells[1:]
    if all(_NUMBER.fullmatch(cell) or cell in MISSING for cell in first) and any(first):
        names = [f"column{i}" for i in range(1, len(first) + 1)]
        return tuple(names), (0, [f"the first line is not a header: the columns are called column1 to {names[-1]}"])
    if rest and all(len(row) == len(first) + 1 for row in rest):
        if not any(row[-1] for row in rest):  # each row ends with a delimiter
            return checked_names(path, [*first, ""]), (1, [])
        return ("row_names", *checked_names(path, first)), (1, [])
    return checked_names(path, first), (1, [])


def checked_names(path: Path, names: list[str]) -> tuple[str, ...]:
    """Names without white space around them; an empty one is numbered. Raises UserError where two are the same."""
    plain = [str(name).encode("utf-8", "replace").decode().strip() for name in names]
    stripped = [name or f"unnamed{i}" for i, name in enumerate(plain, start=1)]
    twice = [name for name, times in Counter(stripped).items() if times > 1]
    if twice:
        where = [str(i) for i, name in enumerate(stripped, start=1) if name == twice[0]]
        raise UserError(f"{path}: two columns are called {twice[0]!r} (columns {' and '.join(where)}): rename one")
    return tuple(stripped)


def _read(path: Path, layout: Layout) -> tuple[Any, tuple[str, ...]]:
    if not layout.delimiter or layout.encoding in ("utf-16", "utf-32"):
        return _read_slowly(path, layout), layout.notes
    from pyarrow import ArrowInvalid  # noqa: PLC0415 - slow to load

    try:
        table, ragged = _read_arrow(path, layout, texts=False)
    except ArrowInvalid:
        try:
            table, ragged = _read_arrow(path, layout, texts=True)
        except ArrowInvalid as error:
            raise UserError(f"{path} is not a table: {str(error).splitlines()[0]}") from error
    notes = layout.notes
    if ragged:
        notes = (*notes, _footer(path, layout, ragged, table.num_rows))
    return table.to_pandas(self_destruct=True), notes


def _read_arrow(path: Path, layout: Layout, *, texts: bool) -> tuple[Any, list[Any]]:
    """The table, and its rows that do not fit. texts: read every column as text."""
    import pyarrow as pa  # noqa: PLC0415
    from pyarrow import csv as arrow  # noqa: PLC0415

    ragged: list[Any] = []

    def note(row: Any) -> str:
        ragged.append(row)
        return "skip"

    types = {"column_types": {name: pa.string() for name in layout.names}} if texts else {}
    encoding = "utf-8" if layout.encoding.startswith("utf-8") else layout.encoding
    content: Any = path.read_bytes()
    if encoding == "utf-8":
        content.decode("utf-8")  # Arrow would drop what is not UTF-8 to bytes
    table = arrow.read_csv(
        io.BytesIO(content),
        read_options=arrow.ReadOptions(
            column_names=list(layout.names),
            skip_rows=layout.skip,
            block_size=max(1 << 20, min(len(content) + 1, 1 << 30)),
            encoding=encoding,
        ),
        parse_options=arrow.ParseOptions(delimiter=layout.delimiter, newlines_in_values=True, invalid_row_handler=note),
        convert_options=arrow.ConvertOptions(
            null_values=list(MISSING), strings_can_be_null=True, quoted_strings_can_be_null=True, **types
        ),
    )
    if content.count(b'"') % 2 and table.num_rows < content.count(b"\n") / 2:
        raise UserError(f"{path}: a quotation mark is opened and never closed")
    return table, ragged


def _footer(path: Path, layout: Layout, ragged: list[Any], rows: int) -> str:
    """What is said of lines after the table. Raises UserError for rows that have too many or too few fields."""
    ends = [row for row in ragged if row.actual_columns < row.expected_columns and row.actual_columns <= 2]
    lines = path.read_text(encoding=layout.encoding).splitlines()
    last = [line.strip() for line in lines if line.strip()][-len(ragged) :]
    if len(ends) == len(ragged) <= _MOST_FOOTER_LINES and [row.text.strip() for row in ends] == last:
        return f"the last {len(ends)} lines are not rows of the table: skipped"
    first = ragged[0]
    line = next((i for i, text in enumerate(lines, start=1) if text.strip() == first.text.strip()), 0)
    raise UserError(
        f"{path}:{line}: {first.actual_columns} fields, and the table has {first.expected_columns} columns"
        + (f" ({len(ragged)} such lines)" if len(ragged) > 1 else "")
    )


def _read_slowly(path: Path, layout: Layout) -> Any:
    import pandas as pd  # noqa: PLC0415 - slow to load

    try:
        return pd.read_csv(
            path,
            sep=layout.delimiter or r"\s+",
            encoding=layout.encoding,
            header=None,
            names=list(layout.names),
            skiprows=layout.skip,
            na_values=list(MISSING),
            keep_default_na=False,
            index_col=False,
        )
    except pd.errors.ParserError as error:
        raise UserError(f"{path} is not a table: {str(error).strip().splitlines()[-1]}") from error
