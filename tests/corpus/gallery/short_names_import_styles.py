import numpy as np
import pymc
import pytensor.tensor as at
from pymc import Deterministic, HalfNormal, Model, Normal, math, sample

y = np.array([1.0, 2.0, 3.0])

with pymc.Model() as one:
    m = pymc.Normal("m", 0, 1)
    s = pymc.HalfNormal("s", 1)
    pymc.Normal("y", m, s, observed=y)

with Model() as two:
    m = Normal("m", 0, 1)
    s = HalfNormal("s", 1)
    r = Deterministic("r", math.exp(m) + at.sum(s))
    Normal("y", m, s, observed=y)
    idata = sample()
