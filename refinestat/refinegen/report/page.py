"""Writes the page. The only import of Jinja2.

Whatever a language model, a data set or an error says is escaped by the template engine; a policy in the page lets it
load nothing, run nothing, and use no style but its own."""

import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from tqdm import tqdm

from commons.utils import write_text
from refinestat.refinegen.plots import COLOURS
from refinestat.refinegen.report.view import page_of
from refinestat.refinegen.store import Cell, RunFolder

NAME = Path("analysis") / "report.html"
PATIENCE = 2  # seconds until progress is shown


def write_report(run: RunFolder) -> Path:
    """Writes the report of a run into its folder, and returns where it is."""
    path = run.path / NAME
    write_text(path, report_page(run))
    return path


def report_page(run: RunFolder) -> str:
    """The whole page as HTML, made from what the run's folder holds now."""
    engine = _engine()
    style = engine.get_template("style.css").render(colours=COLOURS)
    policy = (
        f"default-src 'none'; style-src 'sha256-{_digest(style)}'; script-src 'none'; img-src 'none'; "
        "base-uri 'none'; form-action 'none'"
    )
    return engine.get_template("page.html").render(page=page_of(run, _shown), style=style, policy=policy)


def synthesis_card(found: Any) -> str:
    """The answer of one search as a piece of HTML, for a notebook. found: a Synthesis."""
    return _engine().get_template("card.html").render(found=found, checks=found.checks.to_dict("records"))


def _engine() -> Environment:
    return Environment(
        loader=PackageLoader("refinestat.refinegen.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _shown(cells: list[Cell]) -> Iterator[Cell]:
    """The cells one by one, with a progress bar where it takes long."""
    yield from tqdm(cells, desc="report", unit="program", delay=PATIENCE, dynamic_ncols=True, leave=False)


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
