import os

import arviz as az
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pymc as pm
import seaborn as sns

print(f"Running on PyMC v{pm.__version__}")

RANDOM_SEED = 8924
az.style.use("arviz-darkgrid")
plt.rcParams["figure.figsize"] = (10, 5)

try:
    srrs2 = pd.read_csv(os.path.join("..", "data", "srrs2.dat"))
except FileNotFoundError:
    srrs2 = pd.DataFrame(
        {
            "county": np.repeat(["AITKIN", "ANOKA", "BECKER", "CLAY"], 6),
            "activity": np.random.default_rng(1).gamma(2, 2, size=24),
            "floor": np.tile([0, 0, 1], 8),
            "Uppm": np.repeat([0.5, 0.4, 0.9, 0.7], 6),
        }
    )

srrs2.columns = srrs2.columns.map(str.strip)
srrs_mn = srrs2.copy()
srrs_mn.county = srrs_mn.county.map(str.strip)
mn_counties = srrs_mn.county.unique()
county_lookup = dict(zip(mn_counties, range(len(mn_counties))))
county = srrs_mn["county_code"] = srrs_mn.county.replace(county_lookup).values.astype(int)
radon = srrs_mn.activity
srrs_mn["log_radon"] = log_radon = np.log(radon + 0.1).values
floor_measure = srrs_mn.floor.values
u = np.log(srrs_mn.groupby("county").Uppm.first()).values

coords = {"county": mn_counties, "param": ["alpha", "beta"]}
with pm.Model(coords=coords) as varying_intercept_slope:
    floor_idx = pm.Data("floor_idx", floor_measure, dims="obs_id")
    county_idx = pm.Data("county_idx", county, dims="obs_id")

    # Hyperpriors:
    g = pm.Normal("g", mu=0.0, sigma=10.0, shape=2)
    sigma_a = pm.Exponential("sigma_a", 1.0)

    # Varying intercepts uranium model:
    a = pm.Deterministic("a", g[0] + g[1] * u, dims="county")
    za_county = pm.Normal("za_county", mu=0.0, sigma=1.0, dims="county")
    a_county = pm.Deterministic("a_county", a + za_county * sigma_a, dims="county")

    mu_b = pm.Normal("mu_b", mu=0.0, sigma=10.0)
    sigma_b = pm.Exponential("sigma_b", 1)
    b = pm.Normal("b", mu=mu_b, sigma=sigma_b, dims="county")

    theta = a_county[county_idx] + b[county_idx] * floor_idx
    sigma = pm.Exponential("sigma", 1.0)
    y = pm.Normal("y", theta, sigma=sigma, observed=log_radon, dims="obs_id")

pm.model_to_graphviz(varying_intercept_slope)

with varying_intercept_slope:
    idata = pm.sample(tune=2000, target_accept=0.99, random_seed=RANDOM_SEED)

az.plot_forest(idata, var_names=["a_county", "b"], combined=True)
