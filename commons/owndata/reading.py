"""Reading a file: delimited text, Parquet, JSON, Excel.

Nothing in a file is ever executed; compressed and pickled files are refused."""

import hashlib
import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from commons.owndata.delimited import MISSING, checked_names, read_delimited
from commons.owndata.table import MOST_BYTES, MOST_CELLS, Table
from commons.utils import UserError

_REFUSED = {
    **dict.fromkeys((".gz", ".zip", ".bz2", ".xz", ".zst", ".7z"), "compressed: unpack it first"),
    **dict.fromkeys((".pkl", ".pickle", ".joblib", ".npy", ".npz"), "not read: such files can hold code"),
    **dict.fromkeys((".rda", ".rdata", ".rds", ".sav", ".dta", ".xls", ".ods"), "of a kind that is not read"),
}
_KINDS = "CSV, TSV, Parquet, JSON and Excel (.xlsx) files are read"
_MOST_BYTES_EXCEL = 50_000_000


def read_table(path: Path) -> Table:
    """The table in a file. Raises UserError with one line that says what is wrong."""
    suffix = path.suffix.lower()
    if "\0" in str(path):
        raise UserError(f"there is no file {str(path)!r}")
    try:
        size = path.stat().st_size
        if path.is_dir():
            raise UserError(f"{path} is a folder: name a file")
        if not path.is_file():
            raise UserError(f"{path} is no regular file: save its content first")
        if suffix in _REFUSED:
            raise UserError(f"{path} is {_REFUSED[suffix]} ({_KINDS})")
        most = _MOST_BYTES_EXCEL if suffix in (".xlsx", ".xlsm", ".json", ".jsonl", ".ndjson") else MOST_BYTES
        if size > most:
            limit = f"at most {most / 1e9:g} GB are read: take a sample of the rows, or the columns that matter"
            raise UserError(f"{path} has {size / 1e9:.1f} GB, and {limit}")
        if not size:
            raise UserError(f"{path} is empty")
        frame, notes = _READERS.get(suffix, read_delimited)(path)
        digest = _sha256(path)
    except FileNotFoundError as error:
        raise UserError(f"there is no file {path}") from error
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror or error}") from error
    if not len(frame):
        raise UserError(f"{path} has no rows, only a header")
    if len(frame) == 1:
        raise UserError(f"{path} has one row: nothing can be learnt from it")
    return Table(path=path, frame=frame, notes=notes, sha256=digest)


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _parquet(path: Path) -> tuple[Any, tuple[str, ...]]:
    import pyarrow as pa  # noqa: PLC0415 - slow to load
    from pyarrow import parquet  # noqa: PLC0415

    try:
        about = parquet.ParquetFile(path)
        names = checked_names(path, list(about.schema_arrow.names))
        if about.metadata.num_rows * about.metadata.num_columns > MOST_CELLS:
            raise UserError(f"{path} has more than {MOST_CELLS:,} values: take a sample of the rows, or fewer columns")
        frame = about.read().to_pandas(ignore_metadata=True)
    except pa.ArrowException as error:
        raise UserError(f"{path} is not a Parquet file: {str(error).splitlines()[0]}") from error
    frame.columns = list(names)
    return frame, ()


def _json(path: Path) -> tuple[Any, tuple[str, ...]]:
    import pandas as pd  # noqa: PLC0415 - slow to load

    content = _records(path)
    if isinstance(content, dict) and any(isinstance(values, list) for values in content.values()):
        lengths = {len(values) for values in content.values() if isinstance(values, list)}
        if len(lengths) > 1:
            raise UserError(f"{path}: its columns have different lengths: {', '.join(map(str, sorted(lengths)))}")
        length = lengths.pop()
        content = {name: values if isinstance(values, list) else [values] * length for name, values in content.items()}
        frame = pd.DataFrame({name: pd.Series(values, dtype=object) for name, values in content.items()})
    elif isinstance(content, list) and content and all(isinstance(row, dict) for row in content):
        frame = pd.DataFrame(content, dtype=object)
    else:
        raise UserError(f"{path} is not a table: a list of records, or an object with a list for each column, is")
    frame.columns = list(checked_names(path, list(frame.columns)))
    return frame.infer_objects(), ()


def _records(path: Path) -> Any:
    """What a JSON file holds: rows or columns, also as pandas writes them (orient: columns, index, split, table)."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        try:
            content = json.loads(text)
        except json.JSONDecodeError:
            if "\n" not in text.strip() or not text.lstrip().startswith("{"):
                raise
            content = [json.loads(line) for line in text.splitlines() if line.strip()]
    except (ValueError, RecursionError) as error:
        raise UserError(f"{path} is not JSON: {error}") from error
    if "\\ud" in text.lower():  # halves of surrogate pairs, which are no text
        content = json.loads(json.dumps(content, ensure_ascii=False).encode("utf-8", "replace"))
    if not isinstance(content, dict):
        return content
    if isinstance(content.get("columns"), list) and isinstance(content.get("data"), list):
        names = [str(name) for name in content["columns"]]
        return [dict(zip(names, row, strict=False)) for row in content["data"] if isinstance(row, list)]
    if isinstance(content.get("data"), list | dict):
        content = content["data"]
    if isinstance(content, dict) and content and all(isinstance(each, dict) for each in content.values()):
        inner = list(content.values())
        if all(str(name).isdecimal() for name in content):  # by row
            return inner
        return {name: [each.get(row) for row in inner[0]] for name, each in content.items()}
    return [content] if isinstance(content, dict) and path.suffix.lower() != ".json" else content


def _excel(path: Path) -> tuple[Any, tuple[str, ...]]:
    import pandas as pd  # noqa: PLC0415 - slow to load

    try:
        with pd.ExcelFile(path, engine="openpyxl") as book:
            sheets = list(map(str, book.sheet_names))
            sheet, frame = next(
                ((name, filled) for name in sheets if len(filled := _sheet(book, name))), (sheets[0], pd.DataFrame())
            )
    except (zipfile.BadZipFile, ValueError, KeyError) as error:
        raise UserError(f"{path} is not an Excel file: {error}") from error
    if not len(frame):
        raise UserError(f"{path} has no rows")
    notes = [f"the sheet {sheet!r}, of {len(sheets)}, was read"] if len(sheets) > 1 else []
    filled = frame.notna().sum(axis=1).to_numpy()
    titles = int(np.argmax(filled > 1)) if frame.shape[1] > 1 else 0
    if titles:
        notes.append(f"{titles} rows above the header: skipped")
    names = checked_names(path, ["" if pd.isna(cell) else cell for cell in frame.iloc[titles]])
    frame = frame.iloc[titles + 1 :].reset_index(drop=True)
    frame.columns = list(names)
    return frame.infer_objects(), tuple(notes)


def _sheet(book: Any, name: str) -> Any:
    """The cells of a sheet as they stand there, without rows and columns that are empty."""
    import pandas as pd  # noqa: PLC0415 - slow to load

    frame = pd.read_excel(
        book, sheet_name=name, header=None, dtype=object, keep_default_na=False, na_values=list(MISSING)
    )
    return frame.dropna(how="all").dropna(how="all", axis=1)


_READERS: Mapping[str, Callable[[Path], tuple[Any, tuple[str, ...]]]] = {
    **dict.fromkeys((".parquet", ".pq"), _parquet),
    **dict.fromkeys((".json", ".jsonl", ".ndjson"), _json),
    **dict.fromkeys((".xlsx", ".xlsm"), _excel),
}
