import numpy as np
import pandas as pd
import pymc as pm

df = pd.DataFrame({"ds": pd.date_range("1949-01-01", periods=60, freq="MS"), "y": np.linspace(0.1, 1, 60)})
t = (df.ds - pd.Timestamp("1900-01-01")).dt.days.to_numpy()
t_min, t_max = np.min(t), np.max(t)
t = (t - t_min) / (t_max - t_min)
y_max = df["y"].max()
y = np.asarray(df["y"] / y_max)

n_changepoints = 8
s = np.linspace(0, np.max(t), n_changepoints + 2)[1:-1]
A = (t[:, None] > s) * 1.0
n_order = 4
periods = df.index / 12
fourier_features = pd.DataFrame(
    {f"{func}_order_{order}": getattr(np, func)(2 * np.pi * periods * order) for order in range(1, n_order + 1) for func in ("sin", "cos")}
)
coords = {"fourier_features": np.arange(2 * n_order)}

with pm.Model(check_bounds=False, coords=coords) as linear:
    α = pm.Normal("α", mu=0, sigma=0.5)
    β = pm.Normal("β", mu=0, sigma=0.5)
    trend = pm.Deterministic("trend", α + β * t)
    k = pm.Normal("k", 0, 1)
    m = pm.Normal("m", 0, 5)
    delta = pm.Laplace("delta", 0, 0.1, shape=n_changepoints)
    growth = k + pm.math.dot(A, delta)
    offset = m + pm.math.dot(A, -s * delta)
    β_fourier = pm.Normal("β_fourier", mu=0, sigma=0.1, dims="fourier_features")
    seasonality = pm.Deterministic("seasonality", pm.math.dot(β_fourier, fourier_features.to_numpy().T))
    μ = (growth * t + offset) * (1 + seasonality)
    σ = pm.HalfNormal("σ", sigma=0.1)
    pm.Normal("likelihood", mu=μ, sigma=σ, observed=y)
    linear_prior = pm.sample_prior_predictive()
