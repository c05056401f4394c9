import numpy as np
import pymc as pm
import pytensor.tensor as pt

D, N, D0 = 10, 40, 3
X = np.random.randn(N, D)
y = X[:, 0] * 2 + np.random.randn(N)

with pm.Model(coords={"predictors": np.arange(D)}) as model:
    # Prior on error SD
    sigma = pm.HalfNormal("sigma", 25)
    # Global shrinkage prior
    tau = pm.HalfStudentT("tau", 2, D0 / (D - D0) * sigma / np.sqrt(N))
    # Local shrinkage prior
    lam = pm.HalfStudentT("lam", 5, dims="predictors")
    c2 = pm.InverseGamma("c2", 1, 1)
    z = pm.Normal("z", 0.0, 1.0, dims="predictors")
    # Shrunken coefficients
    beta = pm.Deterministic("beta", z * tau * lam * pt.sqrt(c2 / (c2 + tau**2 * lam**2)), dims="predictors")
    # No shrinkage on intercept
    beta0 = pm.Normal("beta0", 100, 25.0)
    scores = pm.Normal("scores", beta0 + pt.dot(X, beta), sigma, observed=y)

with pm.Model() as r2d2_like:
    phi = pm.Dirichlet("phi", a=np.ones(D))
    r2 = pm.Beta("r2", 2, 2)
    tau2 = r2 / (1 - r2)
    b = pm.Normal("b", 0, pt.sqrt(phi * tau2), shape=D)
    pm.Normal("y", X @ b, pm.HalfNormal("s"), observed=y)

with pm.Model() as lasso:
    lam = pm.HalfCauchy("lam", beta=1)
    b = pm.Laplace("b", mu=0, b=1 / lam, shape=D)
    pm.Normal("y", pt.dot(X, b), 1.0, observed=y)
