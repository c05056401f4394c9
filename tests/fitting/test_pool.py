"""The pool around its workers: who may lie, die or be killed without harm to the others."""

import asyncio
import os
import signal
import time
from pathlib import Path

import numpy as np
import pytest
from fitting_programs import EIGHT, GOOD, eight_schools

from refinestat.refinegen.fitting import launch
from refinestat.refinegen.fitting.pool import FittingPool, UnsafeMachineError
from refinestat.refinegen.records import Fit, FitLimits, Outcome, SamplerSettings

QUICK = SamplerSettings(chains=2, tune=200, draws=200)

# Programs that speak to the pool themselves, over the only socket that their process has.
LIAR = """
import os, json, struct
def say(data, more=b""):
    for descriptor in range(3, 64):
        try:
            os.write(descriptor, data + more)
        except OSError:
            continue
    os._exit(0)
header = json.dumps({"nonce": "guessed", "outcome": "scored", "sampler": "nutpie", "blocks": []}).encode()
"""
LIES = {
    "no nonce": LIAR + "say(struct.pack('>I', len(header)), header)",
    "a header without end": LIAR + "say(b'\\xff\\xff\\xff\\xff')",
    "not JSON": LIAR + "say(struct.pack('>I', 4), b'{{{{')",
    "half a header": LIAR + "say(struct.pack('>I', 400), b'{')",
    "nothing": "import os\nos._exit(0)",
    "a pickle": LIAR + "say(struct.pack('>I', 20), b'cos\\nsystem\\n(S\\'true\\'\\ntR.')",
}


@pytest.fixture(scope="module")
def lies() -> dict[str, Fit]:
    async def main() -> list[Fit]:
        async with FittingPool(limits=FitLimits(wall=60, cpu=60)) as pool:
            return await asyncio.gather(
                *(pool.fit(eight_schools(GOOD, before=lie), EIGHT, QUICK) for lie in LIES.values())
            )

    return dict(zip(LIES, asyncio.run(main()), strict=True))


@pytest.mark.slow
@pytest.mark.parametrize("lie", LIES)
def test_a_worker_that_lies_has_crashed(lies, lie):
    assert lies[lie].outcome is Outcome.CRASHED, lies[lie]
    assert lies[lie].free == {}


@pytest.mark.slow
def test_a_killed_zygote_is_replaced_and_its_fits_are_repeated():
    async def main() -> tuple[list[Fit], int, int]:
        async with FittingPool() as pool:
            first = pool._zygote._process.pid
            fits = [asyncio.create_task(pool.fit(eight_schools(GOOD), EIGHT, SamplerSettings())) for _ in range(2)]
            await asyncio.sleep(0.05)
            os.kill(first, signal.SIGKILL)
            return await asyncio.gather(*fits), first, pool._zygote._process.pid

    fits, first, second = asyncio.run(main())
    assert first != second
    assert [fit.outcome for fit in fits] == [Outcome.SCORED] * 2
    np.testing.assert_array_equal(fits[0].free["mu"], fits[1].free["mu"])


@pytest.mark.slow
def test_a_cancelled_fit_frees_its_slot_and_a_closed_pool_leaves_nothing():
    def open_files() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    async def main() -> None:
        async with FittingPool(workers=1) as pool:
            before = open_files()
            hanging = asyncio.create_task(pool.fit("while True: pass", EIGHT, QUICK))
            await asyncio.sleep(0.3)
            hanging.cancel()
            began = time.monotonic()
            fit = await pool.fit(eight_schools(GOOD), EIGHT, QUICK)
            assert fit.outcome is Outcome.SCORED
            assert time.monotonic() - began < 30
            assert open_files() <= before + 1
            process = pool._zygote._process
        assert process.returncode is not None

    asyncio.run(main())


def test_a_machine_that_contains_nothing_is_refused(monkeypatch):
    class Bare:
        level, dead = "C", False

        async def close(self) -> None: ...

    async def bare() -> Bare:
        return Bare()

    async def main(allow: bool) -> str:
        async with FittingPool(allow_unsafe=allow) as pool:
            return pool.containment

    monkeypatch.setattr("refinestat.refinegen.fitting.pool.launch", bare)
    with pytest.raises(UnsafeMachineError, match="level C"):
        asyncio.run(main(False))
    assert asyncio.run(main(True)) == "C"


def test_a_zygote_that_cannot_start_is_an_error(monkeypatch):
    monkeypatch.setattr(launch, "_BOOT", "raise SystemExit(3)")

    async def main() -> None:
        async with FittingPool():
            pass

    with pytest.raises(RuntimeError, match="while starting"):
        asyncio.run(main())


def test_a_program_that_is_too_long_never_runs():
    fit = asyncio.run(FittingPool().fit("#" * 70_000, EIGHT, QUICK))
    assert fit.outcome is Outcome.BUILD_FAILED
    assert "70000 bytes" in fit.why
