"""Draw from a posterior: nutpie on machine code of ours, else nutpie on numba's, else PyMC's compound step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import nutpie
import pyarrow  # type: ignore[import-untyped]
import pymc as pm
from nutpie import _lib
from nutpie.sample import CompiledModel
from pytensor.compile.mode import Mode
from pytensor.tensor.math import variadic_add

from refinestat.refinegen.fitting.ir import UnsupportedError
from refinestat.refinegen.fitting.linker import MACHINE_CODE
from refinestat.refinegen.fitting.model import BuildError
from refinestat.refinegen.fitting.native import Density, compile_density
from refinestat.refinegen.records import SamplerSettings

Points = Mapping[str, np.ndarray]  # by value variable: shape (chains, draws, *shape), unconstrained space
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


class Sampler(Protocol):
    """A sampler that has everything it needs but a seed."""

    def draw(self, settings: SamplerSettings, seed: int) -> Draws: ...


def prepare(model: pm.Model, initial: Sequence[np.ndarray], terms: Sequence[Any]) -> Sampler:
    """Ready the fastest sampler that can do it. initial: by value variable, where chains start, before jitter. terms:
    the log densities of the variables, whose sum is the model's.

    Raises BuildError where the log density has no value there."""
    if model.discrete_value_vars:
        return _Compound(model=model)
    try:
        density = compile_density(variadic_add(*(term.sum() for term in terms)), model.value_vars, initial)
    except UnsupportedError as error:
        compiled = nutpie.compile_pymc_model(model, var_names=[])
        return _Numba(compiled=compiled, names=_names(model), initial=initial, note=str(error))
    if not np.isfinite(density.initial_value):
        raise BuildError(f"the log density at the initial point is {density.initial_value}")
    return _Native(density=density, names=_names(model), initial=initial)


def _names(model: pm.Model) -> list[str]:
    return [variable.name for variable in model.value_vars]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Native:
    """nutpie on machine code of ours. names, initial: of the value variables."""

    density: Density
    names: Sequence[str]
    initial: Sequence[np.ndarray]

    def draw(self, settings: SamplerSettings, seed: int) -> Draws:
        model = _NativeModel(dims={}, density=self.density)
        together, diverging, energy = _run_nutpie(model, {_ALL: (self.density.size,)}, settings, seed)
        return Draws(points=self._apart(together[_ALL]), diverging=diverging, energy=energy, sampler="nutpie")

    def _apart(self, together: np.ndarray) -> Points:
        """Cut the vector of all parameters into the value variables."""
        parts = np.split(together, np.cumsum([value.size for value in self.initial])[:-1], axis=2)
        return {
            name: part.reshape(*together.shape[:2], *value.shape)
            for name, value, part in zip(self.names, self.initial, parts, strict=True)
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Numba:
    """nutpie on numba's machine code. note: why ours could not be made."""

    compiled: CompiledModel
    names: Sequence[str]
    initial: Sequence[np.ndarray]
    note: str

    def draw(self, settings: SamplerSettings, seed: int) -> Draws:
        shapes = {name: value.shape for name, value in zip(self.names, self.initial, strict=True)}
        points, diverging, energy = _run_nutpie(self.compiled, shapes, settings, seed)
        return Draws(points=points, diverging=diverging, energy=energy, sampler="nutpie-numba", note=self.note)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Compound:
    """PyMC's own compound step: NUTS for the continuous variables, Metropolis and Gibbs for the discrete ones."""

    model: pm.Model

    def draw(self, settings: SamplerSettings, seed: int) -> Draws:
        note = "discrete free variables"
        try:
            trace = self._sample(settings, seed, MACHINE_CODE)
        except UnsupportedError as error:
            trace, note = self._sample(settings, seed, "NUMBA"), f"{note}; {error}"
        shape = (settings.chains, settings.draws)

        def statistic(name: str) -> np.ndarray | None:
            if name not in trace.stat_names:
                return None
            values = np.asarray(trace.get_sampler_stats(name, combine=False), dtype=np.float64)
            return values.reshape(*shape, -1)[..., 0]

        diverging = statistic("diverging")
        return Draws(
            points={name: np.stack(trace.get_values(name, combine=False)) for name in _names(self.model)},
            diverging=np.zeros(shape) if diverging is None else diverging,
            energy=statistic("energy"),
            sampler="pymc",
            note=note,
        )

    def _sample(self, settings: SamplerSettings, seed: int, mode: Mode | str) -> Any:
        nuts = {"target_accept": settings.target_accept} if self.model.continuous_value_vars else {}
        with self.model:
            return pm.sample(
                draws=settings.draws,
                tune=settings.tune,
                chains=settings.chains,
                cores=1,
                random_seed=seed,
                **nuts,
                progressbar=False,
                compute_convergence_checks=False,
                return_inferencedata=False,
                compile_kwargs={"mode": mode},
            )


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
