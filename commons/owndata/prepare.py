"""From a file and what the user says of it to a Dataset, with everything that was decided on the way."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from commons.data_pymc import BUILT_IN, Dataset
from commons.owndata import choosing, rows, scales, scatter, words
from commons.owndata.cells import read_cells
from commons.owndata.column import Column, ColumnKind
from commons.owndata.explained import as_outcome, beside, whole_and_far
from commons.owndata.kinds import NUMBERS_THE_ROWS, infer
from commons.owndata.present import Used, present
from commons.owndata.reading import read_table
from commons.owndata.roles import Assigned, assign, must_be_columns, outcome_name, says_what_ended
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
    used = _without_holes(used, roles, spec)
    outcome = next(column for column in used if roles[column.name].role is ColumnRole.OUTCOME)
    used = _few_enough(used, outcome, roles, spec, notes)
    total = len(table.frame)
    kept = rows.complete_rows(used)
    notes += rows.said_of_missing(used, total, kept)
    _enough_rows(spec, kept, outcome)
    used = [_recoded(column, kept) for column in _varying(used, kept, roles)]
    used = _most_telling_first(used, kept, outcome, roles)
    notes += _oddities(used, kept, outcome) + _censored(columns, outcome)
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


def _without_holes(used: list[Column], roles: dict[str, Assigned], spec: Spec) -> list[Column]:
    """Leaves out columns that are mostly missing, unless the user named them."""
    kept = []
    for column in used:
        share = rows.missing_share(column)
        asked = column.name in spec.roles or column.name in spec.columns
        if share > rows.MOST_MISSING and not asked and roles[column.name].role is not ColumnRole.OUTCOME:
            roles[column.name] = Assigned(role=ColumnRole.LEAVE_OUT, why=f"{share:.0%} of its values are missing")
        else:
            kept.append(column)
    return kept


def _few_enough(
    used: list[Column], outcome: Column, roles: dict[str, Assigned], spec: Spec, notes: list[str]
) -> list[Column]:
    """Leaves out all but the most associated columns, where there are many and the user chose none."""
    offered = [c for c in used if roles[c.name].role in (ColumnRole.PREDICTOR, ColumnRole.GROUP)]
    if len(offered) <= choosing.MOST_COLUMNS or spec.columns:
        return used
    asked = [column for column in offered if column.name in spec.roles]
    known = np.flatnonzero(~np.isnan(outcome.values))
    best = choosing.most_associated(offered, outcome, known)
    best = [column.name for column in asked] + [name for name in best if name not in spec.roles]
    best = best[: max(choosing.MOST_COLUMNS, len(asked))]
    notes.append(
        f"{len(offered)} columns could explain {outcome.name}: the {len(best)} with the most mutual information are"
        f" used ({', '.join(best)}); choose others with --columns"
    )
    for column in offered:
        if column.name not in best:
            why = "less associated with the outcome (mutual information) than those that are used"
            roles[column.name] = Assigned(role=ColumnRole.LEAVE_OUT, why=why)
    return [column for column in used if roles[column.name].role is not ColumnRole.LEAVE_OUT]


def _enough_rows(spec: Spec, kept: np.ndarray, outcome: Column) -> None:
    if len(kept) < _FEWEST_ROWS:
        number = "no row" if not len(kept) else "one row" if len(kept) == 1 else f"{len(kept)} rows"
        raise UserError(f"{spec.file}: {number} without missing values: at least {_FEWEST_ROWS} are needed")
    values = outcome.values[kept]
    if values.min() == values.max():
        raise UserError(f"the outcome {outcome.name!r} is always {values[0]:g}: there is nothing to explain")


def _varying(used: list[Column], kept: np.ndarray, roles: dict[str, Assigned]) -> list[Column]:
    """Leaves out predictors that are constant in the rows that are used, or repeat another one."""
    varying: list[Column] = []
    for column in used:
        values = column.values[kept]
        if roles[column.name].role not in (ColumnRole.PREDICTOR, ColumnRole.GROUP):
            varying.append(column)
            continue
        if values.min() == values.max():
            roles[column.name] = Assigned(role=ColumnRole.LEAVE_OUT, why="constant in the rows without missing values")
            continue
        twin = next((c.name for c in varying if _same(c, column, kept, roles)), "")
        if twin:
            why = f"says the same as {twin!r}: their correlation is 1"
            roles[column.name] = Assigned(role=ColumnRole.LEAVE_OUT, why=why)
            continue
        varying.append(column)
    return varying


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


def _same(one: Column, other: Column, kept: np.ndarray, roles: Mapping[str, Assigned]) -> bool:
    if roles[one.name].role is not ColumnRole.PREDICTOR or roles[other.name].role is not ColumnRole.PREDICTOR:
        return False
    return len(kept) > 4 and abs(np.corrcoef(one.values[kept], other.values[kept])[0, 1]) > 1 - 1e-9


def _oddities(used: Sequence[Column], kept: np.ndarray, outcome: Column) -> list[str]:
    notes = [note for column in used if (note := rows.outliers(column, kept))]
    repeated = rows.duplicates(used, kept)
    if repeated and any(len(np.unique(column.values[kept])) > len(kept) / 2 for column in used):
        notes.append(f"{repeated:,} rows repeat an earlier one: kept")
    if len(kept) < rows.FEW_ROWS:
        notes.append(f"only {len(kept)} rows: the priors will matter")
    for column in used:
        if column.name != outcome.name and len(kept) > 4 and not column.levels:
            both = column.values[kept], outcome.values[kept]
            if both[0].min() < both[0].max() and abs(np.corrcoef(*both)[0, 1]) > 1 - 1e-9:
                notes.append(f"{column.name}: its correlation with the outcome is 1: is it the outcome in other units?")
    values = outcome.values[kept]
    if whole_and_far(outcome) and not words.counts_something(outcome.name):
        count = outcome.kind is ColumnKind.COUNT
        taken, other, kind = ("counts", "measure", "positive") if count else ("a measurement", "count", "count")
        notes.append(
            f"{outcome.name}: whole numbers, taken for {taken}; if they {other} something, say --kind"
            f" {outcome.name}={kind}"
        )
    if outcome.kind is ColumnKind.PROPORTION and (values.min() <= 0 or values.max() >= 1):
        notes.append(
            f"{outcome.name}: some are exactly 0 or 1, and a beta distribution needs values between: moved inside by"
            f" half of 1/{len(values):,}, unless --no-scale"
        )
    return notes


def _censored(columns: Sequence[Column], outcome: Column) -> list[str]:
    return [
        f"{column.name}: says which times are complete; censoring is not modelled: all are taken as complete"
        for column in columns
        if says_what_ended(column, outcome)
    ]


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
