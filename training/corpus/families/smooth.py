"""Families of smooth functions of one predictor: Gaussian processes, their basis approximation, splines."""

import math
from typing import Any

from training.corpus.data import Column, add_predictor, add_size, arrange, describe
from training.corpus.draft import Draft
from training.corpus.likelihoods import observe
from training.corpus.outcomes import Link, Outcome
from training.corpus.priors import AMPLITUDE, LENGTH_SCALE, effects, location, positive
from training.corpus.style import literal, nice
from training.corpus.terms import Input, about, any_outcome, intercept, prepare, slope_scale


def _data(draft: Draft, most: int, phrases: tuple[str, ...]) -> tuple[Outcome, Column]:
    add_size(draft, 7, most, "points" if draft.chance(0.2) else "")
    outcome = any_outcome(draft, log=5, identity=4, logit=1, binomial=2)
    kind = draft.random.choice(["centred", "centred", "std", "positive", "real", "count", "unit"])
    word = draft.random.choice(draft.words.times) if draft.chance(0.3) else ""
    x = add_predictor(draft, kind=kind, word=word)
    what, by = outcome.word, x.word
    scale = {Link.LOG: "log rate", Link.IDENTITY: "mean"}.get(outcome.link, "log odds")
    sentences = [phrase.format(what=what, by=by, units=draft.units, rows=draft.rows, scale=scale) for phrase in phrases]
    describe(draft, *sentences, *about(draft, outcome, [x])[:3])
    arrange(draft)
    return outcome, x


_GP_PHRASES = (
    "Gaussian process regression of {what} on {by}.",
    "{what} varies smoothly with {by} ({rows} {units}).",
    "Smooth trend of {what} over {by}; Gaussian process.",
    "Latent Gaussian process for {what} at {rows} {units}.",
    "{what} along {by}, a smooth function.",
    "{what} over {by}: Gaussian process prior.",
    "{what} at {rows} points; the {scale} is a Gaussian process.",
    "{what} by {by}, Gaussian process for the {scale}.",
)
_SPLINE_PHRASES = (
    "{what} varies smoothly with {by} ({rows} {units}).",
    "Spline regression of {what} on {by}.",
    "Smooth curve of {what} over {by}.",
    "{what} along {by}, a smooth function.",
)


def _length_scale(draft: Draft, used: Input) -> str:
    name, length = draft.name(*LENGTH_SCALE), used.span / 4
    draw = draft.random.random()
    if draw < 0.45:
        return draft.prior(name, "InverseGamma", alpha=draft.random.choice([3, 5]), beta=nice(length * 3))
    if draw < 0.75:
        return draft.prior(name, "Gamma", alpha=draft.random.choice([2, 4]), beta=nice(3 / length))
    if draw < 0.88:
        return draft.prior(name, "HalfNormal", sigma=nice(length * 1.5))
    return draft.prior(name, "LogNormal", mu=round(math.log(length), 1), sigma=0.5)


def _covariance(draft: Draft, outcome: Outcome, used: Input) -> str:
    ell = _length_scale(draft, used)
    amplitude = positive(draft, AMPLITUDE, outcome.spread)
    kernel = draft.random.choice(["ExpQuad", "ExpQuad", "ExpQuad", "ExpQuad", "Matern52", "Matern52", "Matern32"])
    name = draft.name("cov", "cov", "cov", "cov_func", "kernel", "K_cov")
    draft.priors.append(f"{name} = {amplitude}**2 * pm.gp.cov.{kernel}(1, ls={ell})")
    return name


def _process(draft: Draft, outcome: Outcome, x: Column, constructor: str, **options: Any) -> None:
    used = prepare(draft, x)
    base = intercept(draft, outcome, ("mu", "mu", "alpha", "a", "beta0", "intercept")) if draft.chance(0.7) else ""
    cov = _covariance(draft, outcome, used)
    gp, f = draft.name("gp", "gp", "gp", "gp_f", "process"), draft.name("f", "f", "f", "g", "f_latent", "F")
    arguments = "".join(f"{key}={value}, " for key, value in options.items())
    draft.priors.append(f"{gp} = pm.gp.{constructor}({arguments}cov_func={cov})")
    draft.priors.append(f'{f} = {gp}.prior("{f}", X={used.expression}[:, None])')
    observe(draft, outcome, f"{base} + {f}" if base else f)


def gaussian_process(draft: Draft) -> None:
    """A latent Gaussian process."""
    outcome, x = _data(draft, 50, _GP_PHRASES)
    _process(draft, outcome, x, "Latent")


def basis_process(draft: Draft) -> None:
    """A Gaussian process by its Hilbert-space basis."""
    outcome, x = _data(draft, 250, _GP_PHRASES)
    number = draft.random.choice([10, 10, 15, 20, 20, 25])
    _process(draft, outcome, x, "HSGP", m=f"[{number}]", c=draft.random.choice(["1.5", "1.5", "2.0", "1.3"]))


def spline(draft: Draft) -> None:
    """Weights on a basis of bumps or hinges between knots."""
    outcome, x = _data(draft, 200, _SPLINE_PHRASES)
    used, number = prepare(draft, x), draft.random.choice([4, 5, 5, 6, 8])
    knots, basis = draft.name("knots", "knots", "centres"), draft.name("basis", "basis", "B_x", "phi_x")
    draft.priors.append(f"{knots} = np.linspace({used.expression}.min(), {used.expression}.max(), {number})")
    distance = f"{used.expression}[:, None] - {knots}"
    if draft.chance(0.65):
        width = literal(float(f"{used.span / (number - 1):.2g}"))
        draft.priors.append(f"{basis} = np.exp(-0.5 * (({distance}) / {width})**2)")
        reach = 1.0
    else:
        draft.priors.append(f"{basis} = np.maximum({distance}, 0)")
        reach = used.span / 2
    a = intercept(draft, outcome)
    scale, shape = slope_scale(draft, outcome, reach), str(number)
    if draft.chance(0.4):
        weights = effects(draft, ("w", "weights", "b_spline"), scale, shape)
    else:
        weights = location(draft, ("w", "w", "beta", "weights", "coefs"), scale, shape=shape)
    product = draft.random.choice([f"pm.math.dot({basis}, {weights})", f"{basis} @ {weights}"])
    observe(draft, outcome, f"{a} + {product}")
