"""Posterior means agree with those published for the two data sets that have a reference posterior."""

import arviz as az
import numpy as np
import pytest

from commons.data_pymc import DATASETS
from refinestat.refinegen.prompts import head
from refinestat.refinegen.records import FitLimits, SamplerSettings

pytestmark = pytest.mark.slow

# Means and standard deviations of posteriordb (BSD-3-Clause), eight_schools-eight_schools_noncentered and
# gp_pois_regr-gp_pois_regr: 10 chains, 10,000 draws, rounded to two decimals.
EIGHT_SCHOOLS = """
    mu = pm.Normal("mu", 0, 5)
    tau = pm.HalfCauchy("tau", 5)
    z = pm.Normal("z", 0, 1, shape=8)
    theta = pm.Deterministic("theta", mu + tau * z)
    pm.Normal("y_obs", theta, sigma, observed=y)
"""
GP = """
    rho = pm.Gamma("rho", 25, 4)
    alpha = pm.HalfNormal("alpha", 2)
    z = pm.Normal("z", 0, 1, shape=11)
    squares = (x[:, None] - x[None, :]) ** 2
    K = alpha**2 * pm.math.exp(-squares / (2 * rho**2)) + 1e-10 * np.eye(11)
    f = pm.Deterministic("f", pm.math.dot(pytensor.tensor.linalg.cholesky(K), z))
    pm.Poisson("k_obs", pm.math.exp(f), observed=k)
"""
REFERENCES = {
    "eight_schools": (
        EIGHT_SCHOOLS,
        {
            "mu": [(4.41, 3.31)],
            "tau": [(3.60, 3.20)],
            "theta": [
                *((6.15, 5.62), (4.94, 4.65), (3.91, 5.28), (4.80, 4.77)),
                *((3.61, 4.61), (4.05, 4.80), (6.32, 5.00), (4.88, 5.32)),
            ],
        },
    ),
    "gp": (
        "    import pytensor\n" + GP,
        {
            "rho": [(5.67, 0.68)],
            "alpha": [(2.92, 0.79)],
            "f": [
                *((3.64, 0.15), (3.69, 0.13), (3.25, 0.14), (2.41, 0.20), (1.56, 0.25), (1.30, 0.27)),
                *((1.93, 0.22), (3.18, 0.14), (4.25, 0.10), (4.42, 0.09), (3.51, 0.16)),
            ],
        },
    ),
}
ROUNDING = 0.01 / np.sqrt(12)
SETTINGS = SamplerSettings(tune=300, draws=300, target_accept=0.9, seed=1)


@pytest.mark.parametrize("name", REFERENCES)
def test_posterior_means_are_the_published_ones(fitted, name):
    body, references = REFERENCES[name]
    data = DATASETS[name]
    (fit,) = fitted(head(data) + body, data=data, settings=SETTINGS, limits=FitLimits())
    variables = {**fit.free, **fit.deterministic}
    worst = 0.0
    for variable, published in references.items():
        draws = variables[variable].reshape(4, SETTINGS.draws, -1)
        for i, (mean, deviation) in enumerate(published):
            error = draws[..., i].std() / np.sqrt(float(az.ess(draws[..., i], method="mean")))
            worst = max(worst, abs(draws[..., i].mean() - mean) / np.hypot(np.hypot(error, deviation / 100), ROUNDING))
    print(f"{name}: largest |z| {worst:.2f}")
    assert worst < 4
