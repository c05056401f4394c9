import numpy as np
import pymc as pm
import pytensor
import pytensor.tensor as pt
from pymc.ode import DifferentialEquation
from scipy.integrate import odeint

t = np.linspace(0, 2, 20)
y_obs = np.random.rand(20, 1) + 1


def func(y, t, p):
    return 2 * np.exp(-t) - p[0] * y[0]


ode = DifferentialEquation(func=func, times=t, n_states=1, n_theta=1, t0=0)

with pm.Model() as model:
    # prior
    alpha = pm.HalfNormal("alpha", 1)
    sigma = pm.HalfCauchy("sigma", 1)
    # ode solution
    curves = ode(y0=[0], theta=[alpha])
    # likelihood
    Y = pm.LogNormal("Y", mu=pm.math.log(curves), sigma=sigma, observed=y_obs)
