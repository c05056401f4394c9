"""What is odd about the columns that are used: said, and left to the user."""

from collections.abc import Sequence

import numpy as np

from commons.owndata import rows, words
from commons.owndata.column import Column, ColumnKind
from commons.owndata.explained import whole_and_far
from commons.owndata.roles import says_what_ended


def oddities(used: Sequence[Column], kept: np.ndarray, outcome: Column) -> list[str]:
    """What is odd in the rows `kept`: outliers, repeated rows, few rows, a predictor that is the outcome, borders."""
    notes = [note for column in used if (note := rows.outliers(column, kept))]
    repeated = rows.duplicates(used, kept)
    if repeated and any(len(np.unique(column.values[kept])) > len(kept) / 2 for column in used):
        notes.append(f"{repeated:,} rows repeat an earlier one: kept")
    if len(kept) < rows.FEW_ROWS:
        notes.append(f"only {len(kept)} rows: the priors will matter")
    for column in used:
        if column.name != outcome.name and not column.levels and rows.in_other_units(column, outcome, kept):
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


def censored(columns: Sequence[Column], outcome: Column) -> list[str]:
    """Columns that say which times are complete."""
    return [
        f"{column.name}: says which times are complete; censoring is not modelled: all are taken as complete"
        for column in columns
        if says_what_ended(column, outcome)
    ]
