# Statistical Rethinking, chapter 13: cross-classified chimpanzees
import arviz as az
import numpy as np
import pandas as pd
import pymc as pm

d = pd.DataFrame(
    {
        "actor": np.tile(np.arange(1, 8), 6),
        "block": np.repeat(np.arange(1, 7), 7),
        "prosoc_left": np.tile([0, 1], 21),
        "condition": np.tile([0, 0, 1], 14),
        "pulled_left": np.tile([0, 1, 1], 14),
    }
)
d["treatment"] = d.prosoc_left + 2 * d.condition
actor_idx, actors = pd.factorize(d.actor)
block_idx, blocks = pd.factorize(d.block)
treatment_idx, treatments = pd.factorize(d.treatment)

with pm.Model() as m13_4:
    a_bar = pm.Normal("a_bar", 0.0, 1.5)
    sigma_a = pm.Exponential("sigma_a", 1.0)
    sigma_g = pm.Exponential("sigma_g", 1.0)

    z = pm.Normal("z", 0.0, 1.0, shape=len(actors))
    x = pm.Normal("x", 0.0, 1.0, shape=len(blocks))
    b = pm.Normal("b", 0.0, 0.5, shape=len(treatments))

    actor_ = a_bar + z[actor_idx] * sigma_a
    p = pm.Deterministic(
        "p", pm.math.invlogit(actor_ + x[block_idx] * sigma_g + b[treatment_idx])
    )
    pulled_left = pm.Binomial("pulled_left", 1, p, observed=d.pulled_left)

    trace_13_4 = pm.sample(1000, tune=3000, target_accept=0.95)

az.summary(trace_13_4, var_names=["a_bar", "b"], round_to=2)
