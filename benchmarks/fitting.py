"""What fitting costs: the workload in the pool, and beside it a fresh Python with `pm.sample` for each program.

    python benchmarks/fitting.py                       # ours only
    python benchmarks/fitting.py --naive               # both: about 20 minutes on one core
    python benchmarks/fitting.py --naive --programs es_nc dg_good

Prints a table for the README: CPU-seconds of the whole process (the kernel's account), the phases in wall seconds, the
share of the seven checks that come out the same, and the largest distance of a posterior mean from PyMC's, in standard
errors of both. Run it on a quiet machine; CPU-seconds bear a busy one better than wall seconds do."""

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "fitting")]

from fitting_programs import numbers, workload, workload_data, workload_source  # noqa: E402

from commons.diagnostics import Check, diagnose  # noqa: E402
from refinestat.refinegen.fitting.pool import FittingPool  # noqa: E402
from refinestat.refinegen.records import Outcome, SamplerSettings  # noqa: E402

_AFTER = """
with model:
    trace = pm.sample(1000, tune=1000, chains=4, cores=1, target_accept=0.95, random_seed=1, progressbar=False)
    pm.compute_log_likelihood(trace, progressbar=False)
    free = {rv.name: trace.posterior[rv.name].values for rv in model.free_RVs}
    likelihood, = trace.log_likelihood.data_vars.values()
    energy = trace.sample_stats.get("energy")
    diverging = trace.sample_stats.get("diverging")
np.savez(OUT, likelihood=likelihood.values, **{"free_" + name: draws for name, draws in free.items()},
         **({} if energy is None else {"energy": energy.values}),
         **({} if diverging is None else {"diverging": diverging.values}))
"""


@dataclass(frozen=True, kw_only=True)
class Run:
    """One program sampled one way."""

    cpu: float
    wall: float
    sampler: str
    free: dict[str, np.ndarray] = field(default_factory=dict)
    checks: tuple[Check, ...] = ()
    seconds: dict[str, float] = field(default_factory=dict)


async def ours(names: list[str], workers: int) -> tuple[dict[str, Run], float]:
    """The whole workload through one pool, and the wall seconds that it took after the pool had started."""
    runs: dict[str, Run] = {}

    async def one(pool: FittingPool, name: str) -> None:
        began = time.monotonic()
        fit = await pool.fit(workload_source(name), workload_data(name), SamplerSettings(seed=1))
        wall = time.monotonic() - began
        if fit.outcome is not Outcome.SCORED:
            runs[name] = Run(cpu=fit.cpu_seconds, wall=wall, sampler=f"{fit.outcome}: {fit.why}")
            return
        found = diagnose(free=fit.free, log_likelihood=fit.log_likelihood, diverging=fit.diverging, energy=fit.energy)
        runs[name] = Run(
            cpu=fit.cpu_seconds,
            wall=wall,
            sampler=fit.sampler,
            free=dict(fit.free),
            checks=found.checks,
            seconds=dict(fit.seconds),
        )

    async with FittingPool(workers=workers) as pool:
        print(f"containment {pool.containment}, {workers} workers")
        began = time.monotonic()
        await asyncio.gather(*(one(pool, name) for name in names))
        return runs, time.monotonic() - began


def naive(name: str) -> Run:
    """A fresh Python process that runs the program and `pm.sample`, as anybody would."""
    data = {key: np.asarray(value).tolist() for key, value in numbers(workload_data(name)).items()}
    with tempfile.TemporaryDirectory() as folder:
        out, script = Path(folder) / "draws.npz", Path(folder) / "program.py"
        head = f"import numpy as np\nOUT = {str(out)!r}\ndata = {data!r}\n"
        head += "data = {k: np.array(v) if isinstance(v, list) else v for k, v in data.items()}\n"
        script.write_text(head + workload_source(name) + _AFTER)
        began = time.monotonic()
        process = subprocess.Popen([sys.executable, script], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        cpu, wall = usage.ru_utime + usage.ru_stime, time.monotonic() - began
        if status != 0:
            return Run(cpu=cpu, wall=wall, sampler="failed")
        stored = np.load(out)
        free = {key.removeprefix("free_"): stored[key] for key in stored.files if key.startswith("free_")}
        chains = stored["likelihood"].shape[:2]
        found = diagnose(
            free=free,
            log_likelihood=stored["likelihood"].reshape(*chains, -1),
            diverging=stored.get("diverging", np.zeros(chains)),
            energy=stored.get("energy"),
        )
        return Run(cpu=cpu, wall=wall, sampler="pymc", free=free, checks=found.checks)


def distances(first: Run, second: Run) -> list[float]:
    """Of each free scalar's posterior mean: the difference, in Monte Carlo standard errors of both together."""
    import arviz as az  # noqa: PLC0415

    found = []
    for name in first.free.keys() & second.free.keys():
        a, b = first.free[name], second.free[name]
        for index in np.ndindex(a.shape[2:]):
            x, y = a[(slice(None), slice(None), *index)], b[(slice(None), slice(None), *index)]
            error = np.hypot(*(draws.std() / np.sqrt(float(az.ess(draws, method="mean"))) for draws in (x, y)))
            found.append(float(abs(x.mean() - y.mean()) / error) if error > 0 else 0.0)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--naive", action="store_true", help="also run every program in a fresh Python")
    parser.add_argument("--programs", nargs="+", default=workload(), choices=workload(), metavar="NAME")
    parser.add_argument("--workers", type=int, default=1)
    arguments = parser.parse_args()
    runs, wall = asyncio.run(ours(arguments.programs, arguments.workers))
    others: dict[str, Run] = {}
    columns = ["program", "sampler", "naive CPU-s", "ours CPU-s", "build + compile", "sample", "evaluate"]
    print(f"\n| {' | '.join([*columns, 'checks equal', 'worst z'])} |\n{'|---' * (len(columns) + 2)}|")
    apart: list[float] = []
    equal: list[bool] = []
    for name in arguments.programs:
        if arguments.naive:
            others[name] = naive(name)
        run, other = runs[name], others.get(name)
        same = [a.passed == b.passed for a, b in zip(run.checks, other.checks, strict=False)] if other else []
        z = distances(run, other) if other else []
        if all(check.passed for check in run.checks[:1]):  # means of chains that disagree mean nothing
            apart += z
        equal += same
        s = run.seconds
        cells = [
            name,
            run.sampler,
            f"{other.cpu:.1f}" if other else "",
            f"{run.cpu:.2f}",
            f"{s.get('build', 0) + s.get('compile', 0):.2f}",
            f"{s.get('sample', 0):.2f}",
            f"{s.get('log_likelihood', 0):.2f}",
            f"{sum(same)}/{len(same)}" if same else "",
            f"{max(z):.1f}" if z else "",
        ]
        print("| " + " | ".join(cells) + " |", flush=True)
    spent = [run.cpu for run in runs.values()]
    print(f"\nours: median {statistics.median(spent):.2f}, mean {statistics.mean(spent):.2f} CPU-s,", end=" ")
    print(f"{60 * len(spent) / wall:.0f} programs a minute with {arguments.workers} workers")
    if others:
        total = sum(other.cpu for other in others.values())
        print(f"naive: {total:.0f} CPU-s, ours {sum(spent):.0f}: {total / sum(spent):.1f} times less")
        print(f"checks equal: {np.mean(equal):.1%}; means within 4 standard errors: {np.mean(np.array(apart) < 4):.1%}")


if __name__ == "__main__":
    main()
