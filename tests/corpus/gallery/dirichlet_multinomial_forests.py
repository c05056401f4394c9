import numpy as np
import pymc as pm

rng = np.random.default_rng(8)
k, n = 5, 10
total_count = 50
true_p = sorted(rng.dirichlet(np.ones(k)), reverse=True)
p = rng.dirichlet(6.0 * np.array(true_p), size=n)
observed_counts = np.vstack([rng.multinomial(n=total_count, pvals=p_i) for p_i in p])
trees = ["pine", "oak", "ebony", "rosewood", "mahogany"]
forests = ["sunderbans", "amazon", "arashiyama", "trossachs", "valdivian", "bosc de poblet", "font groga", "monteverde", "primorye", "daintree"]

with pm.Model(coords={"tree": trees, "forest": forests}) as model_multinomial:
    frac = pm.Dirichlet("frac", a=np.ones(k), dims="tree")
    counts = pm.Multinomial(
        "counts", n=total_count, p=frac, observed=observed_counts, dims=("forest", "tree")
    )

with pm.Model(coords={"tree": trees, "forest": forests}) as model_dm:
    frac = pm.Dirichlet("frac", a=np.ones(k), dims="tree")
    conc = pm.LogNormal("conc", mu=1, sigma=1)
    counts = pm.DirichletMultinomial(
        "counts", n=total_count, a=frac * conc, observed=observed_counts, dims=("forest", "tree")
    )

with pm.Model(coords={"tree": trees, "forest": forests}) as model_dm_explicit:
    frac = pm.Dirichlet("frac", a=np.ones(k), dims="tree")
    conc = pm.Lognormal("conc", mu=1, sigma=1)
    p = pm.Dirichlet("p", a=frac * conc, dims=("forest", "tree"))
    counts = pm.Multinomial("counts", n=total_count, p=p, observed=observed_counts, dims=("forest", "tree"))
