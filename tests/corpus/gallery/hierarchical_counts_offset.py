import numpy as np
import pymc as pm
from scipy.special import logit

deaths = np.array([3, 10, 0, 7])
person_years = np.array([1000.0, 3500.0, 200.0, 2500.0])
hospital = np.array([0, 1, 2, 3])
n_hospitals = int(hospital.max() + 1)

with pm.Model() as model:
    log_offset = np.log(person_years)
    base = pm.Normal("base", logit(0.02), 1)
    sd_hospital = pm.Exponential("sd_hospital", 2)
    effect = pm.Normal("effect", 0, sd_hospital, shape=n_hospitals)
    lam = pm.Deterministic("lam", pm.math.exp(log_offset + base + effect[hospital]))
    pm.Poisson("deaths", mu=lam, observed=deaths)
    smr = pm.Deterministic("smr", deaths / lam)
    worst = pm.Deterministic("worst", pm.math.argmax(effect) if hasattr(pm.math, "argmax") else effect.argmax())
    ranks = pm.Deterministic("ranks", pm.math.eq(effect, effect.max()))
