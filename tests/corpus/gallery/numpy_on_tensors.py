import numpy as np
import pymc as pm

x = np.linspace(0, 1, 15)
obs = np.sin(x)

with pm.Model() as model:
    a = pm.Normal("a", 0, 1)
    b = pm.HalfNormal("b", 1)
    c = pm.Normal("c", 0, 1, shape=3)
    mu = a * np.exp(-b * x) + np.sin(x) * np.tanh(a) + np.log1p(b) + np.abs(a) + np.sqrt(b)
    w = np.dot(np.vander(x, 3), c) if False else (np.vander(x, 3) * c).sum(axis=1)
    q = np.pi * a + c.mean() + c.std() + c[-1] + c[::2].sum() + c[[0, 2]].max()
    logs = pm.math.log(pm.math.abs(a) + 1e-6) + pm.math.log(b) + pm.math.cos(a)
    pm.Normal("y", mu + w + q + logs, np.sqrt(b**2 + 0.1), observed=obs)
    d = pm.Deterministic("d", (a > 0) * 1.0)
    e = pm.Deterministic("e", pm.math.where(a > 0, b, -b) if hasattr(pm.math, "where") else pm.math.switch(a > 0, b, -b))
    f = pm.Deterministic("f", c.reshape((3, 1)) @ c[None, :])
    g = pm.Deterministic("g", c.dimshuffle(0, "x"))
    h = pm.Deterministic("h", pm.math.concatenate([c, [a]]))
    i = pm.Deterministic("i", pm.math.flatten(f)) if hasattr(pm.math, "flatten") else None
    j = -c ** 2 / (2 * b**2)
    k = pm.Deterministic("k", pm.math.logsumexp(j))
    l = pm.Deterministic("l", pm.math.clip(a, -1, 1) + pm.math.maximum(a, b) - pm.math.minimum(a, 0))
