"""Families of waiting times, complete or censored."""

import math

import numpy as np

from commons.data_pymc import Role, Variable
from training.corpus.data import Column, add_column, add_predictor, add_size, arrange, data_name, describe, three_digits
from training.corpus.draft import Draft
from training.corpus.names import topic
from training.corpus.outcomes import Link, Outcome
from training.corpus.priors import location, positive
from training.corpus.terms import intercept, prepare, slope
from training.corpus.words import NAMES, spoken

_SHAPE = ("alpha", "k_shape", "shape_", "kappa")


def _data(draft: Draft) -> tuple[Outcome, Column | None]:
    add_size(draft, 8, 250)
    word, high = topic(draft, tuple(NAMES["waiting_words"])), 10 ** draft.random.uniform(0.3, 3)
    name = data_name(draft, word, NAMES["outcome"])
    low = max(high * draft.random.uniform(0.005, 0.2), 0.02)
    made = add_column(
        draft,
        Column(
            name=name,
            low=low,
            high=high,
            word=word,
            role=Role.OUTCOME,
            meaning=spoken(word) if draft.chance(0.8) else "",
        ),
    )
    x = add_predictor(draft) if draft.chance(0.5) else None
    given = f" by {x.word}" if x else ""
    said = [f"{spoken(word)} of {draft.rows} {draft.units}{given}."] if word in NAMES["waiting_words"] else []
    describe(
        draft,
        *said,
        f"Survival of {draft.units}: {spoken(word)}{given}.",
        f"Survival analysis of {draft.units}{given}.",
        f"{spoken(word)} until failure for {draft.rows} {draft.units}{given}.",
    )
    return Outcome(column=made, link=Link.LOG, centre=math.log(made.middle), spread=1.0), x


def _typical(draft: Draft, outcome: Outcome, x: Column | None) -> str:
    """The typical time: a positive prior, or the exponential of a linear predictor."""
    if x is None:
        return positive(draft, ("scale", "scale", "theta", "lam", "beta"), outcome.column.middle)
    used = prepare(draft, x)
    a, b = intercept(draft, outcome), slope(draft, outcome, used)
    return draft.let(("scale", "scale", "theta", "mu"), f"{draft.style.exp}({a} + {b} * {used.expression})")


def exponential(draft: Draft) -> None:
    """A constant hazard."""
    outcome, x = _data(draft)
    arrange(draft)
    if x is None and draft.chance(0.5):
        draft.observe(
            "Exponential", outcome.name, lam=positive(draft, ("lam", "rate", "hazard"), 1 / outcome.column.middle)
        )
    else:
        draft.observe("Exponential", outcome.name, lam=f"1 / {_typical(draft, outcome, x)}")


def weibull(draft: Draft) -> None:
    """A hazard that rises or falls."""
    outcome, x = _data(draft)
    arrange(draft)
    shape = positive(draft, _SHAPE, 2)
    draft.observe("Weibull", outcome.name, alpha=shape, beta=_typical(draft, outcome, x))


def gamma_times(draft: Draft) -> None:
    """Gamma or log-normal times."""
    outcome, x = _data(draft)
    arrange(draft)
    if draft.chance(0.5):
        shape = positive(draft, _SHAPE, 2)
        draft.observe("Gamma", outcome.name, alpha=shape, beta=f"{shape} / {_typical(draft, outcome, x)}")
        return
    sigma = positive(draft, ("sigma", "s_log", "sigma_log"), 1)
    if x is None:
        mu = location(draft, ("mu", "mu_log"), 2, round(outcome.centre))
    else:
        used = prepare(draft, x)
        a, b = intercept(draft, outcome), slope(draft, outcome, used)
        mu = draft.let(("mu", "eta", "log_mean"), f"{a} + {b} * {used.expression}")
    draft.observe("LogNormal", outcome.name, mu=mu, sigma=sigma)


def censored_times(draft: Draft) -> None:
    """Times cut at the end of the study."""
    outcome, x = _data(draft)
    name = draft.name("end", "limit", "t_max", "follow_up", "cutoff")
    value = np.array(three_digits(outcome.column.high))
    meaning = draft.random.choice(["end of the study", "censoring time", "last time observed"])
    draft.variables.append(Variable(name=name, values=value, role=Role.SIZE, meaning=meaning))
    if draft.description:
        draft.description = f"{draft.description[:-1]}, censored at {name}."
    arrange(draft)
    shape = positive(draft, _SHAPE, 2)
    scale = _typical(draft, outcome, x)
    latent = draft.name("latent", "times", "uncensored")
    draft.likelihood.append(f"{latent} = pm.Weibull.dist(alpha={shape}, beta={scale})")
    draft.observe("Censored", outcome.name, dist=latent, lower="None", upper=name)
