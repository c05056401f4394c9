import numpy as np
import pymc as pm

data = {"a": np.random.randn(5), "b": np.random.randn(7)}
priors = dict(mu=dict(mu=0, sigma=1), sd=dict(sigma=2))

with pm.Model() as m:
    mus, sds = {}, {}
    for key, values in data.items():
        mus[key] = pm.Normal(f"mu_{key}", **priors["mu"])
        sds[key] = pm.HalfNormal(f"sd_{key}", **priors["sd"])
        pm.Normal(f"obs_{key}", mus[key], sds[key], observed=values)
    pm.Deterministic("diff", mus["a"] - mus["b"])
    coefs = np.empty(2, dtype=object)
    coefs[0], coefs[1] = mus["a"], mus["b"]
    total = 0
    for v in mus.values():
        total += v
    pm.Deterministic("total", total)
    m.register_data_var if hasattr(m, "register_data_var") else None
    m.initial_point()
