"""Which attempt of a cell is its answer."""

from collections.abc import Iterable

from refinestat.refinegen.records import Attempt, Outcome


def reliable(attempt: Attempt, K: int) -> bool:
    """Whether the program ran and passes at least K of the seven checks."""
    return attempt.assessment.outcome is Outcome.SCORED and attempt.assessment.passed >= K


def best_attempt(attempts: Iterable[Attempt], K: int, select: str = "elpd") -> Attempt | None:
    """The reliable attempt with the highest ELPD-LOO; where none is reliable, the one with most checks, then ELPD-LOO.

    select: "score" ranks reliable attempts by checks passed first. Among equals the first wins. None: no attempts."""
    best = None
    for attempt in attempts:
        if best is None or _key(attempt, K, select) > _key(best, K, select):
            best = attempt
    return best


def _key(attempt: Attempt, K: int, select: str) -> tuple[bool, bool, int, float]:
    ran = attempt.assessment.outcome is Outcome.SCORED
    passed, elpd = attempt.assessment.rank
    good = reliable(attempt, K)
    return good, ran, 0 if good and select == "elpd" else passed, elpd
