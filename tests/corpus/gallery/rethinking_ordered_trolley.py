import numpy as np
import pymc as pm
import pytensor.tensor as pt

rng = np.random.default_rng(3)
response = rng.integers(0, 7, 60)
A, I, C = rng.integers(0, 2, (3, 60))
edu = rng.integers(0, 8, 60)

with pm.Model() as m12_5:
    kappa = pm.Normal(
        "kappa",
        0.0,
        1.5,
        transform=pm.distributions.transforms.ordered,
        shape=6,
        initval=np.arange(6) - 2.5,
    )
    bA = pm.Normal("bA", 0.0, 0.5)
    bC = pm.Normal("bC", 0.0, 0.5)
    bI = pm.Normal("bI", 0.0, 0.5)
    bIA = pm.Normal("bIA", 0.0, 0.5)
    bIC = pm.Normal("bIC", 0.0, 0.5)
    BI = bI + bIA * A + bIC * C
    phi = pm.Deterministic("phi", bA * A + bC * C + BI * I)

    resp_obs = pm.OrderedLogistic("resp_obs", phi, kappa, observed=response)

with pm.Model() as m12_6:
    kappa = pm.Normal(
        "kappa", mu=np.linspace(-2, 3, 6), sigma=1.5, transform=pm.distributions.transforms.ordered, size=6
    )
    bE = pm.Normal("bE", 0.0, 1.0)
    delta = pm.Dirichlet("delta", np.repeat(2.0, 7), shape=7)
    delta_j = pt.concatenate([pt.zeros(1), delta])
    delta_j_cumulative = pt.cumsum(delta_j)
    phi = bE * delta_j_cumulative[edu] + 0.5 * A
    resp_obs = pm.OrderedLogistic("resp_obs", eta=phi, cutpoints=kappa, observed=response)
