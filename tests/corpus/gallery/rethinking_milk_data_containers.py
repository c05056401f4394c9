import numpy as np
import pymc as pm

neocortex = np.array([55.2, 64.5, 64.5, 67.6, 68.9, 58.9, 61.7, 60.3])
mass = np.log([1.95, 5.25, 5.37, 2.51, 0.68, 0.12, 0.47, 0.32])
kcal = np.array([0.49, 0.46, 0.51, 0.60, 0.47, 0.56, 0.89, 0.92])


def standardize(series):
    """Standardize a pandas series"""
    return (series - series.mean()) / series.std()


N, M, K = map(standardize, [neocortex, mass, kcal])

with pm.Model() as m5_7:
    sigma = pm.Exponential("sigma", 1)
    bN = pm.Normal("bN", 0, 0.5)
    bM = pm.Normal("bM", 0, 0.5)
    a = pm.Normal("a", 0, 0.2)
    x_n = pm.MutableData("x_n", N) if hasattr(pm, "MutableData") else pm.Data("x_n", N)
    x_m = pm.Data("x_m", M)

    mu = a + bN * x_n + bM * x_m
    kcal_hat = pm.Normal("kcal_hat", mu, sigma, observed=K, shape=mu.shape)
    idata = pm.sample(random_seed=1)

with m5_7:
    pm.set_data({"x_n": np.linspace(-2, 2, 30), "x_m": np.zeros(30)})
    post = pm.sample_posterior_predictive(idata, var_names=["kcal_hat"], predictions=True)
