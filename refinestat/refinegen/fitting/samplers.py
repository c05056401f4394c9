"""Draw from a posterior: nutpie on machine code of ours, else nutpie on numba's, else PyMC's compound step."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import numpy as np
import nutpie
import pyarrow  # type: ignore[import-untyped]
import pymc as pm
from nutpie import _lib
from nutpie.sample import CompiledModel

from refinestat.refinegen.fitting.ir import UnsupportedError
from refinestat.refinegen.fitting.model import BuildError
from refinestat.refinegen.fitting.native import Density, compile_density
from refinestat.refinegen.records import SamplerSettings

Points = Mapping[str, np.ndarray]  # by value variable: shape (chains, draws, *shape), unconstrained space
Phase = Callable[[str], AbstractContextManager[None]]
_ALL = "x"  # name of the one vector that holds all parameters


@dataclass(frozen=True, slots=True, kw_only=True)
class Draws:
    """What a sampler returns. diverging, energy: shape (chains, draws). sampler, note: which one ran, and why not a
    faster one."""

    points: Points
    diverging: np.ndarray
    energy: np.ndarray | None
    sampler: str
    note: str = ""


def draw(model: pm.Model, initial: Sequence[np.ndarray], settings: SamplerSettings, seed: int, phase: Phase) -> Draws:
    """Sample with the fastest sampler that can do it."""
    if model.discrete_value_vars:
        with phase("sample"):
            return _draw_pymc(model, settings, seed)
    try:
        with phase("compile"):
            density = compile_density(model.logp(), model.value_vars, initial)
    except UnsupportedError as error:
        with phase("compile"):
            compiled = nutpie.compile_pymc_model(model, var_names=[])
        with phase("sample"):
            shapes = {v.name: value.shape for v, value in zip(model.value_vars, initial, strict=True)}
            points, diverging, energy = _run_nutpie(compiled, shapes, settings, seed)
        return Draws(points=points, diverging=diverging, energy=energy, sampler="nutpie-numba", note=str(error))
    if not np.isfinite(density.initial_value):
        raise BuildError(f"the log density at the initial point is {density.initial_value}")
    with phase("sample"):
        together, diverging, energy = _run_nutpie(
            _NativeModel(dims={}, density=density), {_ALL: (density.size,)}, settings, seed
        )
    return Draws(points=_apart(together[_ALL], model, initial), diverging=diverging, energy=energy, sampler="nutpie")


def _apart(together: np.ndarray, model: pm.Model, initial: Sequence[np.ndarray]) -> Points:
    """Cut the vector of all parameters into the value variables."""
    cuts = np.cumsum([value.size for value in initial])[:-1]
    return {
        variable.name: part.reshape(*together.shape[:2], *value.shape)
        for variable, value, part in zip(model.value_vars, initial, np.split(together, cuts, axis=2), strict=True)
    }


@dataclass(frozen=True)
class _NativeModel(CompiledModel):  # type: ignore[misc]
    """Our machine code as nutpie wants to see it: one vector of parameters, nothing derived from it."""

    density: Density

    @property
    def n_dim(self) -> int:
        return self.density.size

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        return {_ALL: (self.density.size,)}

    @property
    def coords(self) -> dict[str, Any]:
        return {}

    def _make_sampler(self, settings: Any, init_mean: Any, cores: int, progress_type: Any, store: Any) -> Any:
        return _lib.PySampler.from_pymc(settings, cores, self._make_model(init_mean), progress_type, store)

    def _make_model(self, init_mean: Any) -> Any:
        size, unused = self.density.size, np.zeros(1)
        expand = _lib.ExpandFunc(size, size, self.density.copy_address, unused.ctypes.data, (self, unused))
        logp = _lib.LogpFunc(self.density.address, unused.ctypes.data, (self, unused))
        dimension = f"{_ALL}_dim"
        variables = _lib.PyVariable.new_variables(
            [_ALL], ["float64"], [(size,)], {dimension: size}, {_ALL: [dimension]}
        )
        return _lib.PyMcModel(logp, expand, variables, size, {dimension: size}, {}, self._start, lambda *_, **__: None)

    def _start(self, seed: int) -> np.ndarray:
        """As PyMC and nutpie start their chains: the initial point, jittered by up to 1."""
        jitter = np.random.default_rng(seed).uniform(-1, 1, self.density.size)
        return np.asarray(self.density.initial + jitter)


def _run_nutpie(
    model: CompiledModel, shapes: Mapping[str, tuple[int, ...]], settings: SamplerSettings, seed: int
) -> tuple[dict[str, np.ndarray], np.ndarray, np.ndarray]:
    """Draws by name, divergences, energies; chains one after the other on one core."""
    trace = nutpie.sample(
        model,
        draws=settings.draws,
        tune=settings.tune,
        chains=settings.chains,
        cores=1,
        seed=seed,
        target_accept=settings.target_accept,
        progress_bar=False,
        return_raw_trace=True,
    )
    chains, statistics = trace.get_arrow_trace()

    def column(batches: Sequence[Any], name: str, shape: tuple[int, ...]) -> np.ndarray:
        rows = []
        for batch in batches:
            values = pyarrow.array(batch.column(name))
            flat = values.flatten() if hasattr(values, "flatten") else values
            rows.append(flat.to_numpy(zero_copy_only=False).reshape(-1, *shape)[-settings.draws :])
        return np.stack(rows).astype(np.float64)

    points = {name: column(chains, name, shape) for name, shape in shapes.items()}
    return points, column(statistics, "diverging", ()), column(statistics, "energy", ())


def _draw_pymc(model: pm.Model, settings: SamplerSettings, seed: int) -> Draws:
    """PyMC's own compound step: NUTS for the continuous variables, Metropolis and Gibbs for the discrete ones."""
    nuts = {"target_accept": settings.target_accept} if model.continuous_value_vars else {}
    with model:
        trace = pm.sample(
            draws=settings.draws,
            tune=settings.tune,
            chains=settings.chains,
            cores=1,
            random_seed=seed,
            **nuts,
            progressbar=False,
            compute_convergence_checks=False,
            return_inferencedata=False,
            compile_kwargs={"mode": "NUMBA"},
        )
    shape = (settings.chains, settings.draws)

    def statistic(name: str) -> np.ndarray | None:
        if name not in trace.stat_names:
            return None
        values = np.asarray(trace.get_sampler_stats(name, combine=False), dtype=np.float64)
        return values.reshape(*shape, -1)[..., 0]

    diverging = statistic("diverging")
    return Draws(
        points={v.name: np.stack(trace.get_values(v.name, combine=False)) for v in model.value_vars},
        diverging=np.zeros(shape) if diverging is None else diverging,
        energy=statistic("energy"),
        sampler="pymc",
        note="discrete free variables",
    )
