"""Families for estimates with known standard errors."""

from commons.data_pymc import Role
from training.corpus.data import Column, add_column, add_predictor, add_size, data_name, describe
from training.corpus.draft import Draft
from training.corpus.outcomes import Outcome, real_outcome
from training.corpus.priors import BETWEEN, SLOPE, effects, location, positive
from training.corpus.terms import prepare
from training.corpus.words import NAMES

_MEAN = ("mu", "mu", "mu_theta", "mu_pop", "m", "pop_mean")
_EFFECTS = ("theta", "theta", "theta", "effects", "alpha_j", "true_effect", "b_group")
_MEANINGS = ("standard error", "known standard error", "standard error", "known error", "standard deviation", "")


def _data(draft: Draft) -> tuple[Outcome, Column]:
    add_size(draft, 4, 40)
    outcome = real_outcome(draft, positive_only=False)
    high = outcome.column.half * draft.random.uniform(0.3, 2.2)
    low = high * draft.random.uniform(0.1, 0.75)
    name = data_name(draft, f"se_{outcome.name}", NAMES["error"], own=0.1)
    if draft.chance(0.25) and low > 2:
        low, high = round(low), round(high) + 1
    meaning = draft.random.choice([*_MEANINGS, f"standard error of {outcome.name}"])
    return outcome, add_column(
        draft, Column(name=name, low=low, high=high, word="error", role=Role.KNOWN_SCALE, meaning=meaning)
    )


def _sentences(draft: Draft, outcome: Outcome) -> list[str]:
    what, rows, units = outcome.word, draft.rows, draft.units
    cause = draft.random.choice(["training", "treatment", "diet", "exercise", "tutoring"])
    return [
        f"Meta-analysis of {rows} {units}: {what} with standard errors.",
        f"Estimated {what} in {rows} {units}, known standard errors.",
        f"{what} estimates and their standard errors from {rows} {units}.",
        f"Effects of {cause} in {rows} {units} with standard errors.",
        f"{rows} {units} with an estimated {what} and its error.",
    ]


def meta_analysis(draft: Draft) -> None:
    """A population mean with effects per row, marginalised, or pooled."""
    outcome, error = _data(draft)
    describe(draft, *_sentences(draft, outcome))
    extent = outcome.column.extent * draft.random.choice([0.5, 1, 2])
    mu = location(draft, _MEAN, extent)
    draw = draft.random.random()
    if draw < 0.25:
        draft.observe("Normal", outcome.name, mu=mu, sigma=error.name)
    elif draw < 0.6:
        tau = positive(draft, BETWEEN, outcome.spread / 2)
        total = f"pm.math.sqrt({error.name}**2 + {tau}**2)"
        if draft.chance(0.5):
            total = draft.let(("total_sd", "sd_total", "s_total", "scale"), total)
        draft.observe("Normal", outcome.name, mu=mu, sigma=total)
    else:
        _observe(draft, outcome, error, effects(draft, _EFFECTS, outcome.spread / 2, draft.shape(outcome.name), mu))


def meta_regression(draft: Draft) -> None:
    """The effects depend on a predictor."""
    outcome, error = _data(draft)
    predictor = add_predictor(draft)
    describe(draft, *(f"{text[:-1]}, by {predictor.word}." for text in _sentences(draft, outcome)))
    used = prepare(draft, predictor)
    mu = location(draft, ("alpha", "mu", "a"), outcome.column.extent)
    beta = location(draft, SLOPE, outcome.spread / used.reach)
    mean = f"{mu} + {beta} * {used.expression}"
    draw = draft.random.random()
    if draw < 0.4:
        tau = positive(draft, BETWEEN, outcome.spread / 2)
        mean = draft.let(("theta", "mean_effect", "eta"), mean)
        draft.observe("Normal", outcome.name, mu=mean, sigma=f"pm.math.sqrt({error.name}**2 + {tau}**2)")
        return
    if draw < 0.9:
        mean = effects(draft, _EFFECTS, outcome.spread / 2, draft.shape(outcome.name), mean)
    _observe(draft, outcome, error, mean)


def _observe(draft: Draft, outcome: Outcome, error: Column, mean: str) -> None:
    if draft.chance(0.8):
        draft.observe("Normal", outcome.name, mu=mean, sigma=error.name)
    else:
        draft.observe("StudentT", outcome.name, nu=draft.random.choice([3, 4, 5]), mu=mean, sigma=error.name)
