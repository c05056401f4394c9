import numpy as np
import pymc as pm

y = np.random.randn(3, 4)

with pm.Model() as model:
    model.add_coord("strand", ["a", "b", "c"])
    model.add_coords({"turn": np.arange(4)})
    mu = pm.Normal("mu", dims="strand")
    pm.Normal("y", mu[:, None], 1, observed=y, dims=("strand", "turn"))

with pm.Model(coords=dict(t=range(5), k=("u", "v"))) as other:
    z = pm.Normal("z", dims=("t", "k"))
    w = pm.Dirichlet("w", a=np.ones((5, 2)), dims=("t", "k"))
    v = pm.Normal("v", mu=z.sum("k") if False else z.sum(axis=1), sigma=1, dims=("t",))
    pm.Deterministic("m", z.mean(axis=0), dims="k")
    pm.Deterministic("scalar", z.mean())
    q = pm.Normal("q", 0, 1, dims=["t"])
