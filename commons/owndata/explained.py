"""What being the outcome says of a column's kind: the same numbers may explain as they are, but are to be explained as
percentages, durations or ratings."""

from dataclasses import replace

import numpy as np

from commons.owndata import words
from commons.owndata.column import Column, ColumnKind
from commons.owndata.spec import ColumnRole

_BESIDE = (ColumnRole.TRIALS, ColumnRole.KNOWN_SCALE)
_UNSURE = "whole numbers far from 0, and no count by its name: a measurement"
_LARGE_COUNT = 20  # what is never smaller may be no count
_RATING_TOPS = (4, 5, 6, 7)
_MISTAKES = 0.1  # of the rows, of which a mistake in the file may be the reason
_NARROWER_THAN_COUNTS = 0.8  # variance over mean; 1 to 5, equally often, have 0.67
_LIKE_COUNTS = (0.8, 1.25)  # variance over mean
_MOST_AT_THE_ENDS = 0.1  # of shares: more are a point mass and no rounding


def as_outcome(column: Column) -> Column:
    """The outcome with the kind that its values and name speak for, where they leave a choice."""
    if column.levels or column.kind not in (ColumnKind.REAL, ColumnKind.POSITIVE, ColumnKind.COUNT):
        return column
    filled = column.values[~np.isnan(column.values)]
    low, high = float(filled.min()), float(filled.max())
    if words.is_percent(column.name, column.unit) and low >= 0 and 1 < high <= 100 and _few_at(filled, 0, 100):
        return as_shares(column)
    if column.kind is ColumnKind.COUNT:
        return _of_whole(column, filled, low, high)
    if low >= 0 and high <= 1 and column.kind is ColumnKind.REAL and _few_at(filled, 0, 1):
        ends = int(((filled == 0) | (filled == 1)).sum())
        return replace(column, kind=ColumnKind.PROPORTION, why=f"from 0 to 1, {ends} of them exactly 0 or 1")
    return column


def whole_and_far(column: Column) -> bool:
    """Whether whole numbers lie so far from 0 that they may be counts or measurements."""
    filled = column.values[~np.isnan(column.values)]
    unsure = column.kind is ColumnKind.COUNT or column.why == _UNSURE
    return bool(unsure and not column.levels and filled.min() >= _LARGE_COUNT)


def as_shares(column: Column) -> Column:
    """Percentages as proportions."""
    return replace(
        column,
        kind=ColumnKind.PROPORTION,
        why="percentages, from 0 to 100",
        values=column.values / 100,
        odd=(*column.odd, "percentages: divided by 100"),
    )


def beside(column: Column, outcome: Column, said: ColumnRole | None) -> Column:
    """A column that is not the outcome, with the kind that the outcome gives it: as many trials in every row, the same
    standard error in every row, variances of estimates. said: its role, where the user says one."""
    if column.kind is ColumnKind.CONSTANT and column.values.size and said in (None, *_BESIDE):
        always = float(np.nanmax(column.values))
        named = said is ColumnRole.TRIALS or (said is None and words.has(column.name, words.TRIALS))
        counted = outcome.kind is ColumnKind.COUNT and not outcome.levels and always == round(always)
        if named and counted and np.mean(outcome.values > always) < _MISTAKES:
            return replace(column, kind=ColumnKind.COUNT, why=f"always {always:g}, as many trials in every row")
        error = said is ColumnRole.KNOWN_SCALE or (said is None and words.names_error_of(column.name, outcome.name))
        if error and always > 0:
            return replace(column, kind=ColumnKind.POSITIVE, why=f"always {always:g}, the same error in every row")
    if said in (None, ColumnRole.KNOWN_SCALE) and is_variance(column, outcome):
        why = "variances by its name: their square roots are standard errors"
        odd = (*column.odd, "variances by its name: their square roots are used")
        return replace(column, kind=ColumnKind.POSITIVE, why=why, values=np.sqrt(column.values), odd=odd)
    return column


def is_variance(column: Column, outcome: Column) -> bool:
    """Whether a column holds the sampling variances of the estimates that the outcome holds, by both names."""
    numeric = column.kind in (ColumnKind.POSITIVE, ColumnKind.PROPORTION)
    return numeric and words.has(column.name, words.VARIANCE) and words.has(outcome.name, words.EFFECT)


def _few_at(filled: np.ndarray, low: float, high: float) -> bool:
    """Whether values between two ends vary, and few lie at an end."""
    at_an_end = (filled == low) | (filled == high)
    return bool(at_an_end.mean() <= _MOST_AT_THE_ENDS and len(np.unique(filled[~at_an_end])) > 1)


def _of_whole(column: Column, filled: np.ndarray, low: float, high: float) -> Column:
    counted = words.counts_something(column.name)
    if low > 0 and words.has(column.name, words.WAITING):
        return replace(column, kind=ColumnKind.POSITIVE, why="whole numbers, a duration by its name")
    if counted or words.has(column.name, words.TRIALS):
        return column
    if low > 0 and words.measures_something(column.name):
        return replace(column, kind=ColumnKind.POSITIVE, why="whole numbers, a measurement by its name")
    narrow = filled.var() < _NARROWER_THAN_COUNTS * filled.mean()
    if low == 1 and high in _RATING_TOPS and len(np.unique(filled)) == high and len(filled) >= 5 * high and narrow:
        why = f"whole numbers from 1 to {high:g} that vary less than counts"
        return replace(column, kind=ColumnKind.ORDINAL, why=why)
    like_counts = _LIKE_COUNTS[0] < filled.var() / filled.mean() < _LIKE_COUNTS[1]
    if whole_and_far(column) and not words.is_plural(column.name) and not like_counts:
        return replace(column, kind=ColumnKind.POSITIVE, why=_UNSURE)
    return column
