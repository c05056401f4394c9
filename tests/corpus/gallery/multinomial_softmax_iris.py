import numpy as np
import pymc as pm
import pytensor.tensor as pt

rng = np.random.default_rng(1)
x_s = rng.normal(size=(30, 4))
y_s = rng.integers(0, 3, 30)
species = ["setosa", "versicolor", "virginica"]

with pm.Model() as model_s:
    α = pm.Normal("α", mu=0, sigma=5, shape=3)
    β = pm.Normal("β", mu=0, sigma=5, shape=(4, 3))
    μ = pm.Deterministic("μ", α + pm.math.dot(x_s, β))
    θ = pm.math.softmax(μ, axis=-1)
    yl = pm.Categorical("yl", p=θ, observed=y_s)
    trace_s = pm.sample(2000)

with pm.Model() as model_sf:
    α = pm.Normal("α", mu=0, sigma=2, shape=2)
    β = pm.Normal("β", mu=0, sigma=2, shape=(4, 2))
    α_f = pt.concatenate([[0], α])
    β_f = pt.concatenate([np.zeros((4, 1)), β], axis=1)
    μ = α_f + pm.math.dot(x_s, β_f)
    θ = pt.special.softmax(μ, axis=1)
    yl = pm.Categorical("yl", logit_p=μ, observed=y_s)
