"""The evaluation table of a language model, on the built-in data sets and on fresh ones of held-out topics."""

import argparse
import json
import os
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import torch
from tqdm import tqdm

from commons.data_pymc import DATASETS, Dataset
from refinestat.refinegen.prompts import plain
from training.card import write_card
from training.corpus import Split, make
from training.export import OUTPUT, read_record
from training.judge import Judge
from training.scoring import Score, Share, score, table
from training.writers import Unconstrained, Writer, size_of

_FRESH_SEED = 950_000_000
_BATCH = 40


def evaluate_built_in(writer: Writer, judge: Judge, temperature: float, samples: int) -> list[Score]:
    """`samples` programs for each of the five data sets."""
    scores = []
    for dataset in tqdm(DATASETS.values(), unit="data set", desc=f"T = {temperature}"):
        prompt = plain(dataset)
        for program in writer.write([prompt] * samples, temperature):
            scores.append(score(judge, dataset, prompt, program))
    return scores


def evaluate_fresh(writer: Writer, judge: Judge, temperature: float, number: int) -> list[Score]:
    """One program for each of `number` data sets of held-out topics and names."""
    datasets = [make(_FRESH_SEED + i, split=Split.HELD_OUT).dataset for i in range(number)]
    scores = []
    for i in tqdm(range(0, number, _BATCH), unit="batch", desc=f"fresh, T = {temperature}"):
        some = datasets[i : i + _BATCH]
        prompts = [plain(dataset) for dataset in some]
        programs = writer.write(prompts, temperature)
        for dataset, prompt, program in zip(some, prompts, programs, strict=True):
            scores.append(score(judge, dataset, prompt, program))
    return scores


def as_markdown(columns: dict[str, dict[str, Share]]) -> str:
    """A table with one column per temperature or set."""
    rows = list(next(iter(columns.values())))
    lines = [f"| | {' | '.join(columns)} |", f"|---|{'---|' * len(columns)}"]
    lines += [f"| {row} | {' | '.join(str(shares[row]) for shares in columns.values())} |" for row in rows]
    return "\n".join(lines)


def by_dataset(scores: list[Score], datasets: list[Dataset]) -> str:
    """Per data set: how many are good, and the likelihoods written."""
    lines = []
    for dataset in datasets:
        own = [one for one in scores if one.dataset == dataset.name]
        good = sum(one.sensible for one in own)
        likelihoods = Counter(one.distribution or "none" for one in own).most_common(5)
        text = ", ".join(f"{name} {count}" for name, count in likelihoods)
        lines.append(f"  {dataset.name:14} {good:3} of {len(own)} good; {text}")
    return "\n".join(lines)


def commonest_faults(scores: list[Score], number: int = 8) -> str:
    """Why programs do not build, the commonest first."""
    faults = Counter(one.why.splitlines()[0][:90] for one in scores if not one.builds and one.why)
    return "\n".join(f"  {count:4} {why}" for why, count in faults.most_common(number))


def _temperatures(text: str) -> list[float]:
    try:
        values = [float(part) for part in text.split(",")]
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"not temperatures separated by commas: {text!r}") from error
    if min(values) <= 0:
        raise argparse.ArgumentTypeError(f"temperatures must be above 0: {text!r}")
    return values


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
    """The flags."""
    parser = argparse.ArgumentParser(prog="evaluate.py", description=__doc__)
    parser.add_argument(
        "--model", default=str(OUTPUT), help="a folder or a Hugging Face id (default: the embedded model)"
    )
    parser.add_argument("--temperatures", type=_temperatures, default=[0.3, 0.8], help="default: 0.3,0.8")
    parser.add_argument("--samples", type=int, default=40, help="programs per data set (default: %(default)s)")
    parser.add_argument("--fresh", type=int, default=300, help="data sets of held-out topics (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="default: %(default)s")
    parser.add_argument("--device", default="cpu", help="default: %(default)s")
    parser.add_argument(
        "--threads", type=int, default=1, help="more are slower for a small model (default: %(default)s)"
    )
    parser.add_argument("--programs", type=Path, metavar="FILE", help="write every program and its score as JSON lines")
    parser.add_argument("--card", action="store_true", help="write the table into the model's card")
    return parser.parse_args(arguments)


def _save(path: Path, scores: list[Score]) -> None:
    path.write_text("".join(json.dumps(asdict(one)) + "\n" for one in scores))


def main(arguments: list[str]) -> int:
    """Print the table; write programs and card where asked."""
    flags = parse_arguments(arguments)
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    torch.set_num_threads(flags.threads)
    torch.manual_seed(flags.seed)
    writer = Unconstrained.load(flags.model, flags.device)
    prompt = plain(DATASETS["surgical"])
    speeds = {rows: writer.speed(prompt, rows) for rows in (1, 32)}
    speed = ", ".join(f"{value:.0f} tokens/s at batch {rows}" for rows, value in speeds.items())
    print(f"{flags.model} {size_of(flags.model)}: {speed}")
    columns: dict[str, dict[str, Share]] = {}
    every: list[Score] = []
    with Judge() as judge:
        for temperature in flags.temperatures:
            scores = evaluate_built_in(writer, judge, temperature, flags.samples)
            columns[f"five data sets, T = {temperature}"] = table(scores)
            print(by_dataset(scores, list(DATASETS.values())), commonest_faults(scores), sep="\n")
            every += scores
        for temperature in flags.temperatures if flags.fresh else []:
            scores = evaluate_fresh(writer, judge, temperature, flags.fresh)
            columns[f"{flags.fresh} fresh, T = {temperature}"] = table(scores)
            print(commonest_faults(scores))
            every += scores
    print(as_markdown(columns))
    if flags.programs:
        _save(flags.programs, every)
    if flags.card:
        write_card(Path(flags.model), read_record(Path(flags.model)), as_markdown(columns), flags.samples)
    return 0
