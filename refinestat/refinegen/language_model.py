"""The language model: tokens in, logits of the next token out. The only file that imports torch and transformers."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
import torch
import transformers
from safetensors import SafetensorError
from transformers import AutoModelForCausalLM, AutoTokenizer, DynamicCache

from commons.config import model_source
from commons.utils import UserError

SMALL = 50_000_000  # parameters: below this a second thread costs more than it brings


def load_tokenizer(model: str) -> Any:
    """The tokenizer of a shipped model, a folder or a Hugging Face id. Raises UserError where there is none."""
    transformers.utils.logging.set_verbosity_error()
    try:
        return AutoTokenizer.from_pretrained(model_source(model))
    except (OSError, ValueError, KeyError) as error:
        raise UserError(f"model {model}: its tokenizer cannot be loaded: {_first_line(error)}") from error


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)


@dataclass(slots=True)
class Context:
    """One sequence in front of the model, with the KV cache of what it has read.

    Ask for the logits after any tokens: what they share with the tokens asked for before is not computed again, so
    that cutting a sequence back costs nothing but the last kept token."""

    network: Any
    vocabulary: int
    forward_passes: int = 0
    seconds: float = 0.0  # spent in the model
    _read: list[int] = field(default_factory=list)
    _cache: Any = None

    def logits(self, tokens: Sequence[int]) -> np.ndarray:
        """Logits of the next token, float32, shape (vocabulary of the tokenizer,)."""
        began = time.perf_counter()
        shared = 0
        limit = min(len(self._read), len(tokens) - 1)  # the last token is always read: its logits are asked for
        while shared < limit and self._read[shared] == tokens[shared]:
            shared += 1
        if self._cache is None or shared == 0:
            self._cache, shared = DynamicCache(), 0
        elif shared < len(self._read):
            self._cache.crop(shared)
        new = torch.tensor([list(tokens[shared:])], device=self.network.device)
        with torch.inference_mode():
            answer = self.network(new, past_key_values=self._cache, use_cache=True)
        self._read = list(tokens)
        self.forward_passes += 1
        row = answer.logits[0, -1, : self.vocabulary].float().cpu().numpy()
        self.seconds += time.perf_counter() - began
        return np.asarray(row, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """A causal Hugging Face model with its tokenizer."""

    name: str
    network: Any
    tokenizer: Any

    @classmethod
    def load(cls, model: str, gpu: int | None = None) -> Self:
        """Loads a folder or a Hugging Face id on the CPU (float32), or on a GPU (bfloat16 where it has it).

        Raises UserError for a model or a GPU that is not there. Remote code and pickled weights are refused."""
        tokenizer = load_tokenizer(model)
        device, dtype = _device(gpu)
        try:
            network = AutoModelForCausalLM.from_pretrained(model_source(model), torch_dtype=dtype, use_safetensors=True)
        except (OSError, ValueError, KeyError, SafetensorError) as error:
            raise UserError(f"model {model}: it cannot be loaded: {_first_line(error)}") from error
        if gpu is None and sum(weight.numel() for weight in network.parameters()) < SMALL:
            torch.set_num_threads(1)
        return cls(model, network.to(device).eval(), tokenizer)

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

    def context(self) -> Context:
        """A new, empty sequence in front of the model."""
        return Context(self.network, len(self.tokenizer))

    def tokens(self, prompt: str) -> tuple[int, ...]:
        """The prompt's tokens, after the model's token for the beginning of a text, if it has one."""
        ids = self.tokenizer.encode(prompt, add_special_tokens=False)
        begin = self.tokenizer.bos_token_id
        return tuple(ids if begin is None or ids[:1] == [begin] else [begin, *ids])

    def text(self, prompt: Sequence[int], generated: Sequence[int]) -> str:
        """The text of `generated` where it follows `prompt`; tokens for the end of a text have none."""
        whole = self._decode([*prompt, *generated])
        return whole[len(self._decode(prompt)) :]

    def _decode(self, tokens: Sequence[int]) -> str:
        return str(self.tokenizer.decode(list(tokens), skip_special_tokens=True, clean_up_tokenization_spaces=False))


def _device(gpu: int | None) -> tuple[str, torch.dtype]:
    if gpu is None:
        return "cpu", torch.float32
    if gpu >= torch.cuda.device_count():
        raise UserError(f"--gpu: {gpu}: torch sees {torch.cuda.device_count()} GPUs, numbered from 0")
    bfloat16 = torch.cuda.get_device_capability(gpu) >= (8, 0)
    return f"cuda:{gpu}", torch.bfloat16 if bfloat16 else torch.float16
