import numpy as np
import pymc as pm
import pytensor.tensor as pt

Dmat = np.array([[0.0, 0.475, 0.631], [0.475, 0.0, 0.315], [0.631, 0.315, 0.0]])
Dmatsq = np.power(Dmat, 2)
total_tools = np.array([13, 22, 24])
P = np.array([1100, 1500, 3600])
society = np.arange(3)

with pm.Model() as m14_8:
    a = pm.Exponential("a", 1.0)
    b = pm.Exponential("b", 1.0)
    g = pm.Exponential("g", 1.0)

    etasq = pm.Exponential("etasq", 2.0)
    ls_inv = pm.HalfNormal("ls_inv", 2.0)
    rhosq = pm.Deterministic("rhosq", 0.5 * ls_inv**2)

    # Implementation with PyMC's GP module:
    cov = etasq * pm.gp.cov.ExpQuad(input_dim=1, ls_inv=ls_inv)
    gp = pm.gp.Latent(cov_func=cov)
    k = gp.prior("k", X=Dmat)

    lam = (a * P**b / g) * pm.math.exp(k[society])
    obs = pm.Poisson("total_tools", lam, observed=total_tools)

with pm.Model() as m14_8_own_kernel:
    a = pm.Exponential("a", 1.0)
    etasq = pm.Exponential("etasq", 1.0)
    rhosq = pm.Exponential("rhosq", 1.0)
    SIGMA = etasq * pt.exp(-rhosq * Dmatsq) + np.diag([0.01] * 3)
    k = pm.MvNormal("k", mu=np.zeros(3), cov=SIGMA, shape=3)
    lam = pm.math.exp(a + k[society])
    obs = pm.Poisson("obs", lam, observed=total_tools)
