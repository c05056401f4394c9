import numpy as np
import pandas as pd
import pymc as pm

masked = np.ma.masked_values([1.0, 2.0, -999.0, 4.0], value=-999)
frame = pd.DataFrame({"a": [1.0, np.nan, 3.0], "b": [0.2, 0.1, np.nan]})
keep_in_mind = ["male", "siblings", "family_inv"]
X = pd.DataFrame(np.arange(12.0).reshape(4, 3), columns=keep_in_mind)
X.iloc[1, 2] = np.nan

with pm.Model() as masked_model:
    mu = pm.Normal("mu", 0, 10)
    x = pm.Normal("x", mu, 1.0, observed=masked)

with pm.Model(coords={"predictors": X.columns.values}) as impute:
    μ = pm.Normal("μ", 0, 1, dims="predictors")
    xi = pm.Normal("xi", μ, 1.0, observed=X.values)
    β = pm.Normal("β", 0, 1, dims="predictors")
    pm.Bernoulli("y", logit_p=pm.math.dot(xi, β), observed=[0, 1, 1, 0])

with pm.Model() as frame_model:
    m = pm.Normal("m", 0, 1, shape=2)
    pm.Normal("f", m, 1, observed=frame)
