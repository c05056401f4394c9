"""Would the answers be others if K or a threshold were? Chosen again among the programs that were drawn, no refit.

The search itself would have ended earlier or later under other rules: this shows how the choice depends on them. The
limit 0.7 on Pareto k is part of what was recorded (the share of observations below it) and cannot be moved here."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from commons import config
from commons.diagnostics import CHECKS
from refinestat.refinegen.comparison.pooling import Pool
from refinestat.refinegen.results import CELL
from refinestat.refinegen.tables.rows import ALL, ratio

COLUMNS = ("model", "strategy", "rule", "dataset", "searches", "reliable_answers", "reliable_share", "changed",
           "changed_share", "elpd_change")  # fmt: skip
ALTERNATIVES: Mapping[str, tuple[float, ...]] = {
    "K": (3, 4, 5, 6, 7),
    "r_hat": (1.01, 1.1),
    "ess_bulk": (100, 200, 800),
    "ess_tail": (200, 400),
    "divergences": (5, 20),
    "bfmi": (0.2, 0.5),
    "pareto_k": (0.7, 0.9, 1.0),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """K and the thresholds of the checks, as in commons/config.py."""

    K: int
    select: str
    r_hat: float = config.R_HAT_BELOW
    ess_bulk: float = config.ESS_BULK_AT_LEAST
    ess_tail: float = config.ESS_TAIL_AT_LEAST
    divergences: float = config.DIVERGENCES_AT_MOST
    bfmi: float = config.BFMI_ABOVE
    pareto_k: float = config.PARETO_K_SHARE_AT_LEAST

    def passed(self, attempts: pd.DataFrame) -> pd.Series:
        """B of each attempt: how many checks pass. A value that is missing fails."""
        verdicts = (
            attempts["r_hat"] < self.r_hat,
            attempts["ess_bulk"] >= self.ess_bulk,
            attempts["ess_tail"] >= self.ess_tail,
            attempts["divergences"] <= self.divergences,
            attempts["bfmi"] > self.bfmi,
            attempts["pareto_k"] >= self.pareto_k,
            np.isfinite(attempts["elpd_loo"]),
        )
        assert len(verdicts) == len(CHECKS)
        total: pd.Series = sum(verdict.astype(int) for verdict in verdicts)
        return total

    def winners(self, attempts: pd.DataFrame) -> pd.DataFrame:
        """The answer of each cell, with columns index, reliable and elpd_loo, as `selection.best_attempt` picks it."""
        scored = attempts["outcome"] == "scored"
        passed = self.passed(attempts).where(scored, 0)
        good = scored & (passed >= self.K)
        keys = attempts[[*CELL, "index", "elpd_loo", "fingerprint"]].assign(reliable=good, ran=scored)
        keys["rank"] = passed.where(~good | (self.select != "elpd"), 0)
        keys["score"] = attempts["elpd_loo"].fillna(-np.inf)
        order = keys.sort_values(
            ["reliable", "ran", "rank", "score", "index"], ascending=[False, False, False, False, True], kind="stable"
        )
        return order.drop_duplicates(CELL).set_index(CELL)[["index", "reliable", "elpd_loo", "fingerprint"]]


def alternatives(K: int, select: str) -> Iterator[tuple[str, Rules]]:
    """The rules as they are, then with one of them another."""
    usual = Rules(K=K, select=select)
    yield f"K = {K}, as run", usual
    relations = {"r_hat": "<", "bfmi": ">", "divergences": "<="}
    for name, values in ALTERNATIVES.items():
        for value in values:
            if value != getattr(usual, name):
                relation = "=" if name == "K" else relations.get(name, ">=")
                changes: Any = {name: value}
                yield f"{name} {relation} {value:g}", replace(usual, **changes)


def sensitivity_table(pool: Pool) -> pd.DataFrame:
    """One row per (model, strategy, rule, data set) and over all data sets.

    changed: searches whose answer is another program. elpd_change: mean change of the answer's ELPD-LOO, over the
    searches with a reliable answer under both rules."""
    usual = Rules(K=pool.settings.K, select=pool.settings.select).winners(pool.attempts)
    rows = []
    for rule, rules in alternatives(pool.settings.K, pool.settings.select):
        both = usual.join(rules.winners(pool.attempts).add_suffix("_now")).reset_index()
        for (model, strategy), group in both.groupby(["model", "strategy"], sort=False):
            place = {"model": model, "strategy": strategy, "rule": rule}
            for dataset, inside in group.groupby("dataset", sort=False):
                rows.append({**place, "dataset": dataset, **_change(inside)})
            rows.append({**place, "dataset": ALL, **_change(group)})
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _change(group: pd.DataFrame) -> dict[str, Any]:
    good = group[group["reliable"] & group["reliable_now"]]
    changed = int((group["fingerprint"] != group["fingerprint_now"]).sum())
    return {
        "searches": len(group),
        "reliable_answers": int(group["reliable_now"].sum()),
        "reliable_share": ratio(group["reliable_now"].sum(), len(group)),
        "changed": changed,
        "changed_share": ratio(changed, len(group)),
        "elpd_change": (good["elpd_loo_now"] - good["elpd_loo"]).mean(),
    }
