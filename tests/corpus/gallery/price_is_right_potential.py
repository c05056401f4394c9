import numpy as np
import pymc as pm
import pytensor.tensor as pt

data_mu = [3e3, 12e3]
data_std = [5e2, 3e3]
mu_prior = 35e3
std_prior = 75e2

with pm.Model() as model:
    true_price = pm.Normal("true_price", mu=mu_prior, sigma=std_prior)
    prize_1 = pm.Normal("first_prize", mu=data_mu[0], sigma=data_std[0])
    prize_2 = pm.Normal("second_prize", mu=data_mu[1], sigma=data_std[1])
    price_estimate = prize_1 + prize_2
    logp = pm.Normal.logp(true_price, mu=price_estimate, sigma=3e3) if hasattr(pm.Normal, "logp_") else pm.logp(
        pm.Normal.dist(mu=price_estimate, sigma=(3e3)), true_price
    )
    error = pm.Potential("error", logp)
    trace = pm.sample(50000, step=pm.Metropolis())
