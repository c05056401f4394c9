"""A column after its values were read: numbers, what kind they are and why."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np


class ColumnKind(StrEnum):
    """What a column holds. The kinds after `date` are not offered to the model."""

    REAL = "real"
    POSITIVE = "positive"
    PROPORTION = "proportion"
    COUNT = "count"
    BINARY = "binary"
    ORDINAL = "ordinal"
    CATEGORY = "category"
    DATE = "date"
    IDENTIFIER = "identifier"
    CONSTANT = "constant"
    EMPTY = "empty"
    TEXT = "text"


UNUSABLE = frozenset({ColumnKind.IDENTIFIER, ColumnKind.CONSTANT, ColumnKind.EMPTY, ColumnKind.TEXT})
DECLARABLE = tuple(kind for kind in ColumnKind if kind not in UNUSABLE and kind is not ColumnKind.DATE)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Column:
    """name: in the file. why: of the kind. values: shape (rows,), float64, NaN where missing; codes from 0 for what has
    levels; empty where the column cannot be used. unit: of the values. odd: what the user should know."""

    name: str
    kind: ColumnKind
    why: str
    values: np.ndarray
    levels: tuple[str, ...] = ()
    unit: str = ""
    odd: tuple[str, ...] = ()

    @property
    def usable(self) -> bool:
        return self.kind not in UNUSABLE
