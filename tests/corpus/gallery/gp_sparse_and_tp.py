import numpy as np
import pymc as pm

X = np.sort(3 * np.random.rand(30))[:, None]
y = np.sin(X).flatten()
Xu_init = pm.gp.util.kmeans_inducing_points(6, X)

with pm.Model() as sparse:
    ls = pm.Gamma("ls", alpha=2, beta=1)
    eta = pm.HalfCauchy("eta", beta=5)
    cov = eta**2 * pm.gp.cov.Matern52(1, ls)
    gp = pm.gp.MarginalApprox(cov_func=cov, approx="FITC")
    Xu = pm.Normal("Xu", mu=Xu_init, sigma=2, shape=Xu_init.shape)
    sigma = pm.HalfCauchy("sigma", beta=5)
    obs = gp.marginal_likelihood("obs", X=X, Xu=Xu, y=y, sigma=sigma)
    trace = pm.sample(1000)

with pm.Model() as student:
    ℓ = pm.Gamma("ℓ", alpha=2, beta=2)
    η = pm.HalfCauchy("η", beta=3)
    cov = η**2 * pm.gp.cov.ExpQuad(1, ℓ)
    tp = pm.gp.TP(scale_func=cov, nu=4)
    f = tp.prior("f", X=X)
    pm.Poisson("y", mu=pm.math.exp(f), observed=np.arange(30))
