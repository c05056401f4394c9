"""Whether a positive outcome scatters by a factor or by a difference: log-normal against normal, each around what
explains the outcome, whose squares stand in for curves."""

from collections.abc import Sequence

import numpy as np

from commons.owndata.column import Column

_CLEARLY = 2.0  # nats
_ROWS_FOR_EACH = 5  # of a term


def multiplies(outcome: np.ndarray, explaining: Sequence[Column], rows: np.ndarray) -> bool:
    """Whether the outcome, shape (len(rows),), is clearly likelier log-normal than normal."""
    if outcome.min() <= 0:
        return False
    design = _design(explaining, rows)
    logarithm = np.log(outcome)
    normal = _log_likelihood(outcome, design)
    return bool(_log_likelihood(logarithm, design) - logarithm.sum() > normal + _CLEARLY)


def _design(explaining: Sequence[Column], rows: np.ndarray) -> np.ndarray:
    """Constant, predictors and the levels of groups, then squares, as many as the rows allow."""
    plain, squares = [np.ones(len(rows))], list[np.ndarray]()
    for column in explaining:
        values = column.values[rows]
        if len(column.levels) > 2:
            plain += [np.asarray(values == level, dtype=np.float64) for level in range(1, len(column.levels))]
        elif values.std() > 0:
            standard = (values - values.mean()) / values.std()
            plain.append(standard)
            squares.append(standard**2)
    return np.column_stack((plain + squares)[: max(1, len(rows) // _ROWS_FOR_EACH)])


def _log_likelihood(values: np.ndarray, design: np.ndarray) -> float:
    """Of the normal that fits best, without its constant."""
    coefficients, *_ = np.linalg.lstsq(design, values, rcond=None)
    variance = max(float(((values - design @ coefficients) ** 2).mean()), 1e-12 * float(values.var()), 1e-300)
    return float(-0.5 * len(values) * np.log(variance))
