"""Command lines that hold runs against each other."""

import argparse
from dataclasses import replace
from pathlib import Path

from commons.utils import UserError
from refinestat.refinegen.cli_run import request_of

COMPARE = (
    "Holds runs of several strategies against each other: rates, scores, ELPD-LOO, costs, paired differences.",
    """\
examples:
  {prog} results/refinestat-main/1 results/Baseline/baseline/1 results/Baseline/base/1
  {prog} results/ablation/1 --against refinestat-budget
  {prog} results/refinestat-main/1 results/refinestat-main/2 --force

Nothing is fitted again: every number comes from the attempts.jsonl files.
""",
)

ABLATION = (
    "Runs RefineStat, then all combinations of grammar, predicates and refinement and each predicate left out, each "
    "with the budget that RefineStat's run leaves (its largest use x 1.2), and compares them.",
    """\
examples:
  {prog} --seeds 1-3
  {prog} --seeds 1-10 --temperature 0.8 --strategies baseline syncode base base-itergen
  {prog} --resume results/ablation/1
""",
)


def add_compare_flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("runs", nargs="+", type=Path, metavar="RUN", help="run folders, or folders that hold some")
    add_comparison_flags(parser)


def add_comparison_flags(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--against", default="refinestat", metavar="NAME", help="strategy to take differences to (default refinestat)")
    add("--force", action="store_true", help="pool runs of different data or settings, and say which differ")
    add("--output", type=Path, metavar="DIR", help="where the tables go (default: results/compare/<n>)")


def compare_runs(arguments: argparse.Namespace) -> int:
    """Compares `arguments.runs`, or the runs in them."""
    from refinestat.refinegen.comparison import compare, write_comparison  # noqa: PLC0415 - pandas is slow to load
    from refinestat.refinegen.results import find_runs, load_run  # noqa: PLC0415
    from refinestat.refinegen.store import numbered  # noqa: PLC0415

    runs = [load_run(run) for path in arguments.runs for run in find_runs(path)]
    found = compare(runs, against=arguments.against, force=arguments.force)
    output = arguments.output or numbered(Path("results/compare"))
    print(f"{write_comparison(found, output)}\n\nEverything is in {output}")
    return 0


def ablate(arguments: argparse.Namespace) -> int:
    """The whole method and every strategy: its own folder, and in it one folder for each."""
    if arguments.token_budget is not None:
        raise UserError("--token-budget: an ablation takes the budget from its own run of the whole method")
    folder, unit = arguments.resume, arguments.budget
    arguments.resume, arguments.budget = folder / "refinestat" if folder else None, None
    request = request_of(arguments)
    from refinestat.refinegen import ablation  # noqa: PLC0415 - torch and PyMC are slow to load

    settings = replace(request.settings, budget=unit or request.settings.budget)
    request = replace(request, settings=settings, resume=folder)
    return ablation.ablation(request, arguments.strategies or ablation.NAMES)
