"""Draws from the priors of a program, by the distributions that programs commonly give to their parameters."""

from collections.abc import Callable, Mapping

import numpy as np

from refinestat.refinegen.effects.dual import Dual
from refinestat.refinegen.effects.reading import Draw, Unreadable

_Numbers = np.random.Generator
_Parameters = Mapping[str, np.ndarray]

_PRIORS: Mapping[str, Callable[[_Numbers, _Parameters, tuple[int, ...]], np.ndarray]] = {
    "Normal": lambda r, p, s: r.normal(p["mu"], p["sigma"], s),
    "HalfNormal": lambda r, p, s: np.abs(r.normal(0, p["sigma"], s)),
    "Exponential": lambda r, p, s: r.exponential(1 / p["lam"], s),
    "HalfCauchy": lambda r, p, s: np.abs(r.standard_cauchy(s)) * p["beta"],
    "Cauchy": lambda r, p, s: p["alpha"] + r.standard_cauchy(s) * p["beta"],
    "StudentT": lambda r, p, s: p["mu"] + r.standard_t(p["nu"], s) * p["sigma"],
    "HalfStudentT": lambda r, p, s: np.abs(r.standard_t(p["nu"], s)) * p["sigma"],
    "Laplace": lambda r, p, s: r.laplace(p["mu"], p["b"], s),
    "LogNormal": lambda r, p, s: r.lognormal(p["mu"], p["sigma"], s),
    "Gamma": lambda r, p, s: r.gamma(p["alpha"], 1 / p["beta"], s),
    "InverseGamma": lambda r, p, s: p["beta"] / r.gamma(p["alpha"], 1.0, s),
    "Beta": lambda r, p, s: r.beta(p["alpha"], p["beta"], s),
    "Uniform": lambda r, p, s: r.uniform(p["lower"], p["upper"], s),
}
_DEFAULTS = {"mu": np.zeros(1), "sigma": np.ones(1), "lower": np.zeros(1), "upper": np.ones(1)}


def prior_draws(seed: int, number: int) -> Draw:
    """A source of `number` draws for a Reader. Raises Unreadable for a distribution that is not known here."""
    numbers = np.random.default_rng(seed)

    def draw(name: str, family: str, parameters: Mapping[str, Dual], shape: tuple[int, ...]) -> np.ndarray:
        if family not in _PRIORS:
            raise Unreadable(f"pm.{family}")
        most = max([len(shape), *(each.value.ndim - 1 for each in parameters.values())])
        shape = shape or np.broadcast_shapes(*(each.value.shape[1:] for each in parameters.values()))
        values = {
            key: each.value.reshape(each.value.shape[:1] + (1,) * (most + 1 - each.value.ndim) + each.value.shape[1:])
            for key, each in parameters.items()
        }
        return np.asarray(_PRIORS[family](numbers, {**_DEFAULTS, **values}, (number, *shape)))

    return draw
