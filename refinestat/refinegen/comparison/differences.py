"""How each strategy differs from the reference: paired by seed, with bootstrap intervals over seeds."""

from collections.abc import Iterator
from math import nan
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from refinestat.refinegen.comparison.figures import CONFIDENCE
from refinestat.refinegen.comparison.pooling import Pool
from refinestat.refinegen.tables.rows import ALL

# What is compared, per search; of ELPD-LOO, pairs in which both answers are reliable.
MEASURES = ("run_rate", "reliable", "elpd_loo", "checks_passed", "generated_tokens", "nuts_runs", "seconds")
COLUMNS = ("model", "dataset", "strategy", "against", "measure", "n", "difference", "low", "high")
RESAMPLES = 9_999


def differences_table(pool: Pool, against: str) -> pd.DataFrame:
    """One row per (model, data set, strategy, measure): strategy minus reference, mean over the seeds both have.

    Over all data sets, the differences of one seed are averaged first: seeds are what is resampled."""
    paired = _paired(pool.cells, against)
    rows = []
    for model, of_model in paired.groupby("model", sort=False):
        for dataset in (*dict.fromkeys(of_model["dataset"]), ALL):
            here = of_model if dataset == ALL else of_model[of_model["dataset"] == dataset]
            for strategy, group in here.groupby("strategy", sort=False):
                place = {"model": model, "dataset": dataset, "strategy": strategy, "against": against}
                rows += [{**place, "measure": name, **_difference(group, name)} for name in MEASURES]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _paired(cells: pd.DataFrame, against: str) -> pd.DataFrame:
    """For each finished search that the reference has too: the differences, one column per measure."""
    keys = ["model", "dataset", "seed"]
    measured = cells[cells["finished"] == "yes"].copy()
    good = measured["reliable"] == "yes"
    measured["elpd_loo"] = measured["elpd_loo"].where(good)
    measured["reliable"] = good.astype(float)
    measured["seconds"] = measured["model_seconds"] + measured["mask_seconds"] + measured["fit_seconds"]
    measured = measured[[*keys, "strategy", *MEASURES]].astype(dict.fromkeys(MEASURES, float))
    reference = measured[measured["strategy"] == against].drop(columns="strategy")
    both = measured[measured["strategy"] != against].merge(reference, on=keys, suffixes=("", "_reference"))
    for name in MEASURES:
        both[name] = both[name] - both[f"{name}_reference"]
    return both[[*keys, "strategy", *MEASURES]]


def _difference(group: pd.DataFrame, name: str) -> dict[str, Any]:
    """The mean over seeds and its interval; none for fewer than two seeds."""
    by_seed = group.groupby("seed")[name].mean().dropna().to_numpy()
    low, high = interval(by_seed)
    return {"n": len(by_seed), "difference": by_seed.mean() if len(by_seed) else nan, "low": low, "high": high}


def interval(values: np.ndarray) -> tuple[float, float]:
    """95 % percentile interval of the mean, resampling the values; NaN for fewer than two. The same at each call."""
    if len(values) < 2:
        return nan, nan
    found = stats.bootstrap(
        (values,),
        np.mean,
        n_resamples=RESAMPLES,
        confidence_level=CONFIDENCE,
        method="percentile",
        random_state=np.random.default_rng(0),
    ).confidence_interval
    return float(found.low), float(found.high)


def differing(table: pd.DataFrame, measure: str) -> Iterator[dict[str, Any]]:
    """Rows of one measure whose interval lies on one side of 0."""
    rows = table[table["measure"] == measure]
    for row in rows.to_dict("records"):
        if row["low"] > 0 or row["high"] < 0:
            yield row
