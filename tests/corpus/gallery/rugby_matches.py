import numpy as np
import pandas as pd
import pymc as pm
import pytensor.tensor as pt

df_all = pd.DataFrame(
    {
        "home_team": ["Wales", "France", "Ireland", "Scotland", "Italy", "England"],
        "away_team": ["Italy", "England", "Scotland", "Wales", "France", "Ireland"],
        "home_score": [23, 26, 28, 0, 13, 20],
        "away_score": [15, 24, 6, 20, 27, 9],
    }
)
home_idx, teams = pd.factorize(df_all["home_team"], sort=True)
away_idx, _ = pd.factorize(df_all["away_team"], sort=True)
coords = {"team": teams}

with pm.Model(coords=coords) as model:
    # constant data
    home_team = pm.Data("home_team", home_idx, dims="match")
    away_team = pm.Data("away_team", away_idx, dims="match")

    # global model parameters
    home = pm.Normal("home", mu=0, sigma=1)
    sd_att = pm.HalfNormal("sd_att", sigma=2)
    sd_def = pm.HalfNormal("sd_def", sigma=2)
    intercept = pm.Normal("intercept", mu=3, sigma=1)

    # team-specific model parameters
    atts_star = pm.Normal("atts_star", mu=0, sigma=sd_att, dims="team")
    defs_star = pm.Normal("defs_star", mu=0, sigma=sd_def, dims="team")

    atts = pm.Deterministic("atts", atts_star - pt.mean(atts_star), dims="team")
    defs = pm.Deterministic("defs", defs_star - pt.mean(defs_star), dims="team")
    home_theta = pt.exp(intercept + home + atts[home_idx] + defs[away_idx])
    away_theta = pt.exp(intercept + atts[away_idx] + defs[home_idx])

    # likelihood of observed data
    home_points = pm.Poisson("home_points", mu=home_theta, observed=df_all["home_score"], dims=("match"))
    away_points = pm.Poisson("away_points", mu=away_theta, observed=df_all["away_score"], dims=("match"))
    trace = pm.sample(1000, tune=1500, cores=4)
