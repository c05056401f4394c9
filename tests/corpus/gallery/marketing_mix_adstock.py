import numpy as np
import pandas as pd
import pymc as pm
import pytensor.tensor as pt

df = pd.DataFrame({"tv": np.random.rand(52), "radio": np.random.rand(52), "sales": np.random.rand(52) + 1})
channels = ["tv", "radio"]
l_max = 4


def geometric_adstock(x, alpha: float = 0.0, l_max: int = 12):
    """Geometric adstock transformation."""
    cycles = [pt.concatenate([pt.zeros(i), x[: x.shape[0] - i]]) for i in range(l_max)]
    x_cycle = pt.stack(cycles)
    w = pt.as_tensor_variable([pt.power(alpha, i) for i in range(l_max)])
    return pt.dot(w, x_cycle)


def logistic_saturation(x, lam=0.5):
    return (1 - pt.exp(-lam * x)) / (1 + pt.exp(-lam * x))


with pm.Model(coords={"channel": channels, "date": range(len(df))}) as mmm:
    channel_contributions = []
    for channel in channels:
        xform = df[channel].values
        beta = pm.HalfNormal(f"beta_{channel}", sigma=2)
        alpha = pm.Beta(f"alpha_{channel}", alpha=3, beta=3)
        lam = pm.Gamma(f"lam_{channel}", alpha=3, beta=1)
        contribution = pm.Deterministic(
            f"contribution_{channel}",
            beta * logistic_saturation(geometric_adstock(xform, alpha, l_max), lam),
            dims="date",
        )
        channel_contributions.append(contribution)
    intercept = pm.Normal("intercept", 0, 2)
    trend = pm.Normal("trend", 0, 1) * np.arange(len(df)) / len(df)
    sigma = pm.HalfNormal("sigma", 1)
    mu = intercept + sum(channel_contributions) + trend
    pm.Normal("sales", mu=mu, sigma=sigma, observed=df["sales"], dims="date")

response_mean = []
