"""What kind of values a column holds, and why we think so."""

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from commons.owndata import words
from commons.owndata.cells import Cells
from commons.owndata.column import Column, ColumnKind
from commons.utils import UserError

_MOST_LEVELS = 500
_LONG_TEXT = 60
NUMBERS_THE_ROWS = "1, 2, 3 and so on, row by row"
_NUMBERED = 10  # rows from which 1, 2, 3 and so on number them
_BAND = re.compile(
    r"(?:[<>≤≥]|under|over|up to)?\s*(\d+(?:\.\d+)?)\s*(?:(?:-|\u2013|to)\s*\d+(?:\.\d+)?|\+)?", re.IGNORECASE
)
_MISSING_CODES = (-9.0, -99.0, -999.0, -9999.0, -99999.0)
_PLAIN_NUMBER = re.compile(r"[-+]?\d*\.?\d+(e[-+]?\d+)?", re.IGNORECASE)
_NOTHING = np.array([])


def infer(name: str, cells: Cells | None, *, first: bool, declared: ColumnKind | None = None) -> Column:
    """The column, its kind found out or as declared. first: whether it is the first of the table.

    Raises UserError where the values do not allow the declared kind."""
    if cells is None:
        return Column(name=name, kind=ColumnKind.TEXT, why="its cells are lists or the like", values=_NOTHING)
    column = _numeric(name, cells, first) if cells.numbers is not None else _textual(name, cells)
    unit = cells.unit or _unit_in(name)
    column = replace(column, unit=column.unit or unit, odd=(*cells.notes, *column.odd))
    return column if declared is None else _declared(column, cells, declared)


def _unit_in(name: str) -> str:
    found = re.search(r"[(\[]([^)\]]{1,12})[)\]]\s*$", name)
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
    kind, why = _kind(name, filled, cells, first)
    if kind is ColumnKind.CATEGORY or (kind is ColumnKind.BINARY and set(filled[:1000].tolist()) - {0.0, 1.0}):
        found = np.unique(filled)
        codes = np.where(np.isnan(values), np.nan, np.searchsorted(found, values))
        levels = tuple(f"{value:g}" for value in found.tolist())
        return Column(name=name, kind=kind, why=why, values=codes, levels=levels, odd=odd)
    if words.has(name, words.PERCENT) and kind is ColumnKind.POSITIVE and filled.max() < 100:
        values, odd = values / 100, (*odd, "percentages by its name: divided by 100")
        kind, why = ColumnKind.PROPORTION, "percentages, all between 0 and 100"
    return Column(name=name, kind=kind, why=why, values=values, odd=odd)


def _missing_code(values: np.ndarray) -> float | None:
    """A number that stands for a missing value: -9, -99, -999 and so on, among values that are not negative."""
    filled = values[~np.isnan(values)]
    negative = np.unique(filled[filled < 0])
    if len(negative) != 1 or negative[0] not in _MISSING_CODES or (filled < 0).mean() > 0.5:
        return None
    return float(negative[0]) if -negative[0] > 5 * np.median(filled[filled >= 0]) or negative[0] <= -99 else None


def _kind(name: str, filled: np.ndarray, cells: Cells, first: bool) -> tuple[ColumnKind, str]:
    if not filled.size:
        return ColumnKind.EMPTY, "no values"
    low, high = float(filled.min()), float(filled.max())
    if low == high:
        return ColumnKind.CONSTANT, f"always {low:g}"
    if cells.dates:
        return ColumnKind.DATE, f"dates, counted in {cells.unit}"
    if np.all(filled == np.round(filled)):
        return _whole(name, filled, low, high, first)
    if low > 0 and high < 1 and not words.measures_something(name):
        return ColumnKind.PROPORTION, "all between 0 and 1"
    return (ColumnKind.POSITIVE, "all above 0") if low > 0 else (ColumnKind.REAL, "numbers")


def _whole(  # noqa: PLR0911 - one per rule
    name: str, filled: np.ndarray, low: float, high: float, first: bool
) -> tuple[ColumnKind, str]:
    """The kind of whole numbers, of which there are two different ones at least."""
    if (low, high) in ((0, 1), (1, 2), (-1, 1)) and np.isin(filled, (low, high)).all():
        return ColumnKind.BINARY, f"only {low:g} and {high:g}"
    different = len(np.unique(filled))
    sequence = different == filled.size and high - low == different - 1 and low in (0, 1)
    if different == filled.size and (words.has(name, words.IDENTIFIER) or (first and sequence and _is_filler(name))):
        return ColumnKind.IDENTIFIER, "a different number in every row, and its name"
    if sequence and len(filled) >= _NUMBERED and not (np.diff(filled) != 1).any() and not _may_be_counted_off(name):
        return ColumnKind.IDENTIFIER, NUMBERS_THE_ROWS
    if words.has(name, words.GROUP) and different <= min(filled.size / 2, _MOST_LEVELS):
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


