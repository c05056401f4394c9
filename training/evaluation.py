"""The evaluation table of a language model, on the built-in data sets and on fresh ones of held-out topics."""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import torch
from tqdm import tqdm

from commons.data_pymc import DATASETS
from commons.utils import UserError
from refinestat.refinegen.language_model import LanguageModel, Loading
from refinestat.refinegen.prompts import plain
from training.card import write_card
from training.columns import as_markdown, read_markdown
from training.corpus import FAMILIES, HELD_OUT_FAMILIES, Families, Rates, Split, make
from training.folder import read_record
from training.judge import Judge
from training.scoring import Score, Share, families, scores, table
from training.writers import Constrained, Unconstrained, Writer, size_of

_FRESH_SEED = 950_000_000
_FRESH_RATES = Rates(made_up=0.1, unknown=0)  # of a user's columns, how many have a name that is no word
_BATCH = 40
_FAMILIES = "model families in the data set with fewest"


def evaluate_built_in(writer: Writer, judge: Judge, temperature: float, samples: int) -> list[Score]:
    """`samples` programs for each of the five data sets."""
    found = []
    for dataset in tqdm(DATASETS.values(), unit="data set", desc=f"T = {temperature}"):
        programs = writer.write([dataset] * samples, temperature)
        found += scores(judge, [(dataset, program) for program in programs])
    return found


def evaluate_fresh(
    writer: Writer, judge: Judge, temperature: float, number: int, among: Families = FAMILIES
) -> list[Score]:
    """One program for each of `number` data sets of held-out topics and names."""
    datasets = [make(_FRESH_SEED + i, _FRESH_RATES, Split.HELD_OUT, among).dataset for i in range(number)]
    found = []
    for i in tqdm(range(0, number, _BATCH), unit="batch", desc=f"fresh, T = {temperature}"):
        some = datasets[i : i + _BATCH]
        found += scores(judge, list(zip(some, writer.write(some, temperature), strict=True)))
    return found


def by_dataset(every: Sequence[Score]) -> str:
    """Per data set: how many are good, and the families written."""
    lines = []
    for name, counts in families(every).items():
        own = [one for one in every if one.dataset == name]
        good, text = sum(one.sensible for one in own), "; ".join(f"{key} {n}" for key, n in counts.most_common(6))
        lines.append(f"  {name:14} {good:3} of {len(own)} good; {len(counts)} families: {text}")
    return "\n".join(lines)


def commonest_faults(every: Sequence[Score], number: int = 8) -> str:
    """Why programs do not build, the commonest first."""
    faults = Counter(one.why.splitlines()[0][:90] for one in every if not one.builds and one.why)
    return "\n".join(f"  {count:4} {why}" for why, count in faults.most_common(number))


def _save(path: Path, every: Sequence[Score]) -> None:
    path.write_text("".join(json.dumps(asdict(one)) + "\n" for one in every))


def _evaluate(flags: argparse.Namespace) -> list[Score]:
    """Print the tables; write the card where asked. Gives every score."""
    how = Loading(device=flags.device)
    free = Unconstrained.load(flags.model, how)
    prompt = plain(DATASETS["surgical"])
    speeds = [free.speed(prompt, rows) for rows in (1, 32)]
    print(f"{flags.model} {size_of(flags.model)}: {', '.join(map(str, speeds))}")
    columns: dict[str, dict[str, Share | int]] = {}
    every: list[Score] = []

    def add(column: str, found: list[Score], told: str) -> None:
        columns[column] = dict(table(found))
        print(column, told, commonest_faults(found), sep="\n")
        every.extend(found)

    with Judge() as judge:
        writers: dict[str, Writer] = {}
        if flags.only != "constrained":
            writers["free"] = free
        if flags.only != "free":
            writers["constrained"] = Constrained.load(LanguageModel.load(flags.model, how), flags.seed)
        for name, writer in writers.items() if flags.samples else []:
            for temperature in flags.temperatures:
                found = evaluate_built_in(writer, judge, temperature, flags.samples)
                column = f"five data sets ({flags.samples} each), {name}, T = {temperature}"
                add(column, found, by_dataset(found))
                columns[column][_FAMILIES] = min(len(counts) for counts in families(found).values())
        fresh = {
            f"{flags.fresh} fresh": (flags.fresh, FAMILIES),
            f"{flags.new_families} fresh of held-out families": (flags.new_families, HELD_OUT_FAMILIES),
        }
        for told, (number, among) in fresh.items():
            for temperature in flags.temperatures if number and flags.only != "constrained" else []:
                found = evaluate_fresh(free, judge, temperature, number, among)
                add(f"{told}, T = {temperature}", found, "")
    print(as_markdown(columns))
    if flags.card:
        folder = Path(flags.model)
        told = ", ".join(f"{one.processor:.0f} at batch {one.rows}" for one in speeds)
        kept = read_markdown((folder / "README.md").read_text())
        write_card(folder, read_record(folder), as_markdown({**kept, **columns}), told)
    return every


def main(flags: argparse.Namespace) -> int:
    """Evaluate; 2 for a model that is not there."""
    torch.manual_seed(flags.seed)
    try:
        every = _evaluate(flags)
    except UserError as error:
        print(f"evaluate.py: error: {error}", file=sys.stderr)
        return 2
    if flags.programs:
        _save(flags.programs, every)
    return 0
