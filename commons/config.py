"""The editable configuration. Every value here is checked at start; command-line flags override it."""

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from commons.budgets import BUDGET_UNITS, faults_of_budgets
from commons.models import DEFAULT_MODEL, PAPER_MODELS, known_models, model_label, model_revision, model_source
from commons.utils import UserError, cores, parse_seeds

if TYPE_CHECKING:
    from commons.owndata.prepare import Prepared

__all__ = [
    "DEFAULT_MODEL",
    "PAPER_MODELS",
    "RunRequest",
    "Settings",
    "checked",
    "config",
    "model_label",
    "model_revision",
    "model_source",
]

config: dict[str, Any] = {
    # What is run: every model on every data set with every seed. "paper" stands for PAPER_MODELS.
    "models": [DEFAULT_MODEL],
    "datasets": ["eight_schools", "dugongs", "glm", "gp", "surgical"],
    "seeds": "1-10",
    # Which parts of the method are on (refinegen/strategies.py), and what a baseline may use up in one search.
    "strategy": "refinestat",
    "budget": "tokens",  # in what `budgets` are given: "tokens", "fits" or "seconds"
    "budgets": None,  # {model: {data set: amount}}: searches are repeated until it is used up; None: one search
    # How statements are drawn.
    "grammar": "semantic",  # which tokens may come: by what is known ("semantic"), or by Python's grammar ("syncode")
    "temperature": 0.3,
    "top_k": 0,  # only the most probable tokens are drawn; 0: all
    "min_p": 0.0,  # only tokens with at least this share of the most probable one's probability
    "top_p": 1.0,  # only the fewest tokens that have this probability together
    "statement_retries": 10,  # times that a refused statement is drawn again
    "max_new_tokens": 512,  # generated tokens in one program, the prompt not counted
    # What the language model reads, and how exactly it computes.
    "prompt": "plain",  # "plain": the data section; "few_shot": worked examples first; "chat": the chat template first
    "dtype": "auto",  # "bfloat16", "float16", "float32"; "auto": 32 bits on a CPU, 16 on a GPU
    "quantize": None,  # "4bit" or "8bit" weights (a GPU and bitsandbytes); None: as they are
    # Refinement (Definition 3.2 of the paper).
    "max_iterations": 35,  # R_max: times that the priors are drawn anew
    "alpha": 2,  # times that the likelihood is redrawn for the same priors
    "beta": 3,  # reliable programs that are enough
    "K": 5,  # checks, of seven, that a reliable program passes
    "select": "elpd",  # the best reliable program: by ELPD-LOO ("elpd"), or by checks passed first ("score")
    # How a program is sampled, and what it may use.
    "chains": 4,
    "tune": 1000,
    "draws": 1000,
    "target_accept": 0.95,
    "refit_target_accept": 0.99,  # of a second fit, where a few divergences are all that fails; None: no second fit
    "pilot": 0,  # draws per chain of a short first fit that ends hopeless programs (R-hat > 1.5); 0: no pilot
    "fit_wall_seconds": 300,
    "fit_cpu_seconds": 240,
    "fit_build_seconds": 60,  # processor time until a program's log density is ready
    "fit_memory_gb": 4,
    # The machine: these change how fast a result comes, never the result.
    "workers": None,  # programs fitted at once; None: one per core
    "in_flight": None,  # cells (model, data set, seed) at once; None: 32, or what memory has room for
}

# The seven checks (paper, section on reliability). Values as published.
R_HAT_BELOW = 1.05
ESS_BULK_AT_LEAST = 400
ESS_TAIL_AT_LEAST = 100
DIVERGENCES_AT_MOST = 0
BFMI_ABOVE = 0.3
PARETO_K_BELOW = 0.7
PARETO_K_SHARE_AT_LEAST = 0.8

PROMPTS = ("plain", "few_shot", "chat")
DTYPES = ("auto", "bfloat16", "float16", "float32")
QUANTIZED = ("4bit", "8bit")

# When a program is fitted again, or not to the end.
REFIT_DIVERGENCES_BELOW = 0.01  # share of the draws
HOPELESS_R_HAT_ABOVE = 1.5

CELLS = ("models", "datasets", "seeds")  # what is run: a run can be continued with more of them
MACHINE = ("workers", "in_flight")  # what never changes a result


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The configuration, checked. Field names and meanings are those of `config`."""

    models: tuple[str, ...]
    datasets: tuple[str, ...]
    seeds: tuple[int, ...]
    strategy: str
    budget: str
    budgets: Mapping[str, Mapping[str, float]] | None
    grammar: str
    temperature: float
    top_k: int
    min_p: float
    top_p: float
    statement_retries: int
    max_new_tokens: int
    prompt: str
    dtype: str
    quantize: str | None
    max_iterations: int
    alpha: int
    beta: int
    K: int
    select: str
    chains: int
    tune: int
    draws: int
    target_accept: float
    refit_target_accept: float | None
    pilot: int
    fit_wall_seconds: float
    fit_cpu_seconds: float
    fit_build_seconds: float
    fit_memory_gb: float
    workers: int
    in_flight: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRequest:
    """One call of the main job. output: a new folder (default: the next number under results/refinestat-main).

    resume: the folder of a run to continue. build: build a missing mask store, rather than stop.
    device: "cpu", "cuda" or "cuda:N"; "gpu:N": the same, or the CPU where there is no GPU; "auto": a GPU if there is
    one, but for the embedded model. pickle: weights may be pickled, which can run code. unsafe: run programs even where
    they cannot be contained.
    cache: the folder of a cache of fits that runs share. as_made: fits from there count as made.
    own: data sets of the user's, which the run keeps a copy of."""

    settings: Settings
    output: Path | None = None
    resume: Path | None = None
    build: bool = True
    device: str = "auto"
    pickle: bool = False
    unsafe: bool = False
    cache: Path | None = None
    as_made: bool = False
    own: "tuple[Prepared, ...]" = ()


