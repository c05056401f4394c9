"""Which rows are used: missing values, duplicates, outliers, and a sample of many rows."""

from collections.abc import Mapping, Sequence

import numpy as np

from commons.owndata.column import Column, ColumnKind

MOST_ROWS = 2_000  # that the search sees
MOST_ROWS_FITTED = 20_000  # that the final fit sees
FEW_ROWS = 10
MOST_MISSING = 0.4  # a column with a larger share is left out
_SEED = 20_250_902
_FAR = 6.0  # robust standard deviations from the median


def missing_share(column: Column) -> float:
    """The share of rows without a value."""
    return float(np.isnan(column.values).mean()) if column.values.size else 1.0


def complete_rows(columns: Sequence[Column]) -> np.ndarray:
    """Indices of the rows in which no column is missing."""
    return np.flatnonzero(~np.any([np.isnan(column.values) for column in columns], axis=0))


def duplicates(columns: Sequence[Column], rows: np.ndarray) -> int:
    """How many rows repeat an earlier one in every column."""
    import pandas as pd  # noqa: PLC0415 - slow to load

    return int(pd.DataFrame({i: column.values[rows] for i, column in enumerate(columns)}).duplicated().sum())


def outliers(column: Column, rows: np.ndarray) -> str:
    """What is said of values that lie far from the others; empty if there are none."""
    if column.kind not in (ColumnKind.REAL, ColumnKind.POSITIVE, ColumnKind.COUNT):
        return ""
    values = column.values[rows]
    middle = np.median(values)
    spread = 1.4826 * np.median(np.abs(values - middle))
    far = np.flatnonzero(np.abs(values - middle) > _FAR * spread) if spread > 0 else np.array([], dtype=int)
    if not 0 < far.size <= max(3, len(values) / 50):
        return ""
    shown = ", ".join(f"{values[i]:g} in row {rows[i] + 1}" for i in far[:3])
    return f"{column.name}: {far.size} far from the others ({shown}{', ...' if far.size > 3 else ''}): kept"


def sample(rows: np.ndarray, outcome: np.ndarray, strata: Sequence[np.ndarray], most: int) -> np.ndarray:
    """At most `most` of the rows, in order, seeded: every stratum (levels of the groups, or fifths of the outcome) in
    its proportion, with two rows at least where it has them and there is room.

    outcome, strata: shape (len(rows),)."""
    if len(rows) <= most:
        return rows
    edges = np.unique(np.quantile(outcome, (0.2, 0.4, 0.6, 0.8)))
    fifth = np.searchsorted(edges, outcome)
    key = fifth.astype(np.int64)
    for each in strata:
        _, level = np.unique(each, return_inverse=True)
        _, key = np.unique(key * (level.max() + 1) + level, return_inverse=True)
    _, stratum, sizes = np.unique(key, return_inverse=True, return_counts=True)
    if len(sizes) > most / 2:
        first = strata[0] if strata else fifth
        _, stratum, sizes = np.unique(first, return_inverse=True, return_counts=True)
    numbers = np.random.default_rng(_SEED)
    order = numbers.permutation(len(rows))
    place = np.empty(len(rows))
    sorted_by_stratum = order[np.argsort(stratum[order], kind="stable")]
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    within = np.arange(len(rows)) - np.repeat(starts, sizes)
    place[sorted_by_stratum] = np.where(within < 2, -1.0, within / np.repeat(sizes, sizes))
    chosen = np.lexsort((order, place))[:most]
    return np.asarray(rows[np.sort(chosen)])


def said_of_missing(columns: Sequence[Column], total: int, rows: np.ndarray) -> list[str]:
    """Lines about rows that are left out."""
    dropped = total - len(rows)
    if not dropped:
        return []
    counts: Mapping[str, int] = {c.name: int(np.isnan(c.values).sum()) for c in columns}
    parts = [f"{number} in {name}" for name, number in counts.items() if number]
    return [f"{dropped:,} of {total:,} rows have missing values ({', '.join(parts)}): left out"]


def in_other_units(one: Column, other: Column, kept: np.ndarray) -> bool:
    """Whether two columns say the same: their correlation is 1 or -1, over more rows than could be by chance."""
    values, others = one.values[kept], other.values[kept]
    varies = values.min() < values.max() and others.min() < others.max()
    return len(kept) > 4 and varies and bool(abs(np.corrcoef(values, others)[0, 1]) > 1 - 1e-9)
