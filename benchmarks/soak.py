"""Many programs through one pool, a tenth of them hostile or broken: nothing may leak.

    python benchmarks/soak.py                          # 1,000 programs with few draws: some minutes

Exit status 1 if a process or an open file is left over, or the memory of this process grew by 5 % or more after the
first tenth."""

import argparse
import asyncio
import os
import sys
from collections import Counter
from pathlib import Path

from tqdm import tqdm

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "fitting")]

from fitting_programs import CORPUS, EIGHT, GOOD, corpus_data, eight_schools, workload_data, workload_source  # noqa: E402

from commons.data_pymc import Dataset  # noqa: E402
from refinestat.refinegen.assessment import assess  # noqa: E402
from refinestat.refinegen.fitting.pool import FittingPool  # noqa: E402
from refinestat.refinegen.records import FitLimits, Outcome, SamplerSettings  # noqa: E402

LIMITS = FitLimits(wall=4.0, cpu=3.0, build=2.0)
GOOD_ONES = ("es_pool", "es_nopool", "glm_lin", "gp_lin", "sg_pool", "dg_lin")
BROKEN = ("import os\nos._exit(0)", "import os\nos.kill(os.getpid(), 11)", "while True: pass", "x = [0] * 10**10", "(")
MOST_GROWTH = 0.05
Program = tuple[str, Dataset]


def programs(count: int) -> list[Program]:
    """Every tenth program is hostile or broken."""
    corpus = corpus_data()
    bad = [(path.read_text(), corpus) for path in sorted((CORPUS / "hostile").glob("*.py"))]
    bad = [*((eight_schools(GOOD, before=text), EIGHT) for text in BROKEN), *bad]
    good = [(workload_source(name), workload_data(name)) for name in GOOD_ONES]
    return [bad[i // 10 % len(bad)] if i % 10 == 9 else good[i % len(good)] for i in range(count)]


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def memory() -> int:
    """Bytes of this process in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def children() -> list[str]:
    return Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()


async def soak(count: int, workers: int) -> tuple[Counter[str], list[str]]:
    """Outcomes, and what is not as it was after the first tenth."""
    outcomes: Counter[str] = Counter()
    batches = programs(count)
    step = max(1, count // 10)
    async with FittingPool(workers=workers, limits=LIMITS) as pool:
        with tqdm(total=count, unit="program", dynamic_ncols=True) as bar:

            async def one(seed: int, text: str, data: Dataset) -> None:
                fit = await pool.fit(text, data, SamplerSettings(chains=2, tune=50, draws=50, seed=seed))
                outcomes[fit.outcome] += 1
                if fit.outcome is Outcome.SCORED and seed % 10 == 0:
                    assess(fit)
                bar.update()

            for start in range(0, count, step):
                part = batches[start : start + step]
                await asyncio.gather(*(one(start + i, *program) for i, program in enumerate(part)))
                if start == 0:
                    files, size = open_files(), memory()
        growth, left = memory() / size - 1, open_files() - files
    print(f"memory {growth:+.1%} after the first tenth, open files {left:+d}, processes left {len(children())}")
    problems = [f"open files: {left:+d}"] if left > 0 else []
    problems += [f"memory: {growth:+.1%}"] if growth >= MOST_GROWTH else []
    return outcomes, problems + [f"process {pid} is left" for pid in children()]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programs", type=int, default=1000, metavar="N")
    parser.add_argument("--workers", type=int, default=2, metavar="N")
    arguments = parser.parse_args()
    outcomes, problems = asyncio.run(soak(arguments.programs, arguments.workers))
    print(f"{outcomes.total()} programs: {dict(outcomes)}")
    print("\n".join(problems) or "Nothing leaked.")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
