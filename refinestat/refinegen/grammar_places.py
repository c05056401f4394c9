"""Places: what the semantic grammar holds instead of the names of a program.

A grammar that spelt the names would be another one for each statement, and compiling one takes milliseconds. So it has
places: control characters, one for each way in which a name may be used. A program's names are read as the places that
they stand in (`grammar_ways.py`), and one grammar serves every program that has come as far."""

from collections.abc import Iterable
from functools import cache

NUMBERS = ("PLAIN", "SCALAR", "ARRAY")  # numbers of Python; tensors and arrays, without or with dimensions
OTHERS = ("OBJECT", "LIST", "UNNAMED", "OUTCOME", "TOP")
FIRST, LAST = 0x0E, 0x1E  # control characters that no program holds; a tab and new lines lie before them
NO_PLACE = rf"\x{FIRST:02x}-\x{LAST:02x}"  # in a class of characters


@cache
def _places() -> dict[frozenset[str], int]:
    """The byte of each set of uses. INTEGER: a number that may be an index; CHANGED: one that `+=` may bind again."""
    more: tuple[tuple[str, ...], ...] = ((), ("INTEGER",), ("CHANGED",), ("INTEGER", "CHANGED"))
    uses = [frozenset({number, *also}) for number in NUMBERS for also in more]
    uses += [frozenset({other}) for other in OTHERS]
    return {use: FIRST + i for i, use in enumerate(uses)}


def place(uses: Iterable[str]) -> int:
    """The byte that stands for a name with these uses."""
    return _places()[frozenset(uses)]


def terminals(outcome: str, *, top: bool) -> list[str]:
    """A terminal for each use: the places of the names that have it.

    outcome: how else the outcome is spelt, as a regular expression. top: the terminal TOP is a place."""
    found = []
    for use in (*NUMBERS, "INTEGER", "CHANGED", *OTHERS):
        places = "".join(rf"\x{byte:02x}" for uses, byte in _places().items() if use in uses)
        also = f"|{outcome}" if use == "OUTCOME" and outcome else ""
        found += [f"{use}: /[{places}]{also}/"] if use != "TOP" or top else []
    return found
