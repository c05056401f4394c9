"""The four figures for a publication, each from one frame (columns: refinegen/publication.py)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from commons.published import ELPD
from refinestat.refinegen.plots.drawing import COLOURS, STYLE

WIDTH = 7.0  # inches: two columns of a page
# Okabe and Ito's colours, told apart by most colour-blind readers; dashes tell them apart in print without colour.
PALETTE = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
DASHES: tuple[Any, ...] = ("-", (0, (5, 1.5)), (0, (1.5, 1)), (0, (5, 1, 1, 1)), (0, (3, 1, 1, 1, 1, 1)), (0, (8, 2)))
MOST_THIN = 4  # strategies whose single searches are drawn too
MARKERS = "osD^vP*X<>"
ROW = 0.17  # inches: height of a strategy where strategies are rows
ALL = "all data sets"
PRINTED = {**STYLE, "pdf.fonttype": 42, "savefig.dpi": 200, "legend.fontsize": 8}
LINES = {"expert": "--", "RefineStat, best 7B model": ":"}  # published values, and how they are drawn


def save(figure: Figure, path: Path, kind: str) -> None:
    """Writes a figure as "png" or "pdf", without a date: the same runs give the same file."""
    with mpl.rc_context(PRINTED):
        figure.savefig(path, format=kind, metadata={"Software": None} if kind == "png" else {"CreationDate": None})


def _panels(names: list[str], height: float, columns: int = 1, **shared: Any) -> tuple[Figure, list[Axes]]:
    """An empty figure with one panel for each name."""
    with mpl.rc_context(PRINTED):
        rows = -(-len(names) // columns)
        figure = Figure(figsize=(WIDTH, 0.5 + height * rows))
        panels = list(figure.subplots(rows, columns, squeeze=False, **shared).flat)
        for panel, name in zip(panels, names, strict=False):
            panel.set_title(name, fontweight="bold")
        for panel in panels[len(names) :]:
            panel.set_visible(False)
        return figure, panels[: len(names)]


def _legend(figure: Figure, columns: int) -> None:
    if not any(axes.get_legend_handles_labels()[1] for axes in figure.axes):
        return
    figure.legend(
        loc="outside lower center", ncols=columns, fontsize=8, frameon=False, labelcolor=COLOURS["ink"], markerscale=1.0
    )


def _rows(panel: Axes, names: list[str]) -> None:
    """One row for each name, from the top."""
    panel.set_yticks(range(len(names)), names)
    panel.set_ylim(len(names) - 0.4, -0.6)
    panel.tick_params(axis="y", length=0, labelcolor=COLOURS["ink"])
    panel.grid(axis="x", color=COLOURS["line"], lw=0.5)


def _marked(panel: Axes, datasets: list[str]) -> None:
    """What the small marks of `_small` stand for, in the legend."""
    for number, name in enumerate(datasets):
        panel.plot([], [], MARKERS[number % len(MARKERS)], ms=3.5, color=COLOURS["soft"], mew=0, label=name)


def _small(panel: Axes, x: float, row: int, dataset: int) -> None:
    """The value of one data set, below that of all."""
    marker = MARKERS[dataset % len(MARKERS)]
    panel.plot(x, row + 0.26, marker, ms=3.2, color=COLOURS["soft"], mew=0, alpha=0.8, zorder=2)


def _by_model(frame: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    yield from frame.groupby("model", sort=False)


def run_rate(frame: pd.DataFrame) -> Figure:
    """Share of programs that ran: over all data sets with its interval, each data set as a small mark."""
    models, strategies = list(dict.fromkeys(frame["model"])), list(dict.fromkeys(frame["strategy"]))
    figure, panels = _panels(models, 0.6 + 0.3 * len(strategies))
    datasets = [name for name in dict.fromkeys(frame["dataset"]) if name != ALL]
    for (_, of_model), panel in zip(_by_model(frame), panels, strict=True):
        for row in of_model.to_dict("records"):
            at, colour = strategies.index(row["strategy"]), COLOURS["main"]
            if row["dataset"] != ALL:
                _small(panel, row["run_rate"], at, datasets.index(row["dataset"]))
                continue
            panel.plot([row["run_rate_low"], row["run_rate_high"]], [at, at], color=colour, lw=2)
            panel.plot(row["run_rate"], at, "o", ms=6, color=colour)
            panel.plot(row["published_run_rate"], at, "|", ms=11, mew=1.8, color=COLOURS["bad"])
        _rows(panel, strategies)
        panel.set_xlim(-0.02, 1.02)
        panel.set_xlabel("share of programs that completed sampling")
    _marked(panels[0], datasets)
    panels[0].plot([], [], "o-", color=COLOURS["main"], label="all, 95 % interval")
    if frame["published_run_rate"].notna().any():
        panels[0].plot([], [], "|", ms=11, mew=1.8, color=COLOURS["bad"], label="published, 7B models")
    _legend(figure, 4)
    return figure


def elpd(frame: pd.DataFrame) -> Figure:
    """ELPD-LOO of every seed's answer by strategy; what is not reliable is hollow; published values are lines."""
    datasets, strategies = list(dict.fromkeys(frame["dataset"])), list(dict.fromkeys(frame["strategy"]))
    columns = min(3, max(1, len(datasets)))
    figure, panels = _panels(datasets or ["no program ran"], 0.7 + ROW * len(strategies), columns=columns, sharey=True)
    models, drawn = list(dict.fromkeys(frame["model"])), set()
    for dataset, panel in zip(datasets, panels, strict=False):
        for number, model in enumerate(models):
            here = frame[(frame["dataset"] == dataset) & (frame["model"] == model)]
            for strategy, cells in here.groupby("strategy", sort=False):
                spread = np.linspace(-0.26, 0.26, len(cells)) if len(cells) > 1 else np.zeros(1)
                at = strategies.index(strategy) + spread
                good = (cells["reliable"] == "yes").to_numpy()
                marker, colour = MARKERS[number % len(MARKERS)], COLOURS["main"]
                values = cells["elpd_loo"].to_numpy(dtype=float)
                panel.plot(values[good], at[good], marker, ms=3, color=colour, mew=0, alpha=0.8)
                panel.plot(values[~good], at[~good], marker, ms=3.5, mfc="none", mec=COLOURS["bad"])
        for name, dashes in LINES.items():
            if name in ELPD.get(dataset, {}):
                panel.axvline(ELPD[dataset][name][0], color=COLOURS["soft"], ls=dashes, lw=1)
                drawn.add(name)
        _rows(panel, strategies)
        panel.locator_params(axis="x", nbins=4)
        panel.set_xlabel("ELPD-LOO, nats")
    for number, model in enumerate(models):
        panels[0].plot([], [], MARKERS[number % len(MARKERS)], color=COLOURS["main"], ms=4, label=f"{model}, each seed")
    if (frame["reliable"] != "yes").any():
        panels[0].plot([], [], "o", mfc="none", mec=COLOURS["bad"], ms=4, label="not reliable")
    for name in (name for name in LINES if name in drawn):
        panels[0].plot([], [], color=COLOURS["soft"], ls=LINES[name], lw=1, label=f"published: {name}")
    _legend(figure, 4)
    return figure


