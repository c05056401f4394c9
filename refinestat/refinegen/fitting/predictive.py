"""What the model would have observed: replicated outcomes, one for each draw of the posterior.

Only pictures are made of these (the posterior predictive check, LOO-PIT): no check and no score depends on them."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
import xarray as xr
from pymc.sampling.forward import vectorize_over_posterior
from pytensor.tensor.random.op import RandomVariable

from refinestat.refinegen.fitting.model import INTERPRETED

_MOST = 2_000_000  # values of all replicated outcomes together


def replicate(model: pm.Model, free: Mapping[str, np.ndarray], observed: np.ndarray, seed: int) -> np.ndarray | None:
    """Draws of the one observed variable given each draw of the free ones, shape (chains, draws, n).

    free: by name, shape (chains, draws, *shape). None where the distribution can be evaluated but not drawn from, or
    where there would be too many values."""
    chains, draws = next(iter(free.values())).shape[:2]
    if chains * draws * observed.size > _MOST:
        return None
    flat = {
        name: (("draw", *(f"{name}_{i}" for i in range(values.ndim - 2))), values.reshape(-1, *values.shape[2:]))
        for name, values in free.items()
    }
    posterior = xr.Dataset(flat, coords={"draw": np.arange(chains * draws)})
    (outcome,) = model.observed_RVs
    try:
        together = vectorize_over_posterior(
            [_without_size(outcome, observed.shape)], posterior, model.free_RVs, sample_dims=("draw",)
        )
        (values,) = pm.compile([], together, random_seed=seed, mode=INTERPRETED)()
        return np.asarray(values, dtype=np.float64).reshape(chains, draws, observed.size)
    except Exception:  # whatever a distribution raises when it is drawn from: the fit stands without this
        return None


def _without_size(variable: Any, shape: tuple[int, ...]) -> Any:
    """The same variable with its shape in its parameters: a size is lost when only some parameters become many."""
    node = variable.owner
    if not isinstance(node.op, RandomVariable) or node.op.ndim_supp:
        return variable
    parameters = [pt.broadcast_to(each, shape) for each in node.op.dist_params(node)]
    return node.op.make_node(node.op.rng_param(node), None, *parameters).outputs[1]
