import numpy as np
import pandas as pd
import pymc as pm

df = pd.DataFrame({"s": list("AABBCC"), "y": [1, 0, 1, 1, 0, 0]})
df["s"] = df.s.astype("category")
subject_codes = df["s"].cat.codes.values
n_subjects = df.s.nunique()

with pm.Model() as hierarchical_model:
    omega = pm.Beta("omega", 1, 1)
    kappa_minus2 = pm.Gamma("kappa_minus2", 0.01, 0.01)
    kappa = pm.Deterministic("kappa", kappa_minus2 + 2)
    theta = pm.Beta(
        "theta", alpha=omega * (kappa - 2) + 1, beta=(1 - omega) * (kappa - 2) + 1, shape=n_subjects
    )
    y = pm.Bernoulli("y", theta[subject_codes], observed=df["y"].values)
    trace = pm.sample(draws=2000, tune=1000, cores=4, target_accept=0.95)
