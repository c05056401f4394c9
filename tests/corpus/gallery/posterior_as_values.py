import numpy as np
import pymc as pm
import xarray as xr

rng = np.random.default_rng(7)
y = rng.normal(size=25)

with pm.Model() as first:
    mu = pm.Normal("mu", 0, 10)
    sigma = pm.HalfNormal("sigma", 5)
    pm.Normal("y", mu, sigma, observed=y)
    trace = pm.sample()

posterior = trace.posterior.stack(samples=("chain", "draw"))
mu_hat, sigma_hat = 0.1, 1.2

with pm.Model() as second:
    mu = pm.Normal("mu", mu=mu_hat, sigma=sigma_hat)
    pm.Normal("y", mu, 1, observed=y)
    start = pm.find_MAP()
    step = [pm.NUTS([mu]), ]
    trace2 = pm.sample(500, initvals=start, step=step)
    print(pm.summary(trace2))
    y_mean = trace2.posterior["mu"].mean(("chain", "draw")).item()
    trace2.to_netcdf("trace.nc")
