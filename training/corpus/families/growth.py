"""Families of curves that grow, saturate or decay; all of a positive outcome against a positive predictor."""

import math
from collections.abc import Callable

from training.corpus.data import Column, add_predictor, add_size, arrange, describe
from training.corpus.draft import Draft
from training.corpus.likelihoods import observe_real
from training.corpus.outcomes import Outcome, real_outcome
from training.corpus.priors import NOISE, location, positive, probability
from training.corpus.style import nice
from training.corpus.terms import about

_TOP = ("alpha", "alpha", "a", "upper", "y_max", "A", "L_inf", "asymptote")
_RATE = ("k_rate", "kappa", "rate", "lam", "gamma", "c")
_DROP = ("beta", "beta", "b", "delta")


def _level(draft: Draft, names: tuple[str, ...], centre: float, scale: float) -> str:
    """A positive level near a stated value."""
    draw = draft.random.random()
    if draw < 0.5:
        return location(draft, names, scale, centre if draft.chance(0.7) else 0.0)
    name = draft.name(*names)
    if draw < 0.75:
        return draft.prior(name, "HalfNormal", sigma=nice(max(centre, scale)))
    if draw < 0.87:
        return draft.prior(name, "TruncatedNormal", mu=nice(centre), sigma=nice(scale), lower=0)
    return draft.prior(name, "LogNormal", mu=round(math.log(max(centre, 1e-3)), 1), sigma=draft.random.choice([0.5, 1]))


def _asymptotic(draft: Draft, y: Column, x: Column) -> str:
    top, drop = _level(draft, _TOP, y.high, y.half * 2), _level(draft, _DROP, y.half * 2, y.half * 2)
    if draft.chance(0.5):
        base = probability(draft, ("gamma", "gamma", "lam", "rho"))
        return f"{top} - {drop} * {base}**{x.name}"
    return f"{top} - {drop} * {draft.style.exp}(-{_rate(draft, x)} * {x.name})"


def _rate(draft: Draft, x: Column) -> str:
    return positive(draft, _RATE, 3 / x.high)


def _saturating(draft: Draft, y: Column, x: Column) -> str:
    top = _level(draft, ("Vmax", "v_max", *_TOP), y.high, y.half * 2)
    half = positive(draft, ("Km", "k_half", "beta", "kappa"), x.high / 3)
    return f"{top} * {x.name} / ({half} + {x.name})"


def _gompertz(draft: Draft, y: Column, x: Column) -> str:
    top, b = _level(draft, _TOP, y.high, y.half * 2), positive(draft, ("b", "beta", "disp"), 2)
    return f"{top} * {draft.style.exp}(-{b} * {draft.style.exp}(-{_rate(draft, x)} * {x.name}))"


def _logistic(draft: Draft, y: Column, x: Column) -> str:
    top, rate = _level(draft, _TOP, y.high, y.half * 2), positive(draft, _RATE, 5 / x.high)
    middle = location(draft, ("x0", "mid", "t0", "x_mid"), x.half, x.middle)
    return f"{top} * {draft.style.sigmoid}({rate} * ({x.name} - {middle}))"


def _von_bertalanffy(draft: Draft, y: Column, x: Column) -> str:
    top, rate = _level(draft, _TOP, y.high, y.half * 2), _rate(draft, x)
    start = location(draft, ("t0", "x0", "start"), x.high / 10)
    return f"{top} * (1 - {draft.style.exp}(-{rate} * ({x.name} - {start})))"


def _power(draft: Draft, y: Column, x: Column) -> str:
    factor = _level(draft, ("a", "alpha", "c", "factor"), y.middle, y.high)
    power = location(draft, ("b", "beta", "power", "expo"), 0.5, draft.random.choice([0.0, 0.5, 1.0]))
    return f"{factor} * {x.name}**{power}"


def _logarithm(draft: Draft, y: Column, x: Column) -> str:
    a = location(draft, ("alpha", "a", "b0", "alpha"), y.half * 2, y.low)
    b = location(draft, ("beta", "b", "b1", "beta"), y.half)
    return f"{a} + {b} * {draft.style.log}({x.name})"


def _decay(draft: Draft, y: Column, x: Column) -> str:
    start = _level(draft, ("A", "a", "alpha", "y0"), y.high, y.half * 2)
    curve = f"{start} * {draft.style.exp}(-{_rate(draft, x)} * {x.name})"
    return f"{curve} + {_level(draft, ('c0', 'base', 'floor_level'), y.low, y.half)}" if draft.chance(0.4) else curve


_Curve = Callable[[Draft, Column, Column], str]
_UP = ("growth that slows", "saturates", "levels off", "approaches an upper limit", "growth curve", "nonlinear growth")


def _family(curve: _Curve, *phrases: str) -> Callable[[Draft], None]:
    def family(draft: Draft) -> None:
        add_size(draft, 6, 100)
        outcome = real_outcome(draft, positive_only=True)
        x = add_predictor(
            draft, kind="positive", word=draft.random.choice(draft.words.times) if draft.chance(0.4) else ""
        )
        what, by, phrase = outcome.word, x.word, draft.random.choice(phrases)
        opening = "{what} over {by}, {phrase}." if curve is _decay else "Growth of {units}: {what} by {by}, {phrase}."
        describe(
            draft,
            f"{what} of {draft.rows} {draft.units} by {by}: {phrase}.",
            f"{what} against {by}, {phrase}.",
            *[opening.format(units=draft.units, what=what, by=by, phrase=phrase)] * 3,
            f"{what} and {by} of {draft.rows} {draft.units} ({phrase}).",
            *about(draft, outcome, [x])[:3],
        )
        arrange(draft)
        _observe(draft, outcome, curve(draft, outcome.column, x))

    family.__name__ = curve.__name__.strip("_")
    return family


def _observe(draft: Draft, outcome: Outcome, curve: str) -> None:
    names = ("mu", "mu", "mu", "m", "y_hat", "curve", "f")
    mean = draft.let(names, curve) if draft.chance(0.92) else curve
    if draft.chance(0.9):
        observe_real(draft, outcome, mean)
    else:
        draft.observe("LogNormal", outcome.name, mu=f"{draft.style.log}({mean})", sigma=positive(draft, NOISE, 0.5))


asymptotic = _family(_asymptotic, *_UP)
saturating = _family(_saturating, "saturates", "enzyme kinetics", "rises to a maximum", "levels off", "dose response")
gompertz = _family(_gompertz, "S-shaped growth", "sigmoid growth", "growth curve")
logistic_growth = _family(_logistic, "S-shaped growth", "logistic growth", "sigmoid growth")
von_bertalanffy = _family(_von_bertalanffy, *_UP)
power_law = _family(_power, "power law", "allometry", "scaling", "slowing growth", "levels off")
logarithmic_growth = _family(_logarithm, "slowing growth", "levels off", "growth that slows", "diminishing returns")
decay = _family(_decay, "decays", "decline", "falls off", "exponential decay")
