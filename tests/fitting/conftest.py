import asyncio
from collections.abc import Callable, Iterator

import pytest
from fitting_programs import EIGHT

from commons.data_pymc import Dataset
from refinestat.refinegen.fitting.pool import FittingPool
from refinestat.refinegen.records import Fit, FitLimits, SamplerSettings

QUICK = SamplerSettings(chains=2, tune=200, draws=200)
LIMITS = FitLimits(wall=90, cpu=60, build=30)


@pytest.fixture(scope="session")
def fitted() -> Iterator[Callable[..., list[Fit]]]:
    """Fits programs side by side, in one pool for all tests: starting one takes seconds."""
    with asyncio.Runner() as runner:
        pool = FittingPool(workers=2, limits=LIMITS)
        runner.run(pool.__aenter__())

        def fit_all(
            *sources: str,
            data: Dataset = EIGHT,
            settings: SamplerSettings = QUICK,
            limits: FitLimits = LIMITS,
        ) -> list[Fit]:
            pool._limits = limits

            async def all_of_them() -> list[Fit]:
                return await asyncio.gather(*(pool.fit(source, data, settings) for source in sources))

            return runner.run(all_of_them())

        yield fit_all
        runner.run(pool.__aexit__(None, None, None))
