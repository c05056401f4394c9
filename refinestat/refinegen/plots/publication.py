"""The four figures for a publication, each from one frame (columns: refinegen/publication.py)."""

from collections.abc import Iterator
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from commons.published import ELPD
from refinestat.refinegen.plots.drawing import COLOURS, STYLE

WIDTH = 7.0  # inches: two columns of a page
PALETTE = ("#2463b4", "#d9741a", "#16876f", "#9a56b8", "#b5584d", "#7a7f87", "#c9a227", "#3aa0c9", "#5b8f3a", "#c0437f")
MARKERS = "osD^vP*X<>"
ALL = "all data sets"
PRINTED = {**STYLE, "pdf.fonttype": 42, "savefig.dpi": 200, "legend.fontsize": 8}
LINES = {"expert": "--", "RefineStat, best 7B model": ":"}  # published values, and how they are drawn


def save(figure: Figure, path: Path, kind: str) -> None:
    """Writes a figure as "png" or "pdf", without a date: the same runs give the same file."""
    with mpl.rc_context(PRINTED):
        figure.savefig(path, format=kind, metadata={"Software": None} if kind == "png" else {"CreationDate": None})


def _panels(names: list[str], height: float, columns: int = 1) -> tuple[Figure, list[Axes]]:
    """An empty figure with one panel for each name."""
    with mpl.rc_context(PRINTED):
        rows = -(-len(names) // columns)
        figure = Figure(figsize=(WIDTH, 0.5 + height * rows))
        panels = list(figure.subplots(rows, columns, squeeze=False).flat)
        for panel, name in zip(panels, names, strict=False):
            panel.set_title(name, fontweight="bold")
        for panel in panels[len(names) :]:
            panel.set_visible(False)
        return figure, panels[: len(names)]


def _legend(figure: Figure, columns: int) -> None:
    figure.legend(
        loc="outside lower center", ncols=columns, fontsize=8, frameon=False, labelcolor=COLOURS["ink"], markerscale=1.0
    )


def _colours(strategies: list[str]) -> dict[str, str]:
    return {name: PALETTE[number % len(PALETTE)] for number, name in enumerate(strategies)}


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
                marker = MARKERS[datasets.index(row["dataset"]) % len(MARKERS)]
                panel.plot(row["run_rate"], at + 0.22, marker, ms=3.5, color=COLOURS["soft"], mew=0, alpha=0.8)
                continue
            panel.plot([row["run_rate_low"], row["run_rate_high"]], [at, at], color=colour, lw=2)
            panel.plot(row["run_rate"], at, "o", ms=6, color=colour)
            panel.plot(row["published_run_rate"], at, "|", ms=11, mew=1.8, color=COLOURS["bad"])
        panel.set_yticks(range(len(strategies)), strategies)
        panel.set_ylim(len(strategies) - 0.4, -0.6)
        panel.set_xlim(-0.02, 1.02)
        panel.grid(axis="x", color=COLOURS["line"], lw=0.5)
        panel.set_xlabel("share of programs that completed sampling")
    for number, name in enumerate(datasets):
        panels[0].plot([], [], MARKERS[number % len(MARKERS)], ms=3.5, color=COLOURS["soft"], mew=0, label=name)
    panels[0].plot([], [], "o-", color=COLOURS["main"], label="all, 95 % interval")
    if frame["published_run_rate"].notna().any():
        panels[0].plot([], [], "|", ms=11, mew=1.8, color=COLOURS["bad"], label="published, 7B models")
    _legend(figure, 4)
    return figure


def elpd(frame: pd.DataFrame) -> Figure:
    """ELPD-LOO of every seed's answer by strategy; what is not reliable is hollow; published values are lines."""
    datasets, strategies = list(dict.fromkeys(frame["dataset"])), list(dict.fromkeys(frame["strategy"]))
    figure, panels = _panels(datasets or ["no program ran"], 2.2, columns=2)
    models, drawn = list(dict.fromkeys(frame["model"])), set()
    for dataset, panel in zip(datasets, panels, strict=False):
        for number, model in enumerate(models):
            here = frame[(frame["dataset"] == dataset) & (frame["model"] == model)]
            for strategy, cells in here.groupby("strategy", sort=False):
                spread = np.linspace(-0.18, 0.18, len(cells)) if len(cells) > 1 else np.zeros(1)
                at = strategies.index(strategy) + spread
                good = (cells["reliable"] == "yes").to_numpy()
                marker, colour = MARKERS[number % len(MARKERS)], COLOURS["main"]
                values = cells["elpd_loo"].to_numpy(dtype=float)
                panel.plot(at[good], values[good], marker, ms=4, color=colour, mew=0)
                panel.plot(at[~good], values[~good], marker, ms=4, mfc="none", mec=COLOURS["bad"])
        for name, dashes in LINES.items():
            if name in ELPD.get(dataset, {}):
                panel.axhline(ELPD[dataset][name][0], color=COLOURS["soft"], ls=dashes, lw=1)
                drawn.add(name)
        panel.set_xticks(range(len(strategies)), strategies, rotation=30, ha="right")
        panel.set_xlim(-0.6, len(strategies) - 0.4)
        panel.set_ylabel("ELPD-LOO, nats")
    for number, model in enumerate(models):
        panels[0].plot([], [], MARKERS[number % len(MARKERS)], color=COLOURS["main"], ms=4, label=model)
    panels[0].plot([], [], "o", mfc="none", mec=COLOURS["bad"], ms=4, label="not reliable")
    for name in (name for name in LINES if name in drawn):
        panels[0].plot([], [], color=COLOURS["soft"], ls=LINES[name], lw=1, label=f"published: {name}")
    _legend(figure, 3)
    return figure


def tokens_and_reliability(frame: pd.DataFrame) -> Figure:
    """What a search costs against how often its answer is reliable: each strategy, over all data sets and by each."""
    models, colours = list(dict.fromkeys(frame["model"])), _colours(list(dict.fromkeys(frame["strategy"])))
    figure, panels = _panels(models, 3.4)
    for (_, of_model), panel in zip(_by_model(frame), panels, strict=True):
        for row in of_model.to_dict("records"):
            colour, at = colours[row["strategy"]], row["tokens_per_search"]
            if row["dataset"] != ALL:
                panel.plot(at, row["reliable_share"], "o", ms=3.5, color=colour, mew=0, alpha=0.5)
                continue
            panel.plot([at, at], [row["reliable_share_low"], row["reliable_share_high"]], color=colour, lw=1.4)
            panel.plot(at, row["reliable_share"], "o", ms=7, color=colour)
        costs = of_model["tokens_per_search"][of_model["tokens_per_search"] > 0]
        if len(costs) and costs.max() > 10 * costs.min():
            panel.set_xscale("log")
            panel.xaxis.set_major_formatter("{x:,.0f}")
        panel.set_ylim(-0.04, 1.04)
        panel.grid(color=COLOURS["line"], lw=0.5)
        panel.set_xlabel("tokens of a search (small: one data set; large: all, 95 % interval)")
        panel.set_ylabel("share of reliable answers")
    for name, colour in colours.items():
        panels[0].plot([], [], "o", color=colour, label=name)
    _legend(figure, 4)
    return figure


def trajectories(frame: pd.DataFrame) -> Figure:
    """The best ELPD-LOO of a reliable program so far, against the tokens written.

    One thin line for each search; thick: their median, from where half of them have a reliable program."""
    datasets, colours = list(dict.fromkeys(frame["dataset"])), _colours(list(dict.fromkeys(frame["strategy"])))
    figure, panels = _panels(datasets or ["no program was drawn"], 2.2, columns=2)
    for dataset, panel in zip(datasets, panels, strict=False):
        here = frame[frame["dataset"] == dataset]
        for strategy, searches in here.groupby("strategy", sort=False):
            for _, search in searches.groupby(["model", "seed"], sort=False):
                found = search[search["best_so_far"].notna()]
                panel.step(
                    found["tokens"], found["best_so_far"], where="post", color=colours[strategy], lw=0.7, alpha=0.35
                )
            panel.step(*_median(searches), where="post", color=colours[strategy], lw=2)
        if not here["best_so_far"].notna().any():
            panel.text(0.5, 0.5, "no reliable program", transform=panel.transAxes, ha="center", color=COLOURS["soft"])
        panel.set_xlabel("tokens written")
        panel.set_ylabel("best ELPD-LOO so far")
    for name, colour in colours.items():
        panels[0].plot([], [], color=colour, label=name)
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
