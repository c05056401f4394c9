"""Which columns are left out, and why: mostly missing, too many, constant, or the same as another."""

from collections.abc import Mapping

import numpy as np

from commons.owndata import choosing, rows
from commons.owndata.column import Column
from commons.owndata.roles import Assigned
from commons.owndata.spec import ColumnRole, Spec


def without_holes(used: list[Column], roles: dict[str, Assigned], spec: Spec) -> list[Column]:
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


def few_enough(
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


def varying_only(used: list[Column], kept: np.ndarray, roles: dict[str, Assigned]) -> list[Column]:
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


def _same(one: Column, other: Column, kept: np.ndarray, roles: Mapping[str, Assigned]) -> bool:
    both_explain = all(roles[column.name].role is ColumnRole.PREDICTOR for column in (one, other))
    return both_explain and rows.in_other_units(one, other, kept)
