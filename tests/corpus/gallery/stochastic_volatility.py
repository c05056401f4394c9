import numpy as np
import pandas as pd
import pymc as pm

rng = np.random.RandomState(1234)
dates = pd.date_range("2008-05-01", periods=120, freq="B")
returns = pd.DataFrame({"Close": rng.randn(120)}, index=dates)
returns["change"] = np.log(returns["Close"].abs() + 1).diff()
returns = returns.dropna()


def make_stochastic_volatility_model(data):
    with pm.Model(coords={"time": data.index.values}) as model:
        step_size = pm.Exponential("step_size", 10)
        volatility = pm.GaussianRandomWalk(
            "volatility", sigma=step_size, dims="time", init_dist=pm.Normal.dist(0, 100)
        )
        nu = pm.Exponential("nu", 0.1)
        returns = pm.StudentT(
            "returns", nu=nu, lam=np.exp(-2 * volatility), observed=data["change"], dims="time"
        )
    return model


stochastic_vol_model = make_stochastic_volatility_model(returns)

with stochastic_vol_model:
    idata = pm.sample_prior_predictive(500, random_seed=rng)
    idata.extend(pm.sample(random_seed=rng))
