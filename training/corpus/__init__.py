"""The training corpus: data sets that do not exist, and PyMC programs that suit them.

Everything about an example follows from its integer seed."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from random import Random

from commons.data_pymc import Dataset
from refinestat.refinegen.prompts import plain
from training.corpus.draft import Draft
from training.corpus.families import FAMILIES, HELD_OUT_FAMILIES, family_name
from training.corpus.faults import legacy, novice
from training.corpus.style import choose_style
from training.corpus.words import FORBIDDEN_NAMES, FORBIDDEN_TOGETHER, FORBIDDEN_WORDS, WORDS, Split
from training.rates import Rates

_TRIES = 60
Families = Mapping[Callable[[Draft], None], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A data set, and the program text that continues its prompt. faulty: a fault was made on purpose."""

    dataset: Dataset
    program: str
    family: str
    faulty: bool

    @property
    def prompt(self) -> str:
        """What the model reads."""
        return plain(self.dataset)


def make(seed: int, rates: Rates | None = None, split: Split = Split.TRAIN, families: Families = FAMILIES) -> Example:
    """The example with this seed. Draws again where the topic or the names are a built-in data set's.

    families: what it may be of, with weights."""
    for attempt in range(_TRIES):
        random = Random(f"{split}-{seed}-{attempt}")
        draft = _draft(random, rates or Rates(), split)
        is_even = draft.rates.even and draft.chance(draft.rates.even)
        family = random.choices(list(families), None if is_even else list(families.values()))[0]
        family(draft)
        if not is_forbidden(draft):
            return _finished(draft, family_name(family), seed)
    raise RuntimeError(f"no example for seed {seed} in {_TRIES} tries")


def examples(first: int, rates: Rates | None = None, split: Split = Split.TRAIN) -> Iterator[Example]:
    """Endless examples, from one seed upwards."""
    seed = first
    while True:
        yield make(seed, rates, split)
        seed += 1


def is_forbidden(draft: Draft) -> bool:
    """Whether the topic or the names are those of a built-in data set."""
    text = " ".join([draft.description, *(f"{v.name} {v.meaning}" for v in draft.variables)])
    words = set(text.lower().replace("_", " ").replace(",", " ").replace(".", " ").replace(":", " ").split())
    names = frozenset(variable.name for variable in draft.variables)
    together = words >= FORBIDDEN_TOGETHER
    return bool(words & FORBIDDEN_WORDS) or together or names in FORBIDDEN_NAMES


def _draft(random: Random, rates: Rates, split: Split) -> Draft:
    return Draft(random=random, rates=rates, words=WORDS[split], style=choose_style(random, rates))


def _finished(draft: Draft, family: str, seed: int) -> Example:
    faulty = False
    if draft.chance(draft.rates.legacy):
        before = draft.program()
        legacy(draft)
        faulty = draft.program() != before
    if draft.chance(draft.rates.fault):
        faulty = novice(draft) or faulty
    variables = tuple(draft.variables)
    dataset = Dataset(name=f"{family}_{seed}", description=draft.description, variables=variables)
    return Example(dataset=dataset, program=draft.program(), family=family, faulty=faulty)


__all__ = ["FAMILIES", "HELD_OUT_FAMILIES", "Example", "Families", "Rates", "Split", "examples", "is_forbidden", "make"]
