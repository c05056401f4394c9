"""The files that hold a comparison."""

from pathlib import Path

from commons.utils import replacing, write_text
from refinestat.refinegen.comparison.columns import COLUMNS
from refinestat.refinegen.comparison.comparison import Comparison
from refinestat.refinegen.comparison.text import comparison_text
from refinestat.refinegen.tables.workbook import write_workbook


def write_comparison(found: Comparison, folder: Path) -> str:
    """compare.xlsx with every table, each table as CSV, and compare.txt; returns its text."""
    sheets = {
        "figures": found.figures,
        "differences": found.differences,
        "sensitivity": found.sensitivity,
        "published": found.published,
    }
    for name, frame in sheets.items():
        with replacing(folder / f"{name}.csv") as temporary:
            frame.to_csv(temporary, index=False, lineterminator="\n")
    count = found.figures["strategy"].nunique()
    about = [f"RefineStat: {count} strategies compared, differences to {found.against}", *found.notes]
    write_workbook(folder / "compare.xlsx", sheets, COLUMNS, about)
    text = comparison_text(found)
    write_text(folder / "compare.txt", text + "\n")
    return text
