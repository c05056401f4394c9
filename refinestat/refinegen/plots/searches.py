"""What the searches on one data set found."""

from collections.abc import Mapping, Sequence

import numpy as np

from refinestat.refinegen.plots.drawing import COLOURS, Figure, canvas, svg


def elpd_by_seed(  # noqa: PLR0913 - all by keyword
    *,
    seeds: Sequence[int],
    elpd: np.ndarray,
    errors: np.ndarray,
    reliable: np.ndarray,
    references: Mapping[str, float],
    name: str,
) -> Figure:
    """ELPD-LOO of the answer of each seed with its standard error. references: published values, drawn as lines.

    elpd, errors, reliable: shape (seeds,); NaN where no program ran."""
    at = np.arange(len(seeds))
    with canvas(2.5 if references else 2.1) as (figure, (axes,)):
        for (text, value), dashes in zip(references.items(), ("--", ":"), strict=False):
            axes.axhline(value, color=COLOURS["soft"], lw=1.0, ls=dashes, label=text)
        axes.vlines(at, elpd - errors, elpd + errors, color=COLOURS["main"], lw=1.0)
        axes.plot(at[reliable], elpd[reliable], "o", ms=5, color=COLOURS["main"])
        axes.plot(at[~reliable], elpd[~reliable], "X", ms=6, color=COLOURS["bad"])
        axes.set_xticks(at, [str(seed) for seed in seeds])
        axes.set_xlim(-0.6, len(seeds) - 0.4)
        axes.set_xlabel("seed")
        axes.set_ylabel("ELPD-LOO, nats")
        if references:
            figure.legend(loc="outside upper left", fontsize=7.5, labelcolor=COLOURS["soft"])
        says = f"ELPD-LOO of the answer of each of {len(seeds)} seeds"
        drawn = svg(figure, name, says)
    note = "Dot: the answer of each seed; whisker: its standard error over the observations."
    note += " Red crosses: not reliable." if (~reliable & np.isfinite(elpd)).any() else ""
    return Figure(title="All seeds", alt=says, note=note, svg=drawn)
