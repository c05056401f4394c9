"""Command lines. Each `*main` takes arguments and returns an exit status; what it runs is imported when it runs."""

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

from commons.budgets import BUDGET_UNITS, read_budgets
from commons.config import CELLS, DTYPES, PAPER_MODELS, PROMPTS, QUANTIZED, RunRequest, checked, config
from commons.utils import UserError, cannot_write, parse_seeds
from refinestat.refinegen.cli_data import (
    DESCRIBE_EXAMPLES,
    add_data_flags,
    add_describe_flags,
    describe,
    list_datasets,
    own_data,
)

RUN_EXAMPLES = """\
examples:
  {prog}                                        every data set, ten seeds, the embedded model
  {prog} --seeds 1 --datasets eight_schools dugongs
  {prog} --seeds 1,3,5-10,15 --temperature 0.4 --output results/warmer
  {prog} --models Qwen/Qwen2.5-Coder-7B --gpu 0
  {prog} --data heights.csv --outcome height    your own data
  {prog} --resume results/refinestat-main/3     continue a run that was stopped

Defaults come from commons/config.py. Exit status: 0 done, 2 a mistake in the input, 130 stopped by Ctrl-C.
"""
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
REPORT = (
    "Writes analysis/report.html of runs, from what their folders hold now.",
    """\
example:
  {prog} results/refinestat-main/1
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


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: error: {message}\n")


def main(argv: Sequence[str] | None = None) -> int:
    """`refinestat` and `python -m refinestat`."""
    parser = Parser(prog="refinestat", description=_about())
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    run = commands.add_parser("run", help="find a reliable model for each data set", **_texts("refinestat run"))
    _add_run_flags(run)
    _add_strategy_flag(run)
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
    _add_compare_flags(compare)
    ablation = commands.add_parser(
        "ablation", help="run every strategy at equal cost and compare", **texts(*ABLATION, "refinestat ablation")
    )
    _add_run_flags(ablation)
    ablation.add_argument("--strategies", nargs="+", metavar="NAME", help="which to run (default: all)")
    check = commands.add_parser("check", help="check PyMC programs", **_check_texts("refinestat check"))
    _add_check_flags(check)
    about = texts(*REPORT, "refinestat report")
    report = commands.add_parser("report", help="write a run's report.html again", **about)
    report.add_argument("runs", nargs="+", type=Path, metavar="RUN", help="folder of a run, finished or not")
    arguments = parser.parse_args(argv)
    actions: dict[str, Callable[[argparse.Namespace], int]] = {
        "run": _run,
        "datasets": list_datasets,
        "describe": describe,
        "mask-store": _mask_store,
        "catalogue": _catalogue,
        "check": _check,
        "report": _report,
        "compare": compare_runs,
        "ablation": _ablation,
    }
    return reporting(parser.prog, actions[arguments.command], arguments)


def refinestat_main(argv: Sequence[str] | None = None) -> int:
    """`python refinestat/main.py`: the same as `refinestat run`."""
    parser = Parser(prog="refinestat/main.py", **_texts("python refinestat/main.py"))
    _add_run_flags(parser)
    _add_strategy_flag(parser)
    return reporting("refinestat", _run, parser.parse_args(argv))


def strategy_main(strategy: str, prog: str, about: str, examples: str, argv: Sequence[str] | None = None) -> int:
    """A script that runs one strategy."""
    return reporting("refinestat", _run, strategy_parser(strategy, prog, about, examples).parse_args(argv))


def strategy_parser(strategy: str, prog: str, about: str, examples: str) -> Parser:
    """The flags of `refinestat run`, with the strategy given."""
    parser = Parser(prog=prog, **texts(about, examples, f"python {prog}"))
    _add_run_flags(parser)
    parser.set_defaults(strategy=strategy)
    return parser


def texts(about: str | None, examples: str, prog: str) -> dict[str, Any]:
    """Description and examples of a parser, the lines as they are; {prog} in examples: how the user calls it."""
    epilog = examples.format(prog=prog)
    return {"description": about, "epilog": epilog, "formatter_class": argparse.RawDescriptionHelpFormatter}


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


def _about() -> str:
    return "A small language model writes a Bayesian model; the Bayesian workflow decides whether to trust it."


def _texts(prog: str) -> dict[str, Any]:
    return {
        "description": _about(),
        "epilog": RUN_EXAMPLES.format(prog=prog),
        "formatter_class": argparse.RawDescriptionHelpFormatter,
    }


def _argument(read: Callable[[str], Any]) -> Callable[[str], Any]:
    """A reader of an argument whose mistakes argparse reports as they are."""

    def reader(text: str) -> Any:
        try:
            return read(text)
        except UserError as error:
            raise argparse.ArgumentTypeError(str(error)) from error

    return reader


def _add_models_flag(parser: argparse.ArgumentParser) -> None:
    meaning = f"Hugging Face ids, folders, or `paper` ({', '.join(PAPER_MODELS)})"
    parser.add_argument("--models", nargs="+", metavar="MODEL", help=meaning)


def _add_store_flags(parser: argparse.ArgumentParser) -> None:
    _add_models_flag(parser)
    parser.add_argument("--rebuild", action="store_true", help="build a mask store even where it is there")


def _add_strategy_flag(parser: argparse.ArgumentParser) -> None:
    meaning = "which parts of the method are on (default refinestat: all; docs/results.md lists the others)"
    parser.add_argument("--strategy", metavar="NAME", help=meaning)


def _add_run_flags(parser: argparse.ArgumentParser) -> None:
    """Flags named as in `config` replace its values; None: not given."""
    add = parser.add_argument
    add("--seeds", type=_argument(parse_seeds), metavar="1-10", help="seeds and ranges: 1,3,5-10,15 (default 1-10)")
    add("--datasets", nargs="+", metavar="NAME", help="data sets (default: all; `refinestat datasets` lists them)")
    _add_models_flag(parser)
    grammars = "which tokens may come: by Python's grammar, or by what is known of names and distributions as well"
    add("--grammar", choices=("syncode", "semantic"), help=f"{grammars} (default {config['grammar']})")
    add("--temperature", type=float, metavar="T", help=f"of the language model (default {config['temperature']})")
    add("--top-k", type=int, metavar="K", help="draw from the K most probable tokens")
    add("--min-p", type=float, metavar="P", help="draw from tokens with this share of the best one's probability")
    add("--top-p", type=float, metavar="P", help="draw from the most probable tokens that make up this share")
    add("--max-iterations", type=int, metavar="N", help="times that the priors are drawn anew")
    add("--statement-retries", type=int, metavar="N", help="times that a refused statement is drawn again")
    add("--max-new-tokens", type=int, metavar="N", help="longest program, the prompt not counted")
    prompt = "what the model reads: the data section; worked examples first; its chat template first (default plain)"
    add("--prompt", choices=PROMPTS, help=prompt)
    add("--select", choices=("elpd", "score"), help="the best reliable program: by ELPD-LOO, or by checks passed first")
    budget = "budget file or run folder: searches are repeated until what it allows is used up, and the best counts"
    add("--token-budget", type=Path, metavar="FILE", help=budget)
    add("--budget", choices=BUDGET_UNITS, help="what the budget counts (default tokens)")
    add("--workers", type=int, metavar="N", help="programs fitted at once (default: one per core)")
    add("--in-flight", type=int, metavar="N", help="cells at once (default: 32, or what memory has room for)")
    _add_device_flags(parser)
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--output", type=Path, metavar="DIR", help="new folder (default: results/refinestat-main/<n>)")
    where.add_argument("--resume", type=Path, metavar="DIR", help="continue the run in this folder")
    add("--no-build", action="store_true", help="stop if a model's mask store is missing, rather than build it")
    add("--cache", type=Path, metavar="DIR", help="take fits that earlier runs left here, and leave new ones")
    add_data_flags(parser)
    unsafe = "run generated programs even where this system cannot contain them"
    add("--i-accept-unsafe-execution", action="store_true", help=unsafe)


def _add_device_flags(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    where = parser.add_mutually_exclusive_group()
    auto = "where the language model runs: auto, cpu, cuda or cuda:N (default auto: a GPU if there is one)"
    where.add_argument("--device", metavar="DEVICE", default="auto", help=auto)
    where.add_argument("--gpu", type=int, metavar="N", help="the same as --device cuda:N")
    add("--dtype", choices=DTYPES, help="numbers of the language model (default auto: 32 bits on a CPU, 16 on a GPU)")
    add("--quantize", choices=QUANTIZED, help="smaller weights, on a GPU: pip install 'refinestat[quantize]'")
    add("--allow-pickle", action="store_true", help="load weights that are no safetensors: they can run code")


def _device(arguments: argparse.Namespace) -> str:
    if arguments.gpu is None:
        device: str = arguments.device
    elif arguments.gpu < 0:
        raise UserError(f"gpu must be the index of a device, from 0, got {arguments.gpu}")
    else:
        device = f"cuda:{arguments.gpu}"
    if not re.fullmatch(r"auto|cpu|cuda(:\d+)?", device):
        raise UserError(f"device must be auto, cpu, cuda or cuda:N, got {device!r}")
    return device


def _run(arguments: argparse.Namespace) -> int:
    request = request_of(arguments)
    from refinestat.refinegen.run import run  # noqa: PLC0415 - torch and PyMC are slow to load

    return run(request)


def request_of(arguments: argparse.Namespace) -> RunRequest:
    """The run that the flags ask for: the configuration, or that of the run to continue, under the flags given."""
    values = config
    given = {key: getattr(arguments, key) for key in config if getattr(arguments, key, None) is not None}
    if arguments.resume is not None:
        from refinestat.refinegen.store import read_settings  # noqa: PLC0415 - numpy is slow to load

        recorded = read_settings(arguments.resume)
        values = {key: getattr(recorded, key) for key in config}
        given |= {key: [*values[key], *given[key]] for key in CELLS if key in given}  # a run may grow
    given |= _budgets(arguments)
    own = own_data(arguments)
    if own:
        given["datasets"] = _with_own(own, values, given, arguments.resume)
    return RunRequest(
        settings=checked({**values, **given}),
        output=arguments.output,
        resume=arguments.resume,
        build=not arguments.no_build,
        device=_device(arguments),
        pickle=arguments.allow_pickle,
        unsafe=arguments.i_accept_unsafe_execution,
        cache=arguments.cache,
        own=own,
    )


def _budgets(arguments: argparse.Namespace) -> dict[str, Any]:
    """The amounts of the budget that was named."""
    if arguments.token_budget is not None:
        return {"budgets": read_budgets(arguments.token_budget, arguments.budget or config["budget"])}
    if arguments.budget is not None and arguments.resume is None:
        raise UserError(f"--budget {arguments.budget} says what is counted: name the amounts with --token-budget FILE")
    return {}


def _add_compare_flags(parser: argparse.ArgumentParser) -> None:
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


def _ablation(arguments: argparse.Namespace) -> int:
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


def _with_own(own: tuple[Any, ...], values: Any, given: dict[str, Any], resumed: Path | None) -> list[str]:
    """The names of the data sets to run, the user's own among them. Makes those known."""
    from commons.data_pymc import register  # noqa: PLC0415 - numpy is slow to load
    from commons.owndata import stored  # noqa: PLC0415

    recorded = list(values["datasets"]) if resumed is not None else []
    if resumed is not None:
        stored.must_be_the_same(own, recorded, resumed)
    for each in own:
        register(each.dataset)
    return [*dict.fromkeys([*recorded, *given.get("datasets", []), *(each.dataset.name for each in own)])]


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


def reporting(prog: str, action: Callable[[argparse.Namespace], int], arguments: argparse.Namespace) -> int:
    """Runs the action. A user's mistake is one line and status 2; Ctrl-C is status 130."""
    try:
        return action(arguments)
    except UserError as error:
        mistakes: list[Exception] = [error]
    except ExceptionGroup as group:  # tasks that failed side by side
        mistakes = _leaves(group)
        if not all(isinstance(mistake, UserError) for mistake in mistakes):
            raise
    except KeyboardInterrupt:
        print(f"{prog}: stopped", file=sys.stderr)
        return 130
    for line in dict.fromkeys(line for mistake in mistakes for line in str(mistake).splitlines()):
        print(f"{prog}: error: {line}", file=sys.stderr)
    for note in dict.fromkeys(note for mistake in mistakes for note in getattr(mistake, "__notes__", ())):
        print(f"{prog}: {note}", file=sys.stderr)
    return 2


def _leaves(error: Exception) -> list[Exception]:
    """The errors in a group of errors, each with the notes of the group."""
    if not isinstance(error, ExceptionGroup):
        return [error]
    leaves = [leaf for inner in error.exceptions for leaf in _leaves(inner)]
    for leaf in leaves:
        for note in getattr(error, "__notes__", ()):
            leaf.add_note(note)
    return leaves
