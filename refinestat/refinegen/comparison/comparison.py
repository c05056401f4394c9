"""One comparison: its tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import pandas as pd

from commons.config import Settings
from refinestat.refinegen.comparison.differences import differences_table
from refinestat.refinegen.comparison.figures import figures_table
from refinestat.refinegen.comparison.pooling import REFERENCE, pooled
from refinestat.refinegen.comparison.published import published_table
from refinestat.refinegen.comparison.sensitivity import sensitivity_table
from refinestat.refinegen.results import LoadedRun


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Runs held against each other. against: the strategy that the others are compared with.

    figures: one row per (model, data set, strategy) and over all data sets. differences: paired by seed. sensitivity:
    the winners under other rules. published: what the paper reports, of other models."""

    settings: Settings
    against: str
    figures: pd.DataFrame
    differences: pd.DataFrame
    sensitivity: pd.DataFrame
    published: pd.DataFrame
    notes: tuple[str, ...]

    def _repr_html_(self) -> str:
        shown = [
            "model",
            "dataset",
            "strategy",
            "searches",
            "run_rate",
            "reliable_share",
            "elpd_loo_mean",
            "elpd_loo_sd",
        ]
        table = self.figures[shown].to_html(index=False, float_format="{:.2f}".format, na_rep="")
        return f"{table}<ul>{''.join(f'<li>{escape(note)}</li>' for note in self.notes)}</ul>"


def compare(runs: Sequence[LoadedRun], *, against: str = REFERENCE, force: bool = False) -> Comparison:
    """Holds runs against each other. Raises UserError where they are of different data or settings, unless `force`."""
    first = (against, REFERENCE)
    pool = pooled(sorted(runs, key=lambda run: (run.strategy not in first, run.strategy != against)), force=force)
    missing = against not in set(pool.cells["strategy"])
    note = f"No run of {against} is among these: there is nothing to take differences to."
    return Comparison(
        settings=pool.settings,
        against=against,
        figures=figures_table(pool),
        differences=differences_table(pool, against),
        sensitivity=sensitivity_table(pool),
        published=published_table(),
        notes=(*pool.notes, *([note] if missing else [])),
    )
