"""What the model would have observed: replicated outcomes, one for each draw of the posterior.

Only pictures are made of these (the posterior predictive check, LOO-PIT): no check and no score depends on them."""

import time
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
_MOST_SECONDS = 5  # of processor time, where the draws are taken one by one


def replicate(model: pm.Model, free: Mapping[str, np.ndarray], observed: np.ndarray, seed: int) -> np.ndarray | None:
    """Draws of the one observed variable given each draw of the free ones, shape (chains, draws, n).

    free: by name, shape (chains, draws, *shape). None where the distribution can be evaluated but not drawn from, or
    where there would be too many values."""
    chains, draws = next(iter(free.values())).shape[:2]
    if chains * draws * observed.size > _MOST:
        return None
    (outcome,) = model.observed_RVs
    shape = (chains, draws, observed.size)
    try:
        try:
            return _at_once(model, _without_size(outcome, observed.shape), free, seed).reshape(shape)
        except NotImplementedError:  # PyTensor cannot vectorise a mixture, a truncated distribution or the like
            return _one_by_one(model, outcome, free, seed).reshape(shape)
    except Exception:  # whatever a distribution raises when it is drawn from: the fit stands without this
        return None


def _at_once(model: pm.Model, outcome: Any, free: Mapping[str, np.ndarray], seed: int) -> np.ndarray:
    """The outcome at all draws as one vectorised graph."""
    flat = {
        name: (("draw", *(f"{name}_{i}" for i in range(values.ndim - 2))), values.reshape(-1, *values.shape[2:]))
        for name, values in free.items()
    }
    (total,) = {values.shape[0] for _, values in flat.values()}
    posterior = xr.Dataset(flat, coords={"draw": np.arange(total)})
    together = vectorize_over_posterior([outcome], posterior, model.free_RVs, sample_dims=("draw",))
    (values,) = pm.compile([], together, random_seed=seed, mode=INTERPRETED)()
    return np.asarray(values, dtype=np.float64)


def _one_by_one(model: pm.Model, outcome: Any, free: Mapping[str, np.ndarray], seed: int) -> np.ndarray:
    """The outcome at one draw after the other. Raises TimeoutError where that takes more than `_MOST_SECONDS`."""
    began = time.process_time()
    function = pm.compile(model.free_RVs, outcome, random_seed=seed, mode=INTERPRETED, on_unused_input="ignore")
    flat = [free[rv.name].reshape(-1, *free[rv.name].shape[2:]).astype(rv.dtype) for rv in model.free_RVs]
    drawn = []
    for values in zip(*flat, strict=True):
        drawn.append(function(*values))
        if time.process_time() - began > _MOST_SECONDS:
            raise TimeoutError
    return np.asarray(drawn, dtype=np.float64)


def _without_size(variable: Any, shape: tuple[int, ...]) -> Any:
    """The same variable with its shape in its parameters: a size is lost when only some parameters become many."""
    node = variable.owner
    if not isinstance(node.op, RandomVariable) or node.op.ndim_supp:
        return variable
    parameters = [pt.broadcast_to(each, shape) for each in node.op.dist_params(node)]
    return node.op.make_node(node.op.rng_param(node), None, *parameters).outputs[1]