def _textual(name: str, cells: Cells) -> Column:
    assert cells.codes is not None
    texts, codes = _same_case(cells.texts, cells.codes)
    filled = int((codes >= 0).sum())
    different = sorted(texts, key=_natural)
    if len(different) <= 1:
        kind, why = (ColumnKind.CONSTANT, f"always {different[0]!r}") if different else (ColumnKind.EMPTY, "no values")
        return Column(name=name, kind=kind, why=why, values=_NOTHING)
    kind, why, levels = _levels(name, different, filled)
    odd = _numbers_among(texts, np.bincount(codes[codes >= 0], minlength=len(texts)))
    if not levels:
        return Column(name=name, kind=kind, why=why, values=_NOTHING, odd=odd)
    if len(texts) < len(cells.texts):
        odd = ("levels that differ in upper and lower case are one", *odd)
    return Column(name=name, kind=kind, why=why, values=_coded(texts, codes, levels), levels=levels, odd=odd)


def _coded(texts: Sequence[str], codes: np.ndarray, levels: Sequence[str]) -> np.ndarray:
    """Each row's place among the levels, NaN where missing. codes: each row's place among the texts."""
    place = {level: float(i) for i, level in enumerate(levels)}
    places: np.ndarray = np.array([*(place[text] for text in texts), np.nan])[codes]
    return places


def _numbers_among(texts: Sequence[str], times: np.ndarray) -> tuple[str, ...]:
    """Says so where a column of numbers became text because of a few cells."""
    others = [i for i, text in enumerate(texts) if not _PLAIN_NUMBER.fullmatch(text)]
    cells, total = int(times[others].sum()), int(times.sum())
    if 0 < cells <= total / 5 and total - cells > 2:
        shown = ", ".join(repr(texts[i][:20]) for i in others[:3])
        return (f"all but {cells} of its cells are numbers; read as text because of {shown}",)
    return ()


def _same_case(texts: Sequence[str], codes: np.ndarray) -> tuple[list[str], np.ndarray]:
    """The texts with one spelling, the first, for those that differ in case alone; and the codes of the rows."""
    spelled: dict[str, int] = {}
    kept: list[str] = []
    places = []
    for text in texts:
        if text.casefold() not in spelled:
            spelled[text.casefold()] = len(kept)
            kept.append(text)
        places.append(spelled[text.casefold()])
    return kept, np.array([*places, -1])[codes]


def _levels(  # noqa: PLR0911 - one per rule
    name: str, different: list[str], filled: int
) -> tuple[ColumnKind, str, tuple[str, ...]]:
    """The kind of texts, why, and their levels in order; no levels where they cannot be used."""
    folded = [text.casefold() for text in different]
    scale = next((scale for scale in words.SCALES if set(folded) <= set(scale)), ())
    if len(different) == 2 and scale:
        levels = tuple(sorted(different, key=lambda text: scale.index(text.casefold())))
        return ColumnKind.BINARY, f"two texts: {levels[0]!r} is 0, {levels[1]!r} is 1", levels
    if len(different) == 2:
        upper = next((i for i, t in enumerate(folded) if t in words.YES), None)
        lower = next((i for i, t in enumerate(folded) if t in words.NO), None)
        one = upper if upper is not None else 1 - lower if lower is not None else 1
        levels = (different[1 - one], different[one])
        return ColumnKind.BINARY, f"two texts: {levels[0]!r} is 0, {levels[1]!r} is 1", levels
    if scale:
        ordered = sorted(different, key=lambda text: scale.index(text.casefold()))
        return ColumnKind.ORDINAL, f"levels in order: {', '.join(ordered)}", tuple(ordered)
    bands = [_BAND.fullmatch(text) for text in different]
    if all(bands):
        first = {
            text: float(band[1]) + text.startswith((">", "over"))
            for text, band in zip(different, bands, strict=True)
            if band
        }
        ordered = sorted(different, key=lambda text: first[text])
        return ColumnKind.ORDINAL, f"bands of numbers, {ordered[0]} to {ordered[-1]}", tuple(ordered)
    if max(map(len, different)) > _LONG_TEXT:
        return ColumnKind.TEXT, "long texts", ()
    if len(different) == filled:
        return ColumnKind.IDENTIFIER, "a different text in every row", ()
    if len(different) > min(filled / 2, _MOST_LEVELS) or (len(different) > 20 and words.has(name, words.IDENTIFIER)):
        return ColumnKind.TEXT, f"text with {len(different)} levels in {filled} rows", ()
    return ColumnKind.CATEGORY, f"text with {len(different)} levels", tuple(different)


def _natural(text: str) -> tuple[tuple[int, int | str], ...]:
    """Sort key: numbers in a text by their value, `site 2` before `site 10`."""
    parts = re.split(r"(\d{1,15})", text)
    return tuple((0, int(part)) if part.isascii() and part.isdecimal() else (1, part) for part in parts)


def _declared(column: Column, cells: Cells, kind: ColumnKind) -> Column:
    """The column as the user says. Raises UserError where its values do not allow that."""
    if kind is ColumnKind.CATEGORY or (kind is ColumnKind.ORDINAL and cells.numbers is None):
        return _as_category(column, cells, kind)
    if cells.numbers is None:
        if column.kind is kind:
            return column
        raise UserError(f"column {column.name!r} holds text: its kind cannot be {kind}")
    values = np.where(np.isinf(cells.numbers), np.nan, cells.numbers)
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
    levels = sorted(texts, key=_natural)
    values = _coded(texts, codes, levels)
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
