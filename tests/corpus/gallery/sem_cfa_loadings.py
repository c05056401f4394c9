import numpy as np
import pandas as pd
import pymc as pm
import pytensor.tensor as pt

df = pd.DataFrame(np.random.randn(20, 6), columns=[f"se_{i}" for i in range(6)])
df["region"] = "west"
drivers = [c for c in df.columns if not c == "region"]
coords = {"obs": list(range(len(df))), "indicators": drivers, "indicators_1": drivers[:3], "indicators_2": drivers[3:], "latent": ["Student", "Faculty"]}

obs_idx = list(range(len(df)))
with pm.Model(coords=coords) as model:
    Psi = pm.InverseGamma("Psi", 5, 10, dims="indicators")
    lambdas_ = pm.Normal("lambdas_1", 1, 10, dims="indicators_1")
    # Force a fixed scale on the factor loadings for factor 1
    lambdas_1 = pm.Deterministic("lambdas1", pt.set_subtensor(lambdas_[0], 1), dims="indicators_1")
    lambdas_ = pm.Normal("lambdas_2", 1, 10, dims="indicators_2")
    lambdas_2 = pm.Deterministic("lambdas2", lambdas_[0].set(1) if False else pt.set_subtensor(lambdas_[0], 1), dims="indicators_2")
    tau = pm.Normal("tau", 3, 10, dims="indicators")
    kappa = 0
    sd_dist = pm.Exponential.dist(1.0, shape=2)
    chol, _, _ = pm.LKJCholeskyCov("chol_cov", n=2, eta=2, sd_dist=sd_dist, compute_corr=True)
    cov = pm.Deterministic("cov", chol.dot(chol.T), dims=("latent", "latent1")) if False else chol.dot(chol.T)
    ksi = pm.MvNormal("ksi", kappa, chol=chol, dims=("obs", "latent"))

    m1 = tau[0] + ksi[obs_idx, 0] * lambdas_1[0]
    m2 = tau[1] + ksi[obs_idx, 0] * lambdas_1[1]
    m3 = tau[2] + ksi[obs_idx, 0] * lambdas_1[2]
    m4 = tau[3] + ksi[obs_idx, 1] * lambdas_2[0]
    m5 = tau[4] + ksi[obs_idx, 1] * lambdas_2[1]
    m6 = tau[5] + ksi[obs_idx, 1] * lambdas_2[2]

    mu = pm.Deterministic("mu", pm.math.stack([m1, m2, m3, m4, m5, m6]).T)
    _ = pm.Normal("likelihood", mu, Psi, observed=df[drivers].values)

    idata = pm.sample(nuts_sampler="numpyro", target_accept=0.95, idata_kwargs={"log_likelihood": True}, random_seed=100)
    idata.extend(pm.sample_posterior_predictive(idata))
