import asyncio
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest
from fitting_programs import EIGHT

from commons.data_pymc import Dataset
from refinestat.refinegen.fitting.pool import FittingPool
from refinestat.refinegen.records import Fit, FitLimits, SamplerSettings

QUICK = SamplerSettings(chains=2, tune=200, draws=200)
LIMITS = FitLimits(wall=90, cpu=60, build=30)
Use = Callable[[FittingPool], Coroutine[Any, Any, Any]]


@pytest.fixture(scope="session")
def with_pool() -> Iterator[Callable[[Use], Any]]:
    """Runs what uses a pool, on one pool for all tests: starting one takes seconds. Nothing of it may remain."""
    with asyncio.Runner() as runner:
        pool = FittingPool(workers=2, limits=LIMITS)
        runner.run(pool.__aenter__())
        yield lambda use: runner.run(use(pool))
        process = pool._zygote._process  # type: ignore[union-attr]
        runner.run(pool.__aexit__(None, None, None))
        assert process.returncode is not None


@pytest.fixture(scope="session")
def fitted(with_pool: Callable[[Use], Any]) -> Callable[..., list[Fit]]:
    """Fits programs side by side."""

    def fit_all(
        *sources: str,
        data: Dataset = EIGHT,
        settings: SamplerSettings = QUICK,
        limits: FitLimits = LIMITS,
    ) -> list[Fit]:
        async def use(pool: FittingPool) -> list[Fit]:
            pool._limits = limits
            return await asyncio.gather(*(pool.fit(source, data, settings) for source in sources))

        return with_pool(use)  # type: ignore[no-any-return]

    return fit_all
