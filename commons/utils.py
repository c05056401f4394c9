"""Small things that know nothing of models: a user's mistake, seeds on a command line, writing a file atomically."""

import os
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_SEED = re.compile(r"(\d{1,9})(?:-(\d{1,9}))?", re.ASCII)
MOST_SEEDS = 10_000
TEMPORARY = ".tmp"  # how a file that is being written ends: what a killed process left can be removed


class UserError(Exception):
    """A mistake that the user can mend. The message is what they read: one line per mistake, no traceback."""


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def parse_seeds(text: str) -> tuple[int, ...]:
    """Seeds and ranges of seeds, both ends included: `1,3,5-10,15`. Each once, in the order given."""
    seeds: dict[int, None] = {}
    for part in text.split(","):
        match = _SEED.fullmatch(part.strip())
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, -1)
        if last < first:
            raise UserError(f"not a seed or a range of seeds (7 or 1-10): {part.strip()!r}")
        if last - first + len(seeds) >= MOST_SEEDS:
            raise UserError(f"more than {MOST_SEEDS} seeds: {text!r}")
        seeds.update(dict.fromkeys(range(first, last + 1)))
    return tuple(seeds)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A new file that takes the place of `path` once it is whole and on the disk; on an error `path` is as before.

    Raises UserError where the disk is full, the folder is read-only or the like."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}{TEMPORARY}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        with temporary.open("rb") as written:
            os.fsync(written.fileno())
        temporary.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise cannot_write(path, error) from error
    finally:
        with suppress(OSError):  # gone already, or in a folder that cannot be written
            temporary.unlink()


def sync_folder(folder: Path) -> None:
    """Makes new and renamed files in a folder outlast a power failure."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_text(path: Path, text: str) -> None:
    """Writes a text file whole or not at all."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def one_line(text: str) -> str:
    """One line of printable text: what could end a comment, or show other than it is, becomes a space."""
    return "".join(" " if unicodedata.category(each) in ("Cc", "Cf", "Cs", "Zl", "Zp") else each for each in text)


def cannot_write(path: Path, error: OSError) -> UserError:
    """The one line that a user reads when a file cannot be written."""
    return UserError(f"cannot write {path}: {error.strerror or error}")
