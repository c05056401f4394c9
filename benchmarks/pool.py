"""What the pool adds to a fit: containment, a worker's start, and how much a second worker gains.

    python benchmarks/pool.py

Medians. The gain of a second worker means something on a quiet machine with two free cores only; about a minute."""

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "fitting")]

from fitting_programs import EIGHT, workload_data, workload_source  # noqa: E402

from refinestat.refinegen.fitting import containment, lockdown  # noqa: E402
from refinestat.refinegen.fitting.pool import FittingPool  # noqa: E402
from refinestat.refinegen.records import FitLimits, Outcome, SamplerSettings  # noqa: E402

REPEATS = 100
PROGRAMS = ("es_nc", "es_t", "dg_good", "dg_lin", "dg_log", "glm_good", "glm_unif", "gp_quad", "sg_bb", "sg_c")


def containing(level: lockdown.Level, readable: tuple[Path, ...]) -> float:
    """Milliseconds of processor time that a forked process needs to give up its rights, as a worker does."""
    limits = FitLimits()
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        began = time.process_time()
        lockdown.set_limits(limits.cpu, limits.memory)
        lockdown.give_up_rights(level, readable)
        os.write(writer, f"{1000 * (time.process_time() - began)}".encode())
        os._exit(0)
    os.close(writer)
    os.waitpid(pid, 0)
    with os.fdopen(reader) as told:
        return float(told.read())


async def starting() -> tuple[float, float]:
    """Milliseconds from asking for a fit to its answer, for a program that is wrong at its first character.

    By the clock, and of the worker's processor time."""
    seconds, processor = [], []
    async with FittingPool(workers=1) as pool:
        for _ in range(REPEATS):
            began = time.perf_counter()
            fit = await pool.fit("?", EIGHT, SamplerSettings())
            seconds.append(1000 * (time.perf_counter() - began))
            processor.append(1000 * fit.cpu_seconds)
            assert fit.outcome is Outcome.BUILD_FAILED
    return statistics.median(seconds), statistics.median(processor)


async def per_minute(workers: int, times: int) -> float:
    """Programs a minute, once the pool has started."""
    async with FittingPool(workers=workers) as pool:
        fits = [
            pool.fit(workload_source(name), workload_data(name), SamplerSettings(seed=seed))
            for seed in range(times)
            for name in PROGRAMS
        ]
        began = time.monotonic()
        await asyncio.gather(*fits)
        return 60 * len(fits) / (time.monotonic() - began)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--times", type=int, default=4, metavar="N", help="fits of each program, for the last figure; 0: none"
    )
    times = parser.parse_args().times
    os.environ["PYTENSOR_FLAGS"] = f"cxx=,blas__ldflags=,base_compiledir={tempfile.mkdtemp()}"
    import refinestat.refinegen.fitting.sample  # noqa: F401, PLC0415 - a fork costs more of a process that holds much

    found = containment.probe(ROOT)
    spent = [containing(found.level, found.readable) for _ in range(REPEATS)]
    print(
        f"containment, level {found.level}: {statistics.median(spent):.1f} ms of processor time, worst {max(spent):.1f}"
    )
    wall, cpu = asyncio.run(starting())
    print(f"a worker's whole life but its program: {wall:.1f} ms, {cpu:.1f} ms of processor time")
    if not times:
        return
    one, two = (asyncio.run(per_minute(workers, times)) for workers in (1, 2))
    print(f"programs a minute: {one:.0f} with one worker, {two:.0f} with two: {two / one:.2f} times as many")


if __name__ == "__main__":
    main()
