"""The data side of an example: columns with values, names, meanings; the description; the prompt's order."""

import math
from dataclasses import dataclass, replace

import numpy as np

from commons.data_pymc import Role, Variable
from training.corpus.draft import Draft
from training.corpus.names import made_up_name, topic
from training.corpus.words import NAMES, singular, spoken


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column as the program's author reads it: its name, range, role, the word for it, the meaning shown."""

    name: str
    low: float
    high: float
    word: str
    role: Role
    meaning: str = ""
    integer: bool = False
    ordered: bool = False

    @property
    def extent(self) -> float:
        """The largest absolute value."""
        return max(abs(self.low), abs(self.high), 1e-6)

    @property
    def half(self) -> float:
        """Half the range."""
        return max((self.high - self.low) / 2, 1e-6)

    @property
    def middle(self) -> float:
        """The middle of the range."""
        return (self.high + self.low) / 2


def three_digits(value: float) -> float:
    """The value as the prompt shows it, nearly."""
    return float(f"{value:.3g}")


def data_name(draft: Draft, word: str, generic: list[str], own: float = 0.5) -> str:
    """A column's name: one that means nothing, the word or something made of it, or a habit of authors."""
    random = draft.random
    if draft.chance(draft.rates.made_up):
        return made_up_name(draft)
    draw = 0.9 if draft.rates.reserved and draft.chance(draft.rates.reserved) else random.random()
    if draw < own:
        candidates = [word, word, word, f"{word}_{random.choice(['obs', 'data', 'val', 'c', 'i', '1', '2'])}"]
        candidates += [f"{random.choice(['log', 'num', 'mean', 'total', 'n'])}_{word}", word[:3], word.capitalize()]
        candidates = [random.choice(candidates)]
    elif draw < 0.88:
        candidates = [random.choice(generic) for _ in range(4)]
    elif draw < 0.96:
        candidates = [random.choice(NAMES["awkward"]) for _ in range(2)]
    else:
        candidates = [f"{random.choice(generic)}{random.choice(['1', '2', '_1', '_obs', '_data', '_', 's'])}"]
    free = [name for name in candidates if name not in draft.taken]
    if not free:
        return made_up_name(draft)
    draft.taken.add(free[0])
    return free[0]


def add_size(draft: Draft, low: int, high: int, units: str = "") -> None:
    """Choose the number of rows and, mostly, show it as the size variable."""
    random = draft.random
    draft.units = units or topic(draft, draft.words.units)
    draft.rows = round(math.exp(random.uniform(math.log(low), math.log(high))))
    if random.random() < 0.8:
        draft.size = _size(draft, draft.units, draft.rows, "observations")


def _size(draft: Draft, units: str, value: int, things: str) -> str:
    if draft.chance(draft.rates.made_up / 3):
        name = made_up_name(draft)
    elif draft.chance(0.3):
        name = draft.name(f"n_{units}", f"num_{units}", units[0].upper(), f"n_{singular(units)}")
    else:
        name = draft.name(*NAMES["size"])
    meaning = draft.random.choice([f"number of {units}", f"number of {units}", f"number of {things}", units, ""])
    draft.variables.append(Variable(name=name, values=np.array(value), role=Role.SIZE, meaning=meaning))
    return name


def add_column(draft: Draft, column: Column) -> Column:
    """Add a column with the current number of rows, the smallest and the largest value as stated. Gives it as shown."""
    random, rows = draft.random, draft.rows
    low, high = column.low, column.high
    if column.integer:
        values = np.array([random.randint(int(low), int(high)) for _ in range(rows)])
    else:
        low, high = three_digits(low), three_digits(high)
        values = np.array([random.uniform(low, high) for _ in range(rows)])
    values[0], values[-1] = low, high
    draft.variables.append(
        Variable(name=column.name, values=values, role=column.role, meaning=column.meaning, ordered=column.ordered)
    )
    return replace(column, low=low, high=high, word=spoken(column.word))


