"""What a worker does with one program: run its text, check the model, sample it, evaluate it at the draws.

The only file that imports PyMC and its sampler. It runs inside the sandbox, except for `warm`, which the zygote calls
once with a model of its own. Whatever is sent back is checked again by the pool."""

import hashlib
import io
import logging
import os
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np

os.environ.setdefault("PYTENSOR_FLAGS", "cxx=,blas__ldflags=")

import nutpie
import pymc as pm
import pytensor
import pytensor.tensor as pt
from pytensor.compile.mode import Mode
from pytensor.graph.replace import vectorize_graph

from refinestat.refinegen.program import fingerprint
from refinestat.refinegen.records import SamplerSettings

Points = Mapping[str, np.ndarray]  # by value variable: shape (chains, draws, *shape), unconstrained space

_INTERPRETED = Mode(linker="py", optimizer=None)
_MOST_FREE = 20_000  # scalars a draw: more cannot be returned
_MOST_DETERMINISTIC = 2_000_000  # values of one deterministic variable over all draws
_MOST_BATCH = 4_000_000  # values of one intermediate result while evaluating at the draws


class BuildError(Exception):
    """The program ran, and the model that it leaves cannot be scored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One program with what it needs: data as it sees them, the name of the outcome, how to sample."""

    source: str
    data: Mapping[str, np.ndarray]
    outcome: str
    settings: SamplerSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampled:
    """Draws of one model. free, deterministic: in constrained space. See `records.Fit` for shapes."""

    free: Points
    deterministic: Points
    observed: np.ndarray
    log_likelihood: np.ndarray
    diverging: np.ndarray
    energy: np.ndarray | None
    sampler: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draws:
    points: Points
    diverging: np.ndarray
    energy: np.ndarray | None
    sampler: str


@dataclass(slots=True)
class Stopwatch:
    """Wall seconds by phase; readable also when a phase was left by an exception."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - start


def run(job: Job, watch: Stopwatch) -> Sampled:
    """Build, check, sample, evaluate. Raises whatever the program raises, and BuildError."""
    with watch.phase("build"):
        model = build(job.source, job.data)
        observed = check(model, job.data[job.outcome])
    seed = seed_of(job.source, job.settings)
    draws = _draw(model, job.settings, seed, watch)
    with watch.phase("log_likelihood"):
        free, deterministic, log_likelihood = _evaluate(model, draws.points, observed.size)
    return Sampled(
        free=free,
        deterministic=deterministic,
        observed=observed,
        log_likelihood=log_likelihood,
        diverging=draws.diverging,
        energy=draws.energy,
        sampler=draws.sampler,
    )


def seed_of(source: str, settings: SamplerSettings) -> int:
    """The sampler's seed, 32 bits: the same program (layout aside) with the same `settings.seed` draws the same."""
    digest = hashlib.sha256(f"{settings.seed} {fingerprint(source)}".encode()).digest()
    return int.from_bytes(digest[:4], "big")


def build(source: str, data: Mapping[str, np.ndarray]) -> pm.Model:
    """Run the program's text and take the model that it leaves. Numbers are plain numbers, columns read-only arrays."""
    seen = {name: values.item() if values.ndim == 0 else values for name, values in data.items()}
    namespace: dict[str, Any] = {"__name__": "__program__", "data": seen}
    exec(compile(source, "<program>", "exec"), namespace)
    model = namespace.get("model")
    if not isinstance(model, pm.Model):
        raise BuildError("the program leaves no pm.Model named `model`")
    return model


def check(model: pm.Model, outcome: np.ndarray) -> np.ndarray:
    """The observed values, if the model can be scored: the outcome, whole, once, and no Potential; else BuildError."""
    if len(model.observed_RVs) != 1:
        names = ", ".join(rv.name for rv in model.observed_RVs) or "none"
        raise BuildError(f"one observed variable is needed, got {len(model.observed_RVs)}: {names}")
    if model.potentials:
        raise BuildError(f"pm.Potential changes the score: {model.potentials[0].name}")
    if not model.free_RVs:
        raise BuildError("the model has no free variable")
    (rv,) = model.observed_RVs
    observed = np.asarray(_value(model.rvs_to_values[rv]))
    if observed.size != outcome.size or not np.array_equal(observed.ravel(), outcome.ravel()):
        raise BuildError(f"{rv.name} observes other values than the outcome, whole and unchanged")
    size = sum(int(np.prod(v.type.shape)) for v in model.value_vars if None not in v.type.shape)
    if size > _MOST_FREE:
        raise BuildError(f"{size} free parameters, more than {_MOST_FREE}")
    return observed.astype(np.float64).reshape(outcome.shape)


def _value(variable: Any) -> Any:
    """What an observed value variable holds: a constant, shared data, or an expression of those."""
    if hasattr(variable, "data"):
        return variable.data
    if hasattr(variable, "get_value"):
        return variable.get_value()
    return variable.eval(mode=_INTERPRETED)


def _draw(model: pm.Model, settings: SamplerSettings, seed: int, watch: Stopwatch) -> _Draws:
    if model.discrete_value_vars:
        return _draw_pymc(model, settings, seed, watch)
    return _draw_nutpie(model, settings, seed, watch)


