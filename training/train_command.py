"""The command that trains the embedded language model, from nothing to its folder."""

import argparse
import signal
import sys
import threading
from dataclasses import asdict, fields
from pathlib import Path
from types import FrameType

import torch

from training.corpus import Rates
from training.export import OUTPUT, ROOT, OtherModelError, check_folder, export
from training.learning import Settings, begin, resume, train
from training.tokenizer import VOCABULARY, train_tokenizer

CHECKPOINT = ROOT / "build" / "training" / "checkpoint.pt"


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
    """The flags."""
    parser = argparse.ArgumentParser(prog="train.py", description=__doc__)
    parser.add_argument("--output", type=Path, default=OUTPUT, help="folder of the model (default: %(default)s)")
    parser.add_argument("--overwrite", action="store_true", help="replace another model in that folder")
    parser.add_argument("--checkpoint", type=Path, default=CHECKPOINT, help="where an interrupted training is kept")
    parser.add_argument("--device", default="cpu", help="cpu or cuda (default: %(default)s)")
    parser.add_argument(
        "--threads", type=int, default=1, help="another number gives other weights (default: %(default)s)"
    )
    parser.add_argument("--steps", type=int, default=Settings().steps, help="default: %(default)s")
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
    if flags.steps < 1 or flags.threads < 1:
        parser.error("--steps and --threads must be at least 1")
    if flags.device.startswith("cuda") and not torch.cuda.is_available():
        parser.error(f"argument --device: no such device here: {flags.device}")
    return flags


def _interrupts() -> threading.Event:
    """Set by the first Ctrl-C, so that a step is never cut in two. A second one stops at once."""
    interrupted = threading.Event()

    def note(number: int, frame: FrameType | None) -> None:
        interrupted.set()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        print("\nFinishing this step ...", file=sys.stderr)

    signal.signal(signal.SIGINT, note)
    return interrupted


def main(arguments: list[str]) -> int:
    """Train and export; 130 when interrupted."""
    flags = parse_arguments(arguments)
    torch.set_num_threads(flags.threads)
    settings = Settings(steps=flags.steps, rates=flags.rates)
    print("Learning the tokenizer ...")
    training = begin(settings, train_tokenizer(settings.rates, VOCABULARY), flags.device)
    if flags.checkpoint.exists():
        try:
            resume(training, flags.checkpoint)
        except ValueError as error:
            print(f"train.py: error: {error}", file=sys.stderr)
            return 2
        print(f"Going on from step {training.step} of {flags.checkpoint}")
    train(training, flags.device, flags.checkpoint, stopped=_interrupts().is_set)
    if training.step < settings.steps:
        print(f"Interrupted at step {training.step}. Run the same command again to go on.", file=sys.stderr)
        return 130
    export(training.network, training.tokenizer, asdict(settings), training.tokens, flags.output)
    flags.checkpoint.unlink()
    print(f"Wrote {flags.output}")
    return 0
