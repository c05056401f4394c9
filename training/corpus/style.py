"""How a program is written: what one author does the same way throughout."""

from dataclasses import dataclass
from random import Random

from training.rates import Rates


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """One author's habits.

    deterministic: share of transforms kept as `pm.Deterministic`. assigned: whether the observed call is assigned."""

    exp: str
    log: str
    sigmoid: str
    deterministic: float
    assigned: bool
    positional: bool
    comments: bool


def choose_style(random: Random, rates: Rates) -> Style:
    """Draw an author."""
    return Style(
        exp="np.exp" if random.random() < 0.08 else "pm.math.exp",
        log="np.log" if random.random() < 0.3 else "pm.math.log",
        sigmoid=random.choice(["pm.math.invlogit", "pm.math.sigmoid", "pm.math.sigmoid"]),
        deterministic=random.choice([0.0, 0.0, 0.3, 1.0]),
        assigned=random.random() < 0.5,
        positional=random.random() < rates.positional,
        comments=random.random() < rates.comments,
    )


def literal(value: float) -> str:
    """A number as a program writes it: no exponent where a person would write none."""
    if value == int(value) and abs(value) < 1e9:
        return str(int(value))
    text = f"{value:.3g}"
    return f"{value:.8f}".rstrip("0") if "e-" in text and abs(value) >= 1e-6 else text


def nice(value: float, random: Random | None = None) -> float:
    """The nearest of 1, 2, 5 times a power of ten (by ratio); sometimes 1.5, 2.5 or 3 where a generator is given."""
    if value == 0:
        return 0.0
    steps = [1.5, 2.5, 3.0] if random is not None and random.random() < 0.12 else [1.0, 2.0, 5.0]
    size, power = abs(value), 1.0
    while size >= 10:
        size, power = size / 10, power * 10
    while size < 1:
        size, power = size * 10, power / 10
    candidates = [*steps, steps[0] * 10]
    best = min(candidates, key=lambda step: max(step / size, size / step))
    return float(f"{(1 if value > 0 else -1) * best * power:.3g}")
