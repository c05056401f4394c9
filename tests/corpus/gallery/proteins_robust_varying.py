import numpy as np
import pymc as pm

N = 8
groups = ["A", "B", "C", "D", "E", "F", "G", "H"]
M = len(groups)
idx = np.repeat(range(M - 1), N)
idx = np.append(idx, 7)
np.random.seed(314)
x_m = np.random.normal(10, 1, len(idx))
y_m = x_m * 2 + np.random.normal(0, 0.5, len(idx))
x_centered = x_m - x_m.mean()

coords = {"group": groups}
with pm.Model(coords=coords) as hierarchical_model:
    # hyper-priors
    α_μ = pm.Normal("α_μ", mu=y_m.mean(), sigma=1)
    α_σ = pm.HalfNormal("α_σ", 5)
    β_μ = pm.Normal("β_μ", mu=0, sigma=1)
    β_σ = pm.HalfNormal("β_σ", sigma=5)

    # priors
    α = pm.Normal("α", mu=α_μ, sigma=α_σ, dims="group")
    β_offset = pm.Normal("β_offset", mu=0, sigma=1, dims="group")
    β = pm.Deterministic("β", β_μ + β_offset * β_σ, dims="group")
    σ = pm.HalfNormal("σ", 5)
    ν_ = pm.Exponential("ν_", 1 / 29)
    ν = pm.Deterministic("ν", ν_ + 1)

    # likelihood
    _ = pm.StudentT("y_pred", nu=ν, mu=α[idx] + β[idx] * x_centered, sigma=σ, observed=y_m)
    idata = pm.sample()
