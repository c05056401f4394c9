import arviz as az
import matplotlib.pyplot as plt
import numpy as np
import pymc as pm

n = 40
X = np.linspace(0, 10, n)[:, None]
ell_true, eta_true = 1.0, 3.0
cov_func = eta_true**2 * pm.gp.cov.Matern52(1, ell_true)
mean_func = pm.gp.mean.Zero()
f_true = np.random.multivariate_normal(np.zeros(n), np.eye(n), 1).flatten()
σ_true = 2.0
y = f_true + σ_true * np.random.randn(n)

with pm.Model() as model:
    ℓ = pm.Gamma("ℓ", alpha=2, beta=1)
    η = pm.HalfCauchy("η", beta=5)

    cov = η**2 * pm.gp.cov.Matern52(1, ℓ)
    gp = pm.gp.Marginal(cov_func=cov)

    σ = pm.HalfCauchy("σ", beta=5)
    y_ = gp.marginal_likelihood("y", X=X, y=y, sigma=σ)
    mp = pm.find_MAP()

# new values from x=0 to x=20
X_new = np.linspace(0, 20, 60)[:, None]

# add the GP conditional to the model, given the new X values
with model:
    f_pred = gp.conditional("f_pred", X_new)

with model:
    pred_samples = pm.sample_posterior_predictive([mp], var_names=["f_pred"])

mu, var = gp.predict(X_new, point=mp, diag=True) if False else (0, 1)
fig = plt.figure(figsize=(12, 5))
ax = fig.gca()
pm.gp.util.plot_gp_dist(ax, pred_samples, X_new)
