"""How fast programs are drawn when many are drawn at once, and whether that changes them.

    python benchmarks/decoding_cells.py                           # 1, 8 and 32 cells, the embedded model
    python benchmarks/decoding_cells.py --grammar semantic --temperature 0.8
    python benchmarks/decoding_cells.py --profile                 # where the time of the largest number goes
    python benchmarks/decoding_cells.py --random 10000            # random weights: no exception, no unmasked token

Nothing is fitted. Prints, for each number of cells, tokens per second of wall time and of CPU time, and what a token
takes of the model, the mask and the rest; then the tokens that were thrown away, by cause, and the share of programs
that are the same with one cell and with many. On a busy machine only the CPU time means something."""

import argparse
import asyncio
import cProfile
import pstats
import resource
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tqdm import tqdm

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from commons.config import DEFAULT_MODEL
from commons.data_pymc import DATASETS
from refinestat.refinegen import strategies
from refinestat.refinegen.attempts import stream
from refinestat.refinegen.decoder import Decoder, Mask, Writing
from refinestat.refinegen.language_model import LanguageModel
from refinestat.refinegen.records import Draft
from refinestat.refinegen.run import ensure_mask_store
from refinestat.refinegen.sampling import Temper

Name = tuple[str, int]  # data set, seed


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """The programs of some cells, and what they took."""

    in_flight: int
    drafts: dict[Name, Draft]
    wall: float
    cpu: float

    @property
    def tokens(self) -> int:
        return sum(draft.cost.generated_tokens for draft in self.drafts.values())

    def row(self) -> str:
        costs = [draft.cost for draft in self.drafts.values()]
        model, mask = (sum(getattr(c, f"{part}_seconds") for c in costs) for part in ("model", "mask"))
        parts = (1000 * seconds / self.tokens for seconds in (model, mask, self.wall - model - mask))
        model_ms, mask_ms, rest_ms = parts
        return (
            f"| {self.in_flight} | {len(self.drafts)} | {self.tokens:,} | {self.tokens / self.wall:,.0f} "
            f"| {self.tokens / self.cpu:,.0f} | {model_ms:.2f} | {mask_ms:.2f} | {rest_ms:.2f} |"
        )


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """What all cells share."""

    model: LanguageModel
    mask: Mask
    temper: Temper
    longest: int = 512

    async def _cell(self, name: Name) -> Draft:
        dataset, seed = name
        decoder = Decoder(
            model=self.model,
            mask=self.mask,
            rules=strategies.rules(strategies.REFINESTAT, DATASETS[dataset]),
            dataset=DATASETS[dataset],
            writing=Writing(temper=self.temper, max_new_tokens=self.longest),
        )
        with closing(decoder):
            return await decoder.program(stream(self.model.name, dataset, seed, 0))

    async def _cells(self, names: list[Name], in_flight: int) -> dict[Name, Draft]:
        slots, bar = asyncio.Semaphore(in_flight), tqdm(total=len(names), unit="program", leave=False)

        async def one(name: Name) -> Draft:
            async with slots:
                draft = await self._cell(name)
            bar.update()
            return draft

        drafts = await asyncio.gather(*(one(name) for name in names))
        bar.close()
        return dict(zip(names, drafts, strict=True))

    def draw(self, names: list[Name], in_flight: int) -> Drawn:
        """One program for each name, `in_flight` of them at once."""
        wall, cpu = time.perf_counter(), time.process_time()
        drafts = asyncio.run(self._cells(names, in_flight))
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        return Drawn(in_flight=in_flight, drafts=drafts, wall=wall, cpu=cpu)


