import numpy as np
import pandas as pd
import pymc as pm
import pytensor.tensor as pt

data = pd.DataFrame({"At-Bats": [45, 45, 44, 45], "Hits": [18, 17, 16, 15], "Name": ["a", "b", "c", "d"]})
at_bats, hits = data[["At-Bats", "Hits"]].to_numpy().T
player_names = list(data["Name"])
coords = {"player_names": player_names}

with pm.Model(coords=coords) as baseball_model:
    phi = pm.Uniform("phi", lower=0.0, upper=1.0)
    kappa_log = pm.Exponential("kappa_log", lam=1.5)
    kappa = pm.Deterministic("kappa", pt.exp(kappa_log))
    theta = pm.Beta("theta", alpha=phi * kappa, beta=(1.0 - phi) * kappa, dims="player_names")
    y = pm.Binomial("y", n=at_bats, p=theta, dims="player_names", observed=hits)

with baseball_model:
    theta_new = pm.Beta("theta_new", alpha=phi * kappa, beta=(1.0 - phi) * kappa)
    y_new = pm.Binomial("y_new", n=4, p=theta_new, observed=0)
    idata = pm.sample(2000, tune=2000, chains=2, target_accept=0.95)
