"""What the family that made a data set says of its slope: maximum likelihood and its 90 % interval, no prior.

A true slope outside this interval is a miss of the draw: the data themselves speak against it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy import optimize, special, stats

from benchmarks.ten_datasets import Made
from refinestat.refinegen.effects import weights

_NORMAL_95 = 1.6449
_STEP = 1e-4

LogLikelihood = Callable[[np.ndarray], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Per unit of the predictor in the file, on the scale of the link."""

    low: float
    middle: float
    high: float


def reference(made: Made) -> Reference:
    """The fit of the true family with the true form. Raises RuntimeError where it does not converge."""
    log_likelihood, start, slope = _MODELS[made.kind](made)

    def loss(parameters: np.ndarray) -> float:
        return -log_likelihood(parameters)

    found = optimize.minimize(
        loss, start, method="Nelder-Mead", options={"maxiter": 20_000, "xatol": 1e-8, "fatol": 1e-10}
    )
    if not found.success:
        raise RuntimeError(f"{made.kind}: {found.message}")
    covariance = np.linalg.inv(_hessian(loss, found.x))
    gradient = optimize.approx_fprime(found.x, slope, _STEP)
    deviation = float(np.sqrt(gradient @ covariance @ gradient))
    middle = slope(found.x)
    return Reference(low=middle - _NORMAL_95 * deviation, middle=middle, high=middle + _NORMAL_95 * deviation)


def _hessian(function: LogLikelihood, at: np.ndarray) -> np.ndarray:
    """Central differences."""
    steps = _STEP * np.eye(len(at))
    return np.array(
        [
            [
                (function(at + a + b) - function(at + a - b) - function(at - a + b) + function(at - a - b))
                / (4 * _STEP**2)
                for b in steps
            ]
            for a in steps
        ]
    )


_Model = tuple[LogLikelihood, np.ndarray, Callable[[np.ndarray], float]]


def _second(parameters: np.ndarray) -> float:
    return float(parameters[1])


def _centred(made: Made) -> tuple[np.ndarray, np.ndarray]:
    """Predictor without its mean, and outcome."""
    x = np.asarray(made.columns[made.predictor], dtype=np.float64)
    return x - x.mean(), np.asarray(made.columns[made.outcome], dtype=np.float64)


def _normal(x: np.ndarray, y: np.ndarray) -> _Model:
    start = np.array([y.mean(), 0.0, np.log(y.std())])
    return lambda p: float(stats.norm.logpdf(y, p[0] + p[1] * x, np.exp(p[2])).sum()), start, _second


def _regression(made: Made) -> _Model:
    return _normal(*_centred(made))


def _lognormal(made: Made) -> _Model:
    x, y = _centred(made)
    return _normal(x, np.log(y))


def _poisson(made: Made) -> _Model:
    x, y = _centred(made)
    start = np.array([np.log(y.mean()), 0.0])
    return lambda p: float(stats.poisson.logpmf(y, np.exp(p[0] + p[1] * x)).sum()), start, _second


def _binomial(made: Made) -> _Model:
    x, y = _centred(made)
    n = np.asarray(made.columns.get("total", np.ones(len(y))))
    return lambda p: float(stats.binom.logpmf(y, n, special.expit(p[0] + p[1] * x)).sum()), np.zeros(2), _second


def _beta(made: Made) -> _Model:
    x, y = _centred(made)

    def log_likelihood(p: np.ndarray) -> float:
        mean, precision = special.expit(p[0] + p[1] * x), np.exp(p[2])
        return float(stats.beta.logpdf(y, mean * precision, (1 - mean) * precision).sum())

    return log_likelihood, np.array([0.0, 0.0, 2.0]), _second


def _correlated(
    x: np.ndarray, y: np.ndarray, covariance: Callable[[np.ndarray], np.ndarray], start: list[float]
) -> _Model:
    """A line with errors that are normal and correlated. covariance: of the parameters after intercept and slope."""

    def log_likelihood(p: np.ndarray) -> float:
        factor = np.linalg.cholesky(covariance(p[2:]))
        scaled = np.linalg.solve(factor, y - p[0] - p[1] * x)
        return float(-0.5 * scaled @ scaled - np.log(np.diag(factor)).sum())

    return log_likelihood, np.array([y.mean(), 0.0, *start]), _second


def _grouped(made: Made) -> _Model:
    x, y = _centred(made)
    same = np.equal.outer(made.columns["field"], made.columns["field"]).astype(np.float64)
    return _correlated(
        x, y, lambda q: np.exp(2 * q[0]) * np.eye(len(y)) + np.exp(2 * q[1]) * same, [np.log(y.std()), 0.0]
    )


def _series(made: Made) -> _Model:
    x, y = _centred(made)
    apart = np.abs(np.subtract.outer(x, x))
    return _correlated(x, y, lambda q: np.exp(2 * q[0]) * special.expit(q[1]) ** apart, [np.log(y.std()), 0.0])


def _meta(made: Made) -> _Model:
    x, y = _centred(made)
    known = np.asarray(made.columns["se"], dtype=np.float64)
    return _correlated(x, y, lambda q: np.diag(known**2 + np.exp(2 * q[0])), [0.0])


def _growth(made: Made) -> _Model:
    age, size = (np.asarray(made.columns[name], dtype=np.float64) for name in ("age", "size"))

    def log_likelihood(p: np.ndarray) -> float:
        return float(stats.norm.logpdf(size, p[0] - p[1] * np.exp(-np.exp(p[2]) * age), np.exp(p[3])).sum())

    def slope(p: np.ndarray) -> float:
        rate = np.exp(p[2])
        return float(weights(age) @ (p[1] * rate * np.exp(-rate * age)))

    return log_likelihood, np.array([size.max(), size.max() - size.min(), -1.0, 0.0]), slope


_MODELS: Mapping[str, Callable[[Made], _Model]] = {
    "normal regression": _regression,
    "counts": _poisson,
    "binomial with trials": _binomial,
    "binary": _binomial,
    "proportion": _beta,
    "positive skewed": _lognormal,
    "grouped": _grouped,
    "growth curve": _growth,
    "time series": _series,
    "meta-analysis": _meta,
}