def tokens_and_reliability(frame: pd.DataFrame) -> Figure:
    """What a search costs beside how often its answer is reliable: each strategy, over all data sets and by each."""
    models, strategies = list(dict.fromkeys(frame["model"])), list(dict.fromkeys(frame["strategy"]))
    datasets = [name for name in dict.fromkeys(frame["dataset"]) if name != ALL]
    names = [name for model in models for name in (model, "")]
    figure, panels = _panels(names, 0.6 + 0.3 * len(strategies), columns=2, sharey=True)
    for number, (_, of_model) in enumerate(_by_model(frame)):
        tokens, shares = panels[2 * number], panels[2 * number + 1]
        for row in of_model.to_dict("records"):
            at, colour = strategies.index(row["strategy"]), COLOURS["main"]
            if row["dataset"] != ALL:
                _small(tokens, row["tokens_per_search"], at, datasets.index(row["dataset"]))
                _small(shares, row["reliable_share"], at, datasets.index(row["dataset"]))
                continue
            tokens.plot(row["tokens_per_search"], at, "o", ms=6, color=colour)
            shares.plot([row["reliable_share_low"], row["reliable_share_high"]], [at, at], color=colour, lw=2)
            shares.plot(row["reliable_share"], at, "o", ms=6, color=colour)
        for panel in (tokens, shares):
            _rows(panel, strategies)
        tokens.set_xlim(0, None)
        tokens.xaxis.set_major_formatter("{x:,.0f}")
        tokens.set_xlabel("tokens of a search")
        shares.set_xlim(-0.02, 1.02)
        shares.set_xlabel("share of reliable answers")
    _marked(panels[0], datasets)
    panels[0].plot([], [], "o-", color=COLOURS["main"], label="all, 95 % interval")
    _legend(figure, 4)
    return figure


