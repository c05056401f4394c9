"""The story of a search: every attempt, what was refused, what was redrawn, the best ELPD-LOO so far."""

from collections import Counter

from commons.config import Settings, model_label
from commons.diagnostics import CHECKS
from refinestat.refinegen.records import Attempt, Outcome
from refinestat.refinegen.report.curve import curve
from refinestat.refinegen.report.numbers import anchor, key, number
from refinestat.refinegen.report.records import Refused, Step, Story
from refinestat.refinegen.selection import best_attempt, reliable
from refinestat.refinegen.store import Cell, Log

OUTCOMES = {
    Outcome.SCORED.value: "ran",
    Outcome.REJECTED.value: "refused by the predicates",
    Outcome.BUILD_FAILED.value: "did not build",
    Outcome.INCOMPARABLE.value: "its score cannot be compared",
    Outcome.CRASHED.value: "crashed",
    Outcome.HOPELESS.value: "was ended by its pilot",
    Outcome.TIMED_OUT.value: "took too long",
    Outcome.OUT_OF_MEMORY.value: "took too much memory",
}


def story(cell: Cell, log: Log, settings: Settings) -> Story:
    """What happened in a cell, as far as it got."""
    attempts = list(log.attempts.values())
    answer = best_attempt(attempts, settings.K, settings.select)
    steps, so_far = [], []
    for attempt in attempts:
        so_far.append(attempt)
        best = best_attempt((each for each in so_far if reliable(each, settings.K)), settings.K, settings.select)
        steps.append(_step(cell, attempt, best, attempt is answer, settings.K))
    return Story(
        anchor=anchor("search", cell),
        model=model_label(cell.model),
        dataset=cell.dataset,
        seed=cell.seed,
        verdict=verdict(answer, settings.K),
        reliable=answer is not None and reliable(answer, settings.K),
        finished=cell.finished,
        damaged=len(log.damaged),
        steps=tuple(steps),
        curve=curve(steps),
    )


def verdict(best: Attempt | None, K: int) -> str:
    """The verdict on a cell's answer, in words."""
    if best is None:
        return "no program yet"
    found = best.assessment
    if not found.checks:
        return f"NOT RELIABLE: no program ran; the best one {OUTCOMES.get(found.outcome.value, found.outcome.value)}"
    checks = f"{found.passed} of {len(CHECKS)} checks pass"
    return f"reliable: {checks}" if reliable(best, K) else f"NOT RELIABLE: {checks}, {K} are needed"


def _step(cell: Cell, attempt: Attempt, best: Attempt | None, is_answer: bool, K: int) -> Step:
    found, draft, of = attempt.assessment, attempt.draft, key("attempt", cell, attempt.index)
    refused = [Refused(predicate=each.predicate, why=each.why, line=each.line) for each in draft.refusals]
    return Step(
        number=attempt.index,
        drawn="new program" if attempt.redrawn == "program" else "new likelihood",
        refused=tuple(refused),
        refused_by=Counter(each.predicate for each in refused),
        outcome=OUTCOMES.get(found.outcome.value, found.outcome.value),
        why=found.why,
        looked_up=attempt.looked_up,
        reliable=reliable(attempt, K),
        is_answer=is_answer,
        passed=tuple(check.passed for check in found.checks),
        fails=tuple(check.name for check in found.checks if not check.passed),
        elpd=number(found.elpd_loo, 2, of, "elpd_loo"),
        best_so_far=number(best.assessment.elpd_loo, 2, of, "best_so_far") if best else None,
        tokens=number(draft.cost.generated_tokens, 0, of, "generated_tokens"),
        source=draft.program.priors + draft.program.likelihood,
    )
