"""Scales with every sort of prior that people use."""
import numpy as np
import pymc as pm
import pytensor.tensor as pt

y = np.random.randn(30)

with pm.Model() as m:
    s1 = pm.Uniform("s1", 0, 10)
    s2 = pm.HalfNormal("s2", 1)
    s3 = pm.Exponential("s3", 1)
    s4 = pm.Gamma("s4", 2, 0.1)
    s5 = pm.InverseGamma("s5", 1, 1)
    s6 = pm.LogNormal("s6", 0, 1)
    s7 = pm.HalfCauchy("s7", 1)
    s8 = pm.HalfStudentT("s8", 3, 1)
    s9 = pm.TruncatedNormal("s9", 1, 1, lower=0)
    s10 = pm.Truncated("s10", pm.Normal.dist(0, 1), lower=0)
    s11 = pm.math.exp(pm.Normal("s11"))
    s12 = pt.softplus(pm.Normal("s12", 0, 1))
    s13 = pm.Weibull("s13", 1.5, 2)
    s14 = abs(pm.Normal("s14"))
    s15 = pm.Normal("s15", 10, 0.1, transform=pm.distributions.transforms.log)
    s16 = 1 / pm.math.sqrt(pm.Gamma("s16", 1, 1))
    s17 = pm.Beta("s17", 2, 2) * 5
    s18 = pm.ChiSquared("s18", 3)
    s19 = pm.math.sqrt(s1**2 + s2**2)
    s20 = pt.clip(pm.Normal("s20"), 1e-3, np.inf)
    s21 = pm.math.log1pexp(pm.Normal("s21"))
    s22 = pm.Pareto("s22", 3, 1)
    s23 = pm.BoundedNormal("s23") if hasattr(pm, "BoundedNormal") else pm.HalfFlat("s23")
    s24 = pm.Flat("s24", transform=pm.distributions.transforms.log)
    s25 = pm.Normal("s25", 0, 1) ** 2 + 1e-6
    s26 = pm.CustomDist("s26", 1.0, dist=lambda mu, size: pt.exp(pm.Normal.dist(mu, 1, size=size)))
    s27 = pt.abs(pm.StudentT("s27", 3, 0, sigma=1)) + 1
    s28 = pm.Deterministic("s28", 0.1 + pm.math.invlogit(pm.Normal("s28_")))
    s29 = pm.Kumaraswamy("s29", 2, 2) * s1
    s30 = pm.Wald("s30", 1, 1)
    every = [s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, s12, s13, s14, s15, s16, s17, s18, s19, s20, s21, s22, s23, s24, s25, s26, s27, s28, s29, s30]
    for i, s in enumerate(every):
        pm.Normal(f"y{i}", 0, s, observed=y)
