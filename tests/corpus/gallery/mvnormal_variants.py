import numpy as np
import pymc as pm
import pytensor.tensor as pt

rng = np.random.default_rng(0)
N = 50
mu_actual = np.array([1.0, -2.0])
Sigma_actual = np.array([[0.5, -0.3], [-0.3, 1.0]])
x = rng.multivariate_normal(mu_actual, Sigma_actual, size=N)

coords = {"axis": ["y", "z"], "axis_bis": ["y", "z"], "obs_id": np.arange(N)}
with pm.Model(coords=coords) as model:
    chol, corr, stds = pm.LKJCholeskyCov(
        "chol", n=2, eta=2.0, sd_dist=pm.Exponential.dist(1.0, shape=2), compute_corr=True
    )
    cov = pm.Deterministic("cov", chol.dot(chol.T), dims=("axis", "axis_bis"))
    μ = pm.Normal("μ", 0.0, sigma=1.5, dims="axis")
    obs = pm.MvNormal("obs", μ, chol=chol, observed=x, dims=("obs_id", "axis"))

with pm.Model() as packed:
    packed_L = pm.LKJCholeskyCov(
        "packed_L", n=2, eta=2.0, sd_dist=pm.HalfCauchy.dist(2.5), compute_corr=False
    )
    L = pm.expand_packed_triangular(2, packed_L)
    Σ = L.dot(L.T)
    mu = pm.Normal("mu", 0, 10, shape=2)
    pm.MvStudentT("obs", nu=4, mu=mu, scale=Σ, observed=x)

with pm.Model() as by_hand:
    r = pm.Uniform("r", -1, 1)
    lambda1 = pm.InverseGamma("lambda1", alpha=0.001, beta=0.001)
    lambda2 = pm.Gamma("lambda2", alpha=0.001, beta=0.001)
    sigma1 = pm.Deterministic("sigma1", 1 / pt.sqrt(lambda1))
    sigma2 = pm.Deterministic("sigma2", 1 / pt.sqrt(lambda2))
    cov = pm.Deterministic(
        "cov",
        pt.stacklists([[lambda1**-1, r * sigma1 * sigma2], [r * sigma1 * sigma2, lambda2**-1]]),
    )
    mu = pm.Normal("mu", 0, tau=0.001, shape=2)
    tau1 = pm.Deterministic("tau1", pt.nlinalg.matrix_inverse(cov))
    pm.MvNormal("yd", mu=mu, tau=tau1, observed=x)

with pm.Model() as lkjcorr:
    sds = pm.HalfNormal("sds", 1, shape=3)
    C = pm.LKJCorr("C", n=3, eta=2)
    D = pt.diag(sds)
    m = pm.MatrixNormal("m", mu=np.zeros((4, 3)), rowcov=np.eye(4), colcov=np.eye(3))
    k = pm.KroneckerNormal("k", mu=np.zeros(6), covs=[np.eye(2), np.eye(3)], sigma=0.1)
    car = pm.CAR("car", mu=np.zeros(3), W=np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]]), alpha=0.5, tau=1)
    icar = pm.ICAR("icar", W=np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]]))
