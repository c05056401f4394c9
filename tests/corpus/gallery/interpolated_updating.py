import numpy as np
import pymc as pm
from scipy import stats

X1 = np.random.randn(20)
Y = X1 * 0.5 + np.random.randn(20)


def from_posterior(param, samples):
    smin, smax = samples.min().item(), samples.max().item()
    width = smax - smin
    x = np.linspace(smin, smax, 100)
    y = stats.gaussian_kde(samples)(x)

    # what was never sampled should have a small probability but not 0,
    x = np.concatenate([[x[0] - 3 * width], x, [x[-1] + 3 * width]])
    y = np.concatenate([[0], y, [0]])
    return pm.Interpolated(param, x, y)


traces = [{"alpha": np.random.randn(200), "beta0": np.random.randn(200)}]
for _ in range(2):
    model = pm.Model()
    with model:
        # Priors are posteriors from previous iteration
        alpha = from_posterior("alpha", traces[-1]["alpha"])
        beta0 = from_posterior("beta0", traces[-1]["beta0"])
        mu = alpha + beta0 * X1
        Y_obs = pm.Normal("Y_obs", mu=mu, sigma=1, observed=Y)
        trace = pm.sample(1000)
