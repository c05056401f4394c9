"""Draws as a netCDF file that `arviz.from_netcdf` reads, written and read without importing ArviZ."""

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from commons.utils import replacing
from refinestat.refinegen.records import Fit, Outcome

OUTCOME = "outcome"  # the one variable of log_likelihood, posterior_predictive and observed_data
Dims = tuple[str, ...]
SAMPLES: Dims = ("chain", "draw")
GROUPS = ("posterior", "sample_stats", "log_likelihood", "posterior_predictive", "observed_data")


def save_posterior(path: Path, fit: Fit, attributes: Mapping[str, str | int]) -> None:
    """Writes the groups posterior (free and deterministic variables, told apart by their attribute `kind`),
    sample_stats, log_likelihood, posterior_predictive (single precision) and observed_data.

    attributes: of the file and of each group, such as the fingerprint of the program."""
    attributes = {**attributes, "sampler": fit.sampler}
    one: dict[str, tuple[Dims, np.ndarray | None]] = {
        "log_likelihood": (SAMPLES, fit.log_likelihood),
        "posterior_predictive": (SAMPLES, fit.predictive if fit.predictive is None else fit.predictive.astype("f4")),
        "observed_data": ((), fit.observed),
    }
    tree = {
        "posterior": xr.merge([_labelled(fit.free, SAMPLES, "free"), _labelled(fit.deterministic, SAMPLES, "derived")]),
        "sample_stats": _labelled({"diverging": fit.diverging, "energy": fit.energy}, SAMPLES),
        **{name: _labelled({OUTCOME: values}, dims) for name, (dims, values) in one.items()},
    }
    tree = {name: group.assign_attrs(attributes) for name, group in tree.items() if group.data_vars}
    # Made in memory: on a full disk, HDF5 does not report an error but crashes the process.
    content = io.BytesIO()
    xr.DataTree.from_dict({"/": xr.Dataset(attrs=attributes), **tree}).to_netcdf(content, engine="h5netcdf")
    with replacing(path) as temporary:
        temporary.write_bytes(content.getbuffer())


def load_free(path: Path) -> dict[str, np.ndarray]:
    """The draws of the group posterior by name, shape (chains, draws, *shape); empty where there is no file."""
    if not path.exists():
        return {}
    with xr.open_dataset(path, group="posterior", engine="h5netcdf") as posterior:
        return {str(name): values.to_numpy() for name, values in posterior.data_vars.items()}


def _labelled(variables: Mapping[str, np.ndarray | None], dims: Dims, kind: str = "") -> xr.Dataset:
    """Arrays (*dims, *shape) with the names of dimensions that ArviZ gives; what is None is left out."""
    arrays = {}
    for name, values in variables.items():
        if values is not None:
            own = tuple(f"{name}_dim_{i}" for i in range(values.ndim - len(dims)))
            labels = {dim: np.arange(size) for dim, size in zip((*dims, *own), values.shape, strict=True)}
            arrays[name] = xr.DataArray(values, dims=(*dims, *own), coords=labels, attrs={"kind": kind} if kind else {})
    return xr.Dataset(arrays)


def load_posterior(path: Path) -> tuple[Fit, Mapping[str, Any]] | None:
    """What `save_posterior` wrote, as the fit that it was, and its attributes; None where there is no readable file."""
    try:
        with xr.open_datatree(path, engine="h5netcdf") as opened:
            tree = opened.load()
    except (OSError, ValueError, KeyError):  # not there, cut short, or no netCDF
        return None
    groups = {name: tree[name].to_dataset() if name in tree else xr.Dataset() for name in GROUPS}
    draws = groups["posterior"]
    derived = {name for name in draws if draws[name].attrs.get("kind") == "derived"}

    def one(group: str, name: str = OUTCOME) -> np.ndarray | None:
        return groups[group][name].values if name in groups[group] else None

    fit = Fit(
        outcome=Outcome.SCORED,
        free={str(name): draws[name].values for name in draws if name not in derived},
        deterministic={str(name): draws[name].values for name in draws if name in derived},
        log_likelihood=one("log_likelihood"),
        diverging=one("sample_stats", "diverging"),
        energy=one("sample_stats", "energy"),
        observed=one("observed_data"),
        predictive=one("posterior_predictive"),
        sampler=str(tree.attrs.get("sampler", "")),
    )
    return fit, dict(tree.attrs)
