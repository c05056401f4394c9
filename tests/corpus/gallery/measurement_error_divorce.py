import numpy as np
import pandas as pd
import pymc as pm

d = pd.DataFrame({"Divorce": [12.7, 12.5, 10.8], "Divorce_SE": [0.79, 2.05, 0.74], "MedianAgeMarriage": [25.3, 25.2, 25.8], "Marriage": [20.2, 26.0, 20.3], "Marriage_SE": [1.27, 2.93, 0.98]})


def scale(x):
    return (x - x.mean()) / x.std()


D_obs = scale(d["Divorce"].values)
D_sd = d["Divorce_SE"].values / d["Divorce"].std()
M_obs = scale(d["Marriage"].values)
M_sd = d["Marriage_SE"].values / d["Marriage"].std()
A = scale(d["MedianAgeMarriage"].values)
N = d.shape[0]

with pm.Model() as m_15_2:
    a = pm.Normal("a", 0, 0.2)
    bA = pm.Normal("bA", 0, 0.5)
    bM = pm.Normal("bM", 0, 0.5)

    M_true = pm.Normal("M_true", 0, 1, shape=N)
    mu = a + bA * A + bM * M_true
    sigma = pm.Exponential("sigma", 1)
    D_true = pm.Normal("D_true", mu, sigma, shape=N)
    D = pm.Normal("D", D_true, D_sd, observed=D_obs)
    M = pm.Normal("M", M_true, M_sd, observed=M_obs)
    idata_15_2 = pm.sample(5000, tune=5000, target_accept=0.95)
