import numpy as np
import pymc as pm
import pytensor.tensor as pt

rng = np.random.default_rng(5)
N_cafes, N_visits = 20, 10
afternoon = np.tile([0, 1], N_visits * N_cafes // 2)
cafe_id = np.repeat(np.arange(N_cafes), N_visits)
wait = rng.normal(3.5, 0.5, N_cafes * N_visits)

with pm.Model() as m14_1:
    chol, Rho_, sigma_cafe = pm.LKJCholeskyCov(
        "chol_cov", n=2, eta=2, sd_dist=pm.Exponential.dist(1.0), compute_corr=True
    )
    Rho = pm.Deterministic("Rho", Rho_)
    sigma_cafe = pm.Deterministic("sigma_cafe", sigma_cafe)

    ab_bar = pm.Normal("ab_bar", np.array([5.0, -1.0]), [2.0, 0.5], shape=2)
    ab_cafe = pm.MvNormal("ab_cafe", ab_bar, chol=chol, shape=(N_cafes, 2))

    mu = ab_cafe[:, 0][cafe_id] + ab_cafe[:, 1][cafe_id] * afternoon
    sigma_within = pm.Exponential("sigma_within", 1.0)
    w = pm.Normal("wait", mu, sigma_within, observed=wait)
    trace_14_1 = pm.sample(4000, tune=4000, target_accept=0.9)