def trajectories(frame: pd.DataFrame) -> Figure:
    """The best ELPD-LOO of a reliable program so far, against the tokens written: the median over searches, from where
    half of them have a reliable program; of few strategies, each search as a thin line too.

    The first strategies have colours and dashes of their own; the others are grey."""
    datasets, strategies = list(dict.fromkeys(frame["dataset"])), list(dict.fromkeys(frame["strategy"]))
    figure, panels = _panels(datasets or ["no program was drawn"], 2.0, columns=2)
    looks = {
        name: {"color": PALETTE[n], "ls": DASHES[n], "lw": 1.8} for n, name in enumerate(strategies[: len(PALETTE)])
    }
    others = [name for name in strategies if name not in looks]
    for dataset, panel in zip(datasets, panels, strict=False):
        here = frame[frame["dataset"] == dataset]
        for strategy, searches in reversed(list(here.groupby("strategy", sort=False))):
            look = looks.get(strategy, {"color": COLOURS["line"], "lw": 1.2})
            if len(strategies) <= MOST_THIN:
                for _, search in searches.groupby(["model", "seed"], sort=False):
                    found = search[search["best_so_far"].notna()]
                    thin = {**look, "lw": 0.6, "alpha": 0.35}
                    panel.step(found["tokens"], found["best_so_far"], where="post", **thin)
            panel.step(*_median(searches), where="post", **look)
        if not here["best_so_far"].notna().any():
            panel.text(0.5, 0.5, "no reliable program", transform=panel.transAxes, ha="center", color=COLOURS["soft"])
        panel.set_xlabel("tokens written")
        panel.set_ylabel("best ELPD-LOO, nats")
    for name, look in looks.items():
        panels[0].plot([], [], label=name, **look)
    if others:
        panels[0].plot([], [], color=COLOURS["line"], lw=1.2, label=f"{len(others)} other strategies")
    _legend(figure, 4)
    return figure


def _median(searches: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Tokens, and the median over searches of the best so far: a search without a reliable program counts as worst,
    one that has ended keeps what it found. NaN where the median search has none."""
    at = np.unique(searches["tokens"])
    lines = []
    for _, search in searches.groupby(["model", "seed"], sort=False):
        place = np.searchsorted(search["tokens"].to_numpy(), at, side="right")
        lines.append(np.concatenate([[-np.inf], search["best_so_far"].fillna(-np.inf)])[place])
    middle = np.sort(lines, axis=0)[(len(lines) - 1) // 2]
    return at, np.where(np.isfinite(middle), middle, np.nan)
