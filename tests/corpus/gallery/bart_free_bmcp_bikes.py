import numpy as np
import pandas as pd
import pymc as pm

bikes = pd.DataFrame({"hour": np.arange(48) % 24, "count": np.random.poisson(50, 48), "temperature": np.random.rand(48)})
bikes_hour = bikes["hour"].values.astype("float")
bikes["count_normalized"] = bikes["count"] / bikes["count"].max()
unique, idx = np.unique(bikes.hour, return_inverse=True)

with pm.Model() as model_lb:
    β0 = pm.Normal("β0", mu=0, sigma=10)
    β1 = pm.Normal("β1", mu=0, sigma=10)
    σ = pm.HalfNormal("σ", 10)
    μ = pm.Deterministic("μ", β0 + β1 * bikes.temperature)
    y_pred = pm.Normal("y_pred", mu=μ, sigma=σ, observed=bikes.count_normalized)

with pm.Model() as model_neg:
    α = pm.Normal("α", mu=0, sigma=1)
    β = pm.Normal("β", mu=0, sigma=10)
    σ = pm.HalfNormal("σ", sigma=10)
    μ = pm.Deterministic("μ", pm.math.exp(α + β * bikes.temperature))
    y_pred = pm.NegativeBinomial("y_pred", mu=μ, alpha=σ, observed=bikes["count"])
    idata_neg = pm.sample(random_seed=123)
    idata_neg.extend(pm.sample_posterior_predictive(idata_neg, random_seed=123))

with pm.Model() as hourly:
    tau = pm.HalfCauchy("tau", 1)
    a = pm.Normal("a", 0, tau, shape=len(unique))
    mu = pm.math.exp(a[idx])
    pm.Poisson("y", mu, observed=bikes["count"].to_numpy())
