import numpy as np
import pymc as pm

rng = np.random.default_rng(9)
x = np.linspace(0, 1.5, 30)
y = rng.integers(0, 2, 30)

with pm.Model() as model:
    ell = pm.InverseGamma("ell", mu=1.0, sigma=0.5)
    eta = pm.Exponential("eta", lam=1.0)
    cov = eta**2 * pm.gp.cov.ExpQuad(1, ell)
    gp = pm.gp.Latent(cov_func=cov)
    f = gp.prior("f", X=x[:, None])

    # logit link and Bernoulli likelihood
    p = pm.Deterministic("p", pm.math.invlogit(f))
    y_ = pm.Bernoulli("y", p=p, observed=y)
    idata = pm.sample(1000, chains=2, cores=2, nuts_sampler="numpyro")

with model:
    f_pred = gp.conditional("f_pred", np.linspace(0, 2, 50)[:, None], jitter=1e-4)
    p_pred = pm.Deterministic("p_pred", pm.math.invlogit(f_pred))
