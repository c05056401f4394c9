"""Programs in their processes: what is scored, what fails and how, and what a hostile one cannot do."""

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from commons.data_pymc import DATASETS, Dataset, Role, Variable
from refinestat.refinegen.fitting.pool import FittingPool
from refinestat.refinegen.prompts import head
from refinestat.refinegen.records import Fit, FitLimits, Outcome, SamplerSettings

CORPUS = Path(__file__).parent / "corpus"
SCHOOLS = DATASETS["eight_schools"]
QUICK = SamplerSettings(chains=2, tune=200, draws=200)
GOOD = """    mu = pm.Normal("mu", 0, 10)
    tau = pm.HalfNormal("tau", 10)
    z = pm.Normal("z", 0, 1, shape=J)
    theta = pm.Deterministic("theta", mu + tau * z)
    y_obs = pm.Normal("y_obs", mu=theta, sigma=sigma, observed=y)
"""


def with_pool(use: Callable[[FittingPool], Coroutine[Any, Any, Any]], **limits: float) -> Any:
    async def main() -> Any:
        async with FittingPool(workers=2, limits=FitLimits(**limits)) as pool:  # type: ignore[arg-type]
            return await use(pool)

    return asyncio.run(main())


def fitted(*bodies: str, **limits: float) -> list[Fit]:
    async def use(pool: FittingPool) -> list[Fit]:
        return await asyncio.gather(*(pool.fit(head(SCHOOLS) + body, SCHOOLS, QUICK) for body in bodies))

    return with_pool(use, **limits)


@pytest.fixture(scope="module")
def twice():
    return fitted(GOOD, GOOD.replace("\n    tau", "\n\n    # the same\n    tau"))


@pytest.mark.slow
def test_a_good_program_comes_back_with_its_draws(twice):
    fit, _ = twice
    assert fit.outcome is Outcome.SCORED, fit.why
    shapes = {name: draws.shape for name, draws in fit.free.items()}
    assert shapes == {"mu": (2, 200), "tau": (2, 200), "z": (2, 200, 8)}
    assert fit.deterministic["theta"].shape == (2, 200, 8)
    assert fit.log_likelihood.shape == (2, 200, 8)
    assert fit.diverging.shape == fit.energy.shape == (2, 200)
    assert np.all(fit.free["tau"] > 0)
    assert fit.cpu_seconds > 0
    assert 50e6 < fit.peak_memory < 0.6e9


@pytest.mark.slow
def test_the_log_likelihood_is_that_of_the_draws(twice):
    fit, _ = twice
    y, sigma = SCHOOLS["y"].values, SCHOOLS["sigma"].values
    expected = -0.5 * ((y - fit.deterministic["theta"]) / sigma) ** 2 - np.log(sigma * np.sqrt(2 * np.pi))
    np.testing.assert_allclose(fit.log_likelihood, expected, rtol=1e-9)


@pytest.mark.slow
def test_the_same_program_gives_the_same_draws_bit_for_bit(twice):
    first, second = twice
    for name, draws in first.free.items():
        np.testing.assert_array_equal(draws, second.free[name])


FAULTS = {
    "sd": GOOD.replace('"mu", 0, 10', '"mu", 0, sd=10'),
    "unknown": GOOD.replace("pm.HalfNormal", "pm.HalfNormall"),
    "undeclared": GOOD.replace("mu + tau", "mu + taw"),
    "twice": GOOD + '    again = pm.Normal("again", mu, sigma, observed=y)\n',
    "part": GOOD.replace("observed=y", "observed=y[:4]").replace("mu=theta, sigma=sigma", "mu=mu, sigma=1"),
    "rescaled": GOOD.replace("observed=y", "observed=y / 10"),
    "potential": GOOD + '    pm.Potential("p", 100.0 - mu**2)\n',
    "nothing observed": GOOD.replace(", observed=y", ""),
    "nothing free": '    y_obs = pm.Normal("y_obs", mu=0, sigma=sigma, observed=y)\n',
    "zero probability": GOOD.replace("mu=theta", "mu=theta / 0"),
    "syntax": GOOD + "    x = (\n",
    "exits": GOOD + "    raise SystemExit(0)\n",
}


INCOMPARABLE = ("twice", "part", "rescaled", "potential", "nothing observed")


@pytest.mark.slow
def test_each_fault_of_a_program_is_a_failed_build_or_an_incomparable_model_with_its_reason():
    for name, fit in zip(FAULTS, fitted(*FAULTS.values()), strict=True):
        expected = Outcome.INCOMPARABLE if name in INCOMPARABLE else Outcome.BUILD_FAILED
        assert fit.outcome is expected, (name, fit)
        assert fit.why
        assert "\n" not in fit.why


