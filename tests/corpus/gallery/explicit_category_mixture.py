# Probabilistic programming for hackers: clusters with explicit assignments
import numpy as np
import pymc as pm
import pytensor.tensor as pt

data = np.concatenate([np.random.normal(120, 10, 30), np.random.normal(200, 20, 40)])

with pm.Model() as model:
    p1 = pm.Uniform("p", 0, 1)
    p2 = 1 - p1
    p = pt.stack([p1, p2])
    assignment = pm.Categorical("assignment", p, shape=data.shape[0], initval=np.random.randint(0, 2, data.shape[0]))

    sds = pm.Uniform("sds", 0, 100, shape=2)
    centers = pm.Normal("centers", mu=np.array([120, 190]), sigma=np.array([10, 10]), shape=2)

    center_i = pm.Deterministic("center_i", centers[assignment])
    sd_i = pm.Deterministic("sd_i", sds[assignment])
    observations = pm.Normal("obs", mu=center_i, sigma=sd_i, observed=data)

    step1 = pm.Metropolis(vars=[p1, sds, centers])
    step2 = pm.ElemwiseCategorical(vars=[assignment]) if hasattr(pm, "ElemwiseCategorical") else None
    trace = pm.sample(25000, step=[step1])
