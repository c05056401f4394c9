"""Terms of a linear predictor: intercepts, prepared predictors, slopes, polynomials; and sentences about them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from training.corpus.data import Column, add_predictor
from training.corpus.draft import Draft
from training.corpus.outcomes import (
    Link,
    Outcome,
    binary_outcome,
    binomial_outcome,
    centre_of,
    count_outcome,
    intercept_scale,
    real_outcome,
    share_outcome,
)
from training.corpus.priors import INTERCEPT, SLOPE, location

MAKERS: Mapping[Link, Callable[[Draft], Outcome]] = {
    Link.IDENTITY: real_outcome,
    Link.LOG: count_outcome,
    Link.LOGIT: binary_outcome,
    Link.BINOMIAL: binomial_outcome,
    Link.SHARE: share_outcome,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """A predictor as the linear predictor uses it. extent: its largest absolute value; span: largest less smallest."""

    expression: str
    extent: float
    span: float

    @property
    def reach(self) -> float:
        """How far it goes to either side of its middle."""
        return self.span / 2


def any_outcome(draft: Draft, **weights: int) -> Outcome:
    """An outcome whose link is drawn with these weights (`identity=2, log=1`)."""
    link = draft.random.choices([Link(name) for name in weights], list(weights.values()))[0]
    return MAKERS[link](draft)


def prepare(draft: Draft, column: Column, degree: int = 1) -> Input:
    """The predictor as it is, or standardised first where its numbers, or their powers, are large."""
    is_binary = (column.low, column.high) == (0, 1)
    chance = 0.0 if is_binary else 0.85 if column.extent > 100 else 0.4 if column.extent > 4 else 0.06
    chance = 1.0 if column.extent**degree > 1000 else chance
    if not draft.chance(chance):
        return Input(expression=column.name, extent=column.extent, span=column.high - column.low)
    names = (f"{column.name}_std", f"{column.name}_std", f"{column.name}_s", f"{column.name}_z")
    expression = f"({column.name} - {column.name}.mean()) / {column.name}.std()"
    return Input(expression=draft.let(names, expression, where="priors"), extent=2.0, span=3.5)


def intercept(draft: Draft, outcome: Outcome, names: tuple[str, ...] = INTERCEPT, shape: str = "") -> str:
    """The prior on an intercept."""
    centre = centre_of(draft, outcome)
    return location(draft, names, intercept_scale(draft, outcome, centre), centre, shape)


def slope_scale(draft: Draft, outcome: Outcome, reach: float) -> float:
    """How wide a slope's prior is: of the order of the slope that takes the outcome over all its values."""
    return outcome.spread * draft.random.choice([0.5, 1, 1, 2]) / reach


def slope(draft: Draft, outcome: Outcome, predictor: Input, names: tuple[str, ...] = SLOPE) -> str:
    """The prior on a slope."""
    return location(draft, names, slope_scale(draft, outcome, predictor.reach))


def linear(draft: Draft, outcome: Outcome, columns: list[Column]) -> str:
    """Intercept and one slope per predictor."""
    columns = as_shown(draft, columns)
    inputs = [prepare(draft, column) for column in columns]
    return " + ".join([intercept(draft, outcome), *slopes(draft, outcome, columns, inputs)])


def slopes(draft: Draft, outcome: Outcome, columns: list[Column], inputs: list[Input]) -> list[str]:
    """One term per predictor: its slope times what is used of it. Several slopes are mostly called after their data."""
    after_data, numbered = ("beta_{name}", "b_{name}"), ("beta{i}", "b{i}", "beta_{i}")
    named = draft.random.choice(numbered if draft.chance(0.6 if len(columns) < 3 else 0.1) else after_data)
    terms = []
    for i, (column, predictor) in enumerate(zip(columns, inputs, strict=True), start=1):
        names = SLOPE if len(columns) == 1 else (named.format(name=column.name, i=i),)
        terms.append(f"{slope(draft, outcome, predictor, names)} * {predictor.expression}")
    return terms


def polynomial(draft: Draft, outcome: Outcome, column: Column, degree: int) -> str:
    """Intercept and powers of one predictor, each coefficient on the scale of its power."""
    predictor = prepare(draft, column, degree)
    stem = draft.random.choice(["beta", "beta", "b", "beta_"])
    terms = [intercept(draft, outcome)]
    for power in range(1, degree + 1):
        scale = slope_scale(draft, outcome, predictor.extent**power)
        raised = "" if power == 1 else f"**{power}"
        terms.append(f"{location(draft, (f'{stem}{power}',), scale)} * {predictor.expression}{raised}")
    return " + ".join(terms)


def predictors(draft: Draft, number: int) -> list[Column]:
    """Several predictors of any kind."""
    return [add_predictor(draft) for _ in range(number)]


def as_shown(draft: Draft, columns: list[Column]) -> list[Column]:
    """The columns in the prompt's order, in which authors write their terms."""
    order = {variable.name: i for i, variable in enumerate(draft.variables)}
    return sorted(columns, key=lambda column: order[column.name])


def number_of_predictors(draft: Draft, *weights: float) -> int:
    """How many predictors: from one, with these weights."""
    return draft.random.choices(range(1, len(weights) + 1), weights)[0]


def listed(columns: list[Column]) -> str:
    """Their words: a, b and c."""
    words = [column.word for column in columns]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def about(draft: Draft, outcome: Outcome, columns: list[Column]) -> list[str]:
    """Sentences that suit any model of this outcome and these predictors."""
    units, rows, what = draft.units, draft.rows, outcome.word
    by = listed(columns) if columns else ""
    if outcome.link is Link.BINOMIAL:
        tail = f", by {by}" if by else ""
        cause = draft.random.choice(["treatment", "training", "a trial", "exposure"])
        return [
            f"{what} out of the {units} tested{tail}.",
            f"{what} among those counted at {rows} {units}{tail}.",
            f"Number of {what} out of the total in {rows} {units}{tail}.",
            f"{what} after {cause} in {rows} {units}{tail}.",
            f"{rows} {units}: {what} out of the number tried{tail}.",
        ]
    if not by:
        return [f"{what} of {rows} {units}.", f"{rows} measurements of {what}.", f"{what} in {rows} {units}."]
    return [
        f"{what} against {by} for {rows} {units}.",
        f"{what} by {by}.",
        f"How {what} depends on {by}.",
        f"{rows} {units} with {by} and {what}.",
        f"{what} of {rows} {units}, given {by}.",
        f"Regression of {what} on {by}.",
        f"{what} at {rows} values of {by}." if len(columns) == 1 else f"{what} predicted from {by}.",
    ]
