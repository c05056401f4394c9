"""A coin, as most first chapters begin."""
import arviz as az
import numpy as np
import pymc as pm

np.random.seed(123)
trials = 4
theta_real = 0.35
data = np.random.binomial(1, theta_real, size=trials)

with pm.Model() as our_first_model:
    theta = pm.Beta("theta", alpha=1.0, beta=1.0)
    y = pm.Bernoulli("y", p=theta, observed=data)
    idata = pm.sample(1000, random_seed=4591)

az.plot_trace(idata)
az.summary(idata, kind="stats")
