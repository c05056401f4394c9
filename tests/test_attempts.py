import asyncio
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fabricate import fit
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commons.config import checked, config
from commons.data_pymc import DATASETS
from refinestat.refinegen import prompts
from refinestat.refinegen.attempts import LoggedJudge, LoggedWriter, stream
from refinestat.refinegen.best_of import once
from refinestat.refinegen.records import Attempt, Draft, Fit, Outcome, Program, SamplerSettings, Verdict
from refinestat.refinegen.refine import Limits, refine
from refinestat.refinegen.store import Cell

SETTINGS = checked({**config, "models": ["owner/name"], "seeds": "1"})


class FakeDecoder:
    """Writes a program that holds what its random numbers say: one in five is refused, some are the same again."""

    def _draft(self, priors: str, numbers: np.random.Generator) -> Draft:
        likelihood = f"    b = {numbers.integers(4)}\n"
        accepted = bool(numbers.random() > 0.2)
        refusals = () if accepted else (Verdict(predicate="support", ok=False, why="x < 0"),)
        program = Program(data="with m:\n", priors=priors, likelihood=likelihood)
        return Draft(program=program, accepted=accepted, refusals=refusals)

    async def program(self, numbers: np.random.Generator) -> Draft:
        return self._draft(f"    a = {numbers.integers(4)}\n", numbers)

    async def likelihood(self, draft: Draft, numbers: np.random.Generator) -> Draft:
        return self._draft(draft.program.priors, numbers)


class FakePool:
    """Says of each program, by its text alone, how it failed."""

    def __init__(self) -> None:
        self.fitted: list[str] = []

    async def fit(self, source: str, dataset: object, sampler: SamplerSettings) -> Fit:
        self.fitted.append(source)
        outcomes = [Outcome.BUILD_FAILED, Outcome.CRASHED, Outcome.TIMED_OUT, Outcome.OUT_OF_MEMORY]
        return Fit(outcome=outcomes[len(source) % 4], why="so")


def played(folder: Path) -> tuple[list[Attempt], FakePool]:
    cell = Cell(folder, model="m", dataset="dugongs", seed=3, settings=SETTINGS)
    logged = cell.log().attempts
    pool, made = FakePool(), []
    writer = LoggedWriter(FakeDecoder(), cell, logged)  # type: ignore[arg-type]
    sampler = SamplerSettings(seed=3)
    judge = LoggedJudge(pool=pool, writer=writer, cell=cell, sampler=sampler, logged=logged, made=made.append)  # type: ignore[arg-type]
    attempts = asyncio.run(refine(writer, judge, Limits(R_max=6)))
    assert len(made) == len(attempts)
    return attempts, pool


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cell")
    attempts, pool = played(folder)
    return attempts, pool, (folder / "attempts.jsonl").read_bytes()


def test_an_identical_program_is_never_fitted_twice(undisturbed):
    attempts, pool, _ = undisturbed
    assert len(pool.fitted) == len(set(pool.fitted))
    accepted = [a for a in attempts if a.draft.accepted]
    assert sum(a.looked_up for a in accepted) == len(accepted) - len(pool.fitted) > 0


def test_a_refused_draft_is_an_attempt_with_its_reason_and_is_not_fitted(undisturbed):
    attempts, pool, _ = undisturbed
    rejected = [a for a in attempts if not a.draft.accepted]
    assert rejected
    assert all(a.assessment.outcome is Outcome.REJECTED for a in rejected)
    assert all(a.assessment.why == "support: x < 0" for a in rejected)
    assert not set(pool.fitted) & {a.draft.program.source for a in rejected} - {
        a.draft.program.source for a in attempts if a.draft.accepted
    }


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(share=st.floats(0, 1))
def test_a_cell_that_was_stopped_anywhere_goes_on_as_if_nothing_had_happened(undisturbed, tmp_path_factory, share):
    attempts, pool, log = undisturbed
    folder = tmp_path_factory.mktemp("cell")
    kept = log[: round(share * len(log))]
    (folder / "attempts.jsonl").write_bytes(kept)
    again, second = played(folder)
    assert repr(again) == repr(attempts)
    whole = kept.count(b"\n")
    done = {a.draft.program.source for a in attempts[:whole] if a.draft.accepted}
    assert not done & set(second.fitted)
    assert len(second.fitted) == len(pool.fitted) - len(done)
    assert played(folder)[1].fitted == []


def test_a_damaged_line_is_made_again_and_nothing_else(undisturbed, tmp_path):
    attempts, _, log = undisturbed
    lines = log.splitlines(keepends=True)
    first = next(a.index for a in attempts if a.draft.accepted)
    lines[first] = b'{"index": garbage\n'
    (tmp_path / "attempts.jsonl").write_bytes(b"".join(lines))
    again, second = played(tmp_path)
    assert repr(again) == repr(attempts)
    assert len(second.fitted) == 1


class Sampling:
    """A pool in which everything samples well; a decoder that writes one text."""

    def __init__(self, body: str) -> None:
        self.body = body

    async def fit(self, source: str, dataset: object, sampler: SamplerSettings) -> Fit:
        return replace(fit(), log_likelihood=np.full((2, 10, 8), -1.0))

    async def program(self, numbers: np.random.Generator) -> Draft:
        priors, likelihood = self.body.splitlines(keepends=True)
        head = prompts.head(DATASETS["eight_schools"])
        return Draft(program=Program(data=head, priors=priors, likelihood=likelihood), accepted=True)


@pytest.mark.parametrize(("mean", "outcome"), [("mu", Outcome.SCORED), ("mu + y", Outcome.INCOMPARABLE)])
def test_the_score_of_a_program_that_leaks_the_outcome_is_dropped(tmp_path, mean, outcome):
    body = f'    mu = pm.Normal("mu", 0, 10)\n    pm.Normal("y_obs", mu={mean}, sigma=sigma, observed=y)\n'
    cell = Cell(tmp_path, model="m", dataset="eight_schools", seed=3, settings=SETTINGS)
    writer = LoggedWriter(Sampling(body), cell, {})  # type: ignore[arg-type]
    judge = LoggedJudge(
        pool=Sampling(body), writer=writer, cell=cell, sampler=SamplerSettings(), logged={}, made=lambda _: None
    )  # type: ignore[arg-type]
    [attempt] = asyncio.run(once(writer, judge))
    found = attempt.assessment
    assert found.outcome is outcome
    assert found.sampler == "nutpie"
    assert (found.passed > 0, np.isfinite(found.elpd_loo)) == ((True, True) if mean == "mu" else (False, False))


def test_random_numbers_depend_on_everything_that_names_a_draw_and_on_nothing_else():
    keys = [("m", "d", 1, 0), ("n", "d", 1, 0), ("m", "e", 1, 0), ("m", "d", 2, 0), ("m", "d", 1, 1)]
    first = [stream(*key).random() for key in keys]
    assert first == [stream(*key).random() for key in keys]
    assert len(set(first)) == len(keys)
