"""Replicated outcomes: of the right distribution, one for each draw, and never a reason to fail."""

from collections.abc import Callable

import numpy as np
import pymc as pm
import pytest

from refinestat.refinegen.fitting import predictive
from refinestat.refinegen.fitting.predictive import replicate

N, CHAINS, DRAWS = 3, 2, 4000
TRIALS, OBSERVED = np.array([10, 50, 200]), np.array([1, 2, 3])


def binomial() -> None:
    pm.Binomial("y", n=TRIALS, p=pm.Beta("p", 1, 1), observed=OBSERVED)


def normal() -> None:
    pm.Normal("y", mu=pm.Normal("p", 0, 1) * TRIALS, sigma=1, observed=OBSERVED)


def by_group() -> None:
    pm.Poisson("y", mu=pm.HalfNormal("p", 1, shape=2)[np.array([0, 1, 1])] * 10, observed=OBSERVED)


def zero_inflated() -> None:
    pm.ZeroInflatedPoisson("y", psi=pm.Beta("p", 1, 1), mu=20, observed=OBSERVED)


def mixture() -> None:
    p = pm.Beta("p", 1, 1)
    parts = [pm.Normal.dist(0, 1), pm.Normal.dist(100, 1)]
    pm.Mixture("y", w=pm.math.stack([1 - p, p]), comp_dists=parts, observed=OBSERVED.astype(float))


def model_of(write: Callable[[], None]) -> pm.Model:
    with pm.Model() as model:
        write()
    return model


MEANS = {
    binomial: (0.3, 0.3 * TRIALS),
    normal: (0.3, 0.3 * TRIALS),
    by_group: (np.array([0.3, 0.7]), [3, 7, 7]),
    zero_inflated: (0.3, [6, 6, 6]),
    mixture: (0.3, [30, 30, 30]),
}


@pytest.mark.parametrize("write", MEANS, ids=lambda write: write.__name__)
def test_they_follow_the_observed_distribution_at_the_draws(write: Callable[[], None], monkeypatch):
    monkeypatch.setattr(predictive, "_MOST_SECONDS", 60)  # however slow the machine is
    at, means = MEANS[write]
    free = {"p": np.broadcast_to(at, (CHAINS, DRAWS, *np.shape(at)))}
    drawn = replicate(model_of(write), free, OBSERVED, seed=1)
    assert drawn.shape == (CHAINS, DRAWS, N)
    error = drawn.std(axis=(0, 1)) / np.sqrt(CHAINS * DRAWS)
    assert np.all(np.abs(drawn.mean(axis=(0, 1)) - means) < 5 * error)
    assert np.all(drawn.std(axis=(0, 1)) > 0)


def test_each_replicate_belongs_to_its_draw():
    p = np.linspace(0.01, 0.99, CHAINS * DRAWS).reshape(CHAINS, DRAWS)
    drawn = replicate(model_of(binomial), {"p": p}, OBSERVED, seed=1)
    assert np.corrcoef(drawn[..., 2].ravel(), p.ravel())[0, 1] > 0.98


def test_the_seed_decides():
    free = {"p": np.full((CHAINS, 50), 0.5)}
    one, same, other = (replicate(model_of(binomial), free, OBSERVED, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert not np.array_equal(one, other)


def test_what_cannot_be_drawn_or_is_too_much_is_left_out(monkeypatch):
    assert replicate(model_of(by_group), {"p": np.full((1, 5, 2), 1e30)}, OBSERVED, seed=1) is None
    monkeypatch.setattr(predictive, "_MOST_SECONDS", 0)
    assert replicate(model_of(mixture), {"p": np.full((1, 5), 0.5)}, OBSERVED, seed=1) is None
    monkeypatch.setattr(predictive, "_MOST", 10)
    assert replicate(model_of(binomial), {"p": np.full((1, 5), 0.5)}, OBSERVED, seed=1) is None
