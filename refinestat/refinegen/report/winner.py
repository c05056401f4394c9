"""The best program of a model and data set: source, checks, and what its draws look like."""

from collections.abc import Iterator
from math import isnan
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup

from commons.config import PARETO_K_BELOW, Settings, model_label
from commons.data_pymc import DATASETS
from commons.diagnostics import diagnose
from commons.published import ELPD
from refinestat.refinegen import plots
from refinestat.refinegen.records import Attempt, Fit
from refinestat.refinegen.report.bars import CAUTIONS, bar
from refinestat.refinegen.report.highlight import highlighted
from refinestat.refinegen.report.numbers import MINUS, anchor, key, number, share
from refinestat.refinegen.report.records import Bar, Winner
from refinestat.refinegen.report.story import verdict
from refinestat.refinegen.selection import best_attempt, reliable
from refinestat.refinegen.store import Cell, Log, load_posterior

DIGITS = {"r_hat": 3, "bfmi": 2, "elpd_loo": 2}
NO_DRAWS = "Its draws are not there (posterior.nc): nothing can be drawn of them."


def winner(cell: Cell, log: Log, settings: Settings, seeds: pd.DataFrame, over_seeds: dict[str, Any]) -> Winner:
    """What is known of the cell's best program.

    seeds: rows of the table of all seeds, of this model and data set. over_seeds: the row of the aggregated table."""
    best = best_attempt(log.attempts.values(), settings.K, settings.select)
    found = best.assessment if best else None
    of = key("seed", cell)
    figures, lacks = _figures(cell, best) if best and best.assessment.checks else ((), "")
    if seeds["elpd_loo"].notna().any():
        figures = (*figures, _all_seeds(cell, seeds))
    return Winner(
        anchor=anchor("best", cell),
        search=anchor("search", cell),
        model=model_label(cell.model),
        dataset=cell.dataset,
        about=DATASETS[cell.dataset].description if cell.dataset in DATASETS else "",
        seed=cell.seed,
        reliable=best is not None and reliable(best, settings.K),
        verdict=verdict(best, settings.K),
        why=found.why if found else "",
        cautions=tuple(CAUTIONS[check.name] for check in found.checks if not check.passed) if found else (),
        elpd=number(found.elpd_loo, 2, of, "elpd_loo") if found and found.checks else None,
        elpd_se=number(found.elpd_se, 2, of, "elpd_se") if found and found.checks else None,
        over_seeds=spread_over_seeds(over_seeds),
        source=highlighted(best.draft.program.source) if best else Markup(""),
        bars=_bars(best, of) if best else (),
        figures=figures,
        lacks=lacks,
    )


def _bars(best: Attempt, of: str) -> tuple[Bar, ...]:
    bars = []
    for check in best.assessment.checks:
        shown = share if check.name == "pareto_k" else number
        digits = {} if check.name == "pareto_k" else {"digits": DIGITS.get(check.name, 0)}
        value = shown(check.value, of=of, column=check.name, **digits) if not isnan(check.value) else None
        bars.append(bar(check, value))
    return tuple(bars)


def spread_over_seeds(row: dict[str, Any]) -> str:
    """How the answers of all seeds compare, in words."""
    seeds, good = int(row["seeds"]), int(row["reliable_seeds"])
    if not seeds:
        return "No search has ended yet."
    text = f"{good} of {seeds} finished {'search' if seeds == 1 else 'searches'} found a reliable program"
    if good > 1:
        text += f"; ELPD-LOO {row['elpd_loo_mean']:.2f} ± {row['elpd_loo_sd']:.2f} (mean and standard deviation)"
    elif seeds == 1:
        text += " (n = 1: no standard deviation)"
    return f"{text.replace('-LOO -', f'-LOO {MINUS}')}."


def _all_seeds(cell: Cell, seeds: pd.DataFrame) -> plots.Figure:
    return plots.elpd_by_seed(
        seeds=seeds["seed"].tolist(),
        elpd=seeds["elpd_loo"].to_numpy(dtype=float),
        errors=seeds["elpd_se"].to_numpy(dtype=float),
        reliable=(seeds["reliable"] == "yes").to_numpy(),
        references=references(cell.dataset),
        name=f"{_name(cell)}-seeds",
    )


def references(dataset: str) -> dict[str, float]:
    """Published ELPD-LOO of a data set, by how a figure names it."""
    shown = ("expert", "RefineStat, best 7B model")
    return {f"published: {name}": ELPD[dataset][name][0] for name in shown if name in ELPD.get(dataset, {})}


def _name(cell: Cell) -> str:
    """What the ids in a cell's figures start with."""
    return anchor("plot", cell).replace("%", "_").replace("/", "-")


def _figures(cell: Cell, best: Attempt) -> tuple[tuple[plots.Figure, ...], str]:
    """Every figure that the recorded draws allow, and a sentence on what is missing."""
    loaded = load_posterior(cell.path / "posterior.nc")
    if loaded is None:
        return (), NO_DRAWS
    fit, about = loaded
    if int(about.get("attempt", -1)) != best.index:
        return (), NO_DRAWS
    lacks = (
        ""
        if fit.predictive is not None and fit.observed is not None
        else ("Its draws hold no replicated outcomes: no posterior predictive check and no LOO-PIT.")
    )
    return tuple(_drawn(fit, _name(cell))), lacks


def _drawn(fit: Fit, name: str) -> Iterator[plots.Figure]:
    free = plots.scalars(fit.free)
    worst = plots.worst_first(free)
    yield plots.forest({**free, **plots.scalars(fit.deterministic)}, f"{name}-forest")
    if worst:
        yield plots.traces(free, worst, fit.diverging, f"{name}-traces")
        yield plots.ranks(free, worst, f"{name}-ranks")
    usable = fit.log_likelihood is not None and bool(np.all(np.isfinite(fit.log_likelihood)))
    if fit.predictive is not None and fit.observed is not None and np.all(np.isfinite(fit.predictive)):
        yield plots.predictive(fit.observed, fit.predictive, f"{name}-predictive")
        if usable:
            assert fit.log_likelihood is not None
            yield plots.loo_pit(fit.observed, fit.predictive, fit.log_likelihood, f"{name}-pit")
    if usable and fit.diverging is not None:
        assert fit.log_likelihood is not None
        found = diagnose(free=fit.free, log_likelihood=fit.log_likelihood, diverging=fit.diverging, energy=fit.energy)
        yield plots.pareto_k(found.pareto_k, PARETO_K_BELOW, f"{name}-k")
