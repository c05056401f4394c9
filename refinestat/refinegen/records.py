"""What flows between the stages: each takes some of these records and returns the next."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from commons.diagnostics import Check


class Outcome(StrEnum):
    """What became of one program. Everything but `scored` is an expected failure: counted, shown, never raised."""

    SCORED = "scored"
    REJECTED = "rejected"  # the predicates refused it: it never ran
    BUILD_FAILED = "build_failed"  # it ran, and PyMC refused to build its model
    INCOMPARABLE = "incomparable"  # its model was built, and its score would not be one that others can be held against
    CRASHED = "crashed"  # its process died, lied or sent what cannot be read
    HOPELESS = "hopeless"  # its pilot showed that its chains do not meet: it was not sampled to the end
    TIMED_OUT = "timed_out"
    OUT_OF_MEMORY = "out_of_memory"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One predicate's answer about one statement; line and column (both from 1) count within the program's text."""

    predicate: str
    ok: bool
    why: str = ""
    line: int | None = None
    column: int | None = None

    def __post_init__(self) -> None:
        if not self.ok and not self.why:
            raise ValueError(f"{self.predicate}: a refusal must say why")


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """M = D || P || L: the data section, the priors and the likelihood; P and L are indented model-block text."""

    data: str
    priors: str
    likelihood: str

    @property
    def source(self) -> str:
        return self.data + self.priors + self.likelihood


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplerSettings:
    """How a program is sampled. The seed of a fit is derived from `seed` and the program's fingerprint.

    pilot: first tune and draw so many times in each chain, and go on only if that is not hopeless; 0: no pilot.
    draws: 0 only builds the model and checks its density where sampling would start (sampler "none")."""

    chains: int = 4
    tune: int = 1000
    draws: int = 1000
    target_accept: float = 0.95
    pilot: int = 0
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FitLimits:
    """What one program may use. wall and cpu in seconds, memory in bytes of address space.

    build: CPU seconds until its log density must be ready to be sampled."""

    wall: float = 300.0
    cpu: float = 240.0
    build: float = 60.0
    memory: int = 4 * 2**30


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """The raw result of sampling one program, or how it failed.

    free, deterministic: draws by variable name, shape (chains, draws, *variable shape), float64, constrained space.
    log_likelihood: of the one outcome, shape (chains, draws, n). diverging, energy: shape (chains, draws);
    energy is None where the sampler has none. observed: the outcome, shape (n,); predictive: what the model would have
    observed, shape (chains, draws, n), None where its distribution cannot be drawn from. sampler: which one ran
    ("nutpie", "nutpie-numba", "pymc"); note: why not a faster one. seconds: wall time by phase; cpu_seconds,
    peak_memory (bytes): of the process. cached: not fitted now, but found in a cache."""

    outcome: Outcome
    why: str = ""
    free: Mapping[str, np.ndarray] = field(default_factory=dict)
    deterministic: Mapping[str, np.ndarray] = field(default_factory=dict)
    log_likelihood: np.ndarray | None = None
    diverging: np.ndarray | None = None
    energy: np.ndarray | None = None
    observed: np.ndarray | None = None
    predictive: np.ndarray | None = None
    sampler: str = ""
    note: str = ""
    seconds: Mapping[str, float] = field(default_factory=dict)
    cpu_seconds: float = 0.0
    peak_memory: int = 0
    cached: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """How a program fared. checks: the seven, empty unless scored; elpd_loo and its standard error in nats.

    pareto_k_limit, pareto_k_share: the limit of Pareto k that the number of draws sets, and the share of observations
    below it; reported beside the check, not one of them. sampler, note: which sampler ran, and why not a faster one.
    other_fit: of a program that was fitted twice, the fit that does not count."""

    outcome: Outcome
    why: str = ""
    checks: tuple[Check, ...] = ()
    elpd_loo: float = float("nan")
    elpd_se: float = float("nan")
    pareto_k_limit: float = float("nan")
    pareto_k_share: float = float("nan")
    sampler: str = ""
    note: str = ""
    target_accept: float = float("nan")
    fit_seconds: float = 0.0
    cpu_seconds: float = 0.0
    other_fit: "Assessment | None" = None

    @property
    def passed(self) -> int:
        """B of the paper: how many of the seven checks pass; 0 for a program that did not run."""
        return sum(check.passed for check in self.checks)

    @property
    def fits(self) -> "tuple[Assessment, ...]":
        """Each fit that was made: this one, and the one that does not count."""
        return (self,) if self.other_fit is None else (self, self.other_fit)

    @property
    def rank(self) -> tuple[int, float]:
        """Sort key, larger is better: checks passed, then ELPD-LOO (a NaN ranks last)."""
        return self.passed, self.elpd_loo if self.elpd_loo == self.elpd_loo else float("-inf")


def sampled(assessment: Assessment) -> bool:
    """Whether a program was given to the sampler: a NUTS run, however it ended."""
    if assessment.outcome is Outcome.INCOMPARABLE:  # found out before sampling, or after it
        return assessment.sampler != ""
    return assessment.outcome not in (Outcome.REJECTED, Outcome.BUILD_FAILED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What drawing one program took. discarded: generated tokens thrown away, by the predicate that refused them."""

    prompt_tokens: int = 0
    generated_tokens: int = 0
    discarded: Mapping[str, int] = field(default_factory=dict)
    forward_passes: int = 0
    mask_failures: int = 0
    mask_seconds: float = 0.0
    model_seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One draw of the language model: a program that all predicates accept, or the point where it was given up.

    refusals: every verdict that sent the decoder back, in order. tokens: ids of P and of L, as drawn."""

    program: Program
    accepted: bool
    refusals: tuple[Verdict, ...] = ()
    prior_tokens: tuple[int, ...] = ()
    likelihood_tokens: tuple[int, ...] = ()
    cost: Cost = field(default_factory=Cost)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One pass through the refinement loop: what was drawn, and how it fared. r, l: the redraw counters before it."""

    index: int
    r: int
    l: int  # noqa: E741 - the paper's letter
    redrawn: str  # "program" or "likelihood"
    draft: Draft
    assessment: Assessment
    looked_up: bool = False  # an identical program had been fitted: its assessment was reused
