"""From a file and what the user says of it to a Dataset, with everything that was decided on the way."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from commons.data_pymc import BUILT_IN, Dataset
from commons.owndata import choosing, rows, scales, scatter
from commons.owndata.cells import read_cells
from commons.owndata.column import Column, ColumnKind
from commons.owndata.explained import as_outcome, beside
from commons.owndata.kinds import NUMBERS_THE_ROWS, infer
from commons.owndata.leaving_out import few_enough, varying_only, without_holes
from commons.owndata.oddities import censored, oddities
from commons.owndata.present import Used, present
from commons.owndata.reading import read_table
from commons.owndata.roles import Assigned, assign, must_be_columns, outcome_name
from commons.owndata.spec import ColumnRole, Spec
from commons.owndata.table import Table
from commons.utils import UserError, one_line

_FEWEST_ROWS = 3
_ADDED = re.compile(r"(, 1 is [^,]*)?(, standardised|, scaled)?$")  # to a meaning, each time it is told


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A data set of the user's. columns, roles: of every column in the file, in its order. notes: what is odd.

    spec: what the user said and what was found out, for a dataset.toml. sha256: of the file."""

    dataset: Dataset
    columns: tuple[Column, ...]
    roles: Mapping[str, Assigned]
    notes: tuple[str, ...]
    spec: Spec
    sha256: str


def prepare(spec: Spec) -> Prepared:
    """Reads the file and infers what the user does not say. Raises UserError with one line."""
    table = read_table(spec.file)
    columns = _as_what_they_are_for(_columns(table, spec), spec)
    roles = dict(assign(columns, spec))
    notes = list(table.notes)
    by_name = {column.name: column for column in columns}
    notes += [f"{name}: {odd}" for name, column in by_name.items() for odd in column.odd]
    used = [by_name[name] for name, assigned in roles.items() if assigned.role is not ColumnRole.LEAVE_OUT]
    used = without_holes(used, roles, spec)
    outcome = next(column for column in used if roles[column.name].role is ColumnRole.OUTCOME)
    used = few_enough(used, outcome, roles, spec, notes)
    total = len(table.frame)
    kept = rows.complete_rows(used)
    notes += rows.said_of_missing(used, total, kept)
    _enough_rows(spec, kept, outcome)
    used = [_recoded(column, kept) for column in varying_only(used, kept, roles)]
    used = _most_telling_first(used, kept, outcome, roles)
    notes += oddities(used, kept, outcome) + censored(columns, outcome)
    dataset = _dataset(spec, [_used(column, roles, spec) for column in used], kept, notes)
    return Prepared(
        dataset=dataset,
        columns=tuple(columns),
        roles=roles,
        notes=tuple(one_line(note) for note in notes),
        spec=_resolved(spec, dataset, columns, roles),
        sha256=table.sha256,
    )


def _columns(table: Table, spec: Spec) -> list[Column]:
    there = [str(name) for name in table.frame.columns]
    must_be_columns([*spec.roles, *spec.columns, *spec.kinds, *spec.meanings, *spec.units], there)
    grouped = {name: ColumnKind.CATEGORY for name, role in spec.roles.items() if role is ColumnRole.GROUP}
    declared = {**grouped, **spec.kinds}
    columns = []
    for i, name in enumerate(there):
        column = infer(name, read_cells(table.frame[name]), first=i == 0, declared=declared.get(name))
        if (
            column.kind is ColumnKind.IDENTIFIER
            and spec.roles.get(name, ColumnRole.LEAVE_OUT) is not ColumnRole.LEAVE_OUT
        ):
            column = replace(column, kind=ColumnKind.COUNT, why="as you said") if column.values.size else column
        columns.append(replace(column, unit=spec.units.get(name, column.unit)))
    return [_explaining(column) if _alone(column, columns) else column for column in columns]


def _as_what_they_are_for(columns: list[Column], spec: Spec) -> list[Column]:
    """The columns with the kinds that the outcome gives to itself and to what stands beside it."""
    name, _ = outcome_name(columns, spec)
    outcome = next(column for column in columns if column.name == name)
    if name not in spec.kinds:
        outcome = as_outcome(outcome)
    return [
        outcome if column.name == name else beside(column, outcome, spec.roles.get(column.name)) for column in columns
    ]


def _alone(column: Column, columns: Sequence[Column]) -> bool:
    """Whether a column that numbers the rows is all that could explain the one that can be used."""
    return column.why == NUMBERS_THE_ROWS and sum(each.usable for each in columns) == 1


def _explaining(column: Column) -> Column:
    return replace(column, kind=ColumnKind.COUNT, why=f"{column.why}, and nothing else is there to explain the outcome")


