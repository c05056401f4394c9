import numpy as np
import pandas as pd
import pymc as pm

data = pd.DataFrame({"month": [0, 1, 2, 5, 9, 14, 20], "length": [48.5, 52.0, 56.1, 63.0, 70.2, 77.0, 83.5]})

with pm.Model() as model_vv:
    x_shared = pm.Data("x_shared", data.month.values * 1.0)
    α = pm.Normal("α", sigma=10)
    β = pm.Normal("β", sigma=10)
    γ = pm.HalfNormal("γ", sigma=10)
    δ = pm.HalfNormal("δ", sigma=10)

    μ = pm.Deterministic("μ", α + β * x_shared**0.5)
    σ = pm.Deterministic("σ", γ + δ * x_shared)

    y_pred = pm.Normal("y_pred", mu=μ, sigma=σ, observed=data.length)
    idata_vv = pm.sample(random_seed=123)

with model_vv:
    pm.set_data({"x_shared": [0.5]})
    ppc = pm.sample_posterior_predictive(idata_vv, var_names=["y_pred"])

with pm.Model() as log_scale:
    a = pm.Normal("a", 0, 1, shape=2)
    g = pm.Normal("g", 0, 1, shape=2)
    pm.Normal("y", a[0] + a[1] * data.month, pm.math.exp(g[0] + g[1] * data.month), observed=data.length)
