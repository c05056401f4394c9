import numpy as np
import pymc as pm
import pytensor.tensor as pt

# Bioassay
dose = np.array([-0.86, -0.30, -0.05, 0.73])
n_animals = np.full(dose.shape[0], 5)
deaths = np.array([0, 1, 3, 5])

with pm.Model() as bio_assay_model:
    # Prior distributions for latent variables
    alpha = pm.Normal("alpha", sigma=2)
    beta = pm.Normal("beta", 10, sigma=10)
    cov = np.array([[2.0**2, 0.5 * 2 * 10], [0.5 * 2 * 10, 10.0**2]])
    theta = pm.Deterministic("theta", pm.math.invlogit(alpha + beta * dose))
    LD50 = pm.Deterministic("LD50", -alpha / beta)
    likelihood = pm.Binomial("likelihood", n=n_animals, p=theta, observed=deaths)
    bio_assay_trace = pm.sample()

# Rat tumours
y = np.array([0, 0, 1, 2, 5, 10])
n = np.array([20, 19, 20, 25, 23, 48])
N = len(n)


def logp_ab(value):
    """prior density"""
    return pt.log(pt.pow(pt.sum(value), -5 / 2))


coords = {"obs_id": np.arange(N), "param": ["alpha", "beta"]}
with pm.Model(coords=coords) as rats:
    # Uninformative prior for alpha and beta
    n_val = pm.Data("n_val", n)
    ab = pm.HalfNormal("ab", sigma=10, dims="param")
    pm.Potential("p(a, b)", logp_ab(ab))
    X = pm.Deterministic("X", pt.log(ab[0] / ab[1]))
    Z = pm.Deterministic("Z", pt.log(pt.sum(ab)))
    theta = pm.Beta("theta", alpha=ab[0], beta=ab[1], dims="obs_id")
    p = pm.Binomial("y", p=theta, observed=y, n=n_val)
    trace = pm.sample(draws=2000, tune=2000, target_accept=0.95)
