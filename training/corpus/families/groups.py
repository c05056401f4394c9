"""Families with groups: varying intercepts and slopes, group means, two crossed groupings."""

from training.corpus.data import Column, add_groups, add_predictor, add_size, arrange, describe
from training.corpus.draft import Draft
from training.corpus.likelihoods import observe
from training.corpus.outcomes import Outcome
from training.corpus.priors import effects, location
from training.corpus.terms import (
    any_outcome,
    as_shown,
    intercept,
    listed,
    number_of_predictors,
    predictors,
    prepare,
    slope_scale,
    slopes,
)

_MEAN = ("mu_a", "mu_alpha", "mu0", "mu_group", "alpha0")
_EFFECTS = ("alpha", "a", "a_group", "alpha_group", "theta", "b_group")


def _outcome(draft: Draft) -> Outcome:
    add_size(draft, 18, 400)
    return any_outcome(draft, identity=5, log=2, logit=2, binomial=2, share=1)


def _sentences(draft: Draft, outcome: Outcome, group: str, columns: list[Column]) -> list[str]:
    what = outcome.word
    given = f", given {listed(columns)}" if columns else ""
    return [
        f"{what} of {draft.rows} {draft.units} by {group}{given}.",
        f"{what} grouped by {group}{given}.",
        f"Multilevel model of {what} within {group}{given}.",
        f"{what} for each {group}{given}.",
        f"{draft.rows} {draft.units} and their {group}: {what}{given}.",
    ]


def varying_intercepts(draft: Draft) -> None:
    """An intercept per group around a population mean, perhaps shared slopes."""
    outcome = _outcome(draft)
    group, number, word = add_groups(draft)
    columns = predictors(draft, number_of_predictors(draft, 8, 3, 2, 1, 1)) if draft.chance(0.55) else []
    describe(draft, *_sentences(draft, outcome, word, columns))
    arrange(draft)
    columns = as_shown(draft, columns)
    inputs = [prepare(draft, column) for column in columns]
    mean = intercept(draft, outcome, _MEAN)
    terms = slopes(draft, outcome, columns, inputs)
    observe(draft, outcome, " + ".join([f"{effects(draft, _EFFECTS, outcome.spread, number, mean)}[{group}]", *terms]))


def varying_slopes(draft: Draft) -> None:
    """An intercept and a slope per group."""
    outcome = _outcome(draft)
    group, number, word = add_groups(draft)
    x = add_predictor(draft, kind=draft.random.choice(["std", "positive", "unit", "count"]))
    describe(draft, *_sentences(draft, outcome, word, [x]), f"{outcome.word}: slope of {x.word} differs by {word}.")
    arrange(draft)
    used = prepare(draft, x)
    mean_a = intercept(draft, outcome, _MEAN)
    mean_b = location(draft, ("mu_b", "mu_beta", "mu_slope"), slope_scale(draft, outcome, used.reach))
    a, b = draft.random.choice((("alpha", "beta"), ("a", "b"), ("alpha_group", "beta_group"), ("a_group", "b_group")))
    a = effects(draft, (a,), outcome.spread, number, mean_a)
    b = effects(draft, (b,), outcome.spread / used.reach, number, mean_b)
    observe(draft, outcome, f"{a}[{group}] + {b}[{group}] * {used.expression}")


def group_means(draft: Draft) -> None:
    """An independent mean per group."""
    outcome = _outcome(draft)
    group, number, word = add_groups(draft, 2, 8)
    describe(draft, *_sentences(draft, outcome, word, []), f"Comparison of {outcome.word} between {word} groups.")
    arrange(draft)
    means = intercept(draft, outcome, ("mu_group", "alpha", "a", "means", "theta"), shape=number)
    observe(draft, outcome, f"{means}[{group}]")


def two_groupings(draft: Draft) -> None:
    """Two crossed groupings, additive, perhaps with predictors."""
    outcome = _outcome(draft)
    first, n_first, word = add_groups(draft, 3, 12)
    second, n_second, other = add_groups(draft, 3, 12)
    columns = predictors(draft, number_of_predictors(draft, 4, 2, 1, 1)) if draft.chance(0.4) else []
    layout = [] if columns else [f"{outcome.word}: two-way layout of {word} and {other}."]
    describe(draft, *_sentences(draft, outcome, f"{word} and {other}", columns), *layout)
    arrange(draft)
    columns = as_shown(draft, columns)
    inputs = [prepare(draft, column) for column in columns]
    mean = intercept(draft, outcome, ("mu0", "alpha", "intercept", "grand_mean"))
    named = draft.random.choice(("{sign}_{group}", "u_{group}", "{sign}"))
    a, b = (named.format(sign=sign, group=group) for sign, group in (("a", first), ("b", second)))
    a = effects(draft, (a,), outcome.spread, n_first)
    b = effects(draft, (b,), outcome.spread, n_second)
    terms = slopes(draft, outcome, columns, inputs)
    observe(draft, outcome, " + ".join([mean, f"{a}[{first}]", f"{b}[{second}]", *terms]))
