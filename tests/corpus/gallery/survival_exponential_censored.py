import numpy as np
import pandas as pd
import pymc as pm
import pytensor.tensor as pt

df = pd.DataFrame({"time": [23, 47, 69, 70, 100, 101], "event": [1, 1, 1, 0, 0, 1], "metastasized": [0, 0, 0, 1, 1, 0]})
n_patients = df.shape[0]
patients = np.arange(n_patients)
interval_length = 30
interval_bounds = np.arange(0, df.time.max() + interval_length + 1, interval_length)
n_intervals = interval_bounds.size - 1
intervals = np.arange(n_intervals)
last_period = np.floor((df.time - 0.01) / interval_length).astype(int)

death = np.zeros((n_patients, n_intervals))
death[patients, last_period] = df.event
exposure = np.greater_equal.outer(df.time.to_numpy(), interval_bounds[:-1]) * interval_length
exposure[patients, last_period] = df.time - interval_bounds[last_period]

coords = {"intervals": intervals}
with pm.Model(coords=coords) as model:
    lambda0 = pm.Gamma("lambda0", 0.01, 0.01, dims="intervals")
    beta = pm.Normal("beta", 0, sigma=1000)
    lambda_ = pm.Deterministic("lambda_", pt.outer(pt.exp(beta * df.metastasized), lambda0))
    mu = pm.Deterministic("mu", exposure * lambda_)
    obs = pm.Poisson("obs", mu, observed=death)

with model:
    idata = pm.sample(1000, target_accept=0.99, random_seed=1)
