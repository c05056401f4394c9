"""RefineStat, then every other strategy at the same cost, then all of them held against each other."""

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from commons.budgets import read_budgets
from commons.config import RunRequest
from refinestat.refinegen.comparison import compare, write_comparison
from refinestat.refinegen.progress import say
from refinestat.refinegen.results import find_runs, load_run
from refinestat.refinegen.run import run
from refinestat.refinegen.store import RunFolder, numbered, read_settings
from refinestat.refinegen.strategies import REFINESTAT, STRATEGIES, named

ROOT = Path("results/ablation")
FITS = "fits"  # strategies write the same program now and then: it is fitted once, and counted for each
REPEATED = "refinestat-budget"  # RefineStat too, repeated until the budget is used up: what is the same for all
NAMES = (REFINESTAT.name, REPEATED, *(name for name in STRATEGIES if name != REFINESTAT.name))


def ablation(request: RunRequest, names: Sequence[str] = NAMES) -> int:
    """Runs what is not finished in the folder of the request (new, or of an earlier call), and compares it all.

    names: what to run of NAMES; RefineStat itself always runs, because its use is the budget. Returns the status."""
    for name in names:
        named(name.removesuffix("-budget"))
    folder = request.resume or request.output or numbered(ROOT)
    request = replace(request, cache=request.cache or folder / FITS, as_made=True)
    for number, name in enumerate(dict.fromkeys((REFINESTAT.name, *names)), start=1):
        say(f"Strategy {number} of {len({REFINESTAT.name, *names})}: {name}")
        status = _one(request, folder, name)
        if status:
            say(f"To go on: python -m refinestat ablation --resume {folder}")
            return status
    shutil.rmtree(folder / FITS, ignore_errors=True)
    found = compare([load_run(path) for path in find_runs(folder)])
    print(f"{write_comparison(found, folder / 'comparison')}\n\nEverything is in {folder}")
    return 0


def _one(request: RunRequest, folder: Path, name: str) -> int:
    """Runs one strategy, or goes on with it where it was stopped."""
    path = folder / name
    if (path / "config.json").exists():
        if (path / "summary.txt").exists() and all(cell.finished for cell in RunFolder.read(path).cells()):
            return 0
        return run(replace(request, settings=read_settings(path), output=None, resume=path))
    settings = replace(request.settings, strategy=name.removesuffix("-budget"))
    if name != REFINESTAT.name:
        settings = replace(settings, budgets=read_budgets(folder / REFINESTAT.name, settings.budget))
    return run(replace(request, settings=settings, output=path, resume=None))
