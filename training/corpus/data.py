"""The data side of an example: columns with values, names, meanings; the description; the prompt's order."""

import math
from dataclasses import dataclass

import numpy as np

from commons.data_pymc import Role, Variable
from training.corpus.draft import Draft
from training.corpus.words import AWKWARD_NAMES, GROUP_NAMES, KEYWORDS, PREDICTOR_NAMES, SIZE_NAMES, singular, spoken


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """What the program's author reads about a column."""

    name: str
    low: float
    high: float
    word: str

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
    """A column's name: the word or something made of it, a one-letter habit, or a name that means nothing."""
    random = draft.random
    draw = random.random()
    if draw < own:
        candidates = [word, word, word, f"{word}_{random.choice(['obs', 'data', 'val', 'c', 'i', '1', '2'])}"]
        candidates += [f"{random.choice(['log', 'num', 'mean', 'total', 'n'])}_{word}", word[:3], word.capitalize()]
        candidates = [random.choice(candidates)]
    elif draw < 0.86:
        candidates = [random.choice(generic) for _ in range(4)]
    elif draw < 0.95:
        candidates = ["".join(random.choice(draft.words.syllables) for _ in range(random.choice([1, 2, 2, 3])))]
    elif draw < 0.97:
        candidates = [random.choice(AWKWARD_NAMES)]
    else:
        candidates = [f"{random.choice(generic)}{random.choice(['1', '2', '_1', '_obs', '_data', '_', 's'])}"]
    free = [name for name in candidates if name not in draft.taken and name not in KEYWORDS]
    while not free:
        made = "".join(random.choice(draft.words.syllables) for _ in range(2))
        free = [made] if made not in draft.taken else []
    draft.taken.add(free[0])
    return free[0]


def add_size(draft: Draft, low: int, high: int, units: str = "") -> None:
    """Choose the number of rows and, mostly, show it as the size variable."""
    random = draft.random
    draft.units = units or random.choice(draft.words.units)
    draft.rows = round(math.exp(random.uniform(math.log(low), math.log(high))))
    if random.random() < 0.8:
        draft.size = _size(draft, draft.units, draft.rows)


def _size(draft: Draft, units: str, value: int) -> str:
    if draft.chance(0.3):
        name = draft.name(f"n_{units}", f"num_{units}", units[0].upper(), f"n_{singular(units)}")
    else:
        name = draft.name(*SIZE_NAMES)
    meaning = draft.random.choice([f"number of {units}", f"number of {units}", "number of observations", units, ""])
    draft.variables.append(Variable(name=name, values=np.array(value), role=Role.SIZE, meaning=meaning))
    return name


def column(
    draft: Draft, name: str, word: str, role: Role, low: float, high: float, meaning: str = "", *, integer: bool = False
) -> Column:
    """Add a column of the current number of rows whose smallest and largest values are `low` and `high`."""
    random, rows = draft.random, draft.rows
    if integer:
        values = np.array([random.randint(int(low), int(high)) for _ in range(rows)])
    else:
        low, high = three_digits(low), three_digits(high)
        values = np.array([random.uniform(low, high) for _ in range(rows)])
    values[0], values[-1] = low, high
    draft.variables.append(Variable(name=name, values=values, role=role, meaning=meaning))
    return Column(name=name, low=low, high=high, word=spoken(word))


def add_predictor(draft: Draft, *, kind: str = "", word: str = "") -> Column:
    """A predictor: standardised, positive, anywhere, 0/1, counted, centred about zero, or a calendar year."""
    random = draft.random
    word = word or random.choice(draft.words.predictors)
    kind = kind or random.choice(["std", "std", "unit", "positive", "positive", "real", "binary", "count", "centred"])
    name = data_name(draft, word, PREDICTOR_NAMES)
    meaning = spoken(word) if random.random() < 0.6 else ""
    rows = draft.rows
    if kind == "binary":
        return column(draft, name, word, Role.PREDICTOR, 0, 1, meaning, integer=True)
    if kind == "count":
        low = random.choice([0, 1, 1, 2])
        return column(
            draft, name, word, Role.PREDICTOR, low, low + random.choice([3, 5, rows, rows, 60]), meaning, integer=True
        )
    if kind == "year":
        start = random.randint(1900, 2005)
        return column(draft, name, word, Role.PREDICTOR, start, start + rows, meaning, integer=True)
    low, high = _interval(draft, kind)
    if kind in {"std", "unit"} and meaning and random.random() < 0.6:
        meaning += random.choice([", standardised", " (scaled)", ", scaled", ", centred"])
    return column(draft, name, word, Role.PREDICTOR, low, high, meaning)


def _interval(draft: Draft, kind: str) -> tuple[float, float]:
    random = draft.random
    if kind == "std":
        return -random.uniform(1, 3), random.uniform(1, 3)
    if kind == "unit":
        high = random.choice([0.5, 0.9, 1, 1, 1, 1.5])
        return random.choice([-high, -high, -0.95 * high, 0]), high
    if kind == "positive":
        high = 10 ** random.uniform(0, 2.3)
        return max(high * random.uniform(0.005, 0.5), 0.01), high
    if kind == "centred":
        half = random.choice([2, 3, 5, 6, 8, 10, 12, 15, 20, 25, max(draft.rows // 2, 2)])
        return -half, half
    middle, half = random.uniform(-10, 10), 10 ** random.uniform(0, 1.5)
    return middle - half, middle + half


def add_groups(draft: Draft, low: int = 3, high: int = 40) -> tuple[str, str, str]:
    """An index 0..G-1. Gives back its name, the expression for G, and what a group is."""
    random = draft.random
    units = random.choice(draft.words.units)
    number = max(min(round(math.exp(random.uniform(math.log(low), math.log(high)))), draft.rows // 3), 2)
    expression = _size(draft, units, number) if draft.chance(0.8) else ""
    word = singular(units)
    name = draft.name(word, f"{word}_idx", f"{word}_id") if draft.chance(0.45) else draft.name(*GROUP_NAMES)
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
