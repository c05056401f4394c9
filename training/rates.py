"""How often the corpus does what: the adjustable rates, each a probability."""

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Probabilities per program (or, for `centred`, per hierarchical effect; for `made_up`, `unknown` and `reserved`,
    per column).

    legacy: a PyMC3-era idiom (`sd=`). fault: a novice's fault. centred: a centred instead of a non-centred
    hierarchy. no_description: the prompt has no description. made_up: a column has a name that means nothing.
    unknown: a topic, and what is made of it, is a word that does not exist. comments: every prior has a comment.
    positional: parameters are passed by position. reserved: a column has a name that programs like for a parameter
    (`mu`, `sigma`). even: the family is drawn without its weight."""

    legacy: float = 0.02
    fault: float = 0.02
    centred: float = 0.12
    no_description: float = 0.08
    made_up: float = 0.3
    unknown: float = 0.2
    comments: float = 0.0
    positional: float = 0.1
    reserved: float = 0.05
    even: float = 0.0

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not 0 <= value <= 1:
                raise ValueError(f"corpus rate {field.name!r} must lie in [0, 1], got {value}")
