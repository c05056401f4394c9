"""The texts of the files to check, as the predicates read them."""

import re
import sys
from pathlib import Path

from commons.utils import UserError

LARGEST = 1 << 20  # bytes read of a file: the predicates refuse anything near it, with the reason
_MAGIC = re.compile(r"^([ \t]*)[%!?].*$", re.MULTILINE)


def read(name: str) -> str:
    """A file's text (`-`: standard input). What is not UTF-8 stays visible to the predicates, which refuse it.

    Raises UserError for a file that cannot be read."""
    try:
        data = sys.stdin.buffer.read(LARGEST) if name == "-" else _read(Path(name))
    except OSError as error:
        raise UserError(f"cannot read {name}: {error.strerror}") from error
    return data.decode("utf-8", errors="surrogateescape").removeprefix("\ufeff")


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(LARGEST)


def without_magics(text: str) -> str:
    """A notebook's text without the lines that only a notebook understands (`%matplotlib inline`, `!pip ...`)."""
    return _MAGIC.sub(r"\1pass", text)


def has_model(text: str) -> bool:
    """Whether a file seems to hold a PyMC model at all."""
    return "pymc" in text and "Model" in text


def mentions(text: str, name: str) -> bool:
    """Whether a variable, column or key of this name stands in the text."""
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None
