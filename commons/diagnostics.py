"""The seven checks of the Bayesian workflow, computed from raw draws (paper, section on reliability)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One of the seven checks. rule: how the value is held against the threshold, as people read it ("< 1.05")."""

    name: str
    value: float
    threshold: float
    rule: str
    passed: bool
    why: str = ""  # where it could not be computed, the reason
