# Doing Bayesian Data Analysis: one nominal predictor, metric predicted variable
import numpy as np
import pandas as pd
import pymc as pm


def gammaShRaFromModeSD(mode, sd):
    """Calculate Gamma shape and rate from mode and sd."""
    rate = (mode + np.sqrt(mode**2 + 4 * sd**2)) / (2 * sd**2)
    shape = 1 + mode * rate
    return (shape, rate)


df = pd.DataFrame({"CompanionNumber": np.repeat(["None0", "Virgin1", "Pregnant1"], 5), "Longevity": np.arange(15.0) + 40})
x = df.CompanionNumber.astype("category").cat.codes.values
y = df.Longevity
yMean = y.mean()
ySD = y.std()
NxLvl = len(df.CompanionNumber.unique())

agammaShRa = gammaShRaFromModeSD(ySD / 2, 2 * ySD)

with pm.Model() as model1:
    aSigma = pm.Gamma("aSigma", agammaShRa[0], agammaShRa[1])
    a0 = pm.Normal("a0", yMean, tau=1 / (ySD * 5) ** 2)
    a = pm.Normal("a", 0.0, tau=1 / aSigma**2, shape=NxLvl)

    ySigma = pm.Uniform("ySigma", ySD / 100, ySD * 10)
    y_ = pm.Normal("y", a0 + a[x], tau=1 / ySigma**2, observed=y)

    # Convert a0, a to sum-to-zero b0, b
    m = pm.Deterministic("m", a0 + a)
    b0 = pm.Deterministic("b0", pm.math.sum(m) / NxLvl)
    b = pm.Deterministic("b", m - b0)

    trace1 = pm.sample(3000, target_accept=0.95)
