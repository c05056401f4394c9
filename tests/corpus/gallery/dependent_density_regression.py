import numpy as np
import pymc as pm
import pytensor.tensor as pt

N, K = 40, 5
std_range = np.linspace(-2, 2, N)
std_logratio = np.random.randn(N)


def norm_cdf(z):
    return 0.5 * (1 + pt.erf(z / np.sqrt(2)))


def stick_breaking(v):
    return v * pt.concatenate([pt.ones_like(v[:, :1]), pt.extra_ops.cumprod(1 - v, axis=1)[:, :-1]], axis=1)


with pm.Model(coords={"N": np.arange(N), "K": np.arange(K) + 1, "one": [1]}) as model:
    alpha = pm.Normal("alpha", 0, 5, dims="K")
    beta = pm.Normal("beta", 0, 5, dims=("one", "K"))
    x = pm.Data("x", std_range, dims="N")
    v = norm_cdf(alpha + pt.dot(x[:, None], beta))
    w = pm.Deterministic("w", stick_breaking(v), dims=["N", "K"])
    gamma = pm.Normal("gamma", 0, 3, dims="K")
    delta = pm.Normal("delta", 0, 3, dims=("one", "K"))
    mu = pm.Deterministic("mu", gamma + pt.dot(x[:, None], delta))
    sigma = pm.HalfNormal("sigma", 3, dims="K")
    y = pm.Data("y", std_logratio, dims="N")
    obs = pm.NormalMixture("obs", w, mu, sigma=sigma, observed=y, dims="N")
    trace = pm.sample(random_seed=1)