@pytest.mark.slow
def test_a_program_that_hangs_kills_itself_or_eats_memory_costs_only_itself():
    hang = GOOD + "    while True:\n        pass\n"
    kill = GOOD + "    import os\n    os.kill(os.getpid(), 9)\n"
    eat = GOOD + "    a = [np.ones(10**8) for _ in range(100)]\n"
    began = time.monotonic()
    hung, killed, ate, good = fitted(hang, kill, eat, GOOD, wall=20.0)
    assert time.monotonic() - began < 90
    assert hung.outcome is Outcome.TIMED_OUT
    assert killed.outcome in (Outcome.CRASHED, Outcome.OUT_OF_MEMORY)
    assert ate.outcome is Outcome.OUT_OF_MEMORY
    assert good.outcome is Outcome.SCORED


@pytest.mark.slow
def test_a_discrete_unknown_is_sampled_too():
    data = Dataset(
        name="mixed",
        description="",
        variables=(Variable(name="y", values=np.array([0.1, 5.2, 4.9, -0.2]), role=Role.OUTCOME),),
    )
    body = """    k = pm.Bernoulli("k", 0.5, shape=4)
    y_obs = pm.Normal("y_obs", 5 * k, 1, observed=y)
"""

    async def use(pool: FittingPool) -> Fit:
        return await pool.fit(head(data) + body, data, QUICK)

    fit = with_pool(use)
    assert fit.outcome is Outcome.SCORED, fit.why
    assert fit.sampler == "pymc"
    assert fit.free["k"].mean(axis=(0, 1)).round().tolist() == [0, 1, 1, 0]


def _corpus_data() -> Dataset:
    values: dict[str, Any] = {}
    namespace: dict[str, Any] = {}
    exec((CORPUS / "data.py").read_text(), namespace)
    for name, value in namespace["make"]().items():
        array = np.asarray(value)
        if array.dtype.kind in "iufb" and not np.isnan(array.astype(float)).any():
            values[name] = array
    roles = {"y": Role.OUTCOME}
    variables = tuple(
        Variable(name=n, values=v, role=roles.get(n, Role.SIZE if v.ndim == 0 else Role.PREDICTOR))
        for n, v in values.items()
    )
    return Dataset(name="corpus", description="", variables=variables)


@pytest.mark.slow
def test_no_hostile_program_changes_anything_outside_even_without_the_allow_list(tmp_path):
    canary = Path("/var/tmp/canary")
    made_here = not canary.exists()
    canary.mkdir(exist_ok=True)
    precious = canary / "precious.txt"
    precious.write_text("precious")
    before = {path: path.stat().st_mtime_ns for path in canary.rglob("*")}
    environment = dict(os.environ)
    data = _corpus_data()
    names = ["os_", "np_", "pm_", "pytensor", "pandas", "import_", "builtins", "pt_basic", "class_", "lambda", "patch_"]
    programs = [p for p in sorted((CORPUS / "hostile").glob("*.py")) if p.name.startswith(tuple(names))]
    assert len(programs) > 40

    async def use(pool: FittingPool) -> list[Fit]:
        assert pool.containment in ("A", "B")
        return await asyncio.gather(*(pool.fit(path.read_text(), data, QUICK) for path in programs))

    fits = with_pool(use, wall=8.0, cpu=8.0)
    assert len(fits) == len(programs)
    assert {path: path.stat().st_mtime_ns for path in canary.rglob("*")} == before
    assert precious.read_text() == "precious"
    assert dict(os.environ) == environment
    precious.unlink()
    if made_here:
        canary.rmdir()


@pytest.mark.slow
def test_nothing_of_a_pool_outlives_a_killed_parent(tmp_path):
    code = f"""
import asyncio, sys
sys.path.insert(0, {str(Path(__file__).resolve().parents[1])!r})
from commons.data_pymc import DATASETS
from refinestat.refinegen.fitting.pool import FittingPool
from refinestat.refinegen.records import SamplerSettings
async def main():
    async with FittingPool(workers=2) as pool:
        print("ready", flush=True)
        await pool.fit("while True: pass", DATASETS["dugongs"], SamplerSettings())
asyncio.run(main())
"""
    parent = subprocess.Popen([os.sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)  # type: ignore[attr-defined]
    assert parent.stdout is not None
    assert parent.stdout.readline() == "ready\n"
    time.sleep(1)
    family = _descendants(parent.pid)
    assert len(family) >= 2
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    deadline = time.monotonic() + 2
    while any(_alive(pid) for pid in family) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not [pid for pid in family if _alive(pid)]


def _descendants(pid: int) -> list[int]:
    children = [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return children + [grand for child in children for grand in _descendants(child)]


def _alive(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    try:
        return stat.read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
