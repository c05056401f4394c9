"""A model that is only checked: its log density where sampling would start, and no draws."""

import numpy as np
import pymc as pm

from refinestat.refinegen.fitting.evaluate import AtDraws
from refinestat.refinegen.fitting.model import INTERPRETED, BuildError
from refinestat.refinegen.fitting.samplers import Draws

SAMPLER = "none"


def check_start(model: pm.Model) -> None:
    """Raise BuildError where the log density of a variable at the starting point is not finite."""
    variables = [*model.basic_RVs, *model.potentials]
    densities = model.compile_fn(model.logp(vars=variables, sum=False), mode=INTERPRETED, on_unused_input="ignore")
    values = densities(model.initial_point())
    infinite = [rv.name for rv, value in zip(variables, values, strict=True) if not np.isfinite(value).all()]
    if infinite:
        raise BuildError(f"the log density at the initial point is not finite: {', '.join(infinite)}")


def without_draws(model: pm.Model, chains: int, observations: int) -> tuple[Draws, AtDraws]:
    """The result of sampling nothing: every array has zero draws."""
    none = np.zeros((chains, 0))
    draws = Draws(points={}, diverging=none, energy=None, sampler=SAMPLER)
    free = {rv.name: none for rv in model.free_RVs}
    return draws, AtDraws(free=free, deterministic={}, log_likelihood=np.zeros((chains, 0, observations)))
