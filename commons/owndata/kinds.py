"""What kind of values a column holds, and why we think so."""

import re
from dataclasses import replace

import numpy as np

from commons.owndata import words
from commons.owndata.cells import Cells
from commons.owndata.column import Column, ColumnKind
from commons.owndata.explained import as_shares
from commons.owndata.levels import MOST_LEVELS, coded, natural, textual
from commons.utils import UserError

NUMBERS_THE_ROWS = "1, 2, 3 and so on, row by row"
_NUMBERED = 10  # rows from which 1, 2, 3 and so on number them
_MISSING_CODES = (-9.0, -99.0, -999.0, -9999.0, -99999.0)
_TOO_LARGE = 1e100  # squares of such numbers overflow
_SMALLEST_SHARE = 0.05  # the largest of what are proportions without being called so
_NOTHING = np.array([])


def infer(name: str, cells: Cells | None, *, first: bool, declared: ColumnKind | None = None) -> Column:
    """The column, its kind found out or as declared. first: whether it is the first of the table.

    Raises UserError where the values do not allow the declared kind."""
    if cells is None:
        return Column(name=name, kind=ColumnKind.TEXT, why="its cells are lists or the like", values=_NOTHING)
    column = _numeric(name, cells, first) if cells.numbers is not None else textual(name, cells)
    unit = cells.unit or _unit_in(name)
    column = replace(column, unit=column.unit or unit, odd=(*cells.notes, *column.odd))
    return column if declared is None else _declared(column, cells, declared)


def _unit_in(name: str) -> str:
    found = re.search(r"[(\[]([^)\]]{1,12})[)\]]\s*$", name) or re.search(r"\S \/ (\S{1,12})$", name)
    return found[1] if found else ""


def _numeric(name: str, cells: Cells, first: bool) -> Column:
    values = np.asarray(cells.numbers, dtype=np.float64)
    infinite = np.isinf(values)
    odd: tuple[str, ...] = ()
    if infinite.any():
        odd = (f"{infinite.sum()} infinite values (first in row {int(np.argmax(infinite)) + 1}): taken as missing",)
        values = np.where(infinite, np.nan, values)
    coded = _missing_code(values)
    if coded is not None:
        number = int((values == coded).sum())
        odd = (*odd, f"{coded:g} ({number} times) stands for a missing value: all others are 0 or more")
        values = np.where(values == coded, np.nan, values)
    filled = values[~np.isnan(values)]
    size = np.abs(filled).max() if filled.size else 0.0
    if size > _TOO_LARGE or 0 < size < 1 / _TOO_LARGE:
        why = f"numbers like {filled[0]:.3g} are beyond {'' if size > 1 else '1/'}{_TOO_LARGE:g}: change their unit"
        return Column(name=name, kind=ColumnKind.TEXT, why=why, values=_NOTHING, odd=odd)
    kind, why = _kind(name, filled, cells, first)
    if kind is ColumnKind.CATEGORY or (kind is ColumnKind.BINARY and set(filled[:1000].tolist()) - {0.0, 1.0}):
        found = np.unique(filled)
        codes = np.where(np.isnan(values), np.nan, np.searchsorted(found, values))
        levels = tuple(f"{value:g}" for value in found.tolist())
        return Column(name=name, kind=kind, why=why, values=codes, levels=levels, odd=odd)
    return Column(name=name, kind=kind, why=why, values=values, odd=odd)


def _missing_code(values: np.ndarray) -> float | None:
    """A number that stands for a missing value: -9, -99, -999 and so on, among values that are not negative."""
    filled = values[~np.isnan(values)]
    low = float(filled.min()) if filled.size else 0.0
    if low not in _MISSING_CODES or ((filled < 0) & (filled != low)).any() or (filled < 0).mean() > 0.5:
        return None
    return low if -low > 5 * np.median(filled[filled >= 0]) or low <= -99 else None


def _kind(  # noqa: PLR0911 - one per rule
    name: str, filled: np.ndarray, cells: Cells, first: bool
) -> tuple[ColumnKind, str]:
    if not filled.size:
        return ColumnKind.EMPTY, "no values"
    low, high = float(filled.min()), float(filled.max())
    if low == high:
        return ColumnKind.CONSTANT, f"always {low:g}"
    if cells.dates:
        return ColumnKind.DATE, f"dates, counted in {cells.unit}"
    if np.all(filled == np.round(filled)):
        if words.is_percent(name, cells.unit) and low >= 0 and high > 1:
            return (ColumnKind.POSITIVE if low > 0 else ColumnKind.REAL), "whole numbers, percentages"
        return _whole(name, filled, low, high, first)
    if low > 0 and high < 1 and _may_be_shares(name, high):
        return ColumnKind.PROPORTION, "all between 0 and 1"
    return (ColumnKind.POSITIVE, "all above 0") if low > 0 else (ColumnKind.REAL, "numbers")


def _may_be_shares(name: str, high: float) -> bool:
    """Whether values between 0 and 1 are proportions. high: the largest."""
    if words.has(name, words.PROPORTION):
        return True
    measured = words.measures_something(name) and not words.has(name, words.MAY_BE_SHARES)
    return high > _SMALLEST_SHARE and not measured and not words.has_unit(name)


