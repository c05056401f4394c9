"""The command that trains the embedded language model, from nothing to its folder."""

import argparse
import signal
import sys
import threading
from dataclasses import asdict
from types import FrameType

import torch

from training.export import export
from training.learning import Settings, begin, resume, train
from training.tokenizer import VOCABULARY, train_tokenizer


def _interrupts() -> threading.Event:
    """Set by the first Ctrl-C, so that a step is never cut in two. A second one stops at once."""
    interrupted = threading.Event()

    def note(number: int, frame: FrameType | None) -> None:
        interrupted.set()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        print("\nFinishing this step ...", file=sys.stderr)

    signal.signal(signal.SIGINT, note)
    return interrupted


def main(flags: argparse.Namespace) -> int:
    """Train and export; 130 when interrupted, 2 where the device or the checkpoint does not do."""
    if flags.device.startswith("cuda") and not torch.cuda.is_available():
        print(f"train.py: error: argument --device: no such device here: {flags.device}", file=sys.stderr)
        return 2
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
