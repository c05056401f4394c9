"""Whether the model predicts data like those observed: posterior predictive check, LOO-PIT, Pareto k."""

import warnings

import arviz as az
import numpy as np
from arviz.stats.ecdf_utils import ecdf_confidence_band

from refinestat.refinegen.plots.drawing import COLOURS, Figure, canvas, svg

MOST_OBSERVATIONS = 60  # shown one by one
REPLICATES = 40  # whose distribution functions are drawn


def predictive(observed: np.ndarray, replicated: np.ndarray, name: str) -> Figure:
    """Each observation in its predictive interval, and the distribution of all of them among replicated ones.

    observed: shape (n,). replicated: shape (chains, draws, n)."""
    together = replicated.reshape(-1, observed.size)
    order = np.argsort(observed, kind="stable")
    shown = order[np.unique(np.linspace(0, observed.size - 1, min(observed.size, MOST_OBSERVATIONS)).astype(int))]
    low, quarter, upper, high = np.quantile(together[:, shown], (0.03, 0.25, 0.75, 0.97), axis=0)
    values = observed[shown]
    outside = (values < low) | (values > high)
    with canvas(3.5, 2) as (figure, (intervals, functions)):
        at = np.arange(shown.size)
        intervals.vlines(at, low, high, color=COLOURS["main"], lw=1.0)
        intervals.vlines(at, quarter, upper, color=COLOURS["main"], lw=3.2)
        intervals.plot(at[~outside], values[~outside], "o", ms=3.6, color=COLOURS["ink"])
        intervals.plot(at[outside], values[outside], "X", ms=5.5, color=COLOURS["bad"])
        intervals.set_xlabel("observations, from the smallest")
        intervals.set_title("each observation")
        grid = np.unique(np.quantile(np.concatenate([together.ravel(), observed]), np.linspace(0.001, 0.999, 120)))
        picked = np.linspace(0, len(together) - 1, min(len(together), REPLICATES)).astype(int)
        for row in together[picked]:
            functions.step(grid, _distribution(row, grid), where="post", color=COLOURS["main"], lw=0.5, alpha=0.35)
        functions.step(grid, _distribution(observed, grid), where="post", color=COLOURS["ink"], lw=1.6)
        functions.set_title("all together, cumulative")
        functions.set_ylim(-0.02, 1.02)
        inside = int(shown.size - outside.sum())
        says = f"{inside} of {shown.size} observations lie in their 94 % predictive interval"
        drawn = svg(figure, name, says)
    note = (
        f"{says} (bars: 50 % and 94 %; crosses lie outside). Below: the observed values in black among replicated ones."
    )
    if shown.size < observed.size:
        note += f" {shown.size} of {observed.size} observations are shown."
    return Figure(title="Posterior predictive check", alt=says, note=note, svg=drawn)


def _distribution(values: np.ndarray, at: np.ndarray) -> np.ndarray:
    return np.searchsorted(np.sort(values), at, side="right") / values.size


def loo_pit(observed: np.ndarray, replicated: np.ndarray, log_likelihood: np.ndarray, name: str) -> Figure:
    """Where each observation lies in its leave-one-out predictive distribution: uniform if the model is calibrated.

    Shown as the difference between its distribution function and the uniform one, with a simultaneous 94 % band
    (Säilynoja, Bürkner, Vehtari 2022)."""
    whole = bool(np.all(observed == np.round(observed)) and np.all(replicated == np.round(replicated)))
    kind = np.int64 if whole else np.float64
    y, y_hat = observed.astype(kind), replicated.reshape(-1, observed.size).T.astype(kind)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        weights, _ = az.psislw(-log_likelihood.reshape(-1, observed.size).T)
        pit = np.clip(np.asarray(az.loo_pit(y=y, y_hat=y_hat, log_weights=np.asarray(weights))), 0, 1)
        at = np.linspace(0, 1, 101)
        low, high = ecdf_confidence_band(pit.size, at, at, prob=0.94, method="optimized")
    difference = _distribution(pit, at) - at
    outside = bool(np.any((difference < low - at - 1e-9) | (difference > high - at + 1e-9)))
    with canvas(2.1) as (figure, (axes,)):
        axes.fill_between(at, low - at, high - at, color=COLOURS["band"], lw=0, step="post")
        axes.axhline(0, color=COLOURS["soft"], lw=0.8)
        axes.step(at, difference, where="post", color=COLOURS["bad" if outside else "main"], lw=1.6)
        axes.set_xlabel("probability integral transform")
        axes.set_ylabel("ECDF \u2212 uniform")
        says = "leaves the band: the predictions are not calibrated" if outside else "stays in the 94 % band"
        drawn = svg(figure, name, f"The curve {says}")
    note = f"The curve {says}. Above zero on the left and below on the right: predictions too narrow."
    return Figure(title="LOO-PIT", alt=f"The curve {says}", note=note, svg=drawn)


def pareto_k(k: np.ndarray, threshold: float, name: str) -> Figure:
    """Pareto k of each observation: above the threshold, ELPD-LOO of that observation is not to be trusted."""
    over = k >= threshold
    with canvas(2.1) as (figure, (axes,)):
        at = np.arange(k.size)
        axes.axhline(threshold, color=COLOURS["bad"], lw=1.0, ls="--")
        axes.plot(at[~over], k[~over], "o", ms=4, color=COLOURS["main"])
        axes.plot(at[over], k[over], "X", ms=6, color=COLOURS["bad"])
        axes.set_ylim(min(0.0, float(np.nanmin(k)) - 0.05), max(threshold + 0.1, float(np.nanmax(k)) + 0.05))
        axes.set_xlabel("observation")
        axes.set_ylabel("Pareto k")
        says = f"{int(np.sum(k < threshold))} of {k.size} observations are below {threshold:g}"
        drawn = svg(figure, name, says)
    return Figure(
        title="Pareto k", alt=says, note=f"{says}; above, one observation alone moves the posterior.", svg=drawn
    )
