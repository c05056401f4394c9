"""Families that training never sees: evaluation asks for them, to tell what carries over to other data."""

from commons.data_pymc import Role
from training.corpus.data import (
    Column,
    add_column,
    add_groups,
    add_predictor,
    add_size,
    arrange,
    data_name,
    describe,
    three_digits,
)
from training.corpus.draft import Draft
from training.corpus.likelihoods import observe_real
from training.corpus.outcomes import real_outcome
from training.corpus.priors import SLOPE, location, positive
from training.corpus.terms import intercept


def dose_response(draft: Draft) -> None:
    """A response that rises by a Hill curve from a base to a top."""
    add_size(draft, 8, 80)
    outcome, dose = real_outcome(draft, positive_only=True), add_predictor(draft, kind="positive", word="dose")
    describe(draft, f"Hill curve of {outcome.word} against {dose.word}.", f"{outcome.word}: response to {dose.word}.")
    arrange(draft)
    base = location(draft, ("base", "bottom"), outcome.column.half, outcome.column.low)
    rise = positive(draft, ("rise", "e_max"), outcome.column.half * 2)
    middle, power = positive(draft, ("ec50", "x_half"), dose.middle), positive(draft, ("hill", "power"), 1)
    raised = f"{dose.name}**{power}"
    observe_real(
        draft, outcome, draft.let(("mu", "mu_y"), f"{base} + {rise} * {raised} / ({raised} + {middle}**{power})")
    )


def broken_line(draft: Draft) -> None:
    """A straight line whose slope changes at an unknown place."""
    add_size(draft, 12, 150)
    outcome, x = real_outcome(draft), add_predictor(draft, kind=draft.random.choice(["positive", "centred"]))
    describe(draft, f"Broken line of {outcome.word} on {x.word}.", f"{outcome.word}: slope changes at some {x.word}.")
    arrange(draft)
    start = intercept(draft, outcome)
    before = location(draft, ("slope_1", "b_before"), outcome.spread / x.half)
    change = location(draft, ("change", "b_change"), outcome.spread / x.half)
    knot = draft.prior(draft.name("knot", "x_break"), "Uniform", lower=three_digits(x.low), upper=three_digits(x.high))
    bend = f"pm.math.maximum({x.name} - {knot}, 0)"
    observe_real(draft, outcome, draft.let(("mu", "mu_y"), f"{start} + {before} * {x.name} + {change} * {bend}"))


def group_spreads(draft: Draft) -> None:
    """A mean and a standard deviation for every group."""
    add_size(draft, 20, 200)
    outcome = real_outcome(draft)
    group, number, word = add_groups(draft, 2, 8)
    describe(
        draft, f"{outcome.word} by {word}, whose spreads differ.", f"Means and spreads of {outcome.word} by {word}."
    )
    arrange(draft)
    means = intercept(draft, outcome, ("mu_group", "means"), shape=number)
    spreads = positive(draft, ("sigma_group", "spreads"), outcome.spread / 2, number)
    draft.observe("Normal", outcome.name, mu=f"{means}[{group}]", sigma=f"{spreads}[{group}]")


def noisy_predictor(draft: Draft) -> None:
    """A line on a predictor that was measured with a known error."""
    add_size(draft, 10, 80)
    outcome, x = real_outcome(draft), add_predictor(draft, kind="std")
    made = data_name(draft, f"sd_{x.word}", ["sd_x", "err_x", "se_x"])
    high = three_digits(x.half * draft.random.uniform(0.1, 0.6))
    meaning = f"measurement error of {x.name}"
    error = Column(name=made, low=high / 3, high=high, word="error", role=Role.KNOWN_SCALE, meaning=meaning)
    error = add_column(draft, error)
    describe(
        draft, f"{outcome.word} against {x.word}, which has measurement error.", f"Errors in {x.word}: {outcome.word}."
    )
    arrange(draft)
    a, b = intercept(draft, outcome), location(draft, SLOPE, outcome.spread / x.half)
    z = draft.prior(draft.name("z", "z_true"), "Normal", draft.shape(x.name), mu=0, sigma=1)
    true = draft.let(("x_true", "true_x"), f"{x.name} + {error.name} * {z}")
    observe_real(draft, outcome, f"{a} + {b} * {true}")


def double_decay(draft: Draft) -> None:
    """A fast and a slow exponential decay, added."""
    add_size(draft, 10, 80)
    outcome, x = real_outcome(draft, positive_only=True), add_predictor(draft, kind="positive", word="time")
    describe(draft, f"{outcome.word} decays fast, then slowly.", f"Two-phase decay of {outcome.word} over {x.word}.")
    arrange(draft)
    fast, slow = (positive(draft, (name,), outcome.column.high / 2) for name in ("fast", "slow"))
    rates = [positive(draft, (name,), scale / x.high) for name, scale in (("k_fast", 10), ("k_slow", 1))]
    parts = [
        f"{level} * {draft.style.exp}(-{rate} * {x.name})" for level, rate in zip((fast, slow), rates, strict=True)
    ]
    observe_real(draft, outcome, draft.let(("mu", "mu_y"), " + ".join(parts)))
