"""What a worker does with one program: run its text, check the model, sample it, evaluate it at the draws.

It runs inside the sandbox, except for `warm`, which the zygote calls once with a model of its own. Whatever is sent
back is checked again by the pool."""

import hashlib
import io
import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pymc as pm
import pytensor
import pytensor.link.numba.cache
import pytensor.link.utils
from pytensor.link.c.op import ExternalCOp

from refinestat.refinegen.fitting import lockdown
from refinestat.refinegen.fitting.evaluate import AtDraws, evaluate_at
from refinestat.refinegen.fitting.model import BuildError, IncomparableError, initial_values, observed_values
from refinestat.refinegen.fitting.pilot import pilot
from refinestat.refinegen.fitting.predictive import replicate
from refinestat.refinegen.fitting.reordered import check_same, reordered
from refinestat.refinegen.fitting.samplers import Draws, prepare
from refinestat.refinegen.fitting.start import check_start, without_draws
from refinestat.refinegen.program import fingerprint
from refinestat.refinegen.records import SamplerSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One program with what it needs: data as it sees them, the name of the outcome, how to sample."""

    source: str
    data: Mapping[str, np.ndarray]
    outcome: str
    settings: SamplerSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampled:
    """One model's draws, the values that it observed, its variables and log likelihood at the draws, and what it would
    have observed (None: its distribution cannot be drawn from)."""

    draws: Draws
    observed: np.ndarray
    at: AtDraws
    predictive: np.ndarray | None


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
    """Build, check, sample (unless no draws are wanted), evaluate.

    Raises whatever the program raises, BuildError, Hopeless and lockdown.Late."""
    with watch.phase("build"):
        model = build(job.source, job.data)
        observed = observed_values(model, job.data[job.outcome])
        check_reordered(model, job)
        initial = initial_values(model)
    if job.settings.draws == 0:
        with watch.phase("build"):
            check_start(model)
        draws, at = without_draws(model, job.settings.chains, observed.size)
        return Sampled(draws=draws, observed=observed, at=at, predictive=None)
    with watch.phase("compile"):
        terms = model.logp(sum=False)  # of the free variables, then of the one that is observed
        sampler = prepare(model, initial, terms)
    lockdown.lift_deadline()
    seed = seed_of(job.source, job.settings)
    if job.settings.pilot:
        with watch.phase("pilot"):
            pilot(sampler, job.settings, seed)
    with watch.phase("sample"):
        draws = sampler.draw(job.settings, seed)
    with watch.phase("log_likelihood"):
        at = evaluate_at(model, draws.points, terms[-1], observed.size)
    with watch.phase("predictive"):
        predictive = replicate(model, at.free, observed, seed)
    return Sampled(draws=draws, observed=observed, at=at, predictive=predictive)


def build(source: str, data: Mapping[str, np.ndarray]) -> pm.Model:
    """Execute the text; numbers are plain numbers to it, columns read-only arrays. The model must be called `model`."""
    seen = {name: values.item() if values.ndim == 0 else values for name, values in data.items()}
    namespace: dict[str, Any] = {"__name__": "__program__", "data": seen}
    exec(compile(source, "<program>", "exec"), namespace)
    model = namespace.get("model")
    if not isinstance(model, pm.Model):
        raise BuildError("the program leaves no pm.Model named `model`")
    return model


def check_reordered(model: pm.Model, job: Job) -> None:
    """Build the model again with the outcome in another order: it must be the same. Raises IncomparableError."""
    outcome = job.data[job.outcome]
    moved = reordered(outcome)
    if np.array_equal(moved, outcome):
        return
    try:
        other = build(job.source, {**job.data, job.outcome: moved})
    except MemoryError:
        raise
    except Exception as error:
        raise IncomparableError(f"with the outcome in another order, the program fails: {error}") from error
    check_same(model, other, outcome)


def seed_of(source: str, settings: SamplerSettings) -> int:
    """The sampler's seed, 32 bits: the same program (layout aside) with the same `settings.seed` draws the same."""
    digest = hashlib.sha256(f"{settings.seed} {fingerprint(source)}".encode()).digest()
    return int.from_bytes(digest[:4], "big")


def warm() -> None:
    """Prepare the zygote: quiet, no files, and what every worker needs imported and compiled, by fitting our model."""
    logging.getLogger("pymc").setLevel(logging.ERROR)
    _keep_generated_code_in_memory()
    _read_no_c_code()
    with pm.Model() as model:
        scale = pm.HalfNormal("scale", 1)
        pm.Normal("y", pm.Normal("mean", 0, 1, shape=2), scale, observed=np.zeros(2))
    settings = SamplerSettings(chains=1, tune=50, draws=50)
    terms = model.logp(sum=False)
    draws = prepare(model, initial_values(model), terms).draw(settings, 1)
    at = evaluate_at(model, draws.points, terms[-1], 2)
    replicate(model, at.free, np.zeros(2), 1)


def _keep_generated_code_in_memory() -> None:
    """PyTensor writes the source of each generated function to a temporary file that nobody reads: write to memory."""

    class Unwritten(io.BytesIO):
        name = "<generated>"

    for module in (pytensor.link.utils, pytensor.link.numba.cache):
        module.NamedTemporaryFile = lambda **_: Unwritten()
    pytensor.config.numba__cache = False


def _read_no_c_code() -> None:
    """Each transpose and the like reads and parses the C code that it is never compiled from: let it be empty."""

    def empty(op: ExternalCOp, _: object) -> None:
        op.code_sections["support_code"] = ""

    ExternalCOp.load_c_code = empty
