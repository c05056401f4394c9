import numpy as np
import pymc as pm
import pytensor
import pytensor.tensor as pt
from pymc.pytensorf import collect_default_updates

lags = 2
obs = np.random.randn(30)


def ar_dist(ar_init, rho, sigma, size):
    def ar_step(x_tm2, x_tm1, rho, sigma):
        mu = x_tm1 * rho[0] + x_tm2 * rho[1]
        x = mu + pm.Normal.dist(sigma=sigma)
        return x, collect_default_updates([x])

    ar_innov, _ = pytensor.scan(
        fn=ar_step,
        outputs_info=[{"initial": ar_init, "taps": range(-lags, 0)}],
        non_sequences=[rho, sigma],
        n_steps=28,
        strict=True,
    )
    return ar_innov


with pm.Model(coords={"lags": range(-lags, 0), "steps": range(28), "timesteps": range(30)}) as model:
    rho = pm.Normal(name="rho", mu=0, sigma=0.2, dims=("lags",))
    sigma = pm.HalfNormal(name="sigma", sigma=0.2)
    ar_init = pm.Normal(name="ar_init", dims=("lags",))
    ar_innov = pm.CustomDist("ar_dist", ar_init, rho, sigma, dist=ar_dist, dims=("steps",))
    ar = pm.Deterministic("ar", pt.concatenate([ar_init, ar_innov], axis=-1), dims=("timesteps",))
    pm.Normal("y", ar, 0.1, observed=obs)