def _enough_rows(spec: Spec, kept: np.ndarray, outcome: Column) -> None:
    if len(kept) < _FEWEST_ROWS:
        number = "no row" if not len(kept) else "one row" if len(kept) == 1 else f"{len(kept)} rows"
        raise UserError(f"{spec.file}: {number} without missing values: at least {_FEWEST_ROWS} are needed")
    values = outcome.values[kept]
    if values.min() == values.max():
        raise UserError(f"the outcome {outcome.name!r} is always {values[0]:g}: there is nothing to explain")


def _most_telling_first(
    used: list[Column], kept: np.ndarray, outcome: Column, roles: Mapping[str, Assigned]
) -> list[Column]:
    """The predictors in the order in which they are told: by association; exposures, which do not explain, last."""
    predictors = [column for column in used if roles[column.name].role is ColumnRole.PREDICTOR]
    if len(predictors) < 2:
        return used
    ordered = choosing.by_association(predictors, outcome, kept)
    ordered.sort(key=lambda column: scales.is_exposure(column, outcome))
    return [column for column in used if column not in predictors] + ordered


def _recoded(column: Column, kept: np.ndarray) -> Column:
    """A category without the levels that no row in use has: every code from 0 is used."""
    if column.kind is not ColumnKind.CATEGORY:
        return column
    there = np.unique(column.values[kept]).astype(int)
    values = np.full(column.values.shape, np.nan)
    values[kept] = np.searchsorted(there, column.values[kept])
    return replace(column, values=values, levels=tuple(column.levels[i] for i in there))


def _used(column: Column, roles: Mapping[str, Assigned], spec: Spec) -> Used:
    meaning = spec.meanings.get(column.name, "")
    return Used(column=column, role=roles[column.name].role, meaning=meaning)


def _dataset(spec: Spec, used: list[Used], kept: np.ndarray, notes: list[str]) -> Dataset:
    """The data set that the search sees; `whole` is the one of the final fit where there are more rows."""
    outcome = next(each for each in used if each.role is ColumnRole.OUTCOME).column
    known_scale = any(each.role is ColumnRole.KNOWN_SCALE for each in used)
    explaining = [each.column for each in used if each.role in (ColumnRole.PREDICTOR, ColumnRole.GROUP)]
    scattered = outcome.kind is ColumnKind.POSITIVE and scatter.multiplies(outcome.values[kept], explaining, kept)
    alone = len(explaining) == 1
    curved = alone and scales.grows_by(explaining[0], explaining[0].values[kept])
    scalings = {}
    for each in used if spec.scale else ():
        values = each.column.values[kept]
        if each.role is ColumnRole.OUTCOME:
            scalings[each.column.name] = scales.of_outcome(
                each.column, values, known_scale=known_scale, stays_positive=scattered or curved
            )
        elif each.role is ColumnRole.PREDICTOR:
            scalings[each.column.name] = scales.of_predictor(each.column, values, outcome, alone=alone)
    strata = [each.column.values[kept] for each in used if each.role is ColumnRole.GROUP]
    name, source = dataset_name(spec), str(spec.file)

    def offered(chosen: np.ndarray) -> Dataset:
        return present(used, chosen, scalings, name=name, description=spec.description, source=source, skewed=scattered)

    searched = rows.sample(kept, outcome.values[kept], strata, rows.MOST_ROWS)
    if len(searched) == len(kept):
        return offered(kept)
    fitted = rows.sample(kept, outcome.values[kept], strata, rows.MOST_ROWS_FITTED)
    final = "all of them" if len(fitted) == len(kept) else f"a sample of {len(fitted):,}"
    notes.append(
        f"{len(kept):,} rows: the search sees a stratified sample of {len(searched):,}, the best program is fitted once"
        f" more on {final}"
    )
    return replace(offered(searched), whole=offered(fitted))


def dataset_name(spec: Spec) -> str:
    """A name that can be a folder's and is not a built-in data set's."""
    plain = unicodedata.normalize("NFKD", spec.name or spec.file.stem).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:40] or "data"
    return f"{name}_data" if name in BUILT_IN or name == "analysis" else name


def _resolved(spec: Spec, dataset: Dataset, columns: Sequence[Column], roles: Mapping[str, Assigned]) -> Spec:
    """What a dataset.toml says: every role and kind as they were found out."""
    kept = {column.name: column for column in columns if column.usable}
    meanings = {v.column: _ADDED.sub("", v.meaning) for v in dataset.variables if v.column and v.meaning}
    return replace(
        spec,
        name=dataset.name,
        description=dataset.description,
        columns=(),
        roles={name: assigned.role for name, assigned in roles.items()},
        kinds={
            name: column.kind
            for name, column in kept.items()
            if roles[name].role is not ColumnRole.LEAVE_OUT and column.kind is not ColumnKind.DATE
        },
        meanings={**meanings, **spec.meanings},
        units={
            name: column.unit for name, column in kept.items() if column.unit and column.kind is not ColumnKind.DATE
        },
    )
