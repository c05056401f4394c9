"""attempts.jsonl: the log of a cell, from which everything else can be rebuilt. One synced line per attempt."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from commons.utils import cannot_write, sync_folder
from refinestat.refinegen.records import Attempt
from refinestat.refinegen.store import codec

UNREADABLE = (ValueError, TypeError, RecursionError)  # what a line that is no attempt can raise


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """What attempts.jsonl holds: attempts by index, the numbers (from 1) of damaged lines, wall seconds spent."""

    attempts: Mapping[int, Attempt]
    damaged: tuple[int, ...] = ()
    wall_seconds: float = 0.0


def read_attempts(path: Path) -> Log:
    """Reads a log. A torn or damaged line is skipped and named; of an attempt that was logged twice the last counts."""
    attempts: dict[int, Attempt] = {}
    seconds: dict[int, float] = {}
    damaged = []
    lines = path.read_bytes().split(b"\n") if path.exists() else []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            data = json.loads(line)
            attempt = codec.attempt_of(data)
            seconds[attempt.index] = float(data.get("wall_seconds", 0.0))
            attempts[attempt.index] = attempt
        except UNREADABLE:
            damaged.append(number)
    return Log(attempts=dict(sorted(attempts.items())), damaged=tuple(damaged), wall_seconds=sum(seconds.values()))


def append_attempt(path: Path, attempt: Attempt, wall_seconds: float) -> None:
    """Adds an attempt that outlasts whatever comes next. What a killed process left of a line makes way for it."""
    line = codec.dumps({**codec.plain(attempt), "wall_seconds": round(wall_seconds, 3)})
    try:
        new = not path.exists()
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a+b") as file:
            _end_last_line(file)
            file.write(line.encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        if new:
            sync_folder(path.parent)
    except OSError as error:
        raise cannot_write(path, error) from error


def _end_last_line(file: BinaryIO) -> None:
    """Ends a last line that is whole but for its newline; cuts off one that is torn."""
    file.seek(max(0, file.seek(0, os.SEEK_END) - 1))
    if file.read(1) in (b"", b"\n"):
        return
    file.seek(0)
    content = file.read()
    last = content.rpartition(b"\n")[2]
    try:
        codec.attempt_of(json.loads(last))
        file.write(b"\n")
    except UNREADABLE:
        file.truncate(len(content) - len(last))