Allowed = tuple[str, Callable[[Any], bool]]  # in words, and as a test


def _whole(low: int, high: int) -> Allowed:
    return f"a whole number from {low} to {high}", lambda value: type(value) is int and low <= value <= high


def _real(above: float, high: float) -> Allowed:
    allowed = f"a number above {above:g}, at most {high:g}"
    return allowed, lambda value: type(value) in (int, float) and above < value <= high


_ALLOWED: Mapping[str, Allowed] = {
    "strategy": ("the name of a strategy", lambda value: isinstance(value, str) and value != ""),
    "budget": ('"tokens", "fits" or "seconds"', lambda value: value in BUDGET_UNITS),
    "grammar": ('"syncode" or "semantic"', lambda value: value in ("syncode", "semantic")),
    "temperature": ("a number from 0 to 5", lambda value: type(value) in (int, float) and 0 <= value <= 5),
    "top_k": _whole(0, 1_000_000),
    "min_p": ("a number from 0 to 1", lambda value: type(value) in (int, float) and 0 <= value <= 1),
    "top_p": _real(0, 1),
    "statement_retries": _whole(0, 1000),
    "max_new_tokens": _whole(16, 100_000),
    "prompt": ('"plain", "few_shot" or "chat"', lambda value: value in PROMPTS),
    "dtype": (", ".join(DTYPES), lambda value: value in DTYPES),
    "quantize": ('"4bit", "8bit" or None', lambda value: value in (None, *QUANTIZED)),
    "max_iterations": _whole(1, 100_000),
    "alpha": _whole(0, 1000),
    "beta": _whole(1, 1000),
    "K": _whole(1, 7),
    "select": ('"elpd" or "score"', lambda value: value in ("elpd", "score")),
    "chains": _whole(2, 64),
    "tune": _whole(10, 1_000_000),
    "draws": _whole(10, 1_000_000),
    "target_accept": ("a number between 0 and 1", lambda value: type(value) is float and 0 < value < 1),
    "refit_target_accept": (
        "a number between 0 and 1, or None",
        lambda value: value is None or (type(value) is float and 0 < value < 1),
    ),
    "pilot": (
        "0, or a whole number from 20 to 10000",
        lambda value: type(value) is int and (value == 0 or 20 <= value <= 10_000),
    ),
    "fit_wall_seconds": _real(0, 86_400),
    "fit_cpu_seconds": _real(0, 86_400),
    "fit_build_seconds": _real(0, 86_400),
    "fit_memory_gb": _real(0, 4096),
    "workers": _whole(1, 1024),
    "in_flight": ("a whole number from 1 to 1024", lambda value: value is None or _whole(1, 1024)[1](value)),
}


def checked(values: Mapping[str, Any], *, recorded: bool = False) -> Settings:
    """The configuration as Settings. Raises UserError with one line for each wrong key or value.

    recorded: of a run that was made, which can be looked at where its models are not."""
    known = [field.name for field in fields(Settings)]
    wrong = [f"config: unknown key {key!r}{_near(key, known)}" for key in values if key not in known]
    wrong += [f"config: no value for {key!r}" for key in known if key not in values]
    settings = {key: values[key] for key in known if key in values}
    if settings.get("workers", 1) is None:
        settings["workers"] = cores()
    for key, (allowed, holds) in _ALLOWED.items():
        if key in settings and not holds(settings[key]):
            wrong.append(f"{key} must be {allowed}, got {settings[key]!r}")
    models = _recorded_models if recorded else _models
    for key, read in (("models", models), ("datasets", _datasets), ("seeds", _seeds)):
        try:
            settings[key] = read(settings.get(key, ()))
        except UserError as error:
            wrong.append(str(error))
    wrong += [] if wrong else faults_of_budgets(settings["budgets"], settings["models"], settings["datasets"])
    if wrong:
        raise UserError("\n".join(wrong))
    return Settings(**settings)


def _near(word: str, known: list[str]) -> str:
    near = difflib.get_close_matches(str(word), known, n=1)
    return f" (did you mean {near[0]!r}?)" if near else ""


def _names(key: str, value: Any) -> list[str]:
    """A list of names; one name alone is a list of one."""
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list | tuple) or not names or not all(isinstance(name, str) and name for name in names):
        raise UserError(f"{key} must be a list of names, got {value!r}")
    return list(dict.fromkeys(names))


def _models(value: Any) -> tuple[str, ...]:
    return known_models(_names("models", value))


def _recorded_models(value: Any) -> tuple[str, ...]:
    return tuple(_names("models", value))


def _datasets(value: Any) -> tuple[str, ...]:
    from commons.data_pymc import DATASETS  # noqa: PLC0415 - numpy is slow to load

    names = _names("datasets", value)
    for name in names:
        if name not in DATASETS:
            raise UserError(f"unknown data set {name!r}{_near(name, list(DATASETS))}. There are: {', '.join(DATASETS)}")
    return tuple(names)


def _seeds(value: Any) -> tuple[int, ...]:
    if isinstance(value, str):
        return parse_seeds(value)
    numbers = [value] if type(value) is int else value
    if not isinstance(numbers, list | tuple) or not numbers or not all(type(n) is int and n >= 0 for n in numbers):
        raise UserError(f'seeds must be like "1,3,5-10" or a list of whole numbers, got {value!r}')
    return tuple(dict.fromkeys(numbers))
