"""What the cells of a column say: numbers, however they are written, dates, or texts."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from commons.owndata.dates import parsed_dates
from commons.owndata.delimited import MISSING
from commons.owndata.numbers import read_numbers

_MISSING = frozenset(text.lower() for text in MISSING) | {"missing", "unknown", "not available", "<na>", "nat", "none"}
_YEAR_DAYS = 365.25
_NONE = "none"  # missing among numbers and dates, a level among texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """numbers: float64, NaN where missing, or None where the cells are texts. texts: the different ones, stripped;
    codes: shape (rows,), which of them a cell is, -1 where missing.

    unit: found in the cells. dates: whether the numbers are dates."""

    numbers: np.ndarray | None
    texts: tuple[str, ...] = ()
    codes: np.ndarray | None = None
    unit: str = ""
    dates: bool = False
    notes: tuple[str, ...] = ()


def read_cells(series: Any) -> Cells | None:
    """The cells of a pandas Series. None where they are lists or the like."""
    kind = series.dtype.kind if hasattr(series.dtype, "kind") else "O"
    if kind in "biuf":
        return Cells(numbers=series.to_numpy(dtype=np.float64, na_value=np.nan))
    if kind in "Mm":
        return _dated(series)
    if kind == "c":
        return None
    filled = series.dropna()
    if len(filled) and not isinstance(filled.iloc[0], str):
        first = filled.iloc[0]
        if hasattr(first, "isoformat"):
            return _dates_of(series)
        if any(isinstance(each, list | dict | set | tuple | bytes | np.ndarray) for each in filled.head(100)):
            return None
    return _texts(series)


def _texts(series: Any) -> Cells:
    """Each different text is read once."""
    codes, uniques = _factorized(series)
    texts = [str(each).strip() for each in uniques]
    keep = [text.lower() not in _MISSING for text in texts]
    filled = [text for text, kept in zip(texts, keep, strict=True) if kept]
    values, unit, notes = read_numbers(filled)
    if values is not None:
        return Cells(numbers=_spread(codes, keep, values), unit=unit, notes=notes)
    days, notes = parsed_dates(filled)
    if days is not None:
        numbers, unit = _since(_spread(codes, keep, days))
        return Cells(numbers=numbers, unit=unit, dates=True, notes=notes)
    keep = [kept or text.lower() == _NONE for text, kept in zip(texts, keep, strict=True)]
    different = tuple(dict.fromkeys(text for text, kept in zip(texts, keep, strict=True) if kept))
    place = {text: i for i, text in enumerate(different)}
    lookup = np.array([place[text] if kept else -1 for text, kept in zip(texts, keep, strict=True)] + [-1])
    return Cells(numbers=None, texts=different, codes=lookup[codes])


def _factorized(series: Any) -> tuple[np.ndarray, Any]:
    import pandas as pd  # noqa: PLC0415 - slow to load

    try:
        codes, uniques = pd.factorize(series)
    except TypeError:  # values that cannot be hashed
        codes, uniques = pd.factorize(series.astype(str))
    return codes, list(uniques)


def _spread(codes: np.ndarray, keep: list[bool], values: np.ndarray) -> np.ndarray:
    lookup = np.full(len(keep) + 1, np.nan)
    lookup[:-1][np.array(keep, dtype=bool)] = values
    return np.asarray(lookup[codes])


def _dated(series: Any) -> Cells:
    if series.dtype.kind == "m":
        days = series.to_numpy(dtype="timedelta64[s]").astype(np.float64) / 86_400
        return Cells(numbers=np.where(series.isna(), np.nan, days), unit="days")
    dates = series if getattr(series.dt, "tz", None) is None else series.dt.tz_convert(None)
    days = dates.to_numpy(dtype="datetime64[s]").astype(np.int64) / 86_400
    numbers, unit = _since(np.where(series.isna(), np.nan, days))
    return Cells(numbers=numbers, unit=unit, dates=True)


def _dates_of(series: Any) -> Cells | None:
    import pandas as pd  # noqa: PLC0415 - slow to load

    parsed = pd.to_datetime(series, errors="coerce", utc=True)
    return None if parsed.isna().sum() > series.isna().sum() else _dated(parsed)


def _since(days: np.ndarray) -> tuple[np.ndarray, str]:
    """Days, or years where they span more than five, since the first; and what that is called."""
    if np.isnan(days).all():
        return days, ""
    first = float(np.nanmin(days))
    day = str(np.datetime64(int(first), "D"))
    if np.nanmax(days) - first > 5 * _YEAR_DAYS:
        return (days - first) / _YEAR_DAYS, f"years since {day}"
    return days - first, f"days since {day}"