def add_predictor(draft: Draft, *, kind: str = "", word: str = "") -> Column:
    """A predictor: standardised, positive, anywhere, 0/1, counted, rated, centred about zero, or a calendar year."""
    random = draft.random
    word = word or topic(draft, draft.words.predictors)
    kind = kind or random.choice(_KINDS)
    name = data_name(draft, word, NAMES["predictor"])
    meaning = spoken(word) if random.random() < 0.6 else ""
    integer = kind in {"binary", "count", "ordinal", "year"}
    low, high = _whole_interval(draft, kind) if integer else _interval(draft, kind)
    if kind in {"std", "unit"} and meaning and random.random() < 0.6:
        meaning += random.choice([", standardised", " (scaled)", ", scaled", ", centred"])
    ordered = kind == "ordinal"
    column = Column(
        name=name,
        low=low,
        high=high,
        word=word,
        role=Role.PREDICTOR,
        meaning=meaning,
        integer=integer,
        ordered=ordered,
    )
    return add_column(draft, column)


_KINDS = ("std", "std", "unit", "positive", "positive", "real", "binary", "binary", "count", "ordinal", "centred")


def _whole_interval(draft: Draft, kind: str) -> tuple[int, int]:
    random = draft.random
    if kind == "binary":
        return 0, 1
    if kind == "ordinal":
        low = random.choice([0, 1, 1])
        return low, low + random.randint(2, 9)
    if kind == "count":
        low = random.choice([0, 1, 1, 2])
        return low, low + random.choice([3, 5, draft.rows, draft.rows, 60])
    start = random.randint(1900, 2005)
    return start, start + draft.rows


def _interval(draft: Draft, kind: str) -> tuple[float, float]:
    random = draft.random
    if kind == "std":
        return -random.uniform(1, 3), random.uniform(1, 3)
    if kind == "unit":
        limit = random.choice([0.5, 0.9, 1, 1, 1, 1.5])
        return random.choice([-limit, -limit, -0.95 * limit, 0]), limit
    if kind == "positive":
        top = 10 ** random.uniform(0, 2.3)
        return max(top * random.uniform(0.005, 0.5), 0.01), top
    if kind == "centred":
        half: float = random.choice([2, 3, 5, 6, 8, 10, 12, 15, 20, 25, max(draft.rows // 2, 2)])
        return -half, half
    middle, reach = random.uniform(-10, 10), 10 ** random.uniform(0, 1.5)
    return middle - reach, middle + reach


def add_groups(draft: Draft, low: int = 3, high: int = 40) -> tuple[str, str, str]:
    """An index 0..G-1. Gives back its name, the expression for G, and what a group is."""
    random = draft.random
    units = topic(draft, draft.words.units)
    number = max(min(round(math.exp(random.uniform(math.log(low), math.log(high)))), draft.rows // 3), 2)
    expression = _size(draft, units, number, "groups") if draft.chance(0.8) else ""
    word = singular(units)
    if draft.chance(draft.rates.made_up):
        name = made_up_name(draft)
    else:
        name = draft.name(word, f"{word}_idx", f"{word}_id") if draft.chance(0.45) else draft.name(*NAMES["group"])
    values = np.array([i % number for i in range(draft.rows)])
    meaning = random.choice([f"{word} index", f"{word}", "group index", "", f"index of the {word}, {number} groups"])
    draft.variables.append(Variable(name=name, values=values, role=Role.INDEX, meaning=meaning))
    return name, expression or random.choice([str(number), f"len(np.unique({name}))"]), word


def arrange(draft: Draft) -> None:
    """The order in which the columns are shown: as made, shuffled, or outcome last; sizes first mostly."""
    draw = draft.random.random()
    if draw < 0.4:
        draft.random.shuffle(draft.variables)
    elif draw < 0.7:
        draft.variables.sort(key=lambda variable: variable.role is Role.OUTCOME)
    if draw > 0.15:
        draft.variables.sort(key=lambda variable: variable.role is not Role.SIZE)


def describe(draft: Draft, *sentences: str) -> None:
    """Choose the description among sentences; sometimes there is none."""
    if not draft.chance(draft.rates.no_description):
        sentence = draft.random.choice(sentences).strip()
        draft.description = sentence[:1].upper() + sentence[1:]
