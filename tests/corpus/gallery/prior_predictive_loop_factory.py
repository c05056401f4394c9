import numpy as np
import pymc as pm


def make(prior=lambda name: pm.Normal(name, 0, 1), n_groups: int = 3, **extra):
    rng = np.random.default_rng()
    groups = rng.integers(0, n_groups, size=30)
    with pm.Model(coords={"g": np.arange(n_groups)}) as m:
        mu = prior("mu")
        offsets = [pm.Normal(f"offset_{g}", mu, 1) for g in range(n_groups)]
        stacked = pm.math.stack(offsets)
        params = {"sigma": pm.HalfNormal("sigma", 1), **extra}
        pm.Normal("y", stacked[groups], **params, observed=rng.normal(size=30))
        names = [v.name for v in m.free_RVs]
        m.debug() if False else None
        assert len(names) == n_groups + 2
        prior_samples = pm.sample_prior_predictive(draws=20) if False else None
        logp = m.compile_logp() if False else None
    return m


models = [make(), make(prior=lambda name: pm.Cauchy(name, 0, 1), n_groups=2)]
