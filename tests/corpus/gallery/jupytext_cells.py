# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
# ---

# %% [markdown]
# # Linear regression

# %%
import warnings

import arviz as az
import numpy as np
import pymc as pm

warnings.simplefilter("ignore")
# %matplotlib inline
# %config InlineBackend.figure_format = 'retina'

# %%
RANDOM_SEED = 8927
rng = np.random.default_rng(RANDOM_SEED)
x = rng.normal(size=100)
y = 1.5 + 2 * x + rng.normal(size=100)

# %%
with pm.Model() as model:  # model specifications in PyMC are wrapped in a with-statement
    # Define priors
    sigma = pm.HalfCauchy("sigma", beta=10)
    intercept = pm.Normal("Intercept", 0, sigma=20)
    slope = pm.Normal("slope", 0, sigma=20)

    # Define likelihood
    likelihood = pm.Normal("y", mu=intercept + slope * x, sigma=sigma, observed=y)

    # Inference!
    # draw 3000 posterior samples using NUTS sampling
    idata = pm.sample(3000)

# %%
idata.posterior["y_model"] = idata.posterior["Intercept"] + idata.posterior["slope"] * x
model

# %%
get_ipython().run_line_magic("load_ext", "watermark")  # noqa: F821
