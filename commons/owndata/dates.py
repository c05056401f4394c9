"""Texts that are dates: days, months, quarters and weeks, as people write them."""

import re
import warnings
from typing import Any

import numpy as np

_DATE = re.compile(
    r"\d{1,4}[-/.]\w{1,9}[-/.]\d{1,4}|\w{3,9}\.? \d{1,2},? \d{4}|\d{1,2} \w{3,9} \d{4}|\d{4}-\d{2}-\d{2}T"
)
_SLASHED = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.]\d{2,4}\b")
_MONTHS = (  # the form of a text, what it becomes, and that text's format; a day is added
    (re.compile(r"(\d{4})[-/.M ](1[0-2]|0?[1-9])"), r"\1-\2-1", "%Y-%m-%d"),
    (re.compile(r"([A-Za-z]{3})[a-z]{0,6}\.?[- /,]+(\d{4})"), r"\1-\2-1", "%b-%Y-%d"),
    (re.compile(r"([A-Za-z]{3})[- ]'?(\d{2})"), r"\1-\2-1", "%b-%y-%d"),
    (re.compile(r"(\d{4})-?W(\d{2})"), r"\1-\2-1", "%G-%V-%u"),
)
_MONTHS_A_YEAR = 12
_QUARTER = re.compile(r"(?:(\d{4})[- ]?)?Q([1-4])(?:[- ]?(\d{4}))?", re.IGNORECASE)


def parsed_dates(  # noqa: PLR0911 - one per way of writing
    texts: list[str],
) -> tuple[np.ndarray | None, tuple[str, ...]]:
    """Days since 1970, and how they were read; None where some text is not a date. texts: in the order of the file."""
    if not texts:
        return None, ()
    months = _as_months(texts)
    if months is not None:
        return _parsed(*months), ()
    if not all(_DATE.match(text) for text in texts):
        return None, ()
    slashed = [_SLASHED.match(text) for text in texts]
    if not all(slashed):
        found = _parsed(texts)
        return (_parsed(texts, "mixed") if found is None else found), ()
    ones, twos = ([int(match[i]) for match in slashed if match] for i in (1, 2))
    if max(ones) > _MONTHS_A_YEAR or max(twos) > _MONTHS_A_YEAR:
        return _parsed(texts, dayfirst=max(ones) > _MONTHS_A_YEAR), ()
    months_first, days_first = (_parsed(texts, dayfirst=dayfirst) for dayfirst in (False, True))
    if months_first is None or days_first is None or np.array_equal(months_first, days_first):
        return months_first, ()
    if _rises(days_first) and not _rises(months_first):
        return days_first, ("dates read as day, month, year: both are possible",)
    return months_first, ("dates read as month, day, year: both are possible",)


def _as_months(texts: list[str]) -> tuple[list[str], str] | None:
    """The texts with a day, and their format, where they are months, quarters or weeks."""
    for form, becomes, shape in _MONTHS:
        matched = [form.fullmatch(text) for text in texts]
        if all(matched):
            return [match.expand(becomes) for match in matched if match], shape
    quarters = [_QUARTER.fullmatch(text) for text in texts]
    if all(match and bool(match[1]) != bool(match[3]) for match in quarters):
        return [f"{match[1] or match[3]}-{3 * int(match[2]) - 2}-1" for match in quarters if match], "%Y-%m-%d"
    return None


def _parsed(texts: list[str], shape: str | None = None, *, dayfirst: bool = False) -> np.ndarray | None:
    import pandas as pd  # noqa: PLC0415 - slow to load

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pandas says that it guesses the format for each value
        try:
            parsed: Any = pd.to_datetime(pd.Series(texts), utc=True, format=shape, dayfirst=dayfirst)
        except (ValueError, OverflowError):
            return None
    return np.asarray(parsed.to_numpy(dtype="datetime64[s]").astype(np.int64) / 86_400, dtype=np.float64)


def _rises(days: np.ndarray) -> bool:
    """Whether dates never go back, or never forth."""
    steps = np.diff(days)
    return bool((steps >= 0).all() or (steps <= 0).all())
