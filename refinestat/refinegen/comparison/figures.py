"""What each strategy came to, per data set and over all: rates with intervals, scores, ELPD-LOO, costs."""

from collections.abc import Iterator
from math import nan
from typing import Any

import pandas as pd
from scipy import stats

from commons.diagnostics import CHECKS
from commons.published import ELPD, RUN_RATE
from refinestat.refinegen.comparison.pooling import Pool
from refinestat.refinegen.tables.rows import ALL, ratio

SCORES = tuple(range(len(CHECKS) + 1))
CONFIDENCE = 0.95


def figures_table(pool: Pool) -> pd.DataFrame:
    """One row per (model, data set, strategy), then one per (model, strategy) over all data sets.

    Only searches that have ended are counted; `unfinished` says how many have not."""
    rows = []
    for model, of_model in pool.cells.groupby("model", sort=False):
        for dataset in (*dict.fromkeys(of_model["dataset"]), ALL):
            here = of_model if dataset == ALL else of_model[of_model["dataset"] == dataset]
            for strategy, cells in here.groupby("strategy", sort=False):
                done = cells[cells["finished"] == "yes"]
                place = {"model": model, "dataset": dataset, "strategy": strategy}
                rows.append({**place, **_figures(cells, done, _of(pool.attempts, done))})
    return pd.DataFrame(rows)


def _of(attempts: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    """The attempts that belong to these cells."""
    keys = ["strategy", "model", "dataset", "seed"]
    return attempts.merge(cells[keys], on=keys)


def _figures(whole: pd.DataFrame, cells: pd.DataFrame, attempts: pd.DataFrame) -> dict[str, Any]:
    ran, drawn = int(cells["programs_run"].sum()), int(cells["attempts"].sum())
    good = cells[cells["reliable"] == "yes"]
    accepted = cells["accepted"].sum()
    seconds = (cells["model_seconds"] + cells["mask_seconds"] + cells["fit_seconds"]).sum()
    return {
        "seeds": cells["seed"].nunique(),
        "searches": len(cells),
        "unfinished": len(whole) - len(cells),
        "programs": drawn,
        "programs_run": ran,
        **_share("run_rate", ran, drawn),
        "published_run_rate": RUN_RATE.get(whole["strategy"].iloc[0], nan) if whole["dataset"].nunique() > 1 else nan,
        "incomparable": int(cells["incomparable"].sum()),
        "accepted": int(accepted),
        **_share("accepted_share", int(accepted), drawn),
        "reliable_answers": len(good),
        **_share("reliable_share", len(good), len(cells)),
        **{f"score_{score}": int((attempts["checks_passed"] == score).sum()) for score in SCORES},
        **_elpd(whole, good),
        "tokens_per_accepted": ratio(cells["generated_tokens"].sum(), accepted),
        "nuts_runs_per_accepted": ratio(cells["nuts_runs"].sum(), accepted),
        "seconds_per_accepted": ratio(seconds, accepted),
        "tokens_per_search": ratio(cells["generated_tokens"].sum(), len(cells)),
        "nuts_runs_per_search": ratio(cells["nuts_runs"].sum(), len(cells)),
        "seconds_per_search": ratio(seconds, len(cells)),
    }


def _share(name: str, part: int, whole: int) -> dict[str, float]:
    """A share with its 95 % Wilson interval, which holds at 0 and 1 too."""
    if not whole:
        return {name: nan, f"{name}_low": nan, f"{name}_high": nan}
    interval = stats.binomtest(part, whole).proportion_ci(CONFIDENCE, method="wilson")
    return {name: part / whole, f"{name}_low": float(interval.low), f"{name}_high": float(interval.high)}


def _elpd(whole: pd.DataFrame, good: pd.DataFrame) -> dict[str, float]:
    """Of the reliable answers of one data set; over several data sets it has no meaning."""
    names = ("best_elpd_loo", "best_elpd_se", "elpd_loo_mean", "elpd_loo_sd", "published_elpd_loo")
    if whole["dataset"].nunique() > 1:
        return dict.fromkeys(names, nan)
    published = dict(_published(whole["strategy"].iloc[0], whole["dataset"].iloc[0]))
    if good.empty:
        return {**dict.fromkeys(names, nan), **published}
    best = good.loc[good["elpd_loo"].idxmax()]
    return {
        "best_elpd_loo": best["elpd_loo"],
        "best_elpd_se": best["elpd_se"],
        "elpd_loo_mean": good["elpd_loo"].mean(),
        "elpd_loo_sd": good["elpd_loo"].std(ddof=1),
        "published_elpd_loo": nan,
        **published,
    }


def _published(strategy: str, dataset: str) -> Iterator[tuple[str, float]]:
    if strategy == "refinestat" and dataset in ELPD:
        yield "published_elpd_loo", ELPD[dataset]["RefineStat, best 7B model"][0]
