"""One comparison: its tables, and the files that hold them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from commons.config import Settings
from commons.utils import replacing
from refinestat.refinegen.comparison.columns import COLUMNS
from refinestat.refinegen.comparison.differences import differences_table
from refinestat.refinegen.comparison.figures import figures_table
from refinestat.refinegen.comparison.pooling import REFERENCE, pooled
from refinestat.refinegen.comparison.published import published_table
from refinestat.refinegen.comparison.sensitivity import sensitivity_table
from refinestat.refinegen.results import LoadedRun
from refinestat.refinegen.tables.workbook import write_workbook


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


def compare(runs: Sequence[LoadedRun], *, against: str = REFERENCE, force: bool = False) -> Comparison:
    """Holds runs against each other. Raises UserError where they are of different data or settings, unless `force`."""
    pool = pooled(runs, force=force)
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


def write_comparison(found: Comparison, folder: Path, text: str) -> None:
    """compare.xlsx with every table, each table as CSV, and compare.txt with `text`."""
    sheets = {
        "figures": found.figures,
        "differences": found.differences,
        "sensitivity": found.sensitivity,
        "published": found.published,
    }
    for name, frame in sheets.items():
        with replacing(folder / f"{name}.csv") as temporary:
            frame.to_csv(temporary, index=False, lineterminator="\n")
    about = [
        f"RefineStat: {found.figures['strategy'].nunique()} strategies compared, differences to {found.against}",
        *found.notes,
    ]
    write_workbook(folder / "compare.xlsx", sheets, COLUMNS, about)
    with replacing(folder / "compare.txt") as temporary:
        temporary.write_text(text + "\n", encoding="utf-8")
