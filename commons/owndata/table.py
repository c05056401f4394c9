"""A table as it was read, before anything is inferred."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

MOST_BYTES = 1_000_000_000  # of a text or Parquet file
MOST_CELLS = 50_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """frame: a pandas DataFrame whose columns have unique names of text. notes: how the file was read, where odd."""

    path: Path
    frame: Any
    notes: tuple[str, ...]
    sha256: str
