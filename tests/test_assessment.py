"""How often a program is fitted: once, or twice where a few divergences are all that fails."""

import asyncio
import json
from dataclasses import replace

import numpy as np
import pytest
from fabricate import attempt

from commons.data_pymc import DATASETS
from refinestat.refinegen.assessment import assess, fit_and_assess, worth_refitting
from refinestat.refinegen.records import Fit, Outcome, SamplerSettings
from refinestat.refinegen.store import codec

SETTINGS = SamplerSettings(chains=4, tune=1000, draws=1000, target_accept=0.95, seed=3)
CHAINS, DRAWS, N = 4, 1000, 20


def good_fit(divergences: int = 0, **changes: object) -> Fit:
    """A normal mean with independent draws, which pass every check but that of divergences."""
    stream = np.random.default_rng(0)
    y = stream.normal(size=N)
    mu = stream.normal(y.mean(), 1 / np.sqrt(N), size=(CHAINS, DRAWS))
    fit = Fit(
        outcome=Outcome.SCORED,
        free={"mu": mu},
        log_likelihood=-0.5 * (y - mu[..., None]) ** 2,
        diverging=np.arange(CHAINS * DRAWS).reshape(CHAINS, DRAWS) < divergences,
        energy=stream.normal(size=(CHAINS, DRAWS)),
        sampler="nutpie",
        seconds={"sample": 1.0},
        cpu_seconds=2.0,
    )
    return replace(fit, **changes)


class Fits:
    """Returns prepared fits, one after the other."""

    def __init__(self, *fits: Fit) -> None:
        self.left = list(fits)
        self.asked: list[SamplerSettings] = []

    async def fit(self, source: str, dataset: object, settings: SamplerSettings) -> Fit:
        self.asked.append(settings)
        return self.left.pop(0)


def played(*fits: Fit, refit: float | None = 0.99):
    prepared = Fits(*fits)
    found = asyncio.run(fit_and_assess(prepared, "text", DATASETS["dugongs"], SETTINGS, refit))
    return *found, prepared.asked


def test_a_few_divergences_alone_lead_to_one_second_fit_that_counts():
    first, second = good_fit(7), good_fit(2)
    assessment, fit, asked = played(first, second)
    assert [settings.target_accept for settings in asked] == [0.95, 0.99]
    assert replace(asked[1], target_accept=0.95) == asked[0]
    assert fit is second
    assert assessment.checks[3].value == 2
    assert assessment.target_accept == 0.99
    other = assessment.other_fit
    assert other is not None
    assert (other.checks[3].value, other.target_accept, other.cpu_seconds) == (7, 0.95, 2.0)
    assert [each.cpu_seconds for each in assessment.fits] == [2.0, 2.0]


def test_both_fits_come_back_from_the_log():
    assessment, _, _ = played(good_fit(7), good_fit(2))
    logged = attempt(0, assessment)
    assert codec.attempt_of(json.loads(codec.dumps(logged))) == logged


def test_a_second_fit_that_does_not_complete_leaves_the_first():
    first = good_fit(7)
    assessment, fit, _ = played(first, Fit(outcome=Outcome.TIMED_OUT, why="more than 300 seconds", cpu_seconds=240.0))
    assert fit is first
    assert assessment.outcome is Outcome.SCORED
    assert assessment.target_accept == 0.95
    assert assessment.other_fit is not None
    assert assessment.other_fit.outcome is Outcome.TIMED_OUT
    assert assessment.other_fit.cpu_seconds == 240.0


@pytest.mark.parametrize(
    "fit",
    [
        good_fit(0),
        good_fit(40),  # 1 % of the draws
        good_fit(7, energy=np.cumsum(good_fit().energy, axis=1)),  # another check fails as well
        Fit(outcome=Outcome.BUILD_FAILED, why="TypeError"),
    ],
    ids=["no divergence", "too many", "not alone", "no fit"],
)
def test_nothing_else_leads_to_a_second_fit(fit):
    assessment, found, asked = played(fit)
    assert found is fit
    assert len(asked) == 1
    assert assessment.other_fit is None


def test_the_second_fit_can_be_switched_off():
    assessment, _, asked = played(good_fit(7), refit=None)
    assert len(asked) == 1
    assert assessment.passed == 6


def test_fewer_than_one_percent_of_all_draws_is_a_few():
    checks = assess(good_fit(39)).checks
    assert worth_refitting(checks, 4000)
    assert not worth_refitting(checks, 3900)


def test_the_limit_of_pareto_k_for_the_number_of_draws_stands_beside_the_fixed_one():
    fit = good_fit()
    few = replace(
        fit,
        free={"mu": fit.free["mu"][:, :50]},
        log_likelihood=fit.log_likelihood[:, :50],
        diverging=fit.diverging[:, :50],
        energy=fit.energy[:, :50],
    )
    assert assess(fit).pareto_k_limit == 0.7
    assert assess(few).pareto_k_limit == pytest.approx(1 - 1 / np.log10(200))
    assert 0 <= assess(few).pareto_k_share <= 1


def test_why_a_slower_sampler_ran_is_kept():
    assert assess(good_fit(sampler="nutpie-numba", note="operation Argmax")).note == "operation Argmax"
