"""Python names for columns: valid, short, unique, and shadowing nothing that a program or its file needs."""

import builtins
import keyword
import re
from collections.abc import Iterable

from commons.owndata.words import without_unit, words_of

# What a program sees or its file uses, and the names that programs give to their parameters.
RESERVED = frozenset(
    {"pm", "np", "pt", "az", "data", "model", "nutpie", "draws", "check", "sampler", "raw", "rows"}
    | set(keyword.kwlist)
    | set(keyword.softkwlist)
    | set(dir(builtins))
)
PARAMETERS = frozenset(
    [
        "alpha",
        "beta",
        "gamma",
        "delta",
        "eta",
        "theta",
        "mu",
        "nu",
        "phi",
        "psi",
        "rho",
        "tau",
        "omega",
        "kappa",
        "lam",
        "lambda_",
        "sigma",
        "ell",
        "f",
        "gp",
        "cov",
        "p",
        "a",
        "b",
        "z",
        "eps",
    ]
)
LONGEST = 20
_FINE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*|[A-Z][0-9]+")
_STOP = frozenset(
    [
        "the",
        "of",
        "a",
        "an",
        "in",
        "on",
        "at",
        "to",
        "for",
        "per",
        "and",
        "or",
        "is",
        "are",
        "do",
        "does",
        "did",
        "how",
        "what",
        "which",
        "your",
        "you",
        "my",
    ]
)


def python_names(columns: Iterable[str], sizes: Iterable[str] = (), *, known_scale: str = "") -> dict[str, str]:
    """A name for each column, in order. sizes: names that are taken. known_scale: a column that may be called sigma."""
    taken, names = set(sizes), dict[str, str]()
    for number, column in enumerate(columns, start=1):
        name = _plain(column) or f"x{number}"
        parameter = name in PARAMETERS and not (column == known_scale and name == "sigma")
        if parameter or name in RESERVED:
            name = f"{name.strip('_')}_obs"
        while name in taken or name in RESERVED:
            stem, _, last = name.rpartition("_")
            name = f"{stem}_{int(last) + 1}" if stem and last.isascii() and last.isdecimal() else f"{name}_2"
        taken.add(name)
        names[column] = name
    return names


def _plain(column: str) -> str:
    """The words of a name joined by underscores, as many as fit; one letter keeps its case."""
    stripped = column.strip()
    if len(stripped) == 1 and stripped.isascii() and stripped.isalpha():
        return stripped
    if len(stripped) <= LONGEST and _FINE.fullmatch(stripped):
        return stripped
    words = words_of(without_unit(column)) or words_of(column)
    words = [word for word in words if word not in _STOP] or words
    name = ""
    for word in words:
        longer = f"{name}_{word}" if name else word[:LONGEST]
        if len(longer) > LONGEST:
            break
        name = longer
    return f"x{name}" if name[:1].isdigit() else name
