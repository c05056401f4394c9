import numpy as np
import pymc as pm
import pytensor.tensor as pt

captures = [25, 30, 22]
recaptures = np.array([3, 5])
lion_data = (17, 2)

with pm.Model() as lincoln:
    N = pm.DiscreteUniform("N", 50, 500)
    y = pm.HyperGeometric("y", N=N, k=23, n=19, observed=4)
    idata = pm.sample(1000, return_inferencedata=True)

with pm.Model() as three:
    ps = []
    for i, c in enumerate(captures):
        ps.append(pm.Beta(f"p{i}", 1 + c, 10))
    p = pt.stack(ps)
    total = pm.Deterministic("total", p.sum())
    q = pm.Deterministic("q", 1 - pm.math.prod(1 - p))
    n = pm.Binomial("n", 100, q)
    for i in range(len(recaptures)):
        pm.Binomial(f"r_{i}", n=50, p=ps[i] * ps[i + 1], observed=recaptures[i])

with pm.Model() as lions:
    lam = pm.Gamma("lam", alpha=1.4, beta=1)
    goals = pm.Poisson("goals", mu=lam, observed=[4, 2])
    t = pm.Exponential("t", lam=lam)
    trace = pm.sample_prior_predictive(samples=100) if hasattr(pm, "x") else None
