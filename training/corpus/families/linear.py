"""Families of regression: linear, polynomial, interactions, a design matrix, uneven noise, positive, censored."""

import math

import numpy as np

from commons.data_pymc import Role, Variable
from training.corpus.data import add_predictor, add_size, arrange, describe, three_digits
from training.corpus.draft import Draft
from training.corpus.likelihoods import observe
from training.corpus.outcomes import Link, Outcome, real_outcome
from training.corpus.priors import NOISE, SLOPE, location, positive
from training.corpus.terms import (
    about,
    any_outcome,
    intercept,
    linear,
    listed,
    number_of_predictors,
    polynomial,
    predictors,
    prepare,
    slope,
    slope_scale,
)


def regression(draft: Draft) -> None:
    """One to seven predictors, any outcome."""
    add_size(draft, 8, 400)
    outcome = any_outcome(draft, identity=10, logit=8, log=5, share=3, binomial=2)
    columns = predictors(draft, number_of_predictors(draft, 8, 6, 4, 3, 2, 1.5, 1))
    describe(draft, *about(draft, outcome, columns))
    arrange(draft)
    observe(draft, outcome, linear(draft, outcome, columns))


def polynomial_regression(draft: Draft) -> None:
    """A quadratic or cubic in one predictor."""
    add_size(draft, 8, 200)
    outcome = any_outcome(draft, identity=4, logit=1)
    column = add_predictor(draft, kind=draft.random.choice(["std", "positive", "centred", "unit"]))
    describe(draft, *about(draft, outcome, [column]), f"{outcome.word} against {column.word}, a curve.")
    arrange(draft)
    observe(draft, outcome, polynomial(draft, outcome, column, draft.random.choice([2, 2, 3])))


def logarithmic(draft: Draft) -> None:
    """A measurement against the logarithm of a positive predictor."""
    add_size(draft, 6, 120)
    outcome = real_outcome(draft)
    column = add_predictor(draft, kind="positive")
    describe(draft, *about(draft, outcome, [column]), f"{outcome.word} against {column.word}, levels off.")
    arrange(draft)
    log_x = f"np.log({column.name})"
    if draft.chance(0.6):
        log_x = draft.let((f"log_{column.name}", f"log_{column.name}", "log_x"), log_x, where="priors")
    a = intercept(draft, outcome)
    b = location(draft, SLOPE, outcome.spread * draft.random.choice([0.5, 1]))
    observe(draft, outcome, f"{a} + {b} * {log_x}")


def interaction(draft: Draft) -> None:
    """Two predictors and their product."""
    add_size(draft, 15, 300)
    outcome = any_outcome(draft, identity=4, logit=2, log=2, binomial=1)
    columns = [add_predictor(draft, kind=draft.random.choice(["binary", "std", "positive"])) for _ in range(2)]
    describe(
        draft,
        *about(draft, outcome, columns),
        f"{outcome.word}: interaction of {columns[0].word} and {columns[1].word}.",
    )
    arrange(draft)
    first, second = (prepare(draft, column) for column in columns)
    a = intercept(draft, outcome)
    stem = draft.random.choice(("beta", "b", "beta_"))
    b1 = slope(draft, outcome, first, (f"{stem}1",))
    b2 = slope(draft, outcome, second, (f"{stem}2",))
    scale = slope_scale(draft, outcome, first.reach * second.reach)
    b3 = location(draft, ("beta_int", "b_int", "gamma", f"{stem}3"), scale)
    terms = f"{a} + {b1} * {first.expression} + {b2} * {second.expression}"
    observe(draft, outcome, f"{terms} + {b3} * {first.expression} * {second.expression}")


def design_matrix(draft: Draft) -> None:
    """Several predictors in one two-dimensional column."""
    add_size(draft, 20, 400)
    outcome = any_outcome(draft, identity=4, logit=2, log=1, binomial=1)
    name, number = (
        draft.name("X", "X", "X", "x", "features", "design", "covariates", "Z"),
        draft.random.choice([2, 3, 4, 5, 8]),
    )
    low, high = -three_digits(draft.random.uniform(1.5, 4)), three_digits(draft.random.uniform(1.5, 4))
    values = np.linspace(low, high, draft.rows * number).reshape(draft.rows, number)
    meaning = draft.random.choice(["predictors", "design matrix", "standardised predictors", "features", ""])
    draft.variables.append(Variable(name=name, values=values, role=Role.PREDICTOR, meaning=meaning))
    width = str(number)
    if draft.chance(0.6):
        width = draft.name("K", "P", "D", "p", "n_features", "n_predictors")
        draft.variables.append(
            Variable(name=width, values=np.array(number), role=Role.SIZE, meaning="number of predictors")
        )
    else:
        width = draft.random.choice([width, f"{name}.shape[1]"])
    what = outcome.word
    describe(
        draft, f"{what} against {number} predictors.", f"Regression of {what} on {number} features of {draft.units}."
    )
    arrange(draft)
    a = intercept(draft, outcome)
    b = location(draft, ("beta", "beta", "b", "w", "coefs"), slope_scale(draft, outcome, 2.0), shape=width)
    observe(draft, outcome, f"{a} + {draft.random.choice([f'pm.math.dot({name}, {b})', f'{name} @ {b}'])}")


