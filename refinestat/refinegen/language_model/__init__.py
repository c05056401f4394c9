"""The language model: tokens in, logits of the next token out. The only package that imports torch and transformers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from refinestat.refinegen.language_model.batch import Batch, Context
from refinestat.refinegen.language_model.loading import load_network, load_tokenizer
from refinestat.refinegen.language_model.passes import Passes

__all__ = ["Context", "LanguageModel", "load_tokenizer"]

BORDER = 8  # tokens of a prompt that what follows is decoded with: more than one character or word is made of


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """A causal Hugging Face model with its tokenizer. batch: what its sequences have their logits from."""

    name: str
    network: Any
    tokenizer: Any
    batch: Batch

    @classmethod
    def load(cls, model: str, gpu: int | None = None) -> Self:
        """Loads a folder or a Hugging Face id. Raises UserError for a model or a GPU that is not there."""
        tokenizer = load_tokenizer(model)
        network = load_network(model, gpu)
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
        return int(getattr(self.network.config, "max_position_embeddings", 2**31))

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
        border = list(prompt[-BORDER:])
        return self._decode([*border, *generated])[len(self._decode(border)) :]

    def _decode(self, tokens: Sequence[int]) -> str:
        return str(self.tokenizer.decode(list(tokens), skip_special_tokens=True, clean_up_tokenization_spaces=False))
