import numpy as np
import pymc as pm

SEED = 42
N = 100
RANDOM_SEED = sum(map(ord, "causality"))

with pm.Model(coords_mutable={"i": [0]}) if False else pm.Model(coords={"i": [0]}) as model_generative:
    # priors on Y <- C -> Z
    beta_y0 = pm.Normal("beta_y0")
    beta_cy = pm.Normal("beta_cy")
    beta_cz = pm.Normal("beta_cz")
    # priors on Z -> Y causal path
    beta_z0 = pm.Normal("beta_z0")
    beta_zy = pm.Normal("beta_zy")
    # observation noise on Y
    sigma_y = pm.HalfNormal("sigma_y")
    # core nodes and causal relationships
    c = pm.Normal("c", mu=0, sigma=1, dims="i")
    z = pm.Bernoulli("z", p=pm.invlogit(beta_z0 + beta_cz * c), dims="i")
    y_mu = pm.Deterministic("y_mu", beta_y0 + (beta_zy * z) + (beta_cy * c), dims="i")
    y = pm.Normal("y", mu=y_mu, sigma=sigma_y, dims="i")

true_values = {"beta_z0": 0.0, "beta_zy": 0.5}
model_simulate = pm.do(model_generative, {"c": np.zeros(1)})
model_inference = pm.observe(model_generative, {"y": np.zeros(1)})
model_inference.set_dim("i", 1, coord_values=np.arange(1))
with model_inference:
    idata = pm.sample(random_seed=SEED)
