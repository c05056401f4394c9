import numpy as np
import pymc as pm
import pytensor.tensor as pt

rng = np.random.default_rng(4)
time = np.arange(80)
day_of_week_idx = time % 7
births = rng.normal(size=80)
coords = {"time": time, "day_of_week_no_monday": np.arange(1, 7), "day_of_week": np.arange(7), "year": np.arange(3)}

with pm.Model(coords=coords) as model:
    # --- Data Containers ---
    normalized_time_data = pm.Data("normalized_time_data", (time - time.mean()) / time.std(), dims="time")
    day_of_week_idx_data = pm.Data("day_of_week_idx_data", day_of_week_idx, dims="time")

    # --- Priors ---
    # global trend
    amplitude_trend = pm.HalfNormal("amplitude_trend", sigma=1.0)
    ls_trend = pm.LogNormal("ls_trend", mu=np.log(700 / 40), sigma=1)
    cov_trend = amplitude_trend * pm.gp.cov.ExpQuad(input_dim=1, ls=ls_trend)
    gp_trend = pm.gp.HSGP(m=[20], c=1.5, cov_func=cov_trend)
    f_trend = gp_trend.prior("f_trend", X=normalized_time_data[:, None], dims="time")

    ## year periodic
    amplitude_year_periodic = pm.HalfNormal("amplitude_year_periodic", sigma=1)
    ls_year_periodic = pm.LogNormal("ls_year_periodic", mu=np.log(7_000 / 40), sigma=1)
    gp_year_periodic = pm.gp.HSGPPeriodic(
        m=20,
        scale=amplitude_year_periodic,
        cov_func=pm.gp.cov.Periodic(input_dim=1, period=365.25 / 40, ls=ls_year_periodic),
    )
    f_year_periodic = gp_year_periodic.prior("f_year_periodic", X=normalized_time_data[:, None], dims="time")

    ## day of week
    b_day_of_week_no_monday = pm.Normal("b_day_of_week_no_monday", mu=0, sigma=1, dims="day_of_week_no_monday")
    b_day_of_week = pm.Deterministic(
        "b_day_of_week", pt.concatenate(([0], b_day_of_week_no_monday)), dims="day_of_week"
    )

    # linearized form
    phi, sqrt_psd = gp_trend.prior_linearized(X=normalized_time_data[:, None])
    basis_coeffs = pm.Normal("basis_coeffs", size=gp_trend.n_basis_vectors)
    f = pm.Deterministic("f", phi @ (basis_coeffs * sqrt_psd))

    mu = pm.Deterministic("mu", f_trend + f_year_periodic + f + b_day_of_week[day_of_week_idx_data], dims="time")
    sigma = pm.HalfNormal("sigma", sigma=0.5)
    nu = pm.Gamma("nu", alpha=8, beta=2)
    pm.StudentT("likelihood", mu=mu, nu=nu, sigma=sigma, observed=births, dims="time")
