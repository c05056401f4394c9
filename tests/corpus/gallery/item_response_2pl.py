import numpy as np
import pandas as pd
import pymc as pm

rng = np.random.default_rng(1)
n_students, n_items = 12, 5
responses = rng.integers(0, 2, (n_students, n_items))
long = pd.DataFrame(responses).melt(ignore_index=False, var_name="item", value_name="y").reset_index(names="student")

with pm.Model(coords={"student": range(n_students), "item": range(n_items)}) as irt:
    theta = pm.Normal("theta", dims="student")
    a = pm.LogNormal("a", 0, 0.5, dims="item")
    b = pm.Normal("b", sigma=2, dims="item")
    eta = a[None, :] * (theta[:, None] - b[None, :])
    pm.Bernoulli("y", logit_p=eta, observed=responses, dims=("student", "item"))

with pm.Model() as long_irt:
    theta = pm.Normal("theta", 0, 1, shape=(n_students,))
    b = pm.Normal("b", 0, 1, shape=(n_items,))
    p = pm.math.sigmoid(theta[long["student"].to_numpy()] - b[long["item"].astype(int).to_numpy()])
    pm.Bernoulli("obs", p, observed=long.y)