def _whole(  # noqa: PLR0911 - one per rule
    name: str, filled: np.ndarray, low: float, high: float, first: bool
) -> tuple[ColumnKind, str]:
    """The kind of whole numbers, of which there are two different ones at least."""
    if (low, high) in ((0, 1), (1, 2), (-1, 1)) and np.isin(filled, (low, high)).all():
        return ColumnKind.BINARY, f"only {low:g} and {high:g}"
    different = len(np.unique(filled))
    sequence = different == filled.size and high - low == different - 1 and low in (0, 1)
    if different == filled.size and (words.names_rows(name) or (first and sequence and _is_filler(name))):
        return ColumnKind.IDENTIFIER, "a different number in every row, and its name"
    if sequence and len(filled) >= _NUMBERED and not (np.diff(filled) != 1).any() and not _may_be_counted_off(name):
        return ColumnKind.IDENTIFIER, NUMBERS_THE_ROWS
    if words.names_groups(name) and different <= min(filled.size / 2, MOST_LEVELS):
        return ColumnKind.CATEGORY, f"{different} numbers that name groups, by its name"
    if words.has(name, words.RATED) and low >= 0 and high - low <= 10 and different > 2:
        return ColumnKind.ORDINAL, "a rating, by its name"
    if low < 0:
        return ColumnKind.REAL, "whole numbers of either sign"
    if words.measures_something(name) and not words.has(name, words.TIME):
        return (ColumnKind.POSITIVE if low > 0 else ColumnKind.REAL), "whole numbers, a measurement by its name"
    if words.counts_something(name) or words.has(name, words.TIME | words.TRIALS):
        return ColumnKind.COUNT, "whole numbers from 0, and its name"
    if high >= 50 and different > 5 and not (filled % 5).any():
        return (ColumnKind.POSITIVE if low > 0 else ColumnKind.REAL), "rounded to fives: a measurement"
    if filled.mean() > 30 and filled.var() < filled.mean() / 2:
        return ColumnKind.POSITIVE, "whole numbers that vary less than counts would: a measurement"
    return ColumnKind.COUNT, "whole numbers from 0"


def _may_be_counted_off(name: str) -> bool:
    """Whether a column may well rise by one from row to row and mean something: a time, a dose, x, y."""
    return words.has(name, words.GROWS | words.MEASURE) or name.lower() in ("x", *words.OUTCOME)


def _is_filler(name: str) -> bool:
    return (
        name == "X"
        or name.lower() in ("unnamed1", "row_names", "obs", "case", "observation")
        or name.startswith("Unnamed")
    )


def _declared(column: Column, cells: Cells, kind: ColumnKind) -> Column:
    """The column as the user says. Raises UserError where its values do not allow that."""
    if kind is ColumnKind.CATEGORY or (kind is ColumnKind.ORDINAL and cells.numbers is None):
        return _as_category(column, cells, kind)
    if cells.numbers is None:
        if column.kind is kind:
            return column
        raise UserError(f"column {column.name!r} holds text: its kind cannot be {kind}")
    values = np.where(np.isinf(cells.numbers), np.nan, cells.numbers)
    if kind is ColumnKind.PROPORTION and words.is_percent(column.name, column.unit) and 1 < np.nanmax(values) <= 100:
        return replace(as_shares(replace(column, values=values)), why="as you said")
    filled = values[~np.isnan(values)]
    for allowed, holds, rule in _RULES[kind]:
        wrong = np.flatnonzero(~np.isnan(values) & ~holds(values)) if filled.size else np.array([])
        if wrong.size:
            raise UserError(
                f"column {column.name!r} cannot be {allowed}: {rule}, and row {wrong[0] + 1} has {values[wrong[0]]:g}"
            )
    return replace(column, kind=kind, why="as you said", values=values, levels=())


def _as_category(column: Column, cells: Cells, kind: ColumnKind) -> Column:
    if column.levels:
        return replace(column, kind=kind, why="as you said")
    if cells.numbers is None:
        assert cells.codes is not None
        texts, codes = list(cells.texts), cells.codes
    else:
        found, codes = np.unique(cells.numbers, return_inverse=True)  # NaN last, once
        texts = [f"{value:.15g}" for value in found[~np.isnan(found)].tolist()]
        codes = np.where(np.isnan(cells.numbers), -1, codes)
    levels = sorted(texts, key=natural)
    values = coded(texts, codes, levels)
    return replace(column, kind=kind, why="as you said", values=values, levels=tuple(levels))


def _is_whole(values: np.ndarray) -> np.ndarray:
    return np.asarray(values == np.round(values))


_RULES = {
    ColumnKind.REAL: (),
    ColumnKind.POSITIVE: (("positive", lambda v: v > 0, "every value must be above 0"),),
    ColumnKind.PROPORTION: (("a proportion", lambda v: (v >= 0) & (v <= 1), "every value must lie in [0, 1]"),),
    ColumnKind.COUNT: (("a count", lambda v: (v >= 0) & _is_whole(v), "every value must be a whole number from 0"),),
    ColumnKind.BINARY: (("binary", lambda v: (v == 0) | (v == 1), "every value must be 0 or 1"),),
    ColumnKind.ORDINAL: (("ordinal", _is_whole, "every value must be a whole number"),),
}
