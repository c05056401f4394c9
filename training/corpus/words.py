"""The word lists of `words.toml`, and which of them training never sees.

Every seventh word of each list of topics is kept for the held-out split, unless another list has it for training. The
topics of the built-in data sets are in neither."""

import keyword
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType


class Split(StrEnum):
    """Which topics and names an example may use."""

    TRAIN = "train"
    HELD_OUT = "held_out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The words of one split, by what they name; syllables make names that mean nothing."""

    units: tuple[str, ...]
    real: tuple[str, ...]
    positive: tuple[str, ...]
    counts: tuple[str, ...]
    binary: tuple[str, ...]
    shares: tuple[str, ...]
    predictors: tuple[str, ...]
    times: tuple[str, ...]
    syllables: tuple[str, ...]


_SHARED = frozenset({"times"})
_STEP, _FIRST = 7, 3


def _split(lists: Mapping[str, tuple[str, ...]]) -> Mapping[Split, Words]:
    held_out = {name: words[_FIRST::_STEP] for name, words in lists.items() if name not in _SHARED}
    train = {name: tuple(w for w in words if w not in held_out.get(name, ())) for name, words in lists.items()}
    seen = {word for words in train.values() for word in words}
    unseen = {name: tuple(word for word in words if word not in seen) for name, words in held_out.items()}
    shared = {name: lists[name] for name in _SHARED}
    return MappingProxyType({Split.TRAIN: Words(**train), Split.HELD_OUT: Words(**unseen, **shared)})


_FILE = tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))
WORDS = _split({name: tuple(text.split()) for name, text in _FILE["topics"].items()})
NAMES: Mapping[str, list[str]] = MappingProxyType({name: text.split() for name, text in _FILE["names"].items()})
TOPICS = frozenset(word for text in _FILE["topics"].values() for word in text.split())
KEYWORDS = frozenset(keyword.kwlist)
# Topics and names of the built-in data sets: no example may have one.
FORBIDDEN_WORDS = frozenset(_FILE["forbidden"]["words"].split())
FORBIDDEN_TOGETHER = frozenset(_FILE["forbidden"]["together"].split())
FORBIDDEN_NAMES = frozenset(frozenset(names.split()) for names in _FILE["forbidden"]["names"])


def singular(word: str) -> str:
    """The singular of a unit: batteries, batches, buses, mice, plots."""
    if word == "mice":
        return "mouse"
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ches", "uses")):
        return word[:-2]
    return word[:-1] if word.endswith("s") else word


def spoken(word: str) -> str:
    """A name as a description says it."""
    return word.replace("_", " ")
