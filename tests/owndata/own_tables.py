"""Small tables for the tests of own data."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from commons.owndata.prepare import Prepared, prepare
from commons.owndata.spec import ColumnKind, ColumnRole, Spec


def written(folder: Path, columns: Mapping[str, Sequence[object]], name: str = "table.csv") -> Path:
    """The columns as a CSV file."""
    lines = [",".join(f'"{key}"' for key in columns)]
    lines += [
        ",".join("" if value is None else f'"{value}"' for value in row) for row in zip(*columns.values(), strict=True)
    ]
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def prepared(  # noqa: PLR0913 - all by keyword but three
    folder: Path,
    columns: Mapping[str, Sequence[object]],
    outcome: str = "",
    *,
    roles: Mapping[str, ColumnRole] | None = None,
    kinds: Mapping[str, ColumnKind] | None = None,
    scale: bool = True,
    description: str = "",
) -> Prepared:
    """The columns, written, read and inferred."""
    said = {**({outcome: ColumnRole.OUTCOME} if outcome else {}), **(roles or {})}
    file = written(folder, columns)
    return prepare(Spec(file=file, roles=said, kinds=kinds or {}, scale=scale, description=description))


def numbers(count: int, seed: int = 0) -> np.random.Generator:
    """Random numbers of a test."""
    return np.random.default_rng([seed, count])
