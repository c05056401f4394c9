import numpy as np
import pymc as pm

t = np.arange(60)
y = np.where(t < 30, 1.0, 4.0) + np.random.randn(60)

with pm.Model() as sig:
    tau = pm.Uniform("tau", lower=t[0], upper=t[-1])
    mu1, mu2 = pm.Normal("mu1", 0, 5), pm.Normal("mu2", 0, 5)
    weight = pm.Deterministic("weight", pm.math.sigmoid(2 * (t - tau)))
    sigma = pm.Exponential("sigma", 1)
    pm.Normal("y", mu=weight * mu2 + (1 - weight) * mu1, sigma=sigma, observed=y)

with pm.Model() as many:
    changes = pm.Uniform("changes", 0, 60, shape=3, transform=pm.distributions.transforms.ordered, initval=[10.0, 20.0, 40.0])
    levels = pm.Normal("levels", 0, 3, size=4)
    segment = pm.math.sum([pm.math.ge(t, changes[i]) for i in range(3)], axis=0) if False else sum((t >= changes[i]) * 1 for i in range(3))
    pm.Normal("y", levels[segment], 1, observed=y)

with pm.Model() as two:
    switch = pm.DiscreteUniform("switch", t.min(), t.max())
    rate = pm.math.switch(t < switch, pm.Exponential("e", 1), pm.Exponential("l", 1))
    pm.Poisson("counts", rate, observed=np.random.poisson(3, 60))
