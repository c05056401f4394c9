"""Programs in their processes: what is scored, what fails and how."""

import dataclasses

import numpy as np
import pytest
from fitting_programs import EIGHT, GOOD, eight_schools

from commons.data_pymc import Dataset, Role, Variable
from refinestat.refinegen.prompts import head
from refinestat.refinegen.records import FitLimits, Outcome, SamplerSettings

pytestmark = pytest.mark.slow  # all of them share one pool


@pytest.fixture(scope="module")
def twice(fitted):
    return fitted(eight_schools(GOOD), eight_schools(GOOD.replace("\n    tau", "\n\n    # the same\n    tau")))


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
    assert (fit.sampler, fit.note) == ("nutpie", "")


def test_the_log_likelihood_is_that_of_the_draws(twice):
    fit, _ = twice
    y, sigma = EIGHT["y"].values, EIGHT["sigma"].values
    expected = -0.5 * ((y - fit.deterministic["theta"]) / sigma) ** 2 - np.log(sigma * np.sqrt(2 * np.pi))
    np.testing.assert_allclose(fit.log_likelihood, expected, rtol=1e-9)


def test_the_same_program_gives_the_same_draws_bit_for_bit(twice):
    first, second = twice
    for name, draws in first.free.items():
        np.testing.assert_array_equal(draws, second.free[name])


FAULTS = {
    "sd": GOOD.replace('"mu", 0, 5', '"mu", 0, sd=10'),
    "unknown": GOOD.replace("pm.HalfCauchy", "pm.HalfCauchyy"),
    "undeclared": GOOD.replace("mu + tau", "mu + taw"),
    "twice": GOOD + '    again = pm.Normal("again", mu, sigma, observed=y)\n',
    "part": GOOD.replace("observed=y", "observed=y[:4]").replace("theta, sigma", "mu, 1"),
    "rescaled": GOOD.replace("observed=y", "observed=y / 10"),
    "potential": GOOD + '    pm.Potential("p", 100.0 - mu**2)\n',
    "nothing observed": GOOD.replace(", observed=y", ""),
    "nothing free": '    y_obs = pm.Normal("y_obs", mu=0, sigma=sigma, observed=y)\n',
    "zero probability": GOOD.replace("theta, sigma", "theta / 0, sigma"),
    "syntax": GOOD + "    x = (\n",
    "exits": GOOD + "    raise SystemExit(0)\n",
}
INCOMPARABLE = ("twice", "part", "rescaled", "potential", "nothing observed")


def test_each_fault_of_a_program_is_a_failed_build_or_an_incomparable_model_with_its_reason(fitted):
    for name, fit in zip(FAULTS, fitted(*map(eight_schools, FAULTS.values())), strict=True):
        expected = Outcome.INCOMPARABLE if name in INCOMPARABLE else Outcome.BUILD_FAILED
        assert fit.outcome is expected, (name, fit)
        assert fit.why
        assert "\n" not in fit.why


def test_a_program_that_hangs_kills_itself_or_eats_memory_costs_only_itself(fitted):
    hang = GOOD + "    while True:\n        pass\n"
    sleep = GOOD + "    import time\n    time.sleep(1000)\n"
    kill = GOOD + "    import os\n    os.kill(os.getpid(), 9)\n"
    eat = GOOD + "    a = [np.zeros(10**8) for _ in range(100)]\n"
    limits = FitLimits(wall=25, cpu=12, build=1)
    hung, slept, killed, ate, good = fitted(*map(eight_schools, (hang, sleep, kill, eat, GOOD)), limits=limits)
    assert hung.outcome is slept.outcome is Outcome.TIMED_OUT
    assert hung.why == "not ready to be sampled after 1 seconds of processor time"
    assert slept.why == "more than 25 seconds"
    assert killed.outcome in (Outcome.CRASHED, Outcome.OUT_OF_MEMORY)
    assert ate.outcome is Outcome.OUT_OF_MEMORY
    assert good.outcome is Outcome.SCORED


def test_a_discrete_unknown_is_sampled_too_and_the_slower_sampler_is_explained(fitted):
    values = np.array([0.1, 5.2, 4.9, -0.2])
    data = Dataset(name="mixed", description="", variables=(Variable(name="y", values=values, role=Role.OUTCOME),))
    body = '    k = pm.Bernoulli("k", 0.5, shape=4)\n    y_obs = pm.Normal("y_obs", 5 * k, 1, observed=y)\n'
    (fit,) = fitted(head(data) + body, data=data)
    assert fit.outcome is Outcome.SCORED, fit.why
    assert (fit.sampler, fit.note) == ("pymc", "discrete free variables")
    assert fit.free["k"].mean(axis=(0, 1)).round().tolist() == [0, 1, 1, 0]


def test_an_operation_that_cannot_be_translated_is_sampled_by_numba_and_named(fitted):
    body = '    a = pm.Normal("a", 0, 1, shape=J)\n    pm.Normal("y_obs", pt.argmax(a) * a, sigma, observed=y)\n'
    (fit,) = fitted(eight_schools(body))
    assert fit.outcome is Outcome.SCORED, fit.why
    assert fit.sampler == "nutpie-numba"
    assert fit.note == "operation Argmax"


def test_a_likelihood_without_parameters_is_scored_all_the_same(fitted):
    (fit,) = fitted(eight_schools(GOOD.replace("theta, sigma", "0, sigma") + '    pm.Deterministic("c", pt.ones(3))\n'))
    assert fit.outcome is Outcome.SCORED, fit.why
    assert np.ptp(fit.log_likelihood, axis=(0, 1)).max() == 0
    assert fit.deterministic["c"].shape == (2, 200, 3)


def test_a_pilot_ends_a_program_whose_chains_do_not_meet_and_no_other(fitted):
    apart = GOOD.replace('pm.Normal("mu", 0, 5)', 'pm.NormalMixture("mu", [0.5, 0.5], [-900, 900], 1)')
    settings = SamplerSettings(chains=4, tune=200, draws=200, pilot=200)
    hopeless, good = fitted(eight_schools(apart), eight_schools(GOOD), settings=settings)
    assert hopeless.outcome is Outcome.HOPELESS, hopeless
    assert hopeless.why.startswith("R-hat of ")
    assert "after 200 + 200 draws in each chain" in hopeless.why
    assert hopeless.free == {}
    assert good.outcome is Outcome.SCORED
    assert good.seconds["pilot"] > 0
    (without,) = fitted(eight_schools(GOOD), settings=dataclasses.replace(settings, pilot=0))
    np.testing.assert_array_equal(without.free["mu"], good.free["mu"])
