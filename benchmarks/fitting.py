"""What fitting costs: each program of the workload in the pool, and beside it in a fresh Python with `pm.sample`.

    python benchmarks/fitting.py                       # goes on where the last call stopped, then prints the tables
    python benchmarks/fitting.py --minutes 5           # stops after about five minutes; 0: prints the tables alone
    python benchmarks/fitting.py --seeds 1 --programs es_nc dg_good --anew
    python benchmarks/fitting.py --seeds 1 --ways pool pilot    # what a pilot costs and what it ends

The 33 programs with three seeds take about an hour on one core, nearly all of it the fresh Pythons; one that takes
more than 300 CPU-seconds is ended and counted with those. Each measurement is a line of `--log`. CPU-seconds are the
kernel's account of the whole process, phases are wall seconds; means are compared in Monte Carlo standard errors of
both, for programs whose chains agree (R-hat passes) both ways."""

import argparse
import asyncio
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks"), str(ROOT / "tests" / "fitting")]

from fitting_programs import numbers, workload, workload_data, workload_source  # noqa: E402
from fitting_tables import tables  # noqa: E402

from commons.diagnostics import diagnose  # noqa: E402
from refinestat.refinegen.fitting.pool import FittingPool  # noqa: E402
from refinestat.refinegen.records import Outcome, SamplerSettings  # noqa: E402

LOG = ROOT / "results" / "benchmarks" / "fitting.jsonl"
WAYS = ("fresh", "pool", "pilot")  # pilot: in the pool, with a pilot of 200 + 200 draws in each chain
MOST_FRESH = 300  # CPU-seconds after which a fresh Python is ended, and counted with those
_AFTER = """
with model:
    trace = pm.sample(1000, tune=1000, chains=4, cores=1, target_accept=0.95, random_seed=SEED, progressbar=False)
    pm.compute_log_likelihood(trace, progressbar=False)
    free = {rv.name: trace.posterior[rv.name].values for rv in model.free_RVs}
    likelihood, = trace.log_likelihood.data_vars.values()
    energy = trace.sample_stats.get("energy")
    diverging = trace.sample_stats.get("diverging")
np.savez(OUT, likelihood=likelihood.values, **{"free_" + name: draws for name, draws in free.items()},
         **({} if energy is None else {"energy": energy.values}),
         **({} if diverging is None else {"diverging": diverging.values}))
"""
Line = dict[str, Any]


async def in_pool(pool: FittingPool, name: str, seed: int, pilot: int) -> Line:
    """The program through the pool, which has started already."""
    began = time.monotonic()
    fit = await pool.fit(workload_source(name), workload_data(name), SamplerSettings(seed=seed, pilot=pilot))
    line: Line = {
        "cpu": fit.cpu_seconds,
        "wall": time.monotonic() - began,
        "sampler": fit.sampler or f"{fit.outcome}: {fit.why}",
        "seconds": dict(fit.seconds),
    }
    if fit.outcome is Outcome.SCORED:
        line |= found(fit.free, fit.log_likelihood, fit.diverging, fit.energy)
    return line


def fresh(name: str, seed: int) -> Line:
    """A fresh Python process that runs the program and `pm.sample`, as anybody would."""
    data = {key: np.asarray(value).tolist() for key, value in numbers(workload_data(name)).items()}
    with tempfile.TemporaryDirectory() as folder:
        out, script = Path(folder) / "draws.npz", Path(folder) / "program.py"
        head = f"import numpy as np\nOUT, SEED = {str(out)!r}, {seed}\ndata = {data!r}\n"
        head += "data = {k: np.array(v) if isinstance(v, list) else v for k, v in data.items()}\n"
        script.write_text(head + workload_source(name) + _AFTER)
        began = time.monotonic()
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        process = subprocess.Popen([sys.executable, script], **quiet)
        resource.prlimit(process.pid, resource.RLIMIT_CPU, (MOST_FRESH, MOST_FRESH))
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        line: Line = {"cpu": usage.ru_utime + usage.ru_stime, "wall": time.monotonic() - began, "sampler": "pymc"}
        if status != 0:
            return {**line, "sampler": "failed", "ended": process.returncode == -signal.SIGKILL}
        stored = np.load(out)
        free = {key.removeprefix("free_"): stored[key] for key in stored.files if key.startswith("free_")}
        chains = stored["likelihood"].shape[:2]
        diverging = stored.get("diverging", np.zeros(chains))
        return line | found(free, stored["likelihood"].reshape(*chains, -1), diverging, stored.get("energy"))


def found(free: Mapping[str, np.ndarray], likelihood: Any, diverging: Any, energy: Any) -> Line:
    """The seven checks, and mean and Monte Carlo standard error of each free scalar."""
    import arviz as az  # noqa: PLC0415

    checks = diagnose(free=free, log_likelihood=likelihood, diverging=diverging, energy=energy).checks
    means = {}
    for name, draws in free.items():
        for index in np.ndindex(draws.shape[2:]):
            x = draws[(slice(None), slice(None), *index)]
            error = float(x.std() / np.sqrt(float(az.ess(x, method="mean"))))
            means[f"{name}{list(index)}"] = [float(x.mean()), error]
    return {"passed": {check.name: bool(check.passed) for check in checks}, "means": means}


def read(log: Path) -> dict[tuple[str, int, str], Line]:
    """What has been measured, by program, seed and way; of two measurements the later."""
    lines = map(json.loads, log.read_text().splitlines() if log.exists() else ())
    return {(line["program"], line["seed"], line["way"]): line for line in lines}


async def measure(wanted: Iterable[tuple[str, int, str]], log: Path, until: float) -> None:
    """Measure one after the other, until it is late; a line of the log each."""
    log.parent.mkdir(parents=True, exist_ok=True)
    async with FittingPool(workers=1) as pool:
        for name, seed, way in (bar := tqdm(list(wanted), unit="fit", dynamic_ncols=True)):
            if time.monotonic() > until:
                break
            bar.set_postfix_str(f"{name} {way}")
            pilot = 200 if way == "pilot" else 0
            line = fresh(name, seed) if way == "fresh" else await in_pool(pool, name, seed, pilot)
            with log.open("a") as file:
                file.write(json.dumps({"program": name, "seed": seed, "way": way, **line}) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programs", nargs="+", default=workload(), choices=workload(), metavar="NAME")
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3], metavar="N")
    parser.add_argument("--ways", nargs="+", default=WAYS[:2], choices=WAYS, help="default: fresh pool")
    parser.add_argument("--minutes", type=float, default=np.inf, help="begin no further measurement after that")
    parser.add_argument("--anew", action="store_true", help="measure again what the log holds")
    parser.add_argument("--log", type=Path, default=LOG)
    arguments = parser.parse_args()
    done = {} if arguments.anew else read(arguments.log)
    every = [(name, seed, way) for seed in arguments.seeds for name in arguments.programs for way in arguments.ways]
    missing = [each for each in every if each not in done]
    if missing and arguments.minutes > 0:
        asyncio.run(measure(missing, arguments.log, time.monotonic() + 60 * arguments.minutes))
    print(tables({key: line for key, line in read(arguments.log).items() if key in set(every)}))
    print(f"Measurements: {arguments.log}")


if __name__ == "__main__":
    main()
