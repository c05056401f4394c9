import arviz as az
import numpy as np
import pymc as pm

x = np.linspace(-1, 1, 30)
y = 2 * x + np.random.normal(0, 0.3, 30)

models, traces = {}, {}
for order in [1, 2, 5]:
    X = np.vstack([x**i for i in range(1, order + 1)])
    with pm.Model() as model:
        alpha = pm.Normal("alpha", mu=0, sigma=1)
        beta = pm.Normal("beta", mu=0, sigma=10, shape=order)
        epsilon = pm.HalfNormal("epsilon", 5)
        mu = alpha + pm.math.dot(beta, X)
        y_pred = pm.Normal("y_pred", mu=mu, sigma=epsilon, observed=y)
        idata = pm.sample(2000, idata_kwargs={"log_likelihood": True})
    models[order] = model
    traces[f"order {order}"] = idata

cmp_df = az.compare(traces)
