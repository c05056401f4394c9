"""Command lines of the baselines: the main job with parts of the method off. Each `*_main` is one script."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from commons.utils import UserError
from refinestat.refinegen.cli_compare import add_comparison_flags, compare_runs
from refinestat.refinegen.cli_parser import Parser, reporting, texts
from refinestat.refinegen.cli_run import request_of, strategy_main, strategy_parser

EXAMPLES = """\
examples:
  {prog} --seeds 1-5 --gpu 0
  {prog} --seeds 1 --datasets eight_schools dugongs
  {prog} --token-budget results/refinestat-main/1/token_budget.json
  {prog} --token-budget results/refinestat-main/1 --budget fits

Without a budget each seed is one search; with one, searches are repeated until it is used up, and the best program
counts. Results go to %s/<n>. Leave out --gpu to use the processor.
"""


def base_main(argv: Sequence[str] | None = None) -> int:
    """`python refinestat/base.py`: grammar and refinement."""
    about = "Baseline: iterative refinement without semantic constraints (grammar mask, diagnostics, redraws)."
    return strategy_main("base", "refinestat/base.py", about, EXAMPLES % "results/Baseline/base", argv)


def base_itergen_main(argv: Sequence[str] | None = None) -> int:
    """`python refinestat/base-itergen.py`: grammar and predicates."""
    about = "Baseline: single-pass IterGen (grammar mask, predicates with statement-wise backtracking, no refinement)."
    where = EXAMPLES % "results/Baseline/base-itergen"
    return strategy_main("base-itergen", "refinestat/base-itergen.py", about, where, argv)


def baseline_main(argv: Sequence[str] | None = None) -> int:
    """`python refinestat/baseline.py`: the language model alone."""
    about = "Baseline: unconstrained generation; each program runs, contained, in a process of its own."
    return strategy_main("baseline", "refinestat/baseline.py", about, EXAMPLES % "results/Baseline/baseline", argv)


def syncode_main(argv: Sequence[str] | None = None) -> int:
    """`python Baseline/base.py`: grammar alone."""
    about = "Baseline: single-pass SynCode (grammar mask; no predicates, no refinement)."
    return strategy_main("syncode", "Baseline/base.py", about, EXAMPLES % "results/Baseline/syncode", argv)


MULTI_EXAMPLES = """\
examples:
  {prog} --runs 5 --seeds-per-run 5
  {prog} --runs 2 --seeds-per-run 1 --datasets eight_schools --output results/Baseline/base-multi/short

Run n takes the seeds after those of run n - 1. The best program over the seeds of a run is its answer, as the paper
has it for its baselines; the tables give mean and standard deviation over the runs.
"""
RESULT_EXAMPLES = """\
examples:
  {prog}                                  the newest run of each strategy, and of the main job
  {prog} results/Baseline/base/1 results/Baseline/syncode/2
  {prog} results/Baseline/base-multi/1 --against syncode
"""


def base_multi_main(argv: Sequence[str] | None = None) -> int:
    """`python Baseline/base-multi.py`: several runs of SynCode, and their aggregation."""
    parser = strategy_parser(
        "syncode",
        "Baseline/base-multi.py",
        "Baseline: several runs of single-pass SynCode, aggregated.",
        MULTI_EXAMPLES,
    )
    for flag, what in (("--runs", "how many runs (default 5)"), ("--seeds-per-run", "seeds of each run (default 5)")):
        parser.add_argument(flag, type=int, default=5, metavar="N", help=what)
    return reporting("refinestat", _several_runs, parser.parse_args(argv))


def _several_runs(arguments: argparse.Namespace) -> int:
    for name in ("runs", "seeds_per_run"):
        if getattr(arguments, name) < 1:
            flag = "--" + name.replace("_", "-")
            raise UserError(f"{flag} must be a whole number from 1, got {getattr(arguments, name)}")
    if arguments.resume is not None or arguments.seeds is not None:
        raise UserError(
            "several runs number their seeds themselves, and cannot be resumed: leave out --seeds, --resume"
        )
    request = request_of(arguments)
    from refinestat.refinegen.several_runs import several_runs  # noqa: PLC0415 - torch and PyMC are slow to load

    return several_runs(request, arguments.runs, arguments.seeds_per_run)


def result_main(argv: Sequence[str] | None = None) -> int:
    """`python Baseline/result.py`: the baselines' results in one table."""
    about = "Aggregates the results of baselines, beside those of the main job where there are some."
    parser = Parser(prog="Baseline/result.py", **texts(about, RESULT_EXAMPLES, "python Baseline/result.py"))
    parser.add_argument("runs", nargs="*", type=Path, metavar="RUN", help="run folders, or folders that hold some")
    add_comparison_flags(parser)
    return reporting("refinestat", _result, parser.parse_args(argv))


def _result(arguments: argparse.Namespace) -> int:
    from refinestat.refinegen.results import newest_runs  # noqa: PLC0415 - pandas is slow to load

    arguments.runs = arguments.runs or newest_runs(Path("results"))
    return compare_runs(arguments)
