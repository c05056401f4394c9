"""Which runs may stand in one table: those of the same data, the same models and the same settings."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from commons.config import CELLS, MACHINE, Settings
from commons.utils import UserError
from refinestat.refinegen.results import CELL, LoadedRun

OWN = ("strategy", "budget", "budgets", *CELLS, *MACHINE)  # what runs of one comparison may differ in
REFERENCE = "refinestat"
_RUN = "run"  # number of the run that a row is of
# How tables and figures order strategies; those that are not named come after, as they are given.
ORDER = (REFERENCE, "refinestat-budget", "base-itergen", "base", "syncode", "baseline")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """Several runs as one. attempts, cells: their frames, one under the other. notes: what a reader must know."""

    settings: Settings
    attempts: pd.DataFrame
    cells: pd.DataFrame
    notes: tuple[str, ...]


def pooled(runs: Sequence[LoadedRun], *, force: bool = False) -> Pool:
    """The runs as one. Raises UserError, one line for each difference, where they must not be pooled.

    force: pools them nevertheless, with the differences as notes; of a cell that two runs hold, the first counts."""
    if not runs:
        raise UserError("no run to compare")
    differences = list(_differences(runs))
    if differences and not force:
        told = [f"these runs cannot be pooled: {difference}" for difference in differences]
        raise UserError("\n".join([*told, "to pool them nevertheless: --force"]))
    runs = sorted(runs, key=lambda run: ORDER.index(run.strategy) if run.strategy in ORDER else len(ORDER))
    cells = pd.concat([run.cells for run in runs], keys=range(len(runs)), names=[_RUN, None]).reset_index(level=_RUN)
    counted = cells.drop_duplicates(CELL)
    attempts = _attempts_of(counted, runs)
    forced = [f"Pooled by force: {difference}." for difference in differences]
    notes = [*forced, *(f"{note}." for run in runs for note in run.notes), *_versions(runs), *_alone(cells)]
    return Pool(
        settings=runs[0].settings,
        attempts=attempts,
        cells=counted.drop(columns=_RUN).reset_index(drop=True),
        notes=tuple(dict.fromkeys(notes)),
    )


def _attempts_of(cells: pd.DataFrame, runs: Sequence[LoadedRun]) -> pd.DataFrame:
    """The attempts of these cells, each from the run that the cell is taken from, and from no other."""
    frames = [run.attempts.merge(cells.loc[cells[_RUN] == n, CELL], on=CELL) for n, run in enumerate(runs)]
    return pd.concat([frame for frame in frames if len(frame)] or [runs[0].attempts], ignore_index=True)


def _differences(runs: Sequence[LoadedRun]) -> Iterator[str]:
    first = runs[0]
    for run in runs[1:]:
        yield from _settings_that_differ(first, run)
        for kind, what in (("datasets", "data set"), ("models", "model")):
            yield from _contents_that_differ(first, run, kind, what)
    yield from _budgets_that_differ([run for run in runs if run.strategy != REFERENCE])
    yield from _held_twice(runs)


def _settings_that_differ(first: LoadedRun, run: LoadedRun) -> Iterator[str]:
    one, other = asdict(first.settings), asdict(run.settings)
    for key in one:
        if key not in OWN and one[key] != other[key]:
            yield f"{key} is {one[key]!r} in {first.path} and {other[key]!r} in {run.path}"
    for key in ("models", "datasets"):
        if set(one[key]) != set(other[key]):
            yield f"{key} are {', '.join(one[key])} in {first.path} and {', '.join(other[key])} in {run.path}"


def _contents_that_differ(first: LoadedRun, run: LoadedRun, kind: str, what: str) -> Iterator[str]:
    """Models and data sets of the same name whose contents are not the same."""
    one, other = first.environment.get(kind, {}), run.environment.get(kind, {})
    for name in one:
        if name in other and one[name] != other[name]:
            yield f"the {what} {name} is not the same in {first.path} and {run.path}"


def _budgets_that_differ(runs: Sequence[LoadedRun]) -> Iterator[str]:
    """Baselines are held against each other at the same cost."""
    if runs:
        first = runs[0]
        for run in runs[1:]:
            if _budget(run.settings) != _budget(first.settings):
                yield f"the budget of {first.path} is not that of {run.path}"


def _budget(settings: Settings) -> Any:
    return None if settings.budgets is None else (settings.budget, settings.budgets)


def _held_twice(runs: Sequence[LoadedRun]) -> Iterator[str]:
    held: dict[tuple[Any, ...], LoadedRun] = {}
    for run in runs:
        for cell in run.cells[CELL].itertuples(index=False, name=None):
            other = held.setdefault(cell, run)
            if other is not run:
                strategy, _, dataset, seed = cell
                yield f"{other.path} and {run.path} both hold {strategy}, {dataset}, seed {seed}"
                break


def _versions(runs: Sequence[LoadedRun]) -> Iterator[str]:
    """Libraries that differ between the runs: no reason to refuse, one to know."""
    first = runs[0].environment.get("versions", {})
    for run in runs[1:]:
        for name, version in run.environment.get("versions", {}).items():
            if name in first and first[name] != version:
                yield f"{runs[0].path} ran with {name} {first[name]}, {run.path} with {version}."


def _alone(cells: pd.DataFrame) -> Iterator[str]:
    for strategy, group in cells.groupby("strategy", sort=False):
        if group["seed"].nunique() == 1:
            yield f"{strategy}: n = 1 seed, so there is no standard deviation and no interval over seeds."
