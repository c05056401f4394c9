"""Numbers as the page shows them, each with its place in the tables."""

from math import isfinite
from urllib.parse import quote

from commons.config import model_label
from refinestat.refinegen.report.records import Number
from refinestat.refinegen.store import Cell

NONE, MINUS = "\u2013", "\u2212"  # as printed


def number(value: float, digits: int, of: str, column: str) -> Number:
    """A number, rounded for reading; its full value goes along."""
    text = f"{value:,.{digits}f}" if isfinite(value) else NONE
    return Number(text=text.replace("-", MINUS), value=value, of=of, column=column)


def share(value: float, of: str, column: str) -> Number:
    """A share as a percentage."""
    return Number(text=f"{value:.0%}" if isfinite(value) else NONE, value=value, of=of, column=column)


def key(kind: str, cell: Cell, index: int | None = None) -> str:
    """The row that a number of a cell stands in."""
    name = f"{kind} {model_label(cell.model)}/{cell.dataset}/{cell.seed}"
    return name if index is None else f"{name}/{index}"


def anchor(kind: str, cell: Cell) -> str:
    """The name of a cell's part of the page, of characters that need no escape in a link."""
    seed = f"/{cell.seed}" if kind == "search" else ""
    return quote(f"{kind}/{model_label(cell.model)}/{cell.dataset}{seed}")
