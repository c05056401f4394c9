"""Attempts, fits and settings made up for tests."""

from pathlib import Path
from typing import Any

import numpy as np

from commons.config import Settings, checked, config
from commons.data_pymc import DATASETS
from commons.diagnostics import CHECKS, Check
from refinestat.refinegen import prompts
from refinestat.refinegen.records import Assessment, Attempt, Cost, Draft, Fit, Outcome, Program, Verdict

PRIORS = '    # Priors\n    mu = pm.Normal("mu", mu=0, sigma=10)\n    tau = pm.HalfNormal("tau", sigma=10)\n'
LIKELIHOOD = '    # Likelihood\n    pm.Normal("y_obs", mu=mu, sigma=(sigma**2 + tau**2) ** 0.5, observed=y)\n'


def model_folder(at: Path, name: str = "tiny") -> Path:
    """A folder that looks like a Hugging Face model."""
    folder = at / name
    folder.mkdir(parents=True)
    for file in ("config.json", "tokenizer.json", "model.safetensors"):
        (folder / file).write_text("{}")
    return folder


def settings(folder: Path, **changes: Any) -> Settings:
    values = {"models": [str(folder)], "datasets": ["eight_schools", "dugongs"], "seeds": "1-3"}
    return checked({**config, **values, **changes})


def environment(**changes: Any) -> dict[str, Any]:
    return {"python": "3.11.9", "versions": {"pymc": "5.28.5"}, "models": {}, "datasets": {}, **changes}


def program(dataset: str = "eight_schools") -> Program:
    return Program(data=prompts.head(DATASETS[dataset]), priors=PRIORS, likelihood=LIKELIHOOD)


def scored(passed: int = 7, elpd: float = -30.5, **changes: Any) -> Assessment:
    """A program that ran; the first `passed` of the seven checks pass."""
    checks = tuple(
        Check(name=name, value=float(number), threshold=1.05, rule="< 1.05", passed=number < passed)
        for number, name in enumerate(CHECKS)
    )
    told = {"sampler": "nutpie", "fit_seconds": 1.5, "cpu_seconds": 1.25, "elpd_se": 1.25, **changes}
    return Assessment(outcome=Outcome.SCORED, checks=checks, elpd_loo=elpd, **told)


def failed(outcome: Outcome = Outcome.BUILD_FAILED, **changes: Any) -> Assessment:
    return Assessment(outcome=outcome, why="TypeError: sd", **changes)


def attempt(index: int, assessment: Assessment, *, looked_up: bool = False, **cost: Any) -> Attempt:
    spent = {"prompt_tokens": 100, "generated_tokens": 50, "discarded": {"support": 7, "odd": 1}, "model_seconds": 0.5}
    refused = Verdict(predicate="support", ok=False, why="sigma must be positive", line=9)
    draft = Draft(
        program=program(),
        accepted=assessment.outcome is not Outcome.REJECTED,
        refusals=(refused,),
        prior_tokens=(1, 2, 3),
        likelihood_tokens=(4,),
        cost=Cost(**{**spent, **cost}),
    )
    return Attempt(
        index=index, r=index, l=0, redrawn="program", draft=draft, assessment=assessment, looked_up=looked_up
    )


def fit(seed: int = 0) -> Fit:
    """Draws of two chains: a number, and a vector of eight."""
    numbers = np.random.default_rng(seed)
    return Fit(
        outcome=Outcome.SCORED,
        free={"mu": numbers.normal(size=(2, 10)), "theta": numbers.normal(size=(2, 10, 8))},
        deterministic={"tau": numbers.normal(size=(2, 10))},
        log_likelihood=numbers.normal(size=(2, 10, 8)),
        diverging=np.zeros((2, 10), dtype=bool),
        energy=numbers.normal(size=(2, 10)),
        sampler="nutpie",
    )
