"""What the posterior says, and whether the chains agree on it."""

from collections.abc import Mapping, Sequence

import arviz as az
import numpy as np
from scipy.stats import rankdata

from refinestat.refinegen.plots.drawing import CHAINS, COLOURS, Figure, canvas, svg

MOST_IN_FOREST = 30
MOST_CHAINS_SHOWN = 4  # scalars whose chains are drawn one by one
POINTS = 200  # of one chain in a trace
BINS = 20  # of a rank histogram
Scalars = Mapping[str, np.ndarray]  # by label such as `theta[2]`: shape (chains, draws)


def scalars(variables: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Each scalar of each variable, by its label. variables: shape (chains, draws, *shape)."""
    found = {}
    for name, draws in variables.items():
        for index in np.ndindex(draws.shape[2:]):
            label = f"{name}[{','.join(map(str, index))}]" if index else name
            found[label] = draws[(slice(None), slice(None), *index)]
    return found


def worst_first(draws: Scalars, most: int = MOST_CHAINS_SHOWN) -> list[str]:
    """The labels whose chains agree least, by bulk effective sample size; a constant one is left out."""
    sizes = {label: float(az.ess(values)) for label, values in draws.items() if np.ptp(values) > 0}
    return sorted(sizes, key=lambda label: sizes[label])[:most]


def forest(draws: Scalars, name: str) -> Figure:
    """Median, 50 % and 94 % highest-density intervals of each scalar; with many, of those that come first."""
    labels = list(draws)[:MOST_IN_FOREST]
    with canvas(0.55 + 0.21 * len(labels)) as (figure, (axes,)):
        for row, label in enumerate(labels):
            values = draws[label].ravel()
            for share, width in ((0.94, 1.2), (0.5, 4.0)):
                axes.plot(az.hdi(values, share), [row, row], color=COLOURS["main"], lw=width, solid_capstyle="round")
            axes.plot(np.median(values), row, "o", ms=5, mfc="white", mec=COLOURS["main"])
        axes.set_yticks(range(len(labels)), [_short(label) for label in labels])
        axes.set_ylim(len(labels) - 0.4, -0.6)
        axes.tick_params(axis="y", length=0, labelcolor=COLOURS["ink"])
        axes.grid(axis="x", color=COLOURS["line"], lw=0.6)
        drawn = svg(figure, name, f"Posterior intervals of {len(labels)} unknowns")
    left = len(draws) - len(labels)
    note = "Median (dot), 50 % and 94 % highest-density intervals." + (f" {left} more are not shown." if left else "")
    alt = "; ".join(f"{label}: median {np.median(draws[label]):.3g}" for label in labels[:8])
    return Figure(title="Posterior", alt=alt, note=note, svg=drawn)


def traces(draws: Scalars, labels: Sequence[str], diverging: np.ndarray | None, name: str) -> Figure:
    """Each chain's path; divergent draws are marked at the foot."""
    with canvas(0.35 + 0.8 * len(labels), len(labels)) as (figure, rows):
        for axes, label in zip(rows, labels, strict=True):
            step = max(1, draws[label].shape[1] // POINTS)
            for number, chain in enumerate(draws[label]):
                at = np.arange(0, chain.size, step)
                axes.plot(at, chain[at], color=CHAINS[number % len(CHAINS)], lw=0.6)
            if diverging is not None and diverging.any():
                at = np.flatnonzero(diverging.any(axis=0))
                axes.plot(at, np.full(at.size, draws[label].min()), "|", color=COLOURS["bad"], ms=6)
            axes.set_title(_short(label))
            axes.margins(x=0.01)
        for axes in rows[:-1]:
            axes.tick_params(labelbottom=False)
        rows[-1].set_xlabel("draw")
        drawn = svg(figure, name, f"Traces of {', '.join(labels)}")
    note = f"One colour per chain; every {_ordinal(step)} draw is drawn. Healthy chains look alike and do not drift."
    note += " Red marks: divergent transitions." if diverging is not None and diverging.any() else ""
    return Figure(title="Traces", alt=f"Paths of the chains of {', '.join(labels)}", note=note, svg=drawn)


def ranks(draws: Scalars, labels: Sequence[str], name: str) -> Figure:
    """Histograms of the ranks of each chain's draws among all draws (Vehtari et al. 2021)."""
    with canvas(0.35 + 0.8 * len(labels), len(labels)) as (figure, rows):
        for axes, label in zip(rows, labels, strict=True):
            chains, count = draws[label].shape
            ranked = rankdata(draws[label], method="average").reshape(chains, count)
            edges = np.linspace(0, chains * count, BINS + 1)
            expected = count / BINS
            spread = 2 * np.sqrt(expected * (1 - 1 / BINS) * (1 - 1 / chains))
            axes.axhspan(expected - spread, expected + spread, color=COLOURS["band"], lw=0)
            for number, chain in enumerate(ranked):
                counts = np.histogram(chain, bins=edges)[0]
                axes.stairs(counts, edges, color=CHAINS[number % len(CHAINS)], lw=1.1)
            axes.set_ylim(0, None)
            axes.set_title(_short(label))
            axes.margins(x=0.01)
        for axes in rows[:-1]:
            axes.tick_params(labelbottom=False)
        rows[-1].set_xlabel("rank among all draws")
        drawn = svg(figure, name, f"Rank histograms of {', '.join(labels)}")
    note = "How each chain's draws rank among all. Chains that agree stay near the band (two standard deviations)."
    return Figure(title="Ranks", alt=f"Rank histograms of the chains of {', '.join(labels)}", note=note, svg=drawn)


def _short(label: str) -> str:
    return label if len(label) <= 24 else f"{label[:11]}…{label[-12:]}"


def _ordinal(step: int) -> str:
    return {1: "single", 2: "2nd", 3: "3rd"}.get(step, f"{step}th")
