"""Worked examples for a few-shot prompt, on data that no user's data set is made of: a comparison of two groups, counts
along a predictor, groups that share a distribution."""

from dataclasses import dataclass

import numpy as np

from commons.data_pymc import Dataset, Role, Variable


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A data set and the priors and likelihood of a model for it: the text after the line `# Priors`."""

    dataset: Dataset
    body: str


def _variable(name: str, role: Role, meaning: str, values: list[float] | list[int] | int) -> Variable:
    return Variable(name=name, role=role, meaning=meaning, values=np.array(values))


EXAMPLES = (
    Example(
        dataset=Dataset(
            name="wheat",
            description="Yield of wheat on plots with and without irrigation.",
            variables=(
                _variable("wheat", Role.OUTCOME, "yield in tonnes per hectare", [4.1, 5.2, 4.4, 5.9, 3.8, 5.5, 4.6]),
                _variable("irrigated", Role.PREDICTOR, "1 if the plot was irrigated", [0, 1, 0, 1, 0, 1, 0]),
            ),
        ),
        body="""\
    baseline = pm.Normal("baseline", mu=5, sigma=3)
    effect = pm.Normal("effect", mu=0, sigma=2)
    spread = pm.HalfNormal("spread", sigma=2)
    # Likelihood
    pm.Normal("wheat_obs", mu=baseline + effect * irrigated, sigma=spread, observed=wheat)
""",
    ),
    Example(
        dataset=Dataset(
            name="feeder",
            description="Birds counted at a feeder, one hour each morning, and the temperature.",
            variables=(
                _variable("birds", Role.OUTCOME, "number of birds", [12, 9, 15, 4, 7, 2, 5, 11]),
                _variable("cold", Role.PREDICTOR, "degrees below 10", [8.5, 6.0, 9.1, 1.2, 3.9, 0.4, 2.2, 7.3]),
            ),
        ),
        body="""\
    log_rate = pm.Normal("log_rate", mu=1, sigma=1)
    slope = pm.Normal("slope", mu=0, sigma=0.5)
    alpha = pm.Exponential("alpha", 0.5)
    # Likelihood
    rate = pm.math.exp(log_rate + slope * cold)
    pm.NegativeBinomial("birds_obs", mu=rate, alpha=alpha, observed=birds)
""",
    ),
    Example(
        dataset=Dataset(
            name="bakery",
            description="Weight of loaves from several bakeries.",
            variables=(
                _variable("B", Role.SIZE, "number of bakeries", 3),
                _variable("weight", Role.OUTCOME, "grams", [498.0, 505.5, 489.1, 511.2, 502.3, 493.8]),
                _variable("bakery", Role.INDEX, "which bakery", [0, 1, 2, 1, 0, 2]),
            ),
        ),
        body="""\
    centre = pm.Normal("centre", mu=500, sigma=20)
    between = pm.HalfNormal("between", sigma=10)
    offset = pm.Normal("offset", mu=0, sigma=1, shape=B)
    bakery_mean = pm.Deterministic("bakery_mean", centre + between * offset)
    within = pm.HalfNormal("within", sigma=10)
    # Likelihood
    pm.Normal("weight_obs", mu=bakery_mean[bakery], sigma=within, observed=weight)
""",
    ),
)
