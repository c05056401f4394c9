"""Rows of the tables: one per cell, recomputed from its attempts alone, and what follows over seeds."""

from collections import Counter
from collections.abc import Iterable, Sequence
from math import nan
from typing import Any

import pandas as pd

from commons.config import Settings, model_label
from commons.diagnostics import CHECKS
from refinestat.refinegen.records import Assessment, Attempt, Outcome, sampled
from refinestat.refinegen.selection import best_attempt, reliable
from refinestat.refinegen.store import Cell, Log
from refinestat.refinegen.tables.columns import AGGREGATED, AVERAGED, COLUMNS, OUTCOMES, PREDICATES

RAN = (Outcome.SCORED, Outcome.INCOMPARABLE)  # an incomparable one is given the benefit of the doubt
ALL = "all data sets"
Row = dict[str, Any]


def seed_table(rows: Iterable[Row]) -> pd.DataFrame:
    """One row per (model, data set, seed), with the columns of COLUMNS."""
    frame = pd.DataFrame(list(rows), columns=list(COLUMNS))
    return frame.astype({"best_attempt": "Int64", "checks_passed": "Int64"})


def seed_row(cell: Cell, log: Log, settings: Settings) -> Row:
    """A cell in figures. Everything but `finished` and the wall seconds comes from the attempts."""
    attempts = list(log.attempts.values())
    best = best_attempt(attempts, settings.K, settings.select)
    row: Row = {
        "model": model_label(cell.model),
        "dataset": cell.dataset,
        "seed": cell.seed,
        "finished": yes(cell.finished),
        "reliable": yes(best is not None and reliable(best, settings.K)),
        **_answer(best),
        **costs(attempts, settings.K),
        "damaged_lines": len(log.damaged),
        "wall_seconds": log.wall_seconds,
    }
    for name in ("fit_seconds", "wall_seconds", "nuts_runs"):
        row[f"{name}_per_accepted"] = ratio(row[name], row["accepted"])
    row["tokens_per_accepted"] = ratio(row["generated_tokens"], row["accepted"])
    return row


def yes(value: bool) -> str:
    return "yes" if value else "no"


def ratio(part: float, whole: float) -> float:
    return part / whole if whole else nan


def _answer(best: Attempt | None) -> Row:
    """The best program's checks and score; nothing of a program that did not run."""
    assessment = best.assessment if best else Assessment(outcome=Outcome.REJECTED)
    row: Row = {
        "checks_passed": assessment.passed if best else None,
        "elpd_loo": assessment.elpd_loo,
        "elpd_se": assessment.elpd_se,
        "best_attempt": best.index if best else None,
        "outcome": assessment.outcome.value if best else "",
        "sampler": assessment.sampler,
    }
    checks = {check.name: check for check in assessment.checks}
    for name in CHECKS:
        if name != "elpd_loo":
            row[name] = checks[name].value if name in checks else nan
        row[f"{name}_pass"] = yes(checks[name].passed) if name in checks else ""
    return row


def costs(attempts: Sequence[Attempt], K: int) -> Row:
    """What the attempts cost together, and what they came to."""
    spent = [attempt.draft.cost for attempt in attempts]
    outcomes = Counter(attempt.assessment.outcome for attempt in attempts)
    fitted = [fit for attempt in attempts if not attempt.looked_up for fit in attempt.assessment.fits]
    ran = sum(outcomes[outcome] for outcome in RAN)
    discarded: Counter[str] = Counter()
    for cost in spent:
        for name, tokens in cost.discarded.items():
            discarded[name if name in PREDICATES else "other"] += tokens
    return {
        "attempts": len(attempts),
        "programs_run": ran,
        "run_rate": ratio(ran, len(attempts)),
        "accepted": sum(reliable(attempt, K) for attempt in attempts),
        **{outcome.value: outcomes[outcome] for outcome in OUTCOMES},
        "looked_up": sum(attempt.looked_up for attempt in attempts),
        "nuts_runs": sum(sampled(assessment) for assessment in fitted),
        "fallbacks": sum(bool(assessment.note) for assessment in fitted),
        "prompt_tokens": sum(cost.prompt_tokens for cost in spent),
        "generated_tokens": sum(cost.generated_tokens for cost in spent),
        "discarded_tokens": discarded.total(),
        **{f"discarded_{name}": discarded[name] for name in (*PREDICATES, "other")},
        "forward_passes": sum(cost.forward_passes for cost in spent),
        "mask_failures": sum(cost.mask_failures for cost in spent),
        "fit_seconds": sum(assessment.fit_seconds for assessment in fitted),
        "cpu_seconds": sum(assessment.cpu_seconds for assessment in fitted),
        "model_seconds": sum(cost.model_seconds for cost in spent),
        "mask_seconds": sum(cost.mask_seconds for cost in spent),
    }


def aggregated_table(frame: pd.DataFrame, by: Sequence[str] = ("model", "dataset")) -> pd.DataFrame:
    """Mean and standard deviation over the finished searches of each group; of one there is no standard deviation.

    by: what a group is; over all data sets together, ELPD-LOO has no meaning and is left out."""
    rows = []
    for keys, group in frame.groupby(list(by), sort=False):
        row = {"dataset": ALL, **dict(zip(by, keys, strict=True)), **_aggregate(group)}
        if "dataset" not in by:
            row.update({"best_elpd_loo": nan, "elpd_loo_mean": nan, "elpd_loo_sd": nan})
        rows.append(row)
    return pd.DataFrame(rows, columns=list(AGGREGATED))


def _aggregate(whole: pd.DataFrame) -> Row:
    group = whole[whole["finished"] == "yes"]
    good = group[group["reliable"] == "yes"]
    accepted = group["accepted"].sum()
    row: Row = {
        "seeds": len(group),
        "unfinished": len(whole) - len(group),
        "reliable_seeds": len(good),
        "reliable_share": ratio(len(good), len(group)),
        "best_elpd_loo": good["elpd_loo"].max(),
        "run_rate_pooled": ratio(group["programs_run"].sum(), group["attempts"].sum()),
        "tokens_per_accepted": ratio(group["generated_tokens"].sum(), accepted),
        "nuts_runs_per_accepted": ratio(group["nuts_runs"].sum(), accepted),
        "fit_seconds_per_accepted": ratio(group["fit_seconds"].sum(), accepted),
        "wall_seconds_per_accepted": ratio(group["wall_seconds"].sum(), accepted),
    }
    for name in AVERAGED:
        values = (good if name == "elpd_loo" else group)[name].astype(float)
        row[f"{name}_mean"] = values.mean()
        row[f"{name}_sd"] = values.std(ddof=1)
    return row
