"""The final fit on all rows, where the search saw a sample; the pool is a fake."""

import asyncio
from dataclasses import replace

import numpy as np
import pytest

from commons.data_pymc import Dataset, Role, Variable
from refinestat.refinegen import prompts
from refinestat.refinegen.all_rows import MOST_VALUES, Answer, with_all_rows
from refinestat.refinegen.records import Assessment, Fit, Outcome, Program, SamplerSettings


def data(rows: int, whole: Dataset | None = None) -> Dataset:
    variables = (
        Variable(name="N", values=np.array(rows), role=Role.SIZE),
        Variable(name="y", values=np.arange(rows) * 1.5, role=Role.OUTCOME),
    )
    return Dataset(name="many", description="", variables=variables, whole=whole)


class FakePool:
    def __init__(self, fit: Fit) -> None:
        self.fitted, self.asked = fit, []

    async def fit(self, source: str, dataset: Dataset, settings: SamplerSettings) -> Fit:
        self.asked.append((source, dataset, settings))
        return self.fitted


def answer(dataset: Dataset) -> Answer:
    program = Program(data=prompts.head(dataset), priors="    # Priors\n", likelihood="    # Likelihood\n")
    return Answer(
        program=program, dataset=dataset, assessment=Assessment(outcome=Outcome.SCORED), sampler=SamplerSettings()
    )


def test_without_more_rows_nothing_is_fitted_again():
    pool, given = FakePool(Fit(outcome=Outcome.CRASHED)), answer(data(50))
    assert asyncio.run(with_all_rows(given, pool)) is given
    assert not pool.asked


@pytest.mark.parametrize(("rows", "draws"), [(60, 1000), (6000, MOST_VALUES // 24_000)])
def test_the_program_is_fitted_to_all_rows_with_as_many_draws_as_come_back(rows: int, draws: int):
    random = np.random.default_rng(1)
    fit = Fit(
        outcome=Outcome.SCORED,
        free={"mu": random.normal(size=(4, 100))},
        log_likelihood=random.normal(size=(4, 100, 60)),
        diverging=np.zeros((4, 100), dtype=bool),
        energy=random.normal(size=(4, 100)),
    )
    pool, given = FakePool(fit), answer(data(20, whole=data(rows)))
    found = asyncio.run(with_all_rows(given, pool))
    ((source, dataset, sampler),) = pool.asked
    assert f"N = {rows}" in source
    assert dataset is given.dataset.whole is found.dataset
    assert sampler == replace(given.sampler, draws=draws)
    assert f"searched on 20 of {rows:,} rows, then fitted to all of them" in found.note


def test_where_the_fit_on_all_rows_fails_the_answer_of_the_search_stays_and_that_is_said():
    pool = FakePool(Fit(outcome=Outcome.TIMED_OUT, why="more than 300 seconds"))
    given = answer(data(20, whole=data(60)))
    found = asyncio.run(with_all_rows(given, pool))
    assert found.dataset is given.dataset
    assert "the fit on all of them failed (timed_out: more than 300 seconds)" in found.note
