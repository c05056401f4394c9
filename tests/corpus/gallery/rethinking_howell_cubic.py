import numpy as np
import pandas as pd
import pymc as pm

d = pd.DataFrame({"height": [151.7, 139.7, 136.5, 156.8], "weight": [47.8, 36.5, 31.9, 53.0], "age": [63, 63, 65, 41]})
d2 = d[d.age >= 18]
d["weight_std"] = (d.weight - d.weight.mean()) / d.weight.std()
d["weight_std2"] = d.weight_std**2
weight_m = np.vstack((d.weight_std, d.weight_std2, d.weight_std**3)).T

with pm.Model() as m_4_6:
    a = pm.Normal("a", mu=178, sigma=100)
    b = pm.Normal("b", mu=0, sigma=10, shape=3)
    sigma = pm.Uniform("sigma", lower=0, upper=50)
    mu = pm.Deterministic("mu", a + pm.math.dot(weight_m, b))
    height = pm.Normal("height", mu=mu, sigma=sigma, observed=d.height)
    trace_4_6 = pm.sample(1000, tune=1000)
