"""Command lines. Each `*main` takes arguments and returns an exit status; what it runs is imported when it runs."""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from commons.config import checked, config
from commons.utils import cannot_write
from refinestat.refinegen.cli_compare import ABLATION, COMPARE, ablate, add_compare_flags, compare_runs
from refinestat.refinegen.cli_data import DESCRIBE_EXAMPLES, add_describe_flags, describe, list_datasets
from refinestat.refinegen.cli_parser import Parser, reporting, texts
from refinestat.refinegen.cli_run import (
    add_models_flag,
    add_run_flags,
    add_strategy_flag,
    purpose,
    run_command,
    run_texts,
)

STORE_EXAMPLES = """\
examples:
  {prog}                                        for the models of commons/config.py
  {prog} --models Qwen/Qwen2.5-Coder-7B

The stores are kept in the folder SYNCODE_CACHE (default: the user's cache folder).
"""

CHECK_EXAMPLES = """\
examples:
  {prog} model.py
  {prog} --format github models/*.py
  cat model.py | {prog} -
  {prog} --run-data --outcome y model.py     with the values of the data section, and the guards
  {prog} --fit model.py                      and the seven checks of a sampled model

Exit status: 0 accepted, 1 refused, 2 a mistake in the call.
"""

REPORT = (
    "Writes analysis/report.html of runs, from what their folders hold now.",
    """\
example:
  {prog} results/refinestat-main/1
""",
)


def main(argv: Sequence[str] | None = None) -> int:
    """`refinestat` and `python -m refinestat`."""
    parser = Parser(prog="refinestat", description=purpose())
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    run = commands.add_parser("run", help="find a reliable model for each data set", **run_texts("refinestat run"))
    add_run_flags(run)
    add_strategy_flag(run)
    datasets = commands.add_parser("datasets", help="list the data sets")
    datasets.add_argument("--registry", type=Path, metavar="DIR", help="those of this folder of dataset.toml files too")
    shown = texts(None, DESCRIBE_EXAMPLES, "refinestat describe")
    add_describe_flags(commands.add_parser("describe", help="what a model would be told about a file", **shown))
    store = commands.add_parser("mask-store", help="build the grammar masks of a model ahead of a run")
    _add_store_flags(store)
    catalogue = commands.add_parser("catalogue", help="rebuild the catalogue of distributions from the installed PyMC")
    catalogue.add_argument("--check", action="store_true", help="write nothing; exit 1 where it does not fit")
    compare = commands.add_parser(
        "compare", help="hold runs against each other", **texts(*COMPARE, "refinestat compare")
    )
    add_compare_flags(compare)
    ablation = commands.add_parser(
        "ablation", help="run every strategy at equal cost and compare", **texts(*ABLATION, "refinestat ablation")
    )
    add_run_flags(ablation)
    ablation.add_argument("--strategies", nargs="+", metavar="NAME", help="which to run (default: all)")
    check = commands.add_parser("check", help="check PyMC programs", **_check_texts("refinestat check"))
    _add_check_flags(check)
    about = texts(*REPORT, "refinestat report")
    report = commands.add_parser("report", help="write a run's report.html again", **about)
    report.add_argument("runs", nargs="+", type=Path, metavar="RUN", help="folder of a run, finished or not")
    arguments = parser.parse_args(argv)
    actions: dict[str, Callable[[argparse.Namespace], int]] = {
        "run": run_command,
        "datasets": list_datasets,
        "describe": describe,
        "mask-store": _mask_store,
        "catalogue": _catalogue,
        "check": _check,
        "report": _report,
        "compare": compare_runs,
        "ablation": ablate,
    }
    return reporting(parser.prog, actions[arguments.command], arguments)


def refinestat_main(argv: Sequence[str] | None = None) -> int:
    """`python refinestat/main.py`: the same as `refinestat run`."""
    parser = Parser(prog="refinestat/main.py", **run_texts("python refinestat/main.py"))
    add_run_flags(parser)
    add_strategy_flag(parser)
    return reporting("refinestat", run_command, parser.parse_args(argv))


def dfa_constructor_main(argv: Sequence[str] | None = None) -> int:
    """`python refinestat/dfa_constructor.py`: the same as `refinestat mask-store`."""
    parser = Parser(
        prog="refinestat/dfa_constructor.py",
        description="Builds the grammar masks (SynCode's DFA mask store for Python) of each model.",
        epilog=STORE_EXAMPLES.format(prog="python refinestat/dfa_constructor.py"),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_store_flags(parser)
    return reporting("refinestat", _mask_store, parser.parse_args(argv))


def check_main(argv: Sequence[str] | None = None) -> int:
    """`python refinestat/check.py`: the same as `refinestat check`."""
    parser = Parser(prog="refinestat/check.py", **_check_texts("python refinestat/check.py"))
    _add_check_flags(parser)
    return reporting("refinestat", _check, parser.parse_args(argv))


def _check_texts(prog: str) -> dict[str, Any]:
    return {
        "description": "Checks PyMC programs with the six predicates. Without --run-data or --fit nothing is run.",
        "epilog": CHECK_EXAMPLES.format(prog=prog),
        "formatter_class": argparse.RawDescriptionHelpFormatter,
    }


def _add_check_flags(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("files", nargs="+", metavar="FILE", help="programs; - reads standard input")
    formats = ("text", "json", "github")
    add("--format", choices=formats, default="text", help="how refusals are printed (default text)")
    add("--outcome", metavar="Y", help="variable or column that must be observed once, whole, and used nowhere else")
    add("--run-data", action="store_true", help="execute what stands before the model, contained, to learn the values")
    add("--fit", action="store_true", help="sample the accepted programs, contained, and show the seven checks")
    add("--only-models", action="store_true", help="leave out files without a PyMC model")


def _check(arguments: argparse.Namespace) -> int:
    from refinestat.refinegen.linter import CheckRequest, check  # noqa: PLC0415 - the catalogue takes a moment to load

    return check(
        CheckRequest(
            files=arguments.files,
            style=arguments.format,
            outcome=arguments.outcome,
            run_data=arguments.run_data or arguments.fit,
            fit=arguments.fit,
            only_models=arguments.only_models,
        )
    )


def _report(arguments: argparse.Namespace) -> int:
    from refinestat.refinegen.report import write_report  # noqa: PLC0415 - matplotlib is slow to load
    from refinestat.refinegen.store import RunFolder  # noqa: PLC0415 - numpy is slow to load

    for path in [write_report(run) for run in [RunFolder.read(run) for run in arguments.runs]]:
        print(f"To look at it: {path}")
    return 0


def _add_store_flags(parser: argparse.ArgumentParser) -> None:
    add_models_flag(parser)
    parser.add_argument("--rebuild", action="store_true", help="build a mask store even where it is there")


def _mask_store(arguments: argparse.Namespace) -> int:
    """Builds what is missing; a damaged store is named, and built anew."""
    models = checked({**config, **({"models": arguments.models} if arguments.models else {})}).models
    from refinestat.refinegen import grammar  # noqa: PLC0415 - SynCode is slow to load
    from refinestat.refinegen.language_model import load_tokenizer  # noqa: PLC0415 - torch is slow to load

    try:
        grammar.build_stores(models, load_tokenizer, None, arguments.rebuild, print)
    except OSError as error:
        raise cannot_write(grammar.store_folder(), error) from error
    return 0


def _catalogue(arguments: argparse.Namespace) -> int:
    from refinestat.refinegen import catalogue_build  # noqa: PLC0415 - PyMC is slow to load

    return catalogue_build.main(["--check"] if arguments.check else [])
