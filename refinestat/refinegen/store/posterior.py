"""Draws as a netCDF file that `arviz.from_netcdf` reads, written without importing ArviZ."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import xarray as xr

from commons.utils import replacing
from refinestat.refinegen.records import Fit

OUTCOME = "outcome"  # the one variable of the group log_likelihood


def save_posterior(path: Path, fit: Fit, attributes: Mapping[str, str | int]) -> None:
    """Writes the groups posterior (free and deterministic variables), sample_stats and log_likelihood.

    attributes: of the file and of each group, such as the fingerprint of the program."""
    attributes = {**attributes, "sampler": fit.sampler}
    statistics = {"diverging": fit.diverging, "energy": fit.energy}
    groups = {
        "posterior": {**fit.free, **fit.deterministic},
        "sample_stats": {name: values for name, values in statistics.items() if values is not None},
        "log_likelihood": {} if fit.log_likelihood is None else {OUTCOME: fit.log_likelihood},
    }
    with replacing(path) as temporary:
        xr.Dataset(attrs=dict(attributes)).to_netcdf(temporary, engine="h5netcdf")
        for name, variables in groups.items():
            if variables:
                _labelled(variables, attributes).to_netcdf(temporary, mode="a", group=name, engine="h5netcdf")


def _labelled(variables: Mapping[str, np.ndarray], attributes: Mapping[str, str | int]) -> xr.Dataset:
    """Arrays (chain, draw, *shape) with the names of dimensions that ArviZ gives."""
    chains, draws = next(iter(variables.values())).shape[:2]
    labelled = {
        name: (("chain", "draw", *(f"{name}_dim_{i}" for i in range(values.ndim - 2))), values)
        for name, values in variables.items()
    }
    shapes = {f"{name}_dim_{i}": size for name, values in variables.items() for i, size in enumerate(values.shape[2:])}
    coordinates = {name: np.arange(size) for name, size in {"chain": chains, "draw": draws, **shapes}.items()}
    return xr.Dataset(labelled, coords=coordinates, attrs=dict(attributes))
