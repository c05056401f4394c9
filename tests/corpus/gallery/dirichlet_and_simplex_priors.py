import numpy as np
import pymc as pm
import pytensor.tensor as pt

K = 4
votes = np.array([[10, 20, 30, 40], [5, 5, 80, 10]])

with pm.Model(coords={"party": list("ABCD"), "wave": [0, 1]}) as model:
    base = pm.Dirichlet("base", a=[1.0] * K, dims="party")
    concentration = pm.HalfNormal("concentration", 100)
    poll = pm.DirichletMultinomial("poll", n=votes.sum(axis=1), a=concentration * base, observed=votes, dims=("wave", "party"))

with pm.Model() as softmax:
    z = pm.ZeroSumNormal("z", 1.0, shape=(2, K))
    p = pm.Deterministic("p", pt.special.softmax(z, axis=-1))
    pm.Multinomial("votes", n=votes.sum(-1), p=p, observed=votes)

with pm.Model() as transform:
    raw = pm.Normal("raw", 0, 1, shape=K, transform=pm.distributions.transforms.sum_to_1 if False else None)
    p = pm.Deterministic("p", pm.math.exp(raw) / pm.math.exp(raw).sum())
    pm.Categorical("c", p=p, observed=[0, 1, 2, 3, 3])
    pm.Categorical("d", p=np.ones((5, 3)) / 3, observed=[0, 1, 2, 0, 1])
