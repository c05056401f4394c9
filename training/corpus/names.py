"""Names and words that mean nothing: what a language model can only copy, piece by piece."""

import string
from random import Random

from training.corpus.draft import Draft
from training.corpus.words import KEYWORDS, NAMES, TOPICS

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


def topic(draft: Draft, words: tuple[str, ...]) -> str:
    """One of the words, or, as often as the rate `unknown` says, one that does not exist, plural where the word is."""
    word = draft.random.choice(words)
    if not draft.rates.unknown or not draft.chance(draft.rates.unknown):
        return word
    ending = "s" if word.endswith("s") else ""
    while True:
        pieces = words if draft.chance(0.8) else tuple(NAMES["sentences"])
        unknown = _blend(draft.random, pieces) if draft.chance(0.5) else _spoken(draft.random)
        unknown = unknown.removesuffix("s") + ending
        if len(unknown) > 2 and unknown not in TOPICS and unknown not in KEYWORDS:
            return unknown


def _blend(random: Random, words: tuple[str, ...]) -> str:
    """The beginning of one word and the end of another: pieces that a model knows, in an order that it does not."""
    first, second = (random.choice(words).rsplit("_", 1)[-1] for _ in range(2))
    return first[: random.randint(2, max(len(first) - 1, 2))] + second[-random.randint(2, max(len(second) - 1, 2)) :]
