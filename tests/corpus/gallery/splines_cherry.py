import numpy as np
import pandas as pd
import pymc as pm
from scipy.interpolate import BSpline

blossom_data = pd.DataFrame({"year": np.arange(1900, 1950), "doy": np.random.normal(100, 5, 50)})
num_knots = 6
knot_list = np.percentile(blossom_data.year, np.linspace(0, 100, num_knots + 2))[1:-1]
knots = np.pad(knot_list, (3, 3), mode="edge")
B = BSpline(knots, np.identity(num_knots + 2), k=3)(blossom_data.year.values)

COORDS = {"splines": np.arange(B.shape[1])}
with pm.Model(coords=COORDS) as spline_model:
    a = pm.Normal("a", 100, 5)
    w = pm.Normal("w", mu=0, sigma=3, size=B.shape[1], dims="splines")
    mu = pm.Deterministic("mu", a + pm.math.dot(np.asarray(B, order="F"), w.T))
    sigma = pm.Exponential("sigma", 1)
    D = pm.Normal("D", mu=mu, sigma=sigma, observed=blossom_data.doy)

    idata = pm.sample_prior_predictive()
    idata.extend(pm.sample(nuts_sampler="nutpie", draws=1000, tune=1000, random_seed=1, chains=4))
    pm.sample_posterior_predictive(idata, extend_inferencedata=True)
