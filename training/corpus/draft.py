"""An example while it is written: data side first, then the statements of its program."""

import builtins
import re
from dataclasses import dataclass, field
from random import Random

from commons.data_pymc import Variable
from training.corpus.style import Style, literal
from training.corpus.words import KEYWORDS, Words
from training.rates import Rates

INDENT = "    "
_BY_POSITION = frozenset({"Normal", "HalfNormal", "HalfCauchy", "Exponential", "Uniform", "Beta", "Gamma", "Laplace"})

_RANDOM = re.compile(r'\w+ = pm\.(\w+)\("')
_ROLES = {
    "Normal": "location",
    "StudentT": "location",
    "HalfNormal": "scale",
    "HalfCauchy": "scale",
    "Exponential": "positive",
    "Beta": "probability",
}


@dataclass(slots=True, kw_only=True)
class Draft:
    """Statements collected in order. A name is handed out once, and never one of the data's."""

    random: Random
    rates: Rates
    words: Words
    style: Style
    description: str = ""
    size: str = ""
    rows: int = 0
    units: str = ""
    variables: list[Variable] = field(default_factory=list)
    priors: list[str] = field(default_factory=list)
    likelihood: list[str] = field(default_factory=list)
    taken: set[str] = field(default_factory=lambda: {"pm", "np", "data", "model", *KEYWORDS, *dir(builtins)})

    def chance(self, probability: float) -> bool:
        """True with this probability."""
        return self.random.random() < probability

    def name(self, *candidates: str) -> str:
        """A free name, the earlier candidates no more likely than the later; a numbered one if none is free."""
        free = [name for name in candidates if name not in self.taken]
        if not free:
            free = [next(name for i in range(1, 99) if (name := f"{candidates[0]}_{i}") not in self.taken)]
        chosen = self.random.choice(free)
        self.taken.add(chosen)
        return chosen

    def shape(self, column: str) -> str:
        """The number of rows as an expression: the size variable, or the length of a column."""
        if self.size and self.chance(0.9):
            return self.size
        return self.random.choice([f"len({column})", f"len({column})", f"{column}.shape[0]"])

    def prior(self, name: str, distribution: str, shape: str = "", **parameters: float | str) -> str:
        """Add `name = pm.Distribution("name", ...)` to the priors; gives the name back."""
        arguments = [f'"{name}"', *self._arguments(distribution, parameters)]
        if shape:
            arguments.append(f"shape={shape}")
        self.priors.append(f"{name} = pm.{distribution}({', '.join(arguments)})")
        return name

    def let(self, names: tuple[str, ...], expression: str, *, where: str = "likelihood", keep: bool = False) -> str:
        """Add a transform, kept as `pm.Deterministic` as often as the author does; gives its name back."""
        name = self.name(*names)
        if keep or (where == "likelihood" and self.chance(self.style.deterministic)):
            expression = f'pm.Deterministic("{name}", {expression})'
        (self.priors if where == "priors" else self.likelihood).append(f"{name} = {expression}")
        return name

    def observe(self, distribution: str, outcome: str, **parameters: float | str) -> None:
        """Add the observed statement, the last of the program."""
        name = self.observed_name(outcome)
        arguments = [
            f'"{name}"',
            *(f"{key}={_text(value)}" for key, value in parameters.items()),
            f"observed={outcome}",
        ]
        target = f"{name} = " if self.style.assigned else ""
        self.likelihood.append(f"{target}pm.{distribution}({', '.join(arguments)})")

    def observed_name(self, outcome: str) -> str:
        """A free name for the observed variable."""
        own = f"{outcome}_obs"
        if self.chance(0.5) and own not in self.taken:
            self.taken.add(own)
            return own
        return self.name(own, f"{outcome}_like", "y_obs", "obs", "likelihood", "y_like", "lik")

    def program(self) -> str:
        """The text after the prompt: priors, the marker, likelihood."""
        priors = map(_commented, self.priors) if self.style.comments else self.priors
        lines = [*priors, "# Likelihood", *self.likelihood]
        return "".join(f"{INDENT}{line}\n" for line in lines)

    def _arguments(self, distribution: str, parameters: dict[str, float | str]) -> list[str]:
        values = [(key, _text(value)) for key, value in parameters.items()]
        if self.style.positional and distribution in _BY_POSITION:
            return [value for _, value in values]
        return [f"{key}={value}" for key, value in values]


def _commented(line: str) -> str:
    """A prior with what it is for; another statement as it is."""
    made = _RANDOM.match(line)
    return f"{line}  # {_ROLES.get(made.group(1), 'prior')}" if made else line


def _text(value: float | str) -> str:
    return value if isinstance(value, str) else literal(value)
