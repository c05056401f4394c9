"""Dependency: every name is declared before it is used, data are not bound again, dims exist (paper, phi 4)."""

import ast

from refinestat.refinegen.predicates.records import Event, Reading, What
from refinestat.refinegen.predicates.symbols import Kind, Symbols
from refinestat.refinegen.predicates.verdicts import accept, listed, refuse, suggestion
from refinestat.refinegen.records import Verdict

NAME = "dependency"
MODULES = {"pt": "import pytensor.tensor as pt", "np": "import numpy as np", "pm": "import pymc as pm"}


def check(reading: Reading, before: Symbols) -> Verdict:
    """Refuses the first use of a name that nothing declares. before: the table that the statement found."""
    for event in reading.events:
        if event.what in MESSAGES:
            return refuse(NAME, MESSAGES[event.what](event, before), event.node, reading)
    for call in reading.calls:
        for dim in call.missing_dims:
            coords = reading.symbols.coords
            known = f"; there are {listed(coords)}" if coords else "; the model has no coords: use shape="
            why = f"{call.title}: the dimension {dim!r} is not in coords{suggestion(dim, coords)}{known}"
            return refuse(NAME, why, call.options["dims"].node, reading)
    return accept(NAME)


def _undeclared(event: Event, before: Symbols) -> str:
    if event.text in MODULES:
        return f"{event.text} is not imported ({MODULES[event.text]})"
    names = [name for name, value in before.values.items() if value.kind is not Kind.MODULE]
    return f"{event.text} is not declared{suggestion(event.text, names)}"


def _rebound(event: Event, before: Symbols) -> str:
    dataset = before.dataset
    meaning = dataset[event.text].meaning if dataset is not None else ""
    return f"{event.text} is data{f' ({meaning})' if meaning else ''} and cannot be bound again: choose another name"


def _read_only(event: Event, before: Symbols) -> str:
    return f"{event.text} is data and cannot be changed: make something new of it"


def _no_key(event: Event, before: Symbols) -> str:
    table = event.values[0] if event.values else None
    names = [variable.name for variable in before.dataset.variables] if before.dataset is not None else []
    names = [str(key) for key in table.keys or ()] if table is not None else names
    place = ast.unparse(event.node.value)[:40] if isinstance(event.node, ast.Subscript) else "data"
    return f"{place} has no {event.text[:40]!r}{suggestion(event.text, names)}; it has {listed(names)}"


MESSAGES = {What.UNDECLARED: _undeclared, What.REBOUND: _rebound, What.READ_ONLY: _read_only, What.NO_KEY: _no_key}
