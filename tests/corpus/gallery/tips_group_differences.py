import itertools

import numpy as np
import pandas as pd
import pymc as pm

tips = pd.DataFrame({"day": ["Thur", "Fri", "Sat", "Sun"] * 5, "tip": np.linspace(1, 5, 20)})
categories = np.array(["Thur", "Fri", "Sat", "Sun"])
tip = tips["tip"].values
idx = pd.Categorical(tips["day"], categories=categories).codes
groups = len(np.unique(idx))

coords = {"days": categories, "days_flat": categories[idx]}
with pm.Model(coords=coords) as comparing_groups:
    μ = pm.HalfNormal("μ", sigma=5, dims="days")
    σ = pm.HalfNormal("σ", sigma=1, dims="days")
    y = pm.Gamma("y", mu=μ[idx], sigma=σ[idx], observed=tip, dims="days_flat")
    idata_cg = pm.sample()
    idata_cg.extend(pm.sample_posterior_predictive(idata_cg))

comparisons = [(categories[i], categories[j]) for i in range(4) for j in range(i + 1, 4)]
