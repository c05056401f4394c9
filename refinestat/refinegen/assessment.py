"""How a program fares: sampled, held against the seven checks, and sampled once more where that may mend it."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from math import fsum
from typing import Protocol

from commons.config import REFIT_DIVERGENCES_BELOW
from commons.data_pymc import Dataset
from commons.diagnostics import Check, diagnose
from refinestat.refinegen.records import Assessment, Fit, Outcome, SamplerSettings


class Fits(Protocol):
    """Samples complete program texts; what a program does is told by the outcome, never raised."""

    async def fit(self, source: str, dataset: Dataset, settings: SamplerSettings) -> Fit: ...


async def fit_and_assess(
    fits: Fits, source: str, dataset: Dataset, settings: SamplerSettings, refit: float | None
) -> tuple[Assessment, Fit]:
    """Fit a program and check it; where a few divergences are all that fails, once more with target_accept `refit`.

    The second fit then counts, if it completes; the assessment holds the other one, too."""
    assessment, fit = await _once(fits, source, dataset, settings)
    if refit is None or not worth_refitting(assessment.checks, settings.chains * settings.draws):
        return assessment, fit
    second, again = await _once(fits, source, dataset, replace(settings, target_accept=refit))
    if second.outcome is Outcome.SCORED:
        return replace(second, other_fit=assessment), again
    return replace(assessment, other_fit=second), fit


async def _once(fits: Fits, source: str, dataset: Dataset, settings: SamplerSettings) -> tuple[Assessment, Fit]:
    fit = await fits.fit(source, dataset, settings)
    assessment = await asyncio.to_thread(assess, fit)
    return replace(assessment, target_accept=settings.target_accept), fit


def worth_refitting(checks: Sequence[Check], draws: int) -> bool:
    """Whether divergences are the only check that fails, and fewer than 1 % of all draws diverge."""
    failing = [check for check in checks if not check.passed]
    return [check.name for check in failing] == ["divergences"] and failing[0].value < REFIT_DIVERGENCES_BELOW * draws


def assess(fit: Fit) -> Assessment:
    """The seven checks of a fit; a fit that failed has none."""
    told = Assessment(
        outcome=fit.outcome,
        why=fit.why,
        sampler=fit.sampler,
        note=fit.note,
        fit_seconds=fsum(fit.seconds.values()),
        cpu_seconds=fit.cpu_seconds,
    )
    if fit.outcome is not Outcome.SCORED or fit.log_likelihood is None or fit.diverging is None:
        return told
    found = diagnose(free=fit.free, log_likelihood=fit.log_likelihood, diverging=fit.diverging, energy=fit.energy)
    return replace(
        told,
        checks=found.checks,
        elpd_loo=found.elpd_loo,
        elpd_se=found.elpd_se,
        pareto_k_limit=found.pareto_k_limit,
        pareto_k_share=found.pareto_k_share,
    )
