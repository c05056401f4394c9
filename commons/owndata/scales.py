"""How a column is offered to the model where its scale is far from 1."""

import math

import numpy as np

from commons.data_pymc import Scaling
from commons.owndata import words
from commons.owndata.column import Column, ColumnKind

_NUMERIC = (ColumnKind.REAL, ColumnKind.POSITIVE, ColumnKind.COUNT, ColumnKind.DATE, ColumnKind.PROPORTION)
_MEASURED = (ColumnKind.REAL, ColumnKind.POSITIVE)
_LARGE, _SMALL = 10.0, 0.05  # standard deviations that are far from 1
_WIDE, _OFF_CENTRE = 3.0, 2.0  # of a predictor: the embedded model sets the priors of slopes by the largest value
_MOST_STEPS = 200  # of a series in time that is offered as it is
_FARTHEST = 2.5  # about the largest value of a hundred standard normal ones
_FAR_FROM_ZERO = 6.0  # standard deviations that the mean may lie from 0
_NARROW = 0.15  # coefficient of variation below which a positive outcome may as well be centred
_OUTCOME_LARGE, _OUTCOME_SMALL = 100.0, 0.1


def of_predictor(column: Column, values: np.ndarray, outcome: Column, *, alone: bool = True) -> Scaling | None:
    """Centred, and divided by the standard deviation, or by less where no value would lie as far from 0 as normal ones
    do: a slope's prior reaches equally far at the edge of the data, however they are distributed. A time, age or dose
    that starts near zero and explains a measurement alone is divided by a power of ten at the most, so that growth
    curves and logarithms stay possible; one that counts months or days from row to row stays as it is, so that seasons
    do. None: as it is."""
    if column.kind not in _NUMERIC:
        return None
    if is_exposure(column, outcome):
        return _of_exposure(values, outcome)
    mean, deviation = float(values.mean()), float(values.std())
    if alone and grows_by(column, values) and outcome.kind in _MEASURED:
        if _SMALL <= deviation <= _LARGE or _counts_time(column, values):
            return None
        return Scaling(shift=0.0, scale=_power_of_ten(values.max()))
    if _SMALL <= deviation <= _WIDE and abs(mean) <= _OFF_CENTRE * deviation:
        return None
    return _standard(mean, min(deviation, float(np.abs(values - mean).max()) / _FARTHEST))


def _counts_time(column: Column, values: np.ndarray) -> bool:
    return bool(words.has(column.name, words.TIME) and values.max() <= _MOST_STEPS and (np.diff(values) == 1).all())


def is_exposure(column: Column, outcome: Column) -> bool:
    """Whether a column is, by its name, what the outcome's counts are counts per: people, hours of observation."""
    return (
        outcome.kind is ColumnKind.COUNT
        and words.has(column.name, words.EXPOSURE)
        and bool(np.nanmin(column.values) > 0)
    )


def _of_exposure(values: np.ndarray, outcome: Column) -> Scaling | None:
    """Divided by the power of ten that brings the counts per unit nearest to one, from above: burglaries per 1,000."""
    scale = _power_of_ten(float(values.mean() / max(np.nanmean(outcome.values), 1e-9)))
    return None if scale == 1 else Scaling(shift=0.0, scale=scale)


def grows_by(column: Column, values: np.ndarray) -> bool:
    """Whether a predictor is a time, age or dose that starts near zero, along which a curve may grow."""
    return bool(0 <= values.min() <= values.max() / 4 and words.has(column.name, words.GROWS))


def of_outcome(column: Column, values: np.ndarray, *, known_scale: bool, stays_positive: bool) -> Scaling | None:
    """A real outcome is standardised, and so is a positive one, unless it is to stay positive: then it is divided by a
    power of ten at the most. known_scale: the outcome has known standard errors."""
    if column.kind is ColumnKind.PROPORTION:
        return _inside(values)
    if column.kind not in (ColumnKind.REAL, ColumnKind.POSITIVE) and not (
        known_scale and column.kind is ColumnKind.COUNT
    ):
        return None
    mean, deviation = float(values.mean()), float(values.std())
    if column.kind is ColumnKind.POSITIVE and deviation > _NARROW * mean and (stays_positive or known_scale):
        middle = float(np.median(values))
        far = values.max() > _OUTCOME_LARGE or middle < _OUTCOME_SMALL or values.max() < 1
        return Scaling(shift=0.0, scale=_power_of_ten(middle)) if far else None
    if known_scale and _SMALL <= deviation <= _OUTCOME_LARGE:
        return None
    near = _SMALL <= deviation <= _LARGE and abs(mean) <= _FAR_FROM_ZERO * deviation
    return None if near and column.kind is not ColumnKind.POSITIVE else _standard(mean, deviation)


def _inside(values: np.ndarray) -> Scaling | None:
    """Shares that are exactly 0 or 1 moved inside, as (y (n - 1) + 1/2) / n does (Smithson and Verkuilen, 2006)."""
    number = len(values)
    inside = values.min() > 0 and values.max() < 1
    return None if inside else Scaling(shift=-0.5 / (number - 1), scale=number / (number - 1))


def _power_of_ten(value: float) -> float:
    """The largest power of ten that is not above the value."""
    return float(10.0 ** math.floor(math.log10(value) + 1e-9)) if value > 0 else 1.0


def _standard(mean: float, deviation: float) -> Scaling:
    """The mean to a hundredth of a standard deviation: numbers that a person can read in the file."""
    digits = 2 - math.floor(math.log10(deviation))
    return Scaling(shift=round(mean, digits), scale=float(f"{deviation:.4g}"))
