"""Flags of a run, and the run that they ask for."""

import argparse
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from commons.budgets import BUDGET_UNITS, read_budgets
from commons.config import CELLS, DTYPES, PAPER_MODELS, PROMPTS, QUANTIZED, RunRequest, checked, config
from commons.utils import UserError, parse_seeds
from refinestat.refinegen.cli_data import add_data_flags, own_data
from refinestat.refinegen.cli_parser import Parser, reporting, texts

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


def purpose() -> str:
    return "A small language model writes a Bayesian model; the Bayesian workflow decides whether to trust it."


def run_texts(prog: str) -> dict[str, Any]:
    return {
        "description": purpose(),
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


def add_models_flag(parser: argparse.ArgumentParser) -> None:
    meaning = f"Hugging Face ids, folders, or `paper` ({', '.join(PAPER_MODELS)})"
    parser.add_argument("--models", nargs="+", metavar="MODEL", help=meaning)


def add_strategy_flag(parser: argparse.ArgumentParser) -> None:
    meaning = "which parts of the method are on (default refinestat: all; docs/results.md lists the others)"
    parser.add_argument("--strategy", metavar="NAME", help=meaning)


def add_run_flags(parser: argparse.ArgumentParser) -> None:
    """Flags named as in `config` replace its values; None: not given."""
    add = parser.add_argument
    add("--seeds", type=_argument(parse_seeds), metavar="1-10", help="seeds and ranges: 1,3,5-10,15 (default 1-10)")
    add("--datasets", nargs="+", metavar="NAME", help="data sets (default: all; `refinestat datasets` lists them)")
    add_models_flag(parser)
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
    where.add_argument("--output", type=Path, metavar="DIR", help="new folder (default: the next number in results/)")
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
    where.add_argument("--gpu", type=int, metavar="N", help="--device cuda:N where there is a GPU, else the CPU")
    add("--dtype", choices=DTYPES, help="numbers of the language model (default auto: 32 bits on a CPU, 16 on a GPU)")
    add("--quantize", choices=QUANTIZED, help="smaller weights, on a GPU: pip install 'refinestat[quantize]'")
    add("--allow-pickle", action="store_true", help="load weights that are no safetensors: they can run code")


def _device(arguments: argparse.Namespace) -> str:
    if arguments.gpu is not None:
        if arguments.gpu < 0:
            raise UserError(f"gpu must be the index of a device, from 0, got {arguments.gpu}")
        return f"gpu:{arguments.gpu}"
    device: str = arguments.device
    if not re.fullmatch(r"auto|cpu|cuda(:\d+)?", device):
        raise UserError(f"device must be auto, cpu, cuda or cuda:N, got {device!r}")
    return device


def run_command(arguments: argparse.Namespace) -> int:
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


def strategy_main(strategy: str, prog: str, about: str, examples: str, argv: Sequence[str] | None = None) -> int:
    """A script that runs one strategy."""
    return reporting("refinestat", run_command, strategy_parser(strategy, prog, about, examples).parse_args(argv))


def strategy_parser(strategy: str, prog: str, about: str, examples: str) -> Parser:
    """The flags of `refinestat run`, with the strategy given."""
    parser = Parser(prog=prog, **texts(about, examples, f"python {prog}"))
    add_run_flags(parser)
    parser.set_defaults(strategy=strategy)
    return parser
