"""Fits that runs share: `CachedFits(pool, folder)` looks a fit up before the pool makes it.

An entry is found by everything that a fit depends on: the canonical program, the data, how it is sampled, the versions
of the libraries, the kind of machine. It holds the draws, so that the checks are computed anew and no threshold goes
stale: about a megabyte for four chains of a thousand draws. Entries are checksummed npz files without pickles; one that
cannot be read is made again. Only what a repeat would give again is kept: never a time-out, a crash, or a lack of
memory."""

import asyncio
import hashlib
import importlib.metadata
import io
import json
import platform
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from commons.data_pymc import Dataset
from commons.utils import replacing
from refinestat.refinegen.fitting.pool import FittingPool
from refinestat.refinegen.program import fingerprint
from refinestat.refinegen.records import Fit, Outcome, SamplerSettings

FORMAT = 2  # of the entries, and of the way fits are made; a new number makes all of them anew
_KEPT = (Outcome.SCORED, Outcome.BUILD_FAILED, Outcome.INCOMPARABLE, Outcome.HOPELESS)
_LIBRARIES = ("pymc", "pytensor", "nutpie", "numba", "llvmlite", "numpy", "scipy")
_DIGEST = hashlib.sha256().digest_size
_ARRAYS = ("log_likelihood", "diverging", "energy", "observed", "predictive")
_UNREADABLE = (ValueError, KeyError, TypeError, EOFError, OSError, zipfile.BadZipFile)


class CachedFits:
    """Fits from a folder, and from a pool what the folder lacks.

    as_made: a fit from the folder counts as made, with what it took then: of runs that are held against each other,
    each costs what it would have cost alone."""

    def __init__(self, pool: FittingPool, folder: Path, *, as_made: bool = False) -> None:
        self._pool = pool
        self._folder = folder
        self._as_made = as_made

    async def fit(self, source: str, dataset: Dataset, settings: SamplerSettings) -> Fit:
        """As FittingPool.fit. Raises UserError where an entry cannot be written."""
        name = key(source, dataset, settings)
        path = self._folder / name[:2] / f"{name}.fit"
        known = await asyncio.to_thread(read, path, name)
        if known is not None:
            return replace(known, cached=not self._as_made)
        fit = await self._pool.fit(source, dataset, settings)
        if fit.outcome in _KEPT:
            await asyncio.to_thread(write, path, name, fit)
        return fit


def key(source: str, dataset: Dataset, settings: SamplerSettings) -> str:
    """The name of an entry: a hash of all that a fit depends on."""
    parts = [FORMAT, fingerprint(source), dataset.sha256, asdict(settings), _versions(), platform.machine()]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


@cache
def _versions() -> Mapping[str, str]:
    return {name: importlib.metadata.version(name) for name in _LIBRARIES}


def write(path: Path, name: str, fit: Fit) -> None:
    """Write an entry whole or not at all: a SHA-256, then an npz file of that hash."""
    arrays: dict[str, Any] = {f"free/{variable}": draws for variable, draws in fit.free.items()}
    arrays |= {f"deterministic/{variable}": draws for variable, draws in fit.deterministic.items()}
    arrays |= {role: getattr(fit, role) for role in _ARRAYS if getattr(fit, role) is not None}
    about = {
        "key": name,
        "outcome": fit.outcome,
        "why": fit.why,
        "sampler": fit.sampler,
        "note": fit.note,
        "seconds": dict(fit.seconds),
        "cpu_seconds": fit.cpu_seconds,
        "peak_memory": fit.peak_memory,
    }
    content = io.BytesIO()
    np.savez(content, about=np.frombuffer(json.dumps(about).encode(), dtype=np.uint8), **arrays)
    with replacing(path) as temporary:
        temporary.write_bytes(hashlib.sha256(content.getbuffer()).digest() + content.getbuffer())


def read(path: Path, name: str) -> Fit | None:
    """The fit in an entry; None where there is none, or none that can be trusted."""
    try:
        content = path.read_bytes()
        if hashlib.sha256(content[_DIGEST:]).digest() != content[:_DIGEST]:
            return None
        with np.load(io.BytesIO(content[_DIGEST:]), allow_pickle=False) as stored:
            return _fit({role: stored[role] for role in stored.files}, name)
    except _UNREADABLE:
        return None


def _fit(arrays: dict[str, np.ndarray], name: str) -> Fit | None:
    about: dict[str, Any] = json.loads(arrays.pop("about").tobytes())
    if about.pop("key") != name:
        return None
    drawn: dict[str, Any] = {role: _under(f"{role}/", arrays) for role in ("free", "deterministic")}
    drawn |= {role: arrays.get(role) for role in _ARRAYS}
    return Fit(**{**about, **drawn, "outcome": Outcome(about["outcome"]), "cached": True})


def _under(prefix: str, arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {role.removeprefix(prefix): values for role, values in arrays.items() if role.startswith(prefix)}
