import numpy as np
import pymc as pm

coords_xy = np.random.rand(30, 2)
counts = np.random.poisson(3, 30)

with pm.Model() as model:
    ls = pm.InverseGamma("ls", 2, 1, shape=2)
    eta = pm.HalfNormal("eta", 1)
    gp = pm.gp.HSGP(m=[5, 5], L=[2.0, 2.0], cov_func=eta**2 * pm.gp.cov.Matern32(2, ls=ls), parametrization="noncentered", drop_first=False)
    f = gp.prior("f", X=coords_xy)
    intercept = pm.Flat("intercept")
    hf = pm.HalfFlat("hf")
    pm.NegativeBinomial("y", mu=pm.math.exp(intercept + f), alpha=hf, observed=counts)
    idata = pm.sample(init="adapt_diag", progressbar=False, compute_convergence_checks=False)
