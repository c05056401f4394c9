import numpy as np
import pandas as pd
import pymc as pm

n_weeks, n_stores = 10, 3
rng = np.random.default_rng(1)
sales = rng.poisson(20, (n_weeks, n_stores))
week = np.arange(n_weeks)
X = rng.normal(size=(n_weeks, n_stores, 2))

with pm.Model(coords={"week": week, "store": ["x", "y", "z"], "feature": ["price", "promo"]}) as model:
    feats = pm.Data("feats", X, dims=("week", "store", "feature"))
    base = pm.Normal("base", 3, 1, dims="store")
    beta = pm.Normal("beta", 0, 0.5, dims=("store", "feature"))
    season = pm.GaussianRandomWalk("season", sigma=0.1, init_dist=pm.Normal.dist(0, 1), dims="week")
    stores = pm.MvGaussianRandomWalk("stores", mu=np.zeros(3), chol=np.eye(3), init_dist=pm.MvNormal.dist(np.zeros(3), np.eye(3)), dims=("week", "store"))
    log_mu = base[None, :] + season[:, None] + (feats * beta[None, :, :]).sum(axis=-1) + stores
    pm.Poisson("sales", mu=pm.math.exp(log_mu), observed=sales, dims=("week", "store"))
