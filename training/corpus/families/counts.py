"""Families of counts: regression with and without exposure, rates per unit, many zeros."""

from dataclasses import replace

from commons.data_pymc import Role
from training.corpus.data import Column, add_column, add_predictor, add_size, arrange, data_name, describe
from training.corpus.draft import Draft
from training.corpus.likelihoods import dispersion, observe, observe_count
from training.corpus.outcomes import Outcome, count_outcome
from training.corpus.priors import effects, location, positive, probability
from training.corpus.terms import about, intercept, linear, number_of_predictors, polynomial, predictors
from training.corpus.words import NAMES

_RATE = ("lam", "lam", "rate", "lambda_", "mu", "theta")


def _exposed(draft: Draft, outcome: Outcome) -> Outcome:
    """The outcome with a column of exposures; the log rate is then per unit of exposure."""
    name = data_name(draft, "exposure", NAMES["exposure"], own=0.2)
    low = draft.random.uniform(0.5, 20)
    meaning = draft.random.choice(
        ["exposure", "population at risk", "observation time", "area searched", "hours observed"]
    )
    add_column(
        draft,
        Column(
            name=name,
            low=low,
            high=low * draft.random.uniform(2, 50),
            word="exposure",
            role=Role.PREDICTOR,
            meaning=meaning,
        ),
    )
    return replace(outcome, exposure=name, centre=0.0)


def count_regression(draft: Draft) -> None:
    """A log rate linear, quadratic or cubic in a predictor, or linear in several."""
    by_time = draft.chance(0.35)
    add_size(draft, 7, 250, draft.random.choice(["years", "months", "weeks", "days", "points"]) if by_time else "")
    outcome = count_outcome(draft)
    several = not by_time and draft.chance(0.3)
    word = draft.random.choice(draft.words.times) if by_time else ""
    kind = draft.random.choice(["std", "unit", "count", "centred", "year"]) if by_time else ""
    number = 1 + number_of_predictors(draft, 4, 2, 1, 1)
    columns = predictors(draft, number) if several else [add_predictor(draft, kind=kind, word=word)]
    if draft.chance(0.15):
        outcome = _exposed(draft, outcome)
    what, by = outcome.word, columns[0].word
    describe(
        draft,
        *about(draft, outcome, columns),
        f"Counts of {what} by {by}.",
        f"Number of {what} over {draft.rows} {draft.units}.",
    )
    arrange(draft)
    degree = 1 if several or (columns[0].low, columns[0].high) == (0, 1) else draft.random.choice([1, 1, 2, 2, 3])
    eta = polynomial(draft, outcome, columns[0], degree) if degree > 1 else linear(draft, outcome, columns)
    if draft.chance(0.12):
        eta += f" + {effects(draft, ('u', 'e_row', 'row_effect'), 0.5, draft.shape(outcome.name))}"
    observe(draft, outcome, eta)


def varying_rates(draft: Draft) -> None:
    """One rate per row: shared, gamma-distributed (latent or marginalised), or log-normal."""
    add_size(draft, 5, 60)
    outcome = count_outcome(draft)
    if draft.chance(0.4):
        outcome = _exposed(draft, outcome)
    what = outcome.word
    describe(draft, *about(draft, outcome, []), f"Number of {what} at {draft.rows} {draft.units}.", f"Rates of {what}.")
    arrange(draft)
    times = f" * {outcome.exposure}" if outcome.exposure else ""
    typical = 1.0 if outcome.exposure else max(outcome.column.middle, 1.0)
    draw = draft.random.random()
    if draw < 0.2:
        draft.observe("Poisson", outcome.name, mu=f"{positive(draft, _RATE, typical)}{times}")
    elif draw < 0.5:
        mu = positive(draft, _RATE, typical)
        draft.observe("NegativeBinomial", outcome.name, mu=f"{mu}{times}", alpha=dispersion(draft))
    elif draw < 0.65:
        shape, rate = positive(draft, ("alpha", "a"), 2), positive(draft, ("beta", "b"), 2 / typical)
        name = draft.name(*_RATE)
        draft.priors.append(
            f'{name} = pm.Gamma("{name}", alpha={shape}, beta={rate}, shape={draft.shape(outcome.name)})'
        )
        draft.observe("Poisson", outcome.name, mu=f"{name}{times}")
    else:
        mu = intercept(draft, outcome, ("mu", "mu_log", "alpha"))
        names = ("log_lam", "theta", "eta", "log_rate")
        observe_count(draft, outcome, effects(draft, names, 1.0, draft.shape(outcome.name), mu))


def _zeros(draft: Draft) -> tuple[Outcome, str]:
    """A count outcome that starts at zero, and its mean as an expression."""
    add_size(draft, 15, 300)
    outcome = count_outcome(draft, zeros=True)
    columns = [add_predictor(draft)] if draft.chance(0.5) else []
    what, units = outcome.word, draft.units
    describe(
        draft,
        f"Counts of {what} with many zeros.",
        f"Number of {what} at {draft.rows} {units}, mostly none.",
        f"Zero-inflated counts of {what} in {units}.",
        f"{what} in {draft.rows} {units}; many {units} have none.",
        *about(draft, outcome, columns)[:2],
    )
    arrange(draft)
    if columns:
        return outcome, draft.let(("mu", "lam", "rate"), f"{draft.style.exp}({linear(draft, outcome, columns)})")
    return outcome, positive(draft, ("lam", "mu", "rate"), max(outcome.column.middle, 1.0))


def _zero_family(draft: Draft, kind: str) -> None:
    outcome, mean = _zeros(draft)
    psi = probability(draft, ("psi", "psi", "psi", "p_nonzero", "pi"))
    if draft.chance(0.6):
        draft.observe(f"{kind}Poisson", outcome.name, psi=psi, mu=mean)
    else:
        draft.observe(f"{kind}NegativeBinomial", outcome.name, psi=psi, mu=mean, alpha=dispersion(draft))


def zero_inflated(draft: Draft) -> None:
    """Zeros from a second source."""
    _zero_family(draft, "ZeroInflated")


def hurdle(draft: Draft) -> None:
    """Zeros first, then truncated counts."""
    _zero_family(draft, "Hurdle")


def multiplicative(draft: Draft) -> None:
    """A count whose rate is a positive base times a factor per unit of a predictor."""
    add_size(draft, 10, 150)
    outcome = count_outcome(draft)
    x = add_predictor(draft, kind=draft.random.choice(["binary", "std", "unit"]))
    describe(draft, *about(draft, outcome, [x]))
    arrange(draft)
    base = positive(draft, ("base", "lam0", "rate0", "mu0"), max(outcome.column.middle, 1.0))
    b = location(draft, ("beta", "b", "slope"), 1.0 / x.extent)
    mu = draft.let(("lam", "mu", "rate"), f"{base} * {draft.style.exp}({b} * {x.name})")
    if draft.chance(0.6):
        draft.observe("Poisson", outcome.name, mu=mu)
    else:
        draft.observe("NegativeBinomial", outcome.name, mu=mu, alpha=dispersion(draft))
