"""Outcomes: their columns, and the scale of their linear predictor."""

import math
from dataclasses import dataclass, replace
from enum import StrEnum

from commons.data_pymc import Role
from training.corpus.data import Column, add_column, data_name
from training.corpus.draft import Draft
from training.corpus.names import topic
from training.corpus.style import literal
from training.corpus.words import NAMES, spoken


class Link(StrEnum):
    """What the linear predictor means."""

    IDENTITY = "identity"
    LOG = "log"
    LOGIT = "logit"
    BINOMIAL = "binomial"
    SHARE = "share"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """An outcome and the scale of its linear predictor.

    centre, spread: where the linear predictor lies and how far it varies, on its own scale. trials: column of a
    binomial's numbers of trials; exposure: of a count's exposures."""

    column: Column
    link: Link
    centre: float
    spread: float
    trials: str = ""
    exposure: str = ""

    @property
    def name(self) -> str:
        """The column's name."""
        return self.column.name

    @property
    def word(self) -> str:
        """The column as a description says it."""
        return self.column.word


def real_outcome(draft: Draft, *, positive_only: bool | None = None) -> Outcome:
    """A measurement: of either sign, or positive (at times whole numbers)."""
    random = draft.random
    is_positive = draft.chance(0.55) if positive_only is None else positive_only
    if not is_positive:
        word, half = topic(draft, draft.words.real), 10 ** random.uniform(-0.3, 2)
        middle = random.choice([0, 0, half * 0.5, random.uniform(-3, 3) * half])
        low, high = middle - half * random.uniform(0.5, 1.4), middle + half * random.uniform(0.5, 1.4)
        if draft.chance(0.3) and high > 4 and low < 0:
            low, high = round(low), round(high)
        return _real(draft, word, low, high)
    word, high = topic(draft, draft.words.positive), 10 ** random.uniform(0.1, 3)
    low = high * random.choice([random.uniform(0.02, 0.6), random.uniform(0.5, 0.9)])
    if draft.chance(0.12) and low > 20:
        return _real(draft, word, int(low), int(high) + 1, integer=True)
    return _real(draft, word, max(low, 0.02), high)


def _real(draft: Draft, word: str, low: float, high: float, *, integer: bool = False) -> Outcome:
    name = data_name(draft, word, NAMES["outcome"])
    meaning = spoken(word) if integer or draft.chance(0.7) else ""
    made = add_column(
        draft, Column(name=name, low=low, high=high, word=word, role=Role.OUTCOME, meaning=meaning, integer=integer)
    )
    return Outcome(column=made, link=Link.IDENTITY, centre=made.middle, spread=made.half)


def count_outcome(draft: Draft, *, zeros: bool = False, high: int = 0) -> Outcome:
    """Counted events."""
    random = draft.random
    word = topic(draft, draft.words.counts)
    high = high or int(10 ** random.uniform(0.5, 2.5))
    low = 0 if zeros else int(high * random.choice([0, 0, 0.05, 0.3]) * random.random())
    name = data_name(draft, random.choice([word, f"n_{word}"]), NAMES["count"])
    meaning = random.choice([word, f"number of {word}", f"count of {word}", "count", "number of events", ""])
    made = add_column(
        draft,
        Column(
            name=name, low=low, high=max(high, low + 2), word=word, role=Role.OUTCOME, meaning=meaning, integer=True
        ),
    )
    return Outcome(column=made, link=Link.LOG, centre=math.log((made.low + made.high) / 2), spread=1.0)


def binary_outcome(draft: Draft) -> Outcome:
    """Yes or no."""
    word = topic(draft, draft.words.binary)
    name = data_name(draft, word, NAMES["outcome"])
    meaning = spoken(word) if draft.chance(0.7) else ""
    made = add_column(
        draft, Column(name=name, low=0, high=1, word=word, role=Role.OUTCOME, meaning=meaning, integer=True)
    )
    return Outcome(column=made, link=Link.LOGIT, centre=0.0, spread=1.0)


def share_outcome(draft: Draft) -> Outcome:
    """A proportion, strictly between 0 and 1."""
    random = draft.random
    word = topic(draft, draft.words.shares)
    name = data_name(draft, word, NAMES["outcome"])
    low, high = random.uniform(0.01, 0.3), random.uniform(0.4, 0.99)
    made = add_column(
        draft,
        Column(
            name=name,
            low=low,
            high=high,
            word=word,
            role=Role.OUTCOME,
            meaning=spoken(word) if draft.chance(0.6) else "",
        ),
    )
    return Outcome(column=made, link=Link.SHARE, centre=0.0, spread=1.0)


def binomial_outcome(draft: Draft) -> Outcome:
    """Successes out of known numbers of trials."""
    random = draft.random
    word = topic(draft, random.choice([draft.words.counts, draft.words.binary]))
    most = int(10 ** random.uniform(1, 3))
    fewest = max(2, int(most * random.uniform(0.05, 0.8)))
    name = data_name(draft, word, NAMES["success"])
    trials = data_name(
        draft, random.choice(["trials", "tested", "total", f"n_{draft.units}"]), NAMES["trials"], own=0.25
    )
    low = int(fewest * random.random() * random.choice([0, 0.3, 0.6]))
    high = max(low + 1, int(most * random.uniform(0.05, 0.9)))
    meaning = random.choice(
        [f"number of {word}", word, f"{word} out of the total", "successes", f"how many {word}", ""]
    )
    made = add_column(
        draft, Column(name=name, low=low, high=high, word=word, role=Role.OUTCOME, meaning=meaning, integer=True)
    )
    _add_trials(draft, trials, fewest, max(most, fewest + 1))
    return Outcome(column=made, link=Link.BINOMIAL, centre=0.0, spread=1.0, trials=trials)


_TRIALS_MEANINGS = (
    "number of trials",
    "trials",
    "number tested",
    "attempts",
    "total number",
    "number at risk",
    "people sampled",
    "number of {units}",
    "number exposed",
    "total",
    "",
)


def _add_trials(draft: Draft, name: str, fewest: int, most: int) -> None:
    """The column of trials, raised where needed so that no row has more successes than trials."""
    random = draft.random
    meaning = random.choice(_TRIALS_MEANINGS).format(units=topic(draft, draft.words.units))
    add_column(
        draft, Column(name=name, low=fewest, high=most, word="trials", role=Role.TRIALS, meaning=meaning, integer=True)
    )
    trials, successes = draft.variables[-1], draft.variables[-2]
    draft.variables[-2] = replace(successes, values=successes.values.clip(max=trials.values))
    if draft.chance(0.5):
        draft.variables[-2:] = draft.variables[:-3:-1]


def centre_of(draft: Draft, outcome: Outcome) -> float:
    """Where an author centres an intercept: at the data's middle, or at zero."""
    if outcome.link is Link.IDENTITY:
        return outcome.centre if abs(outcome.centre) > outcome.spread / 2 and draft.chance(0.6) else 0.0
    return float(literal(round(outcome.centre))) if outcome.link is Link.LOG and draft.chance(0.5) else 0.0


def intercept_scale(draft: Draft, outcome: Outcome, centre: float) -> float:
    """How wide an intercept's prior is."""
    if outcome.link is Link.IDENTITY:
        return (outcome.column.half if centre else outcome.column.extent) * draft.random.choice([0.5, 1, 1, 2])
    if outcome.link is Link.LOG and not centre:
        return max(outcome.centre, 1.0) * draft.random.choice([1, 1, 2])
    return draft.random.choice([1, 1.5, 2, 2.5])
