import numpy as np
import pymc as pm

rng = np.random.default_rng(12345)
low, high = -3.5, 5
samples = rng.normal(1.0, 3.0, 60)
truncated = samples[(samples > low) & (samples < high)]
censored = np.copy(samples)
censored[censored < low] = low
censored[censored > high] = high


def truncated_regression(x, y, bounds):
    with pm.Model() as model:
        slope = pm.Normal("slope", mu=0, sigma=1)
        intercept = pm.Normal("intercept", mu=0, sigma=1)
        σ = pm.HalfNormal("σ", sigma=1)
        normal_dist = pm.Normal.dist(mu=slope * x + intercept, sigma=σ)
        pm.Truncated("obs", normal_dist, lower=bounds[0], upper=bounds[1], observed=y)
    return model


with pm.Model() as imputed_censored_model:
    mu = pm.Normal("mu", mu=0.0, sigma=(high - low) / 2.0)
    sigma = pm.HalfNormal("sigma", sigma=(high - low) / 2.0)
    right_censored = pm.Normal(
        "right_censored",
        mu,
        sigma,
        transform=pm.distributions.transforms.Interval(high, None),
        shape=int(np.sum(censored == high)),
        initval=np.full(int((censored == high).sum()), high + 1),
    )
    left_censored = pm.Normal(
        "left_censored",
        mu,
        sigma,
        transform=pm.distributions.transforms.Interval(None, low),
        shape=int(np.sum(censored == low)),
        initval=np.full(int((censored == low).sum()), low - 1),
    )
    observed = pm.Normal("observed", mu=mu, sigma=sigma, observed=truncated, shape=len(truncated))

with pm.Model() as unimputed_censored_model:
    mu = pm.Normal("mu", mu=0.0, sigma=(high - low) / 2.0)
    sigma = pm.HalfNormal("sigma", sigma=(high - low) / 2.0)
    y_latent = pm.Normal.dist(mu=mu, sigma=sigma)
    obs = pm.Censored("obs", y_latent, lower=low, upper=high, observed=censored)

with truncated_regression(np.zeros(len(truncated)), truncated, (low, high)):
    idata = pm.sample()
