from typing import Optional

import numpy as np
import pymc as pm


def build_model(x: np.ndarray, y: Optional[np.ndarray] = None, prior_scale: float = 2.5, *, robust=False) -> pm.Model:
    """A linear regression; with Student's t where `robust`."""
    n, k = x.shape
    coords = {"obs": np.arange(n), "feature": [f"x{i}" for i in range(k)]}
    with pm.Model(coords=coords) as model:
        X = pm.Data("X", x, dims=("obs", "feature"))
        beta = pm.Normal("beta", 0, prior_scale, dims="feature")
        alpha = pm.Normal("alpha", 0, prior_scale)
        sigma = pm.HalfNormal("sigma", 1)
        mu = alpha + pm.math.dot(X, beta)
        if robust:
            nu = pm.Gamma("nu", 2, 0.1)
            pm.StudentT("y", nu=nu, mu=mu, sigma=sigma, observed=y, dims="obs")
        else:
            pm.Normal("y", mu, sigma, observed=y, dims="obs")
    return model


def fit(model, draws=1000, **kwargs):
    with model:
        idata = pm.sample(draws, **kwargs)
        idata.extend(pm.sample_posterior_predictive(idata))
    return idata


if __name__ == "__main__":
    rng = np.random.default_rng(0)
    x = rng.normal(size=(50, 3))
    y = x @ [1.0, -2.0, 0.5] + rng.normal(size=50)
    for robust in (False, True):
        m = build_model(x, y, robust=robust)
        idata = fit(m, chains=2)
