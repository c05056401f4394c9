"""Programs whose names look like something else: all are right."""
import numpy as np
import pymc as pm

y = np.random.randn(20)
var_y = y.var()
std_err = np.full(20, 0.3)

with pm.Model() as m1:
    sigma2 = pm.InverseGamma("sigma2", 2, 2)
    mu = pm.Normal("mu", 0, np.sqrt(var_y) * 10)
    pm.Normal("y", mu, sigma=pm.math.sqrt(sigma2), observed=y)

with pm.Model() as m2:
    tau = pm.HalfCauchy("tau", 2)  # between-study standard deviation
    theta = pm.Normal("theta", 0, sigma=tau, shape=20)
    pm.Normal("y", theta, std_err, observed=y)

with pm.Model() as m3:
    precision = pm.Gamma("precision", 1, 1)
    scale = pm.Deterministic("scale", precision**-0.5)
    pm.Normal("y", 0, sigma=scale, observed=y)

with pm.Model() as m4:
    lam = pm.Gamma("lam", 1, 1)
    pm.Normal("y", 0, tau=lam, observed=y)

with pm.Model() as m5:
    log_sigma = pm.Normal("log_sigma", 0, 1)
    pm.Normal("y", 0, pm.math.exp(log_sigma), observed=y)

with pm.Model() as m6:
    sd = pm.HalfNormal("sd", 1)
    variance = pm.Deterministic("variance", sd**2)
    pm.Normal("y", 0, variance**0.5, observed=y)

with pm.Model() as m7:
    rate = pm.Gamma("rate", 1, 1)
    pm.Exponential("y", scale=1 / rate, observed=abs(y))
    pm.Gamma("z", alpha=2, beta=rate, observed=abs(y))
    pm.Poisson("k", rate, observed=[1, 2, 3])
    pm.Gumbel("g", mu=rate, beta=1)
