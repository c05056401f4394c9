import numpy as np
import pymc as pm

size = 100
X1 = np.random.randn(size)
X2 = np.random.randn(size) * 0.2
Y = 1 + X1 + 2.5 * X2 + np.random.normal(size=size)

basic_model = pm.Model()

with basic_model:
    # Priors for unknown model parameters
    alpha = pm.Normal("alpha", mu=0, sigma=10)
    beta = pm.Normal("beta", mu=0, sigma=10, shape=2)
    sigma = pm.HalfNormal("sigma", sigma=1)

    # Expected value of outcome
    mu = alpha + beta[0] * X1 + beta[1] * X2

    # Likelihood (sampling distribution) of observations
    Y_obs = pm.Normal("Y_obs", mu=mu, sigma=sigma, observed=Y)

map_estimate = pm.find_MAP(model=basic_model)

with basic_model:
    # instantiate sampler
    step = pm.Slice()
    # draw 5000 posterior samples
    slice_idata = pm.sample(5000, step=step)

with basic_model:
    approx = pm.fit(10000, method="advi", callbacks=[pm.callbacks.CheckParametersConvergence(diff="absolute")])
