import numpy as np
import pandas as pd
import pymc as pm

df = pd.DataFrame(
    {
        "month_id": pd.period_range("2019-01", periods=24, freq="M"),
        "president": ["macron"] * 24,
        "popularity": np.linspace(30, 50, 24),
        "method": ["phone", "internet", "face"] * 8,
        "size": [960] * 24,
    }
)
month_id, month_labels = pd.factorize(df.month_id)
method_id, method_labels = df.method.factorize()
num_approve = np.floor(df["size"] * df["popularity"] / 100).astype(int)

COORDS = {"obs": df.index, "month": month_labels.astype(str), "poll_method": method_labels, "predictor": ["intercept", "a"]}

with pm.Model(coords=COORDS) as zerosum:
    baseline = pm.Normal("baseline")
    method_effect = pm.ZeroSumNormal("method_effect", sigma=0.15, dims="poll_method")
    interaction = pm.ZeroSumNormal("interaction", sigma=0.3, n_zerosum_axes=2, dims=("poll_method", "month"))
    sigma_m = pm.HalfNormal("sigma_m", 0.2)
    month_effect = pm.GaussianRandomWalk(
        "month_effect", mu=0, sigma=sigma_m, init_dist=pm.Normal.dist(0, 0.1), dims="month"
    )
    raw = baseline + method_effect[method_id] + month_effect[month_id] + interaction[method_id, month_id]
    popularity = pm.Deterministic("popularity", pm.math.invlogit(raw), dims="obs")
    theta = 10 + pm.Exponential("theta_offset", 1.0)
    N_approve = pm.BetaBinomial(
        "N_approve",
        alpha=popularity * theta,
        beta=(1.0 - popularity) * theta,
        n=df["size"],
        observed=num_approve,
        dims="obs",
    )
    idata = pm.sample_prior_predictive()
    idata.extend(pm.sample(return_inferencedata=True))
