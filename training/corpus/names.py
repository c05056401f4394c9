"""Names that mean nothing: what a language model can only copy, letter by letter."""

import string
from random import Random

from training.corpus.draft import Draft

_VOWELS = "aeiouy"
_CONSONANTS = "bcdfghjklmnpqrstvwxz"


def _letters(random: Random, fewest: int = 2, most: int = 7) -> str:
    return "".join(random.choice(string.ascii_lowercase) for _ in range(random.randint(fewest, most)))


def _spoken(random: Random) -> str:
    """One to three syllables of any letters."""
    made = ""
    for _ in range(random.choice([1, 2, 2, 3])):
        made += random.choice(_CONSONANTS) + random.choice(_VOWELS) + random.choice(["", "", *_CONSONANTS])
    return made


def _any_name(draft: Draft) -> str:
    """Syllables of the split, other syllables or plain letters; at times capitals, digits, an underscore."""
    random = draft.random
    syllables = "".join(random.choice(draft.words.syllables) for _ in range(random.choice([1, 2, 2, 3])))
    name = random.choice([syllables, _spoken(random), _spoken(random), _letters(random), _letters(random)])
    draw = random.random()
    if draw < 0.08:
        return name.capitalize()
    if draw < 0.14:
        return name[:4].upper()
    if draw < 0.18:
        return name + _letters(random, 2, 4).capitalize()
    if draw < 0.26:
        return f"{name}{random.choice(['', '_'])}{random.randint(0, 99)}"
    if draw < 0.34:
        return f"{name}_{random.choice([_spoken(random), _letters(random, 1, 3)])}"
    return name


def made_up_name(draft: Draft) -> str:
    """A free name that means nothing."""
    while True:
        name = _any_name(draft)
        if name not in draft.taken:
            draft.taken.add(name)
            return name
