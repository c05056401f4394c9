import numpy as np
import pymc as pm
import pytensor.tensor as pt

y = np.array([0.5, 1.2, 0.3, 2.2, 3.1, 0.9])
event = np.array([True, True, False, True, False, True])
cens = ~event
X = np.column_stack([np.ones(6), np.arange(6)])


def weibull_lccdf(x, alpha, beta):
    """Log complementary cdf of Weibull distribution."""
    return -((x / beta) ** alpha)


with pm.Model() as model_1:
    alpha_sd = 10.0
    mu = pm.Normal("mu", mu=0, sigma=100)
    alpha_raw = pm.Normal("a0", mu=0, sigma=0.1)
    alpha = pm.Deterministic("alpha", pt.exp(alpha_sd * alpha_raw))
    beta = pm.Deterministic("beta", pt.exp(mu / alpha))

    y_obs = pm.Weibull("y_obs", alpha=alpha, beta=beta, observed=y[~cens])
    y_cens = pm.Potential("y_cens", weibull_lccdf(y[cens], alpha, beta))

with pm.Model() as gumbel_aft:
    s = pm.HalfNormal("s", 5.0)
    γ = pm.Normal("γ", mu=0, sigma=5, shape=X.shape[1])
    eta = pm.math.dot(γ, X.T)
    y_obs = pm.Gumbel("y_obs", mu=eta[~cens], beta=s, observed=np.log(y[~cens]))

    def gumbel_sf(y, mu, sigma):
        return 1.0 - pt.exp(-pt.exp(-(y - mu) / sigma))

    y_cens = pm.Potential("y_cens", pt.log(gumbel_sf(np.log(y[cens]), mu=eta[cens], sigma=s)).sum())
