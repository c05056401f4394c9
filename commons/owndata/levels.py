"""Columns of texts: two of them, in order, groups, or nothing that can be used."""

import re
from collections.abc import Sequence

import numpy as np

from commons.owndata import words
from commons.owndata.cells import Cells
from commons.owndata.column import Column, ColumnKind
from commons.owndata.numbers import look_like_numbers

MOST_LEVELS = 500
_TRUE, _FALSE = frozenset(["true", "t", "yes", "y", "1", "1.0"]), frozenset(["false", "f", "no", "n", "0", "0.0"])
_LONG_TEXT = 60
_BAND = re.compile(
    r"(?:[<>≤≥]|under|over|up to)?\s*(\d+(?:\.\d+)?)\s*(?:(?:-|\u2013|to)\s*\d+(?:\.\d+)?|\+)?", re.IGNORECASE
)
_PLAIN_NUMBER = re.compile(r"[-+]?\d*\.?\d+(e[-+]?\d+)?", re.IGNORECASE)
_NOTHING = np.array([])


def textual(name: str, cells: Cells) -> Column:
    assert cells.codes is not None
    texts, codes = _same_case(cells.texts, cells.codes)
    filled = int((codes >= 0).sum())
    different = sorted(texts, key=natural)
    if len(different) <= 1:
        kind, why = (ColumnKind.CONSTANT, f"always {different[0]!r}") if different else (ColumnKind.EMPTY, "no values")
        return Column(name=name, kind=kind, why=why, values=_NOTHING)
    kind, why, levels = _levels(name, different, filled)
    odd = _numbers_among(texts, np.bincount(codes[codes >= 0], minlength=len(texts)))
    if not levels and not odd and look_like_numbers(different):
        odd = (f"its cells look like numbers, but are read as text: {different[0][:20]!r}, {different[1][:20]!r}",)
    if not levels:
        return Column(name=name, kind=kind, why=why, values=_NOTHING, odd=odd)
    if set(map(str.casefold, levels)) <= _TRUE | _FALSE and kind is ColumnKind.CATEGORY:
        return _spelled(name, texts, codes)
    if len(texts) < len(cells.texts):
        odd = ("levels that differ in upper and lower case are one", *odd)
    return Column(name=name, kind=kind, why=why, values=coded(texts, codes, levels), levels=levels, odd=odd)


def _spelled(name: str, texts: Sequence[str], codes: np.ndarray) -> Column:
    """Yes and no, each spelled in several ways."""
    values = np.array([*(float(text.casefold() in _TRUE) for text in texts), np.nan])[codes]
    why = f"yes and no in {len(texts)} spellings: 1 is {', '.join(t for t in texts if t.casefold() in _TRUE)}"
    return Column(name=name, kind=ColumnKind.BINARY, why=why, values=values, levels=("no", "yes"))


def coded(texts: Sequence[str], codes: np.ndarray, levels: Sequence[str]) -> np.ndarray:
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
    if len(different) > min(filled / 2, MOST_LEVELS) or (len(different) > 20 and words.has(name, words.IDENTIFIER)):
        return ColumnKind.TEXT, f"text with {len(different)} levels in {filled} rows", ()
    return ColumnKind.CATEGORY, f"text with {len(different)} levels", tuple(different)


def natural(text: str) -> tuple[tuple[int, int | str], ...]:
    """Sort key: numbers in a text by their value, `site 2` before `site 10`."""
    parts = re.split(r"(\d{1,15})", text)
    return tuple((0, int(part)) if part.isascii() and part.isdecimal() else (1, part) for part in parts)
