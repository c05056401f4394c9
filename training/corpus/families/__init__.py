"""The model families and how often each is written."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from training.corpus.draft import Draft
from training.corpus.families import (
    binomials,
    counts,
    groups,
    growth,
    held_out,
    known_errors,
    linear,
    means,
    ordinal,
    smooth,
    survival,
    times,
)

FAMILIES: Mapping[Callable[[Draft], None], float] = MappingProxyType(
    {
        means.mean: 3,
        means.positive_mean: 2,
        means.rate: 2.5,
        means.mixture: 2.5,
        known_errors.meta_analysis: 8,
        known_errors.meta_regression: 3,
        linear.regression: 10,
        linear.polynomial_regression: 4,
        linear.logarithmic: 4,
        linear.interaction: 3.5,
        linear.design_matrix: 3,
        linear.uneven_noise: 1,
        linear.positive_regression: 3,
        linear.censored: 2,
        growth.asymptotic: 3,
        growth.saturating: 3,
        growth.gompertz: 1,
        growth.logistic_growth: 1.5,
        growth.von_bertalanffy: 2,
        growth.power_law: 2,
        growth.logarithmic_growth: 3,
        growth.decay: 1.5,
        binomials.shared_rate: 4,
        binomials.hierarchical_rates: 4,
        binomials.beta_binomial: 5,
        binomials.binomial_regression: 8,
        counts.count_regression: 7,
        counts.varying_rates: 4,
        counts.zero_inflated: 2,
        counts.hurdle: 1,
        counts.multiplicative: 1,
        smooth.gaussian_process: 7,
        smooth.basis_process: 5,
        smooth.spline: 3,
        groups.varying_intercepts: 6,
        groups.varying_slopes: 4,
        groups.group_means: 2,
        groups.two_groupings: 2.5,
        times.random_walk: 2,
        times.autoregression: 1,
        times.change_point: 1.5,
        times.season: 1.5,
        survival.exponential: 1.5,
        survival.weibull: 2,
        survival.gamma_times: 1.5,
        survival.censored_times: 1,
        ordinal.ordinal: 3,
    }
)
# What evaluation alone asks for.
HELD_OUT_FAMILIES: Mapping[Callable[[Draft], None], float] = MappingProxyType(
    {
        held_out.dose_response: 1,
        held_out.broken_line: 1,
        held_out.group_spreads: 1,
        held_out.noisy_predictor: 1,
        held_out.double_decay: 1,
    }
)


def family_name(family: Callable[[Draft], None]) -> str:
    """How a family is called in tables."""
    return family.__name__
