"""The command that trains the embedded language model, from nothing to its folder."""

import argparse
import signal
import sys
import threading
from dataclasses import asdict, replace
from types import FrameType

import torch

from training.batches import Weights
from training.export import export
from training.learning import Settings, begin, begin_after, resume, train
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


def stages(flags: argparse.Namespace) -> tuple[Settings, ...]:
    """The training proper; then some steps on what it learns badly: names of data that programs like for parameters,
    and rare families; then some more on words that do not exist."""
    first = Settings(steps=flags.steps, rates=flags.rates)
    rare = replace(
        first,
        steps=flags.finish_steps,
        after=first.steps,
        rates=replace(flags.rates, reserved=0.4, even=0.5, unknown=0.3),
        peak_rate=1e-3,
        matrix_rate=0.006,
    )
    unknown = replace(
        rare,
        steps=flags.last_steps,
        after=rare.after + rare.steps,
        rates=replace(flags.rates, reserved=0.4, even=0.2, unknown=0.5),
        weights=Weights(copied=3.5),
    )
    return first, rare, unknown


def main(flags: argparse.Namespace) -> int:
    """Train and export; 130 when interrupted, 2 where the device or a checkpoint does not do."""
    try:
        return _main(flags)
    except KeyboardInterrupt:
        print("Interrupted. Run the same command again to go on from the last checkpoint.", file=sys.stderr)
        return 130


def _main(flags: argparse.Namespace) -> int:
    if flags.device.startswith("cuda") and not torch.cuda.is_available():
        print(f"train.py: error: argument --device: no such device here: {flags.device}", file=sys.stderr)
        return 2
    torch.set_num_threads(flags.threads)
    torch.use_deterministic_algorithms(flags.device == "cpu")  # else several threads add gradients in any order
    print("Learning the tokenizer ...")
    first, *later = stages(flags)
    training = begin(first, train_tokenizer(first.rates, VOCABULARY), flags.device)
    paths = [flags.checkpoint.with_suffix(f".{number}.pt") for number in (1, 2, 3)]
    stopped = _interrupts().is_set
    for stage, path in zip((None, *later), paths, strict=True):
        if stage:
            training = begin_after(training, stage, flags.device)
        if path.exists():
            try:
                resume(training, path)
            except ValueError as error:
                print(f"train.py: error: {error}", file=sys.stderr)
                return 2
            print(f"Going on from step {training.step} of {path}")
        train(training, flags.device, path, stopped=stopped)
        if training.step < training.settings.steps:
            print(f"Interrupted at step {training.step}. Run the same command again to go on.", file=sys.stderr)
            return 130
    settings = {**asdict(first), "finish": asdict(later[0]), "last": asdict(later[1])}
    export(training.network, training.tokenizer, settings, training.tokens, flags.output)
    for path in paths:
        path.unlink()
    print(f"Wrote {flags.output}")
    return 0
