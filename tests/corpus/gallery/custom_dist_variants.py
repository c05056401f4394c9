import numpy as np
import pymc as pm
import pytensor.tensor as pt

data = np.abs(np.random.normal(size=50)) + 0.1


def logp(value, mu):
    return -((value - mu) ** 2) / 2


def random(mu, rng=None, size=None):
    return rng.normal(loc=mu, scale=1, size=size)


def dist(lower, upper, size):
    return pm.Uniform.dist(lower, upper, size=size) ** 2


with pm.Model() as by_logp:
    mu = pm.Normal("mu", 0, 1)
    pm.CustomDist("custom_dist", mu, logp=logp, random=random, observed=data)

with pm.Model() as by_dist:
    upper = pm.HalfNormal("upper", 1)
    x = pm.CustomDist("x", 0.0, upper + 1, dist=dist, size=(3,))
    z = pm.CustomDist("z", mu := pm.Normal("m", 0, 1), dist=lambda m, size: pm.math.exp(pm.Normal.dist(m, 1, size=size)))
    y = pm.DensityDist("density", 0.5, logp=lambda value, p: value * pt.log(p), observed=np.ones(4))

with pm.Model() as inline:
    s = pm.HalfNormal("s", 1)

    def halfnormal_logp(value, sigma):
        res = pt.switch(pt.lt(value, 0), -np.inf, -0.5 * (value / sigma) ** 2)
        return res

    pm.CustomDist("obs", s, logp=halfnormal_logp, observed=data)
    idata = pm.sample()