def uneven_noise(draft: Draft) -> None:
    """The standard deviation grows or falls with a predictor."""
    add_size(draft, 20, 300)
    outcome = real_outcome(draft)
    column = add_predictor(draft, kind=draft.random.choice(["std", "positive", "unit"]))
    describe(draft, *about(draft, outcome, [column]), f"{outcome.word} against {column.word}, with uneven spread.")
    arrange(draft)
    used = prepare(draft, column)
    a, b = intercept(draft, outcome), slope(draft, outcome, used)
    centre = round(math.log(outcome.spread))
    g0 = location(draft, ("gamma0", "log_sigma0", "g0"), 1, centre)
    g1 = location(draft, ("gamma1", "log_sigma1", "g1"), 1 / used.reach)
    mean = draft.let(("mu", "mu", "mu_y"), f"{a} + {b} * {used.expression}")
    sigma = draft.let(("sigma", "sd_y", "noise"), f"{draft.style.exp}({g0} + {g1} * {used.expression})")
    draft.observe("Normal", outcome.name, mu=mean, sigma=sigma)


def positive_regression(draft: Draft) -> None:
    """A positive measurement on the log scale: log-normal or gamma."""
    add_size(draft, 10, 300)
    outcome = real_outcome(draft, positive_only=True)
    columns = predictors(draft, number_of_predictors(draft, 8, 4, 2, 1))
    skewed = f"{outcome.word} (positive, skewed) against {listed(columns)}."
    describe(draft, skewed, draft.random.choice(about(draft, outcome, columns)))
    arrange(draft)
    on_log = Outcome(column=outcome.column, link=Link.LOG, centre=math.log(outcome.column.middle), spread=1.0)
    eta = draft.let(("eta", "mu", "log_mu"), linear(draft, on_log, columns))
    if draft.chance(0.5):
        draft.observe("LogNormal", outcome.name, mu=eta, sigma=positive(draft, NOISE, 1))
        return
    shape = positive(draft, ("shape_", "k_shape", "alpha_g"), 2)
    draft.observe("Gamma", outcome.name, alpha=shape, beta=f"{shape} / {draft.style.exp}({eta})")


def censored(draft: Draft) -> None:
    """A measurement that stops at a known limit."""
    add_size(draft, 15, 300)
    outcome = real_outcome(draft)
    columns = predictors(draft, draft.random.choice([0, 1, 1, 2]))
    upper, bound = draft.chance(0.6), draft.random.choice(["limit", "bound", "detection_limit", "cap", "c", "L"])
    name = draft.name(bound, "limit", "bound")
    value = outcome.column.high if upper else outcome.column.low
    meaning = draft.random.choice(
        ["upper limit of the instrument" if upper else "detection limit", "limit", "censoring limit"]
    )
    draft.variables.append(Variable(name=name, values=np.array(value), role=Role.SIZE, meaning=meaning))
    side = "above" if upper else "below"
    extra = f"{outcome.word}, censored {side} {name}."
    describe(draft, extra, extra, f"{outcome.word} of {draft.rows} {draft.units}; values {side} {name} are censored.")
    arrange(draft)
    eta = linear(draft, outcome, columns) if columns else intercept(draft, outcome, ("mu", "mu", "mean"))
    sigma = positive(draft, NOISE, outcome.spread / 2)
    if draft.chance(0.7):
        eta = draft.let(("mu", "eta", "y_hat"), eta) if columns else eta
    latent = draft.name("latent", "uncensored", "latent_dist")
    draft.likelihood.append(f"{latent} = pm.Normal.dist(mu={eta}, sigma={sigma})")
    lower, upper_text = ("None", name) if upper else (name, "None")
    draft.observe("Censored", outcome.name, dist=latent, lower=lower, upper=upper_text)
