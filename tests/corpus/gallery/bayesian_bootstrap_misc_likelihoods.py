import numpy as np
import pymc as pm

rng = np.random.default_rng(42)
counts = rng.poisson(2, 40)
amounts = rng.gamma(2, 3, 40)
amounts[:10] = 0

with pm.Model() as hurdle:
    psi = pm.Beta("psi", 1, 1)
    alpha, beta = pm.Gamma("alpha", 2, 0.5), pm.Gamma("beta", 2, 0.5)
    pm.HurdleGamma("y", psi=psi, alpha=alpha, beta=beta, observed=amounts)

with pm.Model() as zip_:
    psi = pm.Beta("psi", 1, 1)
    theta = pm.Gamma("theta", 2, 0.1)
    pm.ZeroInflatedPoisson("y", psi, theta, observed=counts)

with pm.Model() as zinb:
    psi = pm.Uniform("psi", 0, 1)
    mu = pm.TruncatedNormal("mu", mu=2, sigma=2, lower=0)
    pm.ZeroInflatedNegativeBinomial("y", psi=psi, mu=mu, alpha=pm.Exponential("a", 1), observed=counts)

with pm.Model() as zib:
    pm.ZeroInflatedBinomial("y", psi=0.7, n=10, p=pm.Beta("p", 2, 2), observed=np.clip(counts, 0, 10))

with pm.Model() as hp:
    pm.HurdlePoisson("y", psi=pm.Beta("psi", 1, 1), mu=pm.HalfNormal("mu", 3), observed=counts)

with pm.Model() as asym:
    q = pm.AsymmetricLaplace("q", b=1, q=0.9, mu=pm.Normal("m", 0, 1), observed=rng.normal(size=40))

with pm.Model() as skew:
    pm.SkewNormal("s", mu=pm.Normal("mu"), sigma=pm.HalfNormal("sigma"), alpha=pm.Normal("alpha"), observed=amounts)

with pm.Model() as exg:
    pm.ExGaussian("rt", mu=pm.Normal("mu", 0.3, 0.1), sigma=pm.HalfNormal("sd", 0.1), nu=pm.HalfNormal("nu", 0.2), observed=amounts)

with pm.Model() as circ:
    pm.VonMises("angle", mu=pm.VonMises("mu", 0, 0.1), kappa=pm.HalfNormal("k", 5), observed=rng.uniform(-3, 3, 40))

with pm.Model() as wald:
    pm.Wald("w", mu=pm.HalfNormal("mu", 3), lam=pm.HalfNormal("lam", 3), observed=amounts + 0.1)
    pm.Pareto("par", alpha=pm.HalfNormal("al", 1), m=1, observed=amounts + 2)
    pm.Rice("rice", nu=pm.HalfNormal("rn", 1), sigma=pm.HalfNormal("rs", 1), observed=amounts + 0.1)
    pm.Moyal("moy", mu=0, sigma=1, observed=amounts)
    pm.Kumaraswamy("ku", a=2, b=pm.HalfNormal("kb", 1), observed=rng.uniform(0.1, 0.9, 10))
    pm.LogitNormal("ln", mu=0, sigma=pm.HalfNormal("lns", 1), observed=rng.uniform(0.1, 0.9, 10))
    pm.Logistic("lo", mu=0, s=pm.HalfNormal("los", 1), observed=amounts)
    pm.DiscreteWeibull("dw", q=pm.Beta("dq", 1, 1), beta=1.2, observed=counts)
    pm.HyperGeometric("hg", N=50, k=10, n=5, observed=[1, 2, 0])
    pm.Geometric("ge", p=pm.Beta("gp", 1, 1), observed=counts + 1)
    pm.Triangular("tri", lower=0, upper=1, c=0.5)
    pm.Gumbel("gu", mu=0.0, beta=1.0)
    pm.Laplace("la", 0, 1)
    pm.Cauchy("ca", 0, 1)
    pm.InverseGamma("ig", 3, 1)
    pm.HalfStudentT("hst", nu=3, sigma=2)
    pm.ChiSquared("chi", nu=4)
    pm.PolyaGamma("pg", h=1, z=0.0)
