"""Command lines that draw figures of runs."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from refinestat.refinegen.cli_parser import Parser, reporting, texts

ABOUT = "Draws the publication figures of runs as PNG and PDF, and writes the CSV behind each."
DEPRECATED = "Deprecated: use refinestat/data-process.py, which this script calls."
EXAMPLES = """\
examples:
  {prog} results/refinestat-main/1
  {prog} results/refinestat-main/1 results/Baseline --output figures
  {prog}                                  the newest run of each strategy, and of the main job

Figures: run_rate, elpd, tokens_and_reliability, trajectories. Nothing is fitted again: every number comes from the
attempts.jsonl files.
"""


def data_process_main(argv: Sequence[str] | None = None) -> int:
    """`python refinestat/data-process.py`."""
    return reporting("refinestat", _figures, _parser("refinestat/data-process.py", ABOUT).parse_args(argv))


def aggregate_stats_main(argv: Sequence[str] | None = None) -> int:
    """`python refinestat/aggregate_stats.py`, as it was called before."""
    arguments = _parser("refinestat/aggregate_stats.py", f"{DEPRECATED} {ABOUT}").parse_args(argv)
    print("aggregate_stats.py is deprecated: use refinestat/data-process.py", file=sys.stderr)
    return reporting("refinestat", _figures, arguments)


def _parser(prog: str, about: str) -> Parser:
    parser = Parser(prog=prog, **texts(about, EXAMPLES, f"python {prog}"))
    add = parser.add_argument
    add("runs", nargs="*", type=Path, metavar="RUN", help="run folders, or folders that hold some")
    add("--output", type=Path, metavar="DIR", help="where the figures go (default: results/figures/<n>)")
    add("--force", action="store_true", help="pool runs of different data or settings, and say which differ")
    return parser


def _figures(arguments: argparse.Namespace) -> int:
    from refinestat.refinegen.comparison import pooled  # noqa: PLC0415 - pandas and matplotlib are slow to load
    from refinestat.refinegen.publication import write_figures  # noqa: PLC0415
    from refinestat.refinegen.results import find_runs, load_run, newest_runs  # noqa: PLC0415
    from refinestat.refinegen.store import numbered  # noqa: PLC0415

    paths = [run for path in arguments.runs for run in find_runs(path)] or newest_runs(Path("results"))
    pool = pooled([load_run(path) for path in dict.fromkeys(paths)], force=arguments.force)
    folder = arguments.output or numbered(Path("results/figures"))
    for note in pool.notes:
        print(f"Note: {note}", file=sys.stderr)
    write_figures(pool, folder)
    print(f"The figures are in {folder}")
    return 0
