"""Ten data sets of ten kinds, made with a known truth: a family, and a slope on the scale of the link."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np

from refinestat.refinegen.effects import weights

Columns = dict[str, np.ndarray]


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """One data set. family: the distribution of the outcome. predictor, slope: the change of the linear predictor for
    one unit of the predictor as it is in the file; for the growth curve, that of the line that fits it best."""

    kind: str
    columns: Columns
    outcome: str
    family: str
    predictor: str
    slope: float

    def write(self, folder: Path, name: str) -> Path:
        """The data set as a CSV file."""
        path = folder / f"{name}.csv"
        rows = zip(*(values.tolist() for values in self.columns.values()), strict=True)
        lines = [",".join(self.columns), *(",".join(str(value) for value in row) for row in rows)]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path


def _logistic(eta: np.ndarray) -> np.ndarray:
    return np.asarray(1 / (1 + np.exp(-eta)))


def heights(random: np.random.Generator) -> Made:
    weight = random.normal(45, 6.5, 120).round(1)
    height = (113.9 + 0.9 * weight + random.normal(0, 5, 120)).round(1)
    columns = {"weight": weight, "height": height}
    return Made(
        kind="normal regression", columns=columns, outcome="height", family="Normal", predictor="weight", slope=0.9
    )


def visits(random: np.random.Generator) -> Made:
    age = random.integers(20, 80, 150)
    counts = random.poisson(np.exp(1.2 + 0.025 * (age - 50)))
    columns = {"age": age, "visits": counts}
    return Made(kind="counts", columns=columns, outcome="visits", family="Poisson", predictor="age", slope=0.025)


def hatched(random: np.random.Generator) -> Made:
    temperature = random.uniform(20, 35, 40).round(1)
    eggs = random.integers(15, 60, 40)
    count = random.binomial(eggs, _logistic(0.4 + 0.15 * (temperature - 27)))
    columns = {"temperature": temperature, "total": eggs, "hatched": count}
    return Made(
        kind="binomial with trials",
        columns=columns,
        outcome="hatched",
        family="Binomial",
        predictor="temperature",
        slope=0.15,
    )


def passed(random: np.random.Generator) -> Made:
    hours = random.uniform(0, 10, 150).round(1)
    outcome = random.binomial(1, _logistic(-3 + 0.6 * hours))
    columns = {"hours": hours, "passed": outcome}
    return Made(kind="binary", columns=columns, outcome="passed", family="Bernoulli", predictor="hours", slope=0.6)


def cover(random: np.random.Generator) -> Made:
    distance = random.uniform(0.5, 30, 80).round(2)
    mean = _logistic(1.0 - 0.08 * distance)
    share = np.clip(random.beta(mean * 15, (1 - mean) * 15), 0.001, 0.999).round(3)
    columns = {"distance": distance, "cover": share}
    return Made(kind="proportion", columns=columns, outcome="cover", family="Beta", predictor="distance", slope=-0.08)


def costs(random: np.random.Generator) -> Made:
    stay = random.uniform(1, 14, 120).round(1)
    cost = np.exp(5.0 + 0.15 * stay + random.normal(0, 0.6, 120)).round(1)
    columns = {"stay": stay, "cost": cost}
    return Made(
        kind="positive skewed", columns=columns, outcome="cost", family="LogNormal", predictor="stay", slope=0.15
    )


def yields(random: np.random.Generator) -> Made:
    field = np.repeat([f"field {i}" for i in range(1, 13)], 10)
    effect = np.repeat(random.normal(0, 4, 12), 10)
    nitrogen = random.uniform(0, 10, 120).round(1)
    amount = (20 + 1.2 * nitrogen + effect + random.normal(0, 2.5, 120)).round(2)
    columns = {"field": field, "nitrogen": nitrogen, "yield": amount}
    return Made(kind="grouped", columns=columns, outcome="yield", family="Normal", predictor="nitrogen", slope=1.2)


def growth(random: np.random.Generator) -> Made:
    age = np.sort(random.uniform(0.5, 12, 60)).round(1)
    size = (30 - 24 * np.exp(-0.35 * age) + random.normal(0, 1.0, 60)).round(2)
    average = float(weights(age) @ (24 * 0.35 * np.exp(-0.35 * age)))
    columns = {"age": age, "size": size}
    return Made(kind="growth curve", columns=columns, outcome="size", family="Normal", predictor="age", slope=average)


def sales(random: np.random.Generator) -> Made:
    week = np.arange(1, 61)
    steps = np.zeros(60)
    for i in range(1, 60):
        steps[i] = 0.4 * steps[i - 1] + random.normal(0, 0.8)
    amount = (12 + 0.11 * week + steps).round(2)
    columns = {"week": week, "sales": amount}
    return Made(kind="time series", columns=columns, outcome="sales", family="Normal", predictor="week", slope=0.11)


def trials(random: np.random.Generator) -> Made:
    dose = random.uniform(1, 10, 16).round(1)
    error = random.uniform(0.8, 2.5, 16).round(2)
    effect = (1.0 + 0.7 * dose + random.normal(0, 1.0, 16) + random.normal(0, 1, 16) * error).round(2)
    study = np.array([f"study {i}" for i in range(1, 17)])
    columns = {"study": study, "dose": dose, "effect": effect, "se": error}
    return Made(kind="meta-analysis", columns=columns, outcome="effect", family="Normal", predictor="dose", slope=0.7)


MAKERS: Mapping[str, Callable[[np.random.Generator], Made]] = MappingProxyType(
    {maker.__name__: maker for maker in (heights, visits, hatched, passed, cover, costs, yields, growth, sales, trials)}
)


def ten(seed: int = 1) -> dict[str, Made]:
    """All ten, by name; each has random numbers of its own."""
    return {name: maker(np.random.default_rng([seed, i])) for i, (name, maker) in enumerate(MAKERS.items())}