def names(number: int) -> list[Name]:
    sets = list(DATASETS)
    return [(sets[i % len(sets)], 1 + i // len(sets)) for i in range(number)]


def compare(drawing: Drawing, cells: list[int], programs: int, profiled: bool) -> None:
    """The table, for each number of cells; the same programs each time, so that they can be compared."""
    drawing.draw([(name, 0) for name in DATASETS], 5)  # whatever happens once only
    print("| cells at once | programs | tokens | tokens/s | tokens/CPU-s | model ms | mask ms | rest ms |")
    print("|---|---|---|---|---|---|---|---|")
    found = []
    for in_flight in cells:
        found.append(drawing.draw(names(programs), in_flight))
        print(found[-1].row(), flush=True)
    first, last = found[0], found[-1]
    speed = (last.tokens / last.wall) / (first.tokens / first.wall)
    cpu = (last.tokens / last.cpu) / (first.tokens / first.cpu)
    print(f"{last.in_flight} cells against {first.in_flight}: {speed:.1f} times the tokens/s, {cpu:.1f} per CPU-s")
    same = sum(first.drafts[name].program == last.drafts[name].program for name in first.drafts)
    print(f"the same program: {same} of {len(first.drafts)} cells")
    report_waste(list(last.drafts.values()))
    if profiled:
        profile = cProfile.Profile()
        profile.enable()
        drawing.draw(names(programs), cells[-1])
        profile.disable()
        pstats.Stats(profile).sort_stats("tottime").print_stats(40)


def report_waste(drafts: list[Draft]) -> None:
    """What was thrown away, and why."""
    waste: Counter[str] = Counter()
    for draft in drafts:
        waste.update(draft.cost.discarded)
    tokens = sum(draft.cost.generated_tokens for draft in drafts)
    causes = ", ".join(f"{cause} {count}" for cause, count in waste.most_common()) or "none"
    accepted = sum(draft.accepted for draft in drafts)
    print(f"{accepted} of {len(drafts)} programs accepted; thrown away: {waste.total()} of {tokens} tokens ({causes})")


def random_weights(folder: str) -> LanguageModel:
    """A model like the embedded one, with its tokenizer, that has learnt nothing."""
    import torch  # noqa: PLC0415
    from transformers import AutoConfig, AutoModelForCausalLM  # noqa: PLC0415

    embedded = LanguageModel.load(DEFAULT_MODEL)
    torch.manual_seed(0)
    config = AutoConfig.from_pretrained(embedded.network.config.name_or_path, num_hidden_layers=1)
    AutoModelForCausalLM.from_config(config).save_pretrained(folder)
    embedded.tokenizer.save_pretrained(folder)
    return LanguageModel.load(folder)


class Watched:
    """A mask that remembers what it has allowed last, so that each token drawn can be compared with it."""

    def __init__(self, mask: Mask) -> None:
        self._mask = mask

    seconds = 0.0

    def start(self, prompt: str) -> None:
        self._mask.start(prompt)

    def statement(self, start: int, symbols: object) -> None:
        self._mask.statement(start, symbols)

    def fork(self) -> "Watched":
        return Watched(self._mask.fork())

    def allowed(self, text: str) -> np.ndarray:
        allowed = self._mask.allowed(text)
        if allowed.all():
            raise AssertionError(f"the mask has stopped masking after {text!r}")
        return allowed


def mask_of(model: LanguageModel, grammar: str) -> Mask:
    """The mask of the whole method; SynCode's store is built where there is none."""
    if grammar == "syncode":
        ensure_mask_store(model.name, build=True)
    return strategies.mask(strategies.REFINESTAT, grammar, model.tokenizer, model.end)


def stress(runs: int, grammar: str, in_flight: int) -> None:
    """Random weights write nonsense: every path of the mask and the predicates is taken."""
    with tempfile.TemporaryDirectory() as folder:
        model = random_weights(folder)
        mask = Watched(mask_of(model, grammar))
        drawing = Drawing(model=model, mask=mask, temper=Temper(temperature=1.0), longest=48)
        drafts = list(drawing.draw(names(runs), in_flight).drafts.values())
    report_waste(drafts)
    failures = sum(draft.cost.mask_failures for draft in drafts)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
    print(f"{runs} runs, no exception; the mask could not say {failures} times; {memory:,.0f} MB at the most")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default=DEFAULT_MODEL, help="a folder or a Hugging Face id (default: %(default)s)")
    parser.add_argument("--grammar", choices=("syncode", "semantic"), default="syncode")
    parser.add_argument("--temperature", type=float, default=0.3)
    parser.add_argument("--cells", type=int, nargs="+", default=[1, 8, 32], help="at once (default: 1 8 32)")
    parser.add_argument("--programs", type=int, default=64, help="programs for each number of cells")
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--random", type=int, metavar="RUNS", help="random weights instead of a model")
    flags = parser.parse_args()
    if flags.random:
        stress(flags.random, flags.grammar, flags.cells[-1])
        return
    model = LanguageModel.load(flags.model)
    mask = mask_of(model, flags.grammar)
    drawing = Drawing(model=model, mask=mask, temper=Temper(temperature=flags.temperature))
    compare(drawing, flags.cells, flags.programs, flags.profile)


if __name__ == "__main__":
    main()
