"""The language model: tokens in, logits of the next token out. The only package that imports torch and transformers."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Self

import torch

from commons.utils import UserError
from refinestat.refinegen.language_model.batch import Batch, Context
from refinestat.refinegen.language_model.loading import Loading, load_network, load_tokenizer
from refinestat.refinegen.language_model.passes import Passes

__all__ = ["Context", "LanguageModel", "Loading", "load_tokenizer"]

MOST = 32  # sequences at once, if nothing else is said
BORDER = 8  # tokens of a prompt that what follows is decoded with: more than one character or word is made of


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """A causal Hugging Face model with its tokenizer. batch: what its sequences have their logits from."""

    name: str
    network: Any
    tokenizer: Any
    batch: Batch

    @classmethod
    def load(cls, model: str, how: Loading | None = None) -> Self:
        """Loads a folder or a Hugging Face id. Raises UserError for a model or a GPU that is not there."""
        tokenizer = load_tokenizer(model)
        network = load_network(model, how or Loading())
        return cls(model, network, tokenizer, Batch(Passes(network), len(tokenizer)))

    @property
    def end(self) -> frozenset[int]:
        """The tokens that end a text."""
        configured = self.network.generation_config.eos_token_id
        ids = configured if isinstance(configured, list) else [configured, self.tokenizer.eos_token_id]
        return frozenset(token for token in ids if token is not None)

    @property
    def longest(self) -> int:
        """How many tokens the model can read."""
        return int(getattr(self.network.config.get_text_config(), "max_position_embeddings", 2**31))

    def room(self, tokens: int) -> int:
        """How many sequences of that many tokens may be in front of it at once: what half of the memory that is free
        now has room for, and no more than bring a gain."""
        device = self.network.device
        if device.type == "cuda":
            free = torch.cuda.mem_get_info(device)[0]
        else:
            free = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 2**31
        each = max(1, self.batch.bytes_per_token * min(tokens, self.longest))
        return max(1, min(MOST, free // 2 // each))

    def chat(self, message: str) -> str:
        """The text of a chat in which a user has sent the message, up to where the model's own begins."""
        if not self.tokenizer.chat_template:
            raise UserError(f"model {self.name}: its tokenizer has no chat template: use another --prompt")
        turns = [{"role": "user", "content": message}]
        return str(self.tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True))

    def context(self, prompt: Sequence[int]) -> Context:
        """A new sequence in front of the model; to be closed."""
        return Context(self.batch, tuple(prompt))

    def tokens(self, prompt: str) -> tuple[int, ...]:
        """The prompt's tokens, after the model's token for the beginning of a text, if it has one."""
        ids = self.tokenizer.encode(prompt, add_special_tokens=False)
        begin = self.tokenizer.bos_token_id
        return tuple(ids if begin is None or ids[:1] == [begin] else [begin, *ids])

    def text(self, prompt: Sequence[int], generated: Sequence[int]) -> str:
        """The text of `generated` where it follows `prompt`; tokens for the end of a text have none."""
        return _after(self.tokenizer, tuple(prompt[-BORDER:]), tuple(generated))


@lru_cache(2**14)
def _after(tokenizer: Any, border: tuple[int, ...], generated: tuple[int, ...]) -> str:
    """The same few tokens follow each other again and again: looking them up is many times faster."""
    return _decode(tokenizer, border + generated)[len(_decode(tokenizer, border)) :]


def _decode(tokenizer: Any, tokens: Sequence[int]) -> str:
    return str(tokenizer.decode(list(tokens), skip_special_tokens=True, clean_up_tokenization_spaces=False))
