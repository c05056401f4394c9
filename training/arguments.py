"""The flags of train.py and evaluate.py; nothing that takes long to import."""

import argparse
from dataclasses import fields
from pathlib import Path

from training.folder import OUTPUT, ROOT, OtherModelError, check_folder
from training.rates import Rates

CHECKPOINT = ROOT / "build" / "training" / "checkpoint.pt"
STEPS = 15_000
FINISH_STEPS = 2_500
LAST_STEPS = 2_000


def train_arguments(arguments: list[str]) -> argparse.Namespace:
    """The flags of train.py."""
    parser = argparse.ArgumentParser(prog="train.py", description="Train the embedded language model.")
    parser.add_argument("--output", type=Path, default=OUTPUT, help="folder of the model (default: %(default)s)")
    parser.add_argument("--overwrite", action="store_true", help="replace another model in that folder")
    parser.add_argument("--checkpoint", type=Path, default=CHECKPOINT, help="where an interrupted training is kept")
    parser.add_argument("--device", default="cpu", help="cpu or cuda (default: %(default)s)")
    parser.add_argument(
        "--threads", type=int, default=2, help="another number gives other weights (default: %(default)s)"
    )
    parser.add_argument("--steps", type=int, default=STEPS, help="default: %(default)s")
    parser.add_argument(
        "--finish-steps",
        type=int,
        default=FINISH_STEPS,
        help="more steps, on reserved names and rare families (default: %(default)s)",
    )
    parser.add_argument(
        "--last-steps",
        type=int,
        default=LAST_STEPS,
        help="still more steps, on words that do not exist (default: %(default)s)",
    )
    for rate in fields(Rates):
        name = rate.name.replace("_", "-")
        parser.add_argument(
            f"--{name}-rate", type=float, default=rate.default, metavar="RATE", help="default: %(default)s"
        )
    flags = parser.parse_args(arguments)
    try:
        flags.rates = Rates(**{rate.name: getattr(flags, f"{rate.name}_rate") for rate in fields(Rates)})
        check_folder(flags.output, overwrite=flags.overwrite)
    except (ValueError, OtherModelError) as error:
        parser.error(str(error))
    if min(flags.steps, flags.finish_steps, flags.last_steps, flags.threads) < 1:
        parser.error("--steps, --finish-steps, --last-steps and --threads must be at least 1")
    return flags


def _temperatures(text: str) -> list[float]:
    try:
        values = [float(part) for part in text.split(",")]
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"not temperatures separated by commas: {text!r}") from error
    if min(values) <= 0:
        raise argparse.ArgumentTypeError(f"temperatures must be above 0: {text!r}")
    return values


def evaluate_arguments(arguments: list[str]) -> argparse.Namespace:
    """The flags of evaluate.py."""
    parser = argparse.ArgumentParser(prog="evaluate.py", description="Evaluate a language model.")
    parser.add_argument(
        "--model", default=str(OUTPUT), help="a folder or a Hugging Face id (default: the embedded model)"
    )
    parser.add_argument("--temperatures", type=_temperatures, default=[0.3, 0.8], help="default: 0.3,0.8")
    parser.add_argument("--samples", type=int, default=40, help="programs per built-in data set (default: %(default)s)")
    parser.add_argument("--fresh", type=int, default=300, help="data sets of held-out topics (default: %(default)s)")
    parser.add_argument(
        "--new-families", type=int, default=100, help="data sets of held-out families as well (default: %(default)s)"
    )
    parser.add_argument("--seed", type=int, default=1, help="default: %(default)s")
    parser.add_argument("--device", default="auto", help="cpu, cuda, cuda:N (default: %(default)s)")
    parser.add_argument(
        "--only",
        choices=["free", "constrained"],
        help="without, or only with, grammar and predicates (default: both; fresh data sets always without)",
    )
    parser.add_argument("--programs", type=Path, metavar="FILE", help="write every program and its score as JSON lines")
    parser.add_argument("--card", action="store_true", help="write the columns into the model's card")
    flags = parser.parse_args(arguments)
    if flags.card and not (Path(flags.model) / "README.md").is_file():
        parser.error(f"argument --card: no folder with a model card: {flags.model}")
    return flags
