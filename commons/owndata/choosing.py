"""Of many columns, the few that tell most about the outcome."""

from collections.abc import Sequence

import numpy as np

from commons.owndata.column import Column, ColumnKind

MOST_COLUMNS = 8
_ROWS = 1_000  # are enough to rank columns
_RANKED = 100  # by mutual information; of more, those that correlate most
_SEED = 1


def most_associated(columns: Sequence[Column], outcome: Column, rows: np.ndarray) -> list[str]:
    """Names of the MOST_COLUMNS columns with the largest mutual information with the outcome, in their own order."""
    from sklearn.feature_selection import (  # noqa: PLC0415 - slow to load
        mutual_info_classif,
        mutual_info_regression,
    )

    if len(rows) > _ROWS:
        rows = np.sort(np.random.default_rng(_SEED).choice(rows, _ROWS, replace=False))
    if len(columns) > _RANKED:
        correlated = [_correlation(column.values[rows], outcome.values[rows]) for column in columns]
        best = set(np.argsort(-np.array(correlated), kind="stable")[:_RANKED].tolist())
        columns = [column for i, column in enumerate(columns) if i in best]
    table = np.column_stack([column.values[rows] for column in columns])
    table = np.where(np.isnan(table), np.nanmedian(table, axis=0), table)
    discrete = np.array([bool(column.levels) or column.kind is ColumnKind.BINARY for column in columns])
    categorical = outcome.kind in (ColumnKind.BINARY, ColumnKind.ORDINAL)
    measure = mutual_info_classif if categorical else mutual_info_regression
    # few rows: fewer neighbours than the default 3 would leave none
    information = measure(table, outcome.values[rows], discrete_features=discrete, random_state=_SEED)
    best = set(np.argsort(-information, kind="stable")[:MOST_COLUMNS].tolist())
    return [column.name for i, column in enumerate(columns) if i in best]


def by_association(columns: Sequence[Column], outcome: Column, rows: np.ndarray) -> list[Column]:
    """The columns, those first whose ranks correlate most with the outcome's: what a model writes should not hang on
    the order of the columns in a file, and a small one looks at the first names most."""
    import pandas as pd  # noqa: PLC0415 - slow to load

    ranks = pd.DataFrame({i: column.values[rows] for i, column in enumerate((outcome, *columns))}).rank().to_numpy()
    strength = {column.name: _correlation(ranks[:, i], ranks[:, 0]) for i, column in enumerate(columns, start=1)}
    return sorted(columns, key=lambda column: -round(strength[column.name], 2))


def _correlation(values: np.ndarray, outcome: np.ndarray) -> float:
    """Of the rows that have both, without its sign; 0 where one does not vary."""
    both = ~np.isnan(values)
    centred = values[both] - values[both].mean() if both.any() else np.zeros(0)
    others = outcome[both] - outcome[both].mean() if both.any() else np.zeros(0)
    size = float(np.sqrt((centred**2).sum() * (others**2).sum()))
    return abs(float(centred @ others)) / size if size > 0 else 0.0
