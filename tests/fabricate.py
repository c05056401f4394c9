"""Attempts, fits and settings made up for tests."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from commons.config import Settings, checked, config
from commons.data_pymc import DATASETS
from commons.diagnostics import CHECKS, Check
from refinestat.refinegen import prompts
from refinestat.refinegen.records import Assessment, Attempt, Cost, Draft, Fit, Outcome, Program, Verdict
from refinestat.refinegen.store import RunFolder
from refinestat.refinegen.tables import write_tables

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
        Check(name=name, value=value, threshold=1.05, rule="< 1.05", passed=number < passed)
        for number, name in enumerate(CHECKS)
        for value in [elpd if name == "elpd_loo" else float(number)]
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


def whole_fit(dataset: str = "eight_schools", seed: int = 0, chains: int = 4, draws: int = 200) -> Fit:
    """Draws such as a fit sends, replicated outcomes included, of as many observations as the data set has."""
    numbers = np.random.default_rng(seed)
    observed = DATASETS[dataset].outcome.values.astype(float).ravel()
    shape = (chains, draws, observed.size)
    return Fit(
        outcome=Outcome.SCORED,
        free={"mu": numbers.normal(size=shape[:2]), "theta": numbers.normal(size=shape)},
        deterministic={"tau": numbers.normal(size=shape[:2])},
        log_likelihood=numbers.normal(-2, 0.3, size=shape),
        diverging=numbers.random(shape[:2]) < 0.01,
        energy=numbers.normal(size=shape[:2]),
        observed=observed,
        predictive=np.round(observed + numbers.normal(0, 3, size=shape)),
        sampler="nutpie",
    )


Story = Mapping[tuple[str, int], Sequence[Attempt]]  # (data set, seed): attempts


def searched(
    root: Path, story: Story, unfinished: Collection[tuple[str, int]] = (), draws: bool = True, **changes: Any
) -> RunFolder:
    """A run in which the attempts of the story were made, with its tables. draws: also of what was scored."""
    folder = root / "tiny" if (root / "tiny").exists() else model_folder(root)
    with RunFolder.create(settings(folder, **changes), environment(), root=root / "results") as run:
        for cell in run.cells():
            for each in story.get((cell.dataset, cell.seed), ()):
                ran = draws and each.assessment.outcome is Outcome.SCORED
                cell.record(each, whole_fit(cell.dataset, cell.seed) if ran else None)
            if (cell.dataset, cell.seed) in story and (cell.dataset, cell.seed) not in unfinished:
                cell.write("best_program.py", f"# {cell.dataset} {cell.seed}\n")
                cell.write("best_program_diagnostics.txt", f"{cell.dataset} {cell.seed}\n")
                cell.finish({"seed": cell.seed})
        write_tables(run)
        return run
