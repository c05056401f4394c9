import numpy as np
import pymc as pm
from pymc.distributions.transforms import ordered

rng = np.random.default_rng(0)
k = 3
ndata = 90
centers = np.array([-5, 0, 5])
data = rng.normal(centers[rng.integers(0, k, ndata)], 0.5, size=ndata)

with pm.Model(coords={"cluster": range(k)}) as model:
    mu = pm.Normal(
        "μ",
        mu=0,
        sigma=5,
        transform=pm.distributions.transforms.univariate_ordered
        if hasattr(pm.distributions.transforms, "univariate_ordered")
        else ordered,
        initval=[-4, 0, 4],
        dims="cluster",
    )
    σ = pm.HalfNormal("σ", sigma=1, dims="cluster")
    weights = pm.Dirichlet("w", np.ones(k), dims="cluster")
    pm.NormalMixture("x", w=weights, mu=mu, sigma=σ, observed=data)

with pm.Model() as marginal:
    w = pm.Dirichlet("w", a=np.array([1, 1]))
    lam1 = pm.Exponential("lam1", lam=1)
    components = [pm.Poisson.dist(mu=lam1), pm.NegativeBinomial.dist(mu=10, alpha=2)]
    like = pm.Mixture("like", w=w, comp_dists=components, observed=rng.poisson(4, 50))

with pm.Model() as batched:
    w = pm.Dirichlet("w", a=np.ones(2), shape=(2,))
    mu = pm.Normal("mu", np.arange(2), 1, shape=2)
    components = pm.Normal.dist(mu=mu, sigma=1, shape=(2,))
    like = pm.Mixture("like", w=w, comp_dists=components, observed=data)
