"""Writers: what turns data sets into programs."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import torch
from tqdm import tqdm

from commons.data_pymc import Dataset
from refinestat.refinegen import strategies
from refinestat.refinegen.attempts import stream
from refinestat.refinegen.decoder import Decoder, Mask, Writing
from refinestat.refinegen.language_model import LanguageModel, Loading, load_tokenizer
from refinestat.refinegen.language_model.loading import load_network
from refinestat.refinegen.prompts import plain
from refinestat.refinegen.run import ensure_mask_store
from refinestat.refinegen.sampling import Temper
from training.corpus.draft import INDENT

MOST_TOKENS = 400


class Writer(Protocol):
    """Anything that writes one program per data set, whole as text; None where it gave up."""

    def write(self, datasets: Sequence[Dataset], temperature: float) -> list[str | None]: ...


def until_dedent(text: str) -> str:
    """The lines of the model block: up to the first that is not indented."""
    kept = []
    for line in text.splitlines():
        if line.strip() and not line.startswith(INDENT):
            break
        kept.append(line)
    return "\n".join(kept).rstrip() + "\n"


@dataclass(slots=True, kw_only=True)
class Unconstrained:
    """A model that samples freely: no grammar, no predicates, no truncation of the distribution.

    Its network is not that of a `LanguageModel`, whose attention is replaced by one that `generate` gives no mask."""

    network: Any
    tokenizer: Any
    most_tokens: int = MOST_TOKENS

    @classmethod
    def load(cls, model: str, how: Loading | None = None) -> "Unconstrained":
        """A folder or a Hugging Face id; texts of a batch are aligned at their ends."""
        tokenizer = load_tokenizer(model)
        tokenizer.padding_side = "left"
        if tokenizer.pad_token is None:
            tokenizer.pad_token = tokenizer.eos_token
        return cls(network=load_network(model, how or Loading()), tokenizer=tokenizer)

    @torch.inference_mode()
    def write(self, datasets: Sequence[Dataset], temperature: float) -> list[str | None]:
        """Sample one continuation per data set's prompt, all in one batch."""
        tokenizer, network = self.tokenizer, self.network
        prompts = [plain(dataset) for dataset in datasets]
        read = tokenizer(prompts, return_tensors="pt", padding=True, return_token_type_ids=False).to(network.device)
        written = network.generate(
            **read,
            do_sample=True,
            temperature=temperature,
            top_k=0,
            top_p=1.0,
            max_new_tokens=self.most_tokens,
            pad_token_id=tokenizer.pad_token_id,
        )
        texts = tokenizer.batch_decode(written[:, read.input_ids.shape[1] :], skip_special_tokens=True)
        return [prompt + until_dedent(text) for prompt, text in zip(prompts, texts, strict=True)]

    def speed(self, prompt: str, rows: int, length: int = 120) -> "Speed":
        """Of the best of three times that `rows` programs of so many tokens are written at once."""
        network = self.network
        read = self.tokenizer([prompt] * rows, return_tensors="pt", return_token_type_ids=False).to(network.device)
        with torch.inference_mode():
            network.generate(**read, do_sample=True, max_new_tokens=5)  # warm-up
            runs = []
            for _ in range(3):
                began, worked = time.perf_counter(), time.process_time()
                network.generate(**read, do_sample=True, min_new_tokens=length, max_new_tokens=length)
                runs.append((time.perf_counter() - began, time.process_time() - worked))
        wall, processor = (min(seconds) for seconds in zip(*runs, strict=True))
        return Speed(rows=rows, wall=rows * length / wall, processor=rows * length / processor)


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """Tokens per second when `rows` programs are written at once: of the clock, and of the time that processors worked
    for it, which other programs on the machine hardly change."""

    rows: int
    wall: float
    processor: float

    def __str__(self) -> str:
        return f"at batch {self.rows} {self.wall:.0f} tokens/s ({self.processor:.0f} per second of processor time)"


@dataclass(slots=True, kw_only=True)
class Constrained:
    """The same model as RefineStat uses it: masked by the grammar, judged by predicates and guards."""

    model: LanguageModel
    mask: Mask
    seed: int

    @classmethod
    def load(cls, model: LanguageModel, seed: int) -> "Constrained":
        """Builds the model's mask store where there is none."""
        ensure_mask_store(model.name, build=True)
        mask = strategies.mask(strategies.REFINESTAT, "syncode", model.tokenizer, model.end)
        return cls(model=model, mask=mask, seed=seed)

    def write(self, datasets: Sequence[Dataset], temperature: float) -> list[str | None]:
        """Decode one program after the other; program i of a data set has its own random numbers."""
        return asyncio.run(self._write(datasets, temperature))

    async def _write(self, datasets: Sequence[Dataset], temperature: float) -> list[str | None]:
        writing = Writing(temper=Temper(temperature=temperature), max_new_tokens=MOST_TOKENS)
        written: list[str | None] = []
        for i, dataset in enumerate(tqdm(datasets, unit="program", desc="constrained", leave=False)):
            rules = strategies.rules(strategies.REFINESTAT, dataset)
            decoder = Decoder(model=self.model, mask=self.mask, rules=rules, dataset=dataset, writing=writing)
            with closing(decoder):
                draft = await decoder.program(stream("evaluation", dataset.name, self.seed, i))
            written.append(draft.program.source if draft.accepted else None)
        return written


def size_of(model: str) -> str:
    """A folder's size in MB, or nothing for a hub id."""
    folder = Path(model)
    return f"{sum(path.stat().st_size for path in folder.iterdir()) / 1e6:.1f} MB" if folder.is_dir() else ""
