"""Draws as a netCDF file that `arviz.from_netcdf` reads, written without importing ArviZ."""

import io
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
    groups: dict[str, dict[str, np.ndarray]] = {
        "posterior": {**fit.free, **fit.deterministic},
        "sample_stats": {name: values for name, values in statistics.items() if values is not None},
        "log_likelihood": {} if fit.log_likelihood is None else {OUTCOME: fit.log_likelihood},
    }
    tree = {name: _labelled(variables, attributes) for name, variables in groups.items() if variables}
    # Made in memory: on a full disk, HDF5 does not report an error but crashes the process.
    content = io.BytesIO()
    xr.DataTree.from_dict({"/": xr.Dataset(attrs=dict(attributes)), **tree}).to_netcdf(content, engine="h5netcdf")
    with replacing(path) as temporary:
        temporary.write_bytes(content.getbuffer())


def load_free(path: Path) -> dict[str, np.ndarray]:
    """The draws of the group posterior by name, shape (chains, draws, *shape); empty where there is no file."""
    if not path.exists():
        return {}
    with xr.open_dataset(path, group="posterior", engine="h5netcdf") as posterior:
        return {str(name): values.to_numpy() for name, values in posterior.data_vars.items()}


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
