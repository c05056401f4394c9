"""Families of series in time: autoregression, random walk, change point, season."""

from training.corpus.data import Column, add_predictor, add_size, arrange, describe
from training.corpus.draft import Draft
from training.corpus.likelihoods import observe
from training.corpus.outcomes import Outcome
from training.corpus.priors import location, positive
from training.corpus.style import literal
from training.corpus.terms import any_outcome, intercept, prepare, slope_scale

_PERIODS = ("years", "months", "weeks", "days", "hours", "steps")


def _series(draft: Draft, most: int, *phrases: str, with_time: bool) -> tuple[Outcome, Column | None]:
    add_size(draft, 10, most, draft.random.choice(_PERIODS))
    outcome = any_outcome(draft, identity=4, log=3, binomial=1)
    kind, word = draft.random.choice(["count", "centred", "positive"]), draft.random.choice(draft.words.times)
    x = add_predictor(draft, kind=kind, word=word) if with_time else None
    what, by = outcome.word, x.word if x else "time"
    describe(draft, *(phrase.format(what=what, by=by, rows=draft.rows, units=draft.units) for phrase in phrases))
    arrange(draft)
    return outcome, x


def random_walk(draft: Draft) -> None:
    """A level that drifts: cumulated steps, non-centred mostly, or `GaussianRandomWalk`."""
    phrases = (
        "Time series of {what}, {rows} {units}.",
        "{what} over {rows} {units}, a slowly changing level.",
        "{what} over time.",
    )
    outcome, _ = _series(draft, 80, *phrases, with_time=False)
    shape, step = draft.shape(outcome.name), outcome.spread / 4
    scale = positive(draft, ("tau", "step", "sigma_level", "sigma_rw", "drift_sd"), step)
    start = intercept(draft, outcome, ("level0", "start", "mu0", "alpha"))
    if draft.chance(0.75):
        z = draft.prior(draft.name("z", "z", "steps", "innov"), "Normal", shape, mu=0, sigma=1)
        observe(draft, outcome, draft.let(("level", "f", "state", "trend"), f"{start} + {scale} * pm.math.cumsum({z})"))
        return
    name = draft.name("walk", "f", "state", "drift")
    initial = "init_dist=pm.Normal.dist(0, 1)"
    draft.priors.append(f'{name} = pm.GaussianRandomWalk("{name}", sigma={scale}, {initial}, shape={shape})')
    observe(draft, outcome, f"{start} + {name}")


def autoregression(draft: Draft) -> None:
    """A latent autoregression of order one around a mean."""
    phrases = (
        "Time series of {what} with autocorrelation.",
        "Autoregressive {what}, {rows} {units}.",
        "{what} over {rows} {units}.",
    )
    outcome, _ = _series(draft, 80, *phrases, with_time=False)
    shape = draft.shape(outcome.name)
    mean = intercept(draft, outcome, ("mu", "alpha", "level"))
    name = draft.name("rho", "rho", "phi", "ar_coef")
    if draft.chance(0.6):
        rho = draft.prior(name, "Uniform", lower=draft.random.choice([-1, 0]), upper=1)
    else:
        rho = draft.prior(name, "Normal", mu=draft.random.choice([0, 0.5]), sigma=0.5)
    scale = positive(draft, ("tau", "sigma_ar", "innov_sd", "omega"), outcome.spread / 2)
    series = draft.name("series", "f", "u", "ar")
    draft.priors.append(
        f'{series} = pm.AR("{series}", rho=[{rho}], sigma={scale}, init_dist=pm.Normal.dist(0, 1), shape={shape})'
    )
    observe(draft, outcome, f"{mean} + {series}")


def change_point(draft: Draft) -> None:
    """A level that changes at an unknown time, smoothly by a sigmoid."""
    phrases = (
        "{what} before and after a change in {by}.",
        "{what} over {by} with a change point.",
        "A shift in {what} at some {by}.",
    )
    outcome, x = _series(draft, 150, *phrases, with_time=True)
    assert x is not None
    before = intercept(draft, outcome, ("mu1", "before", "alpha", "level"))
    jump = location(draft, ("delta", "delta", "jump", "shift", "change"), outcome.spread)
    name = draft.name("tau", "change_at", "x_change", "cp", "switch_at")
    if draft.chance(0.5):
        lower, upper = (literal(float(f"{value:.3g}")) for value in (x.low, x.high))
    else:
        lower, upper = f"{x.name}.min()", f"{x.name}.max()"
    draft.prior(name, "Uniform", lower=lower, upper=upper)
    width = literal(float(f"{(x.high - x.low) / 50:.1g}"))
    weight = draft.let(("w", "weight", "after"), f"{draft.style.sigmoid}(({x.name} - {name}) / {width})")
    observe(draft, outcome, f"{before} + {jump} * {weight}")


def season(draft: Draft) -> None:
    """A yearly or weekly wave, mostly with a trend."""
    phrases = (
        "Seasonal {what} over {rows} {units}.",
        "{what} by {by} with a seasonal cycle.",
        "Cycle of {what} over {by}.",
    )
    outcome, x = _series(draft, 150, *phrases, with_time=True)
    assert x is not None
    period = draft.random.choice([4, 7, 12, 12, 12, 24, 52])
    scale = outcome.spread
    a = intercept(draft, outcome)
    bs = location(draft, ("beta_sin", "b_sin", "b1", "amp_sin"), scale)
    bc = location(draft, ("beta_cos", "b_cos", "b2", "amp_cos"), scale)
    phase = draft.name("phase", "angle_t", "omega_t")
    draft.priors.insert(0, f"{phase} = 2 * np.pi * {x.name} / {period}")
    eta = f"{a} + {bs} * np.sin({phase}) + {bc} * np.cos({phase})"
    if draft.chance(0.8):
        used = prepare(draft, x)
        trend = location(draft, ("trend", "beta_t", "b_trend"), slope_scale(draft, outcome, used.reach))
        eta += f" + {trend} * {used.expression}"
    observe(draft, outcome, eta)
