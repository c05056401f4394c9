import numpy as np
import pymc as pm


class CustomModel(pm.Model):
    # 1) override init
    def __init__(self, mean=0, sigma=1, name=""):
        super().__init__(name)
        # 3) you can create vars with Deterministic, Potential etc
        pm.Normal("v1", mu=mean, sigma=sigma)
        self.v2 = pm.HalfNormal("v2", sigma=sigma)


def factory(name, observed):
    with pm.Model(name=name) as submodel:
        s = pm.HalfNormal("s", 1)
        m = pm.Normal("m", 0, 1)
        pm.Normal("obs", m, s, observed=observed)
    return m, s


with pm.Model() as outer:
    a, sa = factory("a", np.random.randn(5))
    b, sb = factory("b", np.random.randn(5))
    with pm.Model(name="inner") as inner:
        x = pm.Normal("x")
    diff = pm.Deterministic("diff", a - b + x)
    pm.Normal("check", diff, pm.math.sqrt(sa**2 + sb**2), observed=0.3)
