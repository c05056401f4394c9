"""Words in the text of the semantic grammar."""

import re
from collections.abc import Iterable

NOTHING = "NOTHING"  # a terminal that no text spells: a control character


def any_of(words: Iterable[str]) -> str:
    return "|".join(map(escaped, words))


def escaped(word: str) -> str:
    return re.sub(r"([^A-Za-z0-9_])", r"\\\1", word)


def terminal(name: str, words: Iterable[str]) -> str:
    found = any_of(words)
    return f"{name}: /{found}/" if found else f"{name}: {NOTHING}"
