import numpy as np
import pymc as pm

x1, x2 = np.linspace(0, 1, 4)[:, None], np.linspace(0, 1, 3)[:, None]
y = np.zeros(12)
X2 = np.column_stack([np.linspace(0, 1, 12), np.repeat([0, 1], 6)])

with pm.Model() as kron:
    ls1 = pm.Gamma("ls1", 2, 2)
    cov1, cov2 = pm.gp.cov.ExpQuad(1, ls=ls1), pm.gp.cov.Cosine(1, ls=0.4)
    gp = pm.gp.MarginalKron(cov_funcs=[cov1, cov2])
    gp.marginal_likelihood("y", Xs=[x1, x2], y=y, sigma=pm.HalfNormal("s", 1))

with pm.Model() as coregion:
    ell = pm.Gamma("ell", 2, 0.5)
    W = pm.Normal("W", mu=0, sigma=3, shape=(2, 2), initval=np.random.randn(2, 2))
    kappa = pm.Gamma("kappa", alpha=1.5, beta=1, shape=2)
    coreg = pm.gp.cov.Coregion(2, active_dims=[1], kappa=kappa, W=W)
    cov = pm.gp.cov.ExpQuad(2, ls=ell, active_dims=[0]) * coreg
    gp = pm.gp.Marginal(mean_func=pm.gp.mean.Constant(c=0.5), cov_func=cov)
    sigma = pm.HalfNormal("sigma", sigma=3)
    gp.marginal_likelihood("f", X2, y, sigma=sigma)
