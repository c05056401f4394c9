"""The pool around its workers: who may lie, die or be killed without harm to the others."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from fitting_programs import EIGHT, GOOD, eight_schools

from refinestat.refinegen.fitting import launch
from refinestat.refinegen.fitting.pool import FittingPool, UnsafeMachineError
from refinestat.refinegen.records import Fit, Outcome, SamplerSettings

ROOT = Path(__file__).resolve().parents[2]
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


@pytest.mark.slow
def test_a_worker_that_lies_has_crashed(fitted):
    fits = fitted(*(eight_schools(GOOD, before=lie) for lie in LIES.values()))
    for name, fit in zip(LIES, fits, strict=True):
        assert fit.outcome is Outcome.CRASHED, (name, fit)
        assert fit.free == {}


async def workers_of(pool: FittingPool, count: int) -> list[int]:
    """The processes of workers, once there are so many."""
    async with asyncio.timeout(30):
        while len(found := _descendants(pool._zygote._process.pid)) < count:  # noqa: ASYNC110 - they do not tell us
            await asyncio.sleep(0.01)
    return found


@pytest.mark.slow
def test_a_killed_worker_costs_its_fit(with_pool):
    async def use(pool: FittingPool) -> Fit:
        doomed = asyncio.create_task(pool.fit("while True: pass", EIGHT, QUICK))
        os.kill((await workers_of(pool, 1))[0], signal.SIGKILL)
        return await doomed

    assert with_pool(use).outcome is Outcome.OUT_OF_MEMORY  # who else kills a worker?


@pytest.mark.slow
def test_a_killed_zygote_is_replaced_and_its_fits_are_repeated(with_pool):
    async def use(pool: FittingPool) -> list[Fit]:
        zygote = pool._zygote._process.pid
        fits = [asyncio.create_task(pool.fit(eight_schools(GOOD), EIGHT, SamplerSettings())) for _ in range(2)]
        workers = await workers_of(pool, 2)
        os.kill(zygote, signal.SIGKILL)
        found = await asyncio.gather(*fits)
        assert pool._zygote._process.pid != zygote
        assert not [pid for pid in (zygote, *workers) if _alive(pid)]
        return found

    first, second = with_pool(use)
    assert first.outcome is second.outcome is Outcome.SCORED
    np.testing.assert_array_equal(first.free["mu"], second.free["mu"])


@pytest.mark.slow
def test_a_cancelled_fit_leaves_neither_a_worker_nor_an_open_file(with_pool):
    def open_files() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    async def use(pool: FittingPool) -> None:
        before = open_files()
        hanging = [asyncio.create_task(pool.fit("while True: pass", EIGHT, QUICK)) for _ in range(2)]
        workers = await workers_of(pool, 2)
        for fit in hanging:
            fit.cancel()
        again = await pool.fit(eight_schools(GOOD), EIGHT, QUICK)  # a slot is free
        assert again.outcome is Outcome.SCORED
        assert not [pid for pid in workers if _alive(pid)]
        assert open_files() <= before

    with_pool(use)


@pytest.mark.slow
def test_nothing_of_a_pool_outlives_a_killed_parent():
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert parent.stdout is not None
    assert parent.stdout.readline() == "ready\n"
    deadline = time.monotonic() + 20
    while len(family := _descendants(parent.pid)) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(family) == 2  # the zygote and a worker
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    deadline = time.monotonic() + 2
    while any(map(_alive, family)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not [pid for pid in family if _alive(pid)]


PARENT = """
import asyncio
from commons.data_pymc import DATASETS
from refinestat.refinegen.fitting.pool import FittingPool
from refinestat.refinegen.records import SamplerSettings
async def main():
    async with FittingPool(workers=2) as pool:
        print("ready", flush=True)
        await pool.fit("while True: pass", DATASETS["dugongs"], SamplerSettings())
asyncio.run(main())
"""


def _descendants(pid: int) -> list[int]:
    children = [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return children + [grand for child in children for grand in _descendants(child)]


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


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
