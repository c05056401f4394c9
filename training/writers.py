"""Writers: what turns prompts into programs."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from training.corpus.draft import INDENT

MOST_TOKENS = 400


class Writer(Protocol):
    """Anything that continues prompts. Evaluation with grammar and predicates plugs in here."""

    def write(self, prompts: list[str], temperature: float) -> list[str]:
        """One continuation per prompt, up to the end of its model block."""


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
    """A Hugging Face model that samples freely: no grammar, no predicates, no truncation of the distribution."""

    tokenizer: Any
    network: Any
    most_tokens: int = MOST_TOKENS

    @classmethod
    def load(cls, model: str, device: str = "cpu") -> "Unconstrained":
        """From a folder or a hub id, in float32."""
        tokenizer = AutoTokenizer.from_pretrained(model, padding_side="left")
        if tokenizer.pad_token is None:
            tokenizer.pad_token = tokenizer.eos_token
        network = AutoModelForCausalLM.from_pretrained(model, torch_dtype=torch.float32).eval().to(device)
        return cls(tokenizer=tokenizer, network=network)

    @torch.inference_mode()
    def write(self, prompts: list[str], temperature: float) -> list[str]:
        """Sample one continuation per prompt, all in one batch."""
        read = self.tokenizer(prompts, return_tensors="pt", padding=True, return_token_type_ids=False)
        read = read.to(self.network.device)
        written = self.network.generate(
            **read,
            do_sample=True,
            temperature=temperature,
            top_k=0,
            top_p=1.0,
            max_new_tokens=self.most_tokens,
            pad_token_id=self.tokenizer.pad_token_id,
        )
        texts = self.tokenizer.batch_decode(written[:, read.input_ids.shape[1] :], skip_special_tokens=True)
        return [until_dedent(text) for text in texts]

    def speed(self, prompt: str, rows: int) -> float:
        """Tokens per second when `rows` programs of 120 tokens are written at once."""
        read = self.tokenizer([prompt] * rows, return_tensors="pt", return_token_type_ids=False)
        read = read.to(self.network.device)
        with torch.inference_mode():
            self.network.generate(**read, do_sample=True, max_new_tokens=5)  # warm-up
            began = time.perf_counter()
            self.network.generate(**read, do_sample=True, min_new_tokens=120, max_new_tokens=120)
        return rows * 120 / (time.perf_counter() - began)


def size_of(model: str) -> str:
    """A folder's size in MB, or nothing for a hub id."""
    folder = Path(model)
    return f"{sum(path.stat().st_size for path in folder.iterdir()) / 1e6:.1f} MB" if folder.is_dir() else ""
