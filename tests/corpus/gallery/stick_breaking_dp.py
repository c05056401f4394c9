import numpy as np
import pymc as pm
import pytensor.tensor as pt

N = 60
K = 8
old_faithful_std = np.random.standard_normal(N)


def stick_breaking(beta):
    portion_remaining = pt.concatenate([[1], pt.extra_ops.cumprod(1 - beta)[:-1]])
    return beta * portion_remaining


with pm.Model(coords={"component": np.arange(K), "obs_id": np.arange(N)}) as model:
    alpha = pm.Gamma("alpha", 1.0, 1.0)
    beta = pm.Beta("beta", 1.0, alpha, dims="component")
    w = pm.Deterministic("w", stick_breaking(beta), dims="component")

    tau = pm.Gamma("tau", 1.0, 1.0, dims="component")
    lambda_ = pm.Gamma("lambda_", 10.0, 1.0, dims="component")
    mu = pm.Normal("mu", 0, tau=lambda_ * tau, dims="component")
    obs = pm.NormalMixture(
        "obs", w, mu, tau=lambda_ * tau, observed=old_faithful_std, dims="obs_id"
    )

with pm.Model() as sunspots:
    alpha = pm.Gamma("alpha", 1.0, 1.0)
    w = pm.StickBreakingWeights("w", alpha, K=K - 1)
    mu = pm.Uniform("mu", 0.0, 300.0, shape=K)
    obs = pm.Mixture("obs", w, pm.Poisson.dist(mu), observed=np.random.poisson(40, N))
