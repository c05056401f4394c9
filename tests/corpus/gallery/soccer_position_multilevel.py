import numpy as np
import pandas as pd
import pymc as pm

football = pd.DataFrame({"position": list("GDMF") * 4, "team": np.repeat(list("abcd"), 4), "shots": np.arange(16) + 2, "goals": np.arange(16) // 4})
pos_idx, pos_codes = pd.factorize(football["position"].values, sort=False)
coords = {"pos": pos_codes}

with pm.Model(coords=coords) as model_football:
    # Hyper parameters
    μ = pm.Beta("μ", mu=0.5, sigma=0.2)
    ν = pm.Gamma("ν", mu=125, sigma=50)

    # Parameters for positions
    μ_p = pm.Beta("μ_p", mu=μ, nu=ν, dims="pos")
    ν_p = pm.Gamma("ν_p", mu=125, sigma=50, dims="pos")

    # Parameter for players
    θ = pm.Beta("θ", mu=μ_p[pos_idx], nu=ν_p[pos_idx])
    _ = pm.Binomial("gs", n=football.shots.values, p=θ, observed=football.goals.values)

    idata_football = pm.sample(draws=3000, target_accept=0.95, random_seed=4591)