def _draw_nutpie(model: pm.Model, settings: SamplerSettings, seed: int, watch: Stopwatch) -> _Draws:
    with watch.phase("compile"):
        compiled = nutpie.compile_pymc_model(model, var_names=[])
    with watch.phase("sample"):
        trace = nutpie.sample(
            compiled,
            draws=settings.draws,
            tune=settings.tune,
            chains=settings.chains,
            cores=1,
            seed=seed,
            target_accept=settings.target_accept,
            progress_bar=False,
            save_warmup=False,
        )
    points = {v.name: trace.posterior[v.name].values for v in model.value_vars}
    stats = trace.sample_stats
    return _Draws(
        points=points, diverging=stats["diverging"].values, energy=stats["energy"].values, sampler="nutpie"
    )


def _draw_pymc(model: pm.Model, settings: SamplerSettings, seed: int, watch: Stopwatch) -> _Draws:
    """PyMC's own compound step, for models with discrete free variables."""
    with watch.phase("sample"), model:
        trace = pm.sample(
            draws=settings.draws,
            tune=settings.tune,
            chains=settings.chains,
            cores=1,
            random_seed=seed,
            target_accept=settings.target_accept,
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

    diverging, energy = statistic("diverging"), statistic("energy")
    points = {v.name: np.stack(trace.get_values(v.name, combine=False)) for v in model.value_vars}
    return _Draws(
        points=points,
        diverging=np.zeros(shape) if diverging is None else diverging,
        energy=energy,
        sampler="pymc",
    )


def _evaluate(model: pm.Model, points: Points, n: int) -> tuple[Points, Points, np.ndarray]:
    """Free and deterministic variables and the pointwise log likelihood at all draws: one vectorised graph."""
    inputs = model.value_vars
    named = [*model.free_RVs, *model.deterministics]
    untransformed = {v.name: v for v in model.unobserved_value_vars}
    chains, draws = next(iter(points.values())).shape[:2]
    kept = [rv.name for rv in named]
    (likelihood,) = model.logp(vars=model.observed_RVs, sum=False)
    outputs = [*(untransformed[name] for name in kept), likelihood]
    batch = [pt.tensor(name=v.name, dtype=v.type.dtype, shape=(None, *v.type.shape)) for v in inputs]
    vectorised = vectorize_graph(outputs, dict(zip(inputs, batch, strict=True)))
    function = pytensor.function(batch, vectorised, mode=_INTERPRETED, on_unused_input="ignore")
    flat = [points[v.name].reshape(chains * draws, *points[v.name].shape[2:]) for v in inputs]
    results = _in_batches(function, [a.astype(b.type.dtype) for a, b in zip(flat, batch, strict=True)])
    shaped = [np.asarray(a, dtype=np.float64).reshape(chains, draws, *a.shape[1:]) for a in results]
    by_name = dict(zip(kept, shaped[:-1], strict=True))
    log_likelihood = shaped[-1].reshape(chains, draws, -1)
    if log_likelihood.shape[2] != n:
        raise BuildError(f"the log likelihood has {log_likelihood.shape[2]} values, not one per observation ({n})")
    deterministic = {rv.name for rv in model.deterministics}
    return (
        {name: a for name, a in by_name.items() if name not in deterministic},
        {name: a for name, a in by_name.items() if name in deterministic and a.size <= _MOST_DETERMINISTIC},
        log_likelihood,
    )


def _in_batches(function: Callable[..., list[np.ndarray]], inputs: list[np.ndarray]) -> list[np.ndarray]:
    """Apply to slices of the draws, so that no intermediate result grows too large; outputs constant over the draws
    (a Deterministic of data alone) are repeated."""
    total = inputs[0].shape[0]
    first = function(*(a[:1] for a in inputs))
    widest = max(1, max(int(np.prod(np.shape(a))) for a in [*first, *(i[:1] for i in inputs)]))
    step = max(1, min(total, _MOST_BATCH // widest))
    parts = [function(*(a[start : start + step] for a in inputs)) for start in range(0, total, step)]
    joined = []
    for index in range(len(first)):
        pieces = [np.asarray(part[index]) for part in parts]
        sizes = [min(step, total - start) for start in range(0, total, step)]
        joined.append(
            np.concatenate([np.broadcast_to(p, (s, *p.shape[1:])) for p, s in zip(pieces, sizes, strict=True)])
        )
    return joined


def warm() -> None:
    """Prepare the zygote: quiet, no files, and the sampler's own code compiled by sampling a model of ours."""
    warnings.simplefilter("ignore")
    logging.getLogger("pymc").setLevel(logging.ERROR)
    _keep_generated_code_in_memory()
    with pm.Model() as model:
        scale = pm.HalfNormal("scale", 1)
        pm.Normal("y", pm.Normal("mean", 0, 1, shape=2), scale, observed=np.zeros(2))
    settings = SamplerSettings(chains=1, tune=50, draws=50)
    draws = _draw_nutpie(model, settings, 1, Stopwatch())
    _evaluate(model, draws.points, 2)


def _keep_generated_code_in_memory() -> None:
    """PyTensor writes the source of each generated function to a temporary file that nobody reads: write to memory."""
    import pytensor.link.numba.cache  # noqa: PLC0415
    import pytensor.link.utils  # noqa: PLC0415

    class _Unwritten(io.BytesIO):
        name = "<generated>"

    for module in (pytensor.link.utils, pytensor.link.numba.cache):
        module.NamedTemporaryFile = lambda **_: _Unwritten()
    pytensor.config.numba__cache = False
