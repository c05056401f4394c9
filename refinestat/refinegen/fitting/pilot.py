"""A short first fit that ends hopeless programs: those whose chains lie so far apart that more draws do not help."""

from dataclasses import replace

import arviz as az
import numpy as np

from commons.config import HOPELESS_R_HAT_ABOVE
from refinestat.refinegen.fitting.samplers import Points, Sampler
from refinestat.refinegen.records import SamplerSettings


class Hopeless(Exception):
    """The chains of the pilot do not meet."""


def pilot(sampler: Sampler, settings: SamplerSettings, seed: int) -> None:
    """Sample briefly. Raises Hopeless where some R-hat, in unconstrained space, is NaN or above the limit."""
    short = replace(settings, tune=settings.pilot, draws=settings.pilot)
    name, value = worst_r_hat(sampler.draw(short, seed).points)
    if not value <= HOPELESS_R_HAT_ABOVE:
        raise Hopeless(
            f"R-hat of {name} is {value:.2f} after {settings.pilot} + {settings.pilot} draws in each chain, "
            f"more than {HOPELESS_R_HAT_ABOVE:g}"
        )


def worst_r_hat(points: Points) -> tuple[str, float]:
    """The value variable with the largest R-hat, and that R-hat; one that is NaN counts as larger than all."""
    worst = ("", -np.inf)
    for name, draws in points.items():
        for scalar in np.moveaxis(draws.reshape(*draws.shape[:2], -1), 2, 0):
            value = float(az.rhat(scalar))
            if np.isnan(value):
                return name, value
            worst = max(worst, (name, value), key=lambda each: each[1])
    return worst
