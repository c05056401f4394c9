"""Families of successes out of known trials."""

from training.corpus.data import add_predictor, add_size, arrange, describe
from training.corpus.draft import Draft
from training.corpus.likelihoods import concentration, observe_binomial
from training.corpus.outcomes import binomial_outcome
from training.corpus.priors import effects, location, positive, probability
from training.corpus.terms import about, linear, number_of_predictors, polynomial, predictors

_RATE = ("p", "p", "theta", "rate", "prob")


def shared_rate(draft: Draft) -> None:
    """One probability for all rows, or an independent one each."""
    add_size(draft, 5, 60)
    outcome = binomial_outcome(draft)
    describe(draft, *about(draft, outcome, []))
    shape = "" if draft.chance(0.5) else draft.shape(outcome.name)
    draft.observe("Binomial", outcome.name, n=outcome.trials, p=probability(draft, _RATE, shape))


def hierarchical_rates(draft: Draft) -> None:
    """Log odds per row around a population mean."""
    add_size(draft, 5, 60)
    outcome = binomial_outcome(draft)
    describe(draft, *about(draft, outcome, []), f"{outcome.word} in {draft.rows} {draft.units}, rates that vary.")
    mu = location(draft, ("mu", "mu", "mu_logit", "alpha", "mu_theta"), draft.random.choice([1, 1.5, 2, 5]))
    names = ("theta", "b", "logit_p", "alpha_i", "eta", "logits")
    logit = effects(draft, names, draft.random.choice([0.5, 1, 1]), draft.shape(outcome.name), mu)
    if draft.chance(0.45):
        draft.observe("Binomial", outcome.name, n=outcome.trials, logit_p=logit)
    else:
        p = draft.let(("p", "p", "rate", "prob"), f"{draft.style.sigmoid}({logit})")
        draft.observe("Binomial", outcome.name, n=outcome.trials, p=p)


def beta_binomial(draft: Draft) -> None:
    """Rates from a beta distribution: marginalised (mostly), or one latent rate per row."""
    add_size(draft, 5, 60)
    outcome = binomial_outcome(draft)
    describe(draft, *about(draft, outcome, []), f"{outcome.word} in {draft.rows} {draft.units}, overdispersed.")
    if draft.chance(0.75):
        mean, kappa = probability(draft, ("mu", "mu", "phi", "mean_p", "m")), concentration(draft)
        alpha, beta = f"{mean} * {kappa}", f"(1 - {mean}) * {kappa}"
    else:
        alpha, beta = positive(draft, ("alpha", "a"), 2), positive(draft, ("beta", "b"), 5)
    if draft.chance(0.7):
        draft.observe("BetaBinomial", outcome.name, n=outcome.trials, alpha=alpha, beta=beta)
        return
    name = draft.name(*_RATE)
    draft.priors.append(f'{name} = pm.Beta("{name}", alpha={alpha}, beta={beta}, shape={draft.shape(outcome.name)})')
    draft.observe("Binomial", outcome.name, n=outcome.trials, p=name)


def binomial_regression(draft: Draft) -> None:
    """Log odds linear, quadratic or cubic in a predictor, or linear in several."""
    add_size(draft, 6, 80)
    outcome = binomial_outcome(draft)
    several = draft.chance(0.2)
    kind, word = (
        ("", "")
        if draft.chance(0.5)
        else (draft.random.choice(["unit", "std", "centred", "year", "count"]), _time(draft))
    )
    number = 1 + number_of_predictors(draft, 4, 2, 1, 1)
    columns = predictors(draft, number) if several else [add_predictor(draft, kind=kind, word=word)]
    describe(draft, *about(draft, outcome, columns))
    arrange(draft)
    degree = 1 if several or (columns[0].low, columns[0].high) == (0, 1) else draft.random.choice([1, 1, 2, 2, 3, 3])
    eta = polynomial(draft, outcome, columns[0], degree) if degree > 1 else linear(draft, outcome, columns)
    if draft.chance(0.15):
        eta += f" + {effects(draft, ('u', 'e_row', 'row_effect'), 0.5, draft.shape(outcome.name))}"
    observe_binomial(draft, outcome, draft.let(("eta", "eta", "logit_p", "lin"), eta) if draft.chance(0.7) else eta)


def _time(draft: Draft) -> str:
    return draft.random.choice(draft.words.times)
