import numpy as np
import pandas as pd
import pymc as pm

theta_noalcohol_meds, theta_alcohol_meds = 1, 3
q = 20
df = pd.DataFrame(
    {
        "nsneeze": np.concatenate((np.random.poisson(theta_noalcohol_meds, q), np.random.poisson(theta_alcohol_meds, q))),
        "alcohol": np.concatenate((np.repeat(False, q), np.repeat(True, q))),
        "nomeds": np.concatenate((np.repeat(False, q), np.repeat(True, q))),
    }
)
mx_ex = np.column_stack([np.ones(2 * q), df.alcohol, df.nomeds, df.alcohol * df.nomeds])
labels = ["Intercept", "alcohol", "nomeds", "alcohol:nomeds"]
COORDS = {"regressor": ["nomeds", "alcohol", "nomeds:alcohol"], "obs_idx": df.index}

with pm.Model(coords=COORDS) as m_sneeze_inter:
    a = pm.Normal("intercept", mu=0, sigma=5)
    b = pm.Normal("slopes", mu=0, sigma=1, dims="regressor")
    alpha = pm.Exponential("alpha", 0.5)

    M = pm.Data("nomeds", df.nomeds.to_numpy(), dims="obs_idx")
    A = pm.Data("alcohol", df.alcohol.to_numpy(), dims="obs_idx")
    S = pm.Data("nsneeze", df.nsneeze.to_numpy(), dims="obs_idx")

    λ = pm.math.exp(a + b[0] * M + b[1] * A + b[2] * M * A)
    y = pm.NegativeBinomial("y", mu=λ, alpha=alpha, observed=S, dims="obs_idx")

    idata = pm.sample()

with pm.Model() as glm:
    b = pm.Normal("b", 0, 1, shape=mx_ex.shape[1])
    mu = pm.math.exp(pm.math.dot(mx_ex, b))
    pm.Poisson("y", mu, observed=df.nsneeze)
