import matplotlib.pyplot as plt
import numpy as np
import pymc as pm

alpha = 1.4

with pm.Model() as model:
    lam = pm.Gamma("lam", alpha=1.4, beta=1.0)
    goals = pm.Poisson("goals", lam)
    trace = pm.sample_prior_predictive(1000)

sample_prior = trace.prior["lam"].values

with pm.Model() as model2:
    lam_A = pm.Gamma("lam_A", alpha=1.4, beta=1.0)
    lam_B = pm.Gamma("lam_B", alpha=1.4, beta=1.0)
    goals_A = pm.Poisson("goals_A", mu=lam_A, observed=4)
    goals_B = pm.Poisson("goals_B", mu=lam_B, observed=2)
    trace2 = pm.sample(1000)

with model2:
    post_pred = pm.sample_posterior_predictive(trace2)

n = 8
with pm.Model() as zombies:
    p = pm.Uniform("p", lower=0, upper=1)
    k = pm.Binomial("k", n=n, p=p)
    print(k.eval()) if False else None
    pm.Potential("constraint", pm.math.switch(k > 2, 0.0, -np.inf))
