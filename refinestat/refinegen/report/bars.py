"""The seven checks as bars: where a value lies on its scale, and on which side of the threshold it should."""

from collections.abc import Mapping
from math import isfinite, log1p

from commons.diagnostics import Check
from refinestat.refinegen.report.records import Bar, Number

MEANINGS: Mapping[str, str] = {
    "r_hat": "chains agree (largest R-hat)",
    "ess_bulk": "independent draws for the centre (smallest bulk ESS)",
    "ess_tail": "independent draws for the tails (smallest tail ESS)",
    "divergences": "divergent transitions",
    "bfmi": "energy is explored (smallest BFMI)",
    "pareto_k": "observations with Pareto k below 0.7",
    "elpd_loo": "ELPD-LOO is finite",
}
CAUTIONS: Mapping[str, str] = {  # what it means that a check fails
    "r_hat": "The chains do not agree: no number of this posterior is settled.",
    "ess_bulk": "Few independent draws: means and medians are uncertain.",
    "ess_tail": "Few independent draws in the tails: the ends of intervals are uncertain.",
    "divergences": "Divergent transitions: a part of the posterior may be missing, and intervals too narrow.",
    "bfmi": "The sampler explored the energy slowly: tails of the posterior may be missing.",
    "pareto_k": "Pareto k is high for many observations: the ELPD-LOO is an optimistic guess.",
    "elpd_loo": "The ELPD-LOO is not a finite number.",
}
SCALES: Mapping[str, tuple[float, float, bool]] = {  # from, to, logarithmic
    "r_hat": (1.0, 1.1, False),
    "ess_bulk": (0.0, 4000.0, True),
    "ess_tail": (0.0, 4000.0, True),
    "divergences": (0.0, 1000.0, True),
    "bfmi": (0.0, 1.2, False),
    "pareto_k": (0.0, 1.0, False),
}


def bar(check: Check, number: Number | None) -> Bar:
    """A check with its place on its scale; ELPD-LOO, which need only be finite, has no scale."""
    meaning = MEANINGS.get(check.name, check.name)
    shared = {"name": check.name, "meaning": meaning, "value": number, "rule": check.rule, "why": check.why}
    if check.name not in SCALES:
        return Bar(**shared, passed=check.passed, at=None, threshold=0.0, good=(0.0, 100.0 * check.passed))  # type: ignore[arg-type]
    threshold = _place(check.name, check.threshold)
    below = check.rule.startswith("<")
    if check.name == "divergences":  # none is the only good number: a sliver that can be seen
        threshold = 2.0
    at = _place(check.name, check.value) if isfinite(check.value) else None
    return Bar(
        **shared,  # type: ignore[arg-type]
        passed=check.passed,
        at=at,
        threshold=threshold,
        good=(0.0, threshold) if below else (threshold, 100.0 - threshold),
        over=at is not None and check.value > SCALES[check.name][1],
    )


def _place(name: str, value: float) -> float:
    low, high, logarithmic = SCALES[name]
    value = min(max(value, low), high)
    share = log1p(value - low) / log1p(high - low) if logarithmic else (value - low) / (high - low)
    return round(100 * share, 2)
