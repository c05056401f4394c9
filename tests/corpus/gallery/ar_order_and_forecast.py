import numpy as np
import pymc as pm
import pytensor.tensor as pt

rng = np.random.default_rng(2)
ar1_data = np.cumsum(rng.normal(size=100)) * 0.1

with pm.Model() as ar1:
    rho = pm.Normal("rho", mu=0.0, sigma=1.0, shape=2)
    sigma = pm.HalfNormal("sigma", sigma=3)
    likelihood = pm.AR(
        "y",
        rho=rho,
        sigma=sigma,
        constant=True,
        init_dist=pm.Normal.dist(0, 10),
        observed=ar1_data,
    )
    idata = pm.sample(1000, tune=2000, random_seed=rng)

priors = {
    "coefs": {"mu": [0.2, 0.2], "sigma": [0.5, 0.5], "size": 2},
    "sigma": 8,
    "init": {"mu": -0.5, "sigma": 0.1, "size": 1},
}

with pm.Model() as AR:
    AR.add_coord("obs_id", np.arange(100))
    t = pm.Data("t", list(range(100)), dims="obs_id")
    y = pm.Data("y", ar1_data, dims="obs_id")

    coefs = pm.Normal("coefs", priors["coefs"]["mu"], priors["coefs"]["sigma"])
    sigma = pm.HalfNormal("sigma", priors["sigma"])
    init = pm.Normal.dist(
        priors["init"]["mu"], priors["init"]["sigma"], size=priors["init"]["size"]
    )
    ar1 = pm.AR(
        "ar",
        coefs,
        sigma=sigma,
        init_dist=init,
        constant=True,
        steps=t.shape[0] - (priors["coefs"]["size"] - 1),
        dims="obs_id",
    )
    outcome = pm.Normal("likelihood", mu=ar1, sigma=sigma, observed=y, dims="obs_id")

with AR:
    AR.add_coords({"obs_id_fut_1": range(99, 150), "obs_id_fut": range(100, 150)})
    ar1_fut = pm.AR(
        "ar1_fut",
        init_dist=pm.DiracDelta.dist(ar1[..., -1]),
        rho=coefs,
        sigma=sigma,
        constant=True,
        dims="obs_id_fut_1",
    )
    yhat_fut = pm.Normal("yhat_fut", mu=ar1_fut[1:], sigma=sigma, dims="obs_id_fut")
