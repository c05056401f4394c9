"""Loading a tokenizer and a network from a shipped model, a folder or the Hugging Face hub. Remote code never runs."""

import importlib.util
from dataclasses import dataclass
from typing import Any

import torch
import transformers
from safetensors import SafetensorError
from transformers import AutoModelForCausalLM, AutoTokenizer, BitsAndBytesConfig

from commons.config import DEFAULT_MODEL, model_revision, model_source
from commons.utils import UserError

SMALL = 50_000_000  # parameters: below this a second thread costs more than it brings
DTYPES = {"bfloat16": torch.bfloat16, "float16": torch.float16, "float32": torch.float32}


@dataclass(frozen=True, slots=True, kw_only=True)
class Loading:
    """How a network is loaded.

    device: "cpu", "cuda" (the first GPU), "cuda:N"; "auto": the first GPU if there is one, but the CPU for the embedded
    model, which is too small to gain from one. dtype: of DTYPES; "auto": float32 on a CPU, bfloat16 on a GPU that has
    it, or else float16. quantize: "4bit", "8bit" or None. pickle: weights may be pickled, which can run code."""

    device: str = "auto"
    dtype: str = "auto"
    quantize: str | None = None
    pickle: bool = False


def load_tokenizer(model: str) -> Any:
    """The tokenizer of a shipped model, a folder or a Hugging Face id. Raises UserError where there is none."""
    transformers.utils.logging.set_verbosity_error()
    try:
        return AutoTokenizer.from_pretrained(
            model_source(model), revision=model_revision(model) or "main", trust_remote_code=False
        )
    except (OSError, ValueError, KeyError) as error:
        raise UserError(f"model {model}: its tokenizer cannot be loaded: {_first_line(error)}") from error


def load_network(model: str, how: Loading) -> Any:
    """The network, ready to read. Raises UserError for a model or a GPU that is not there, or that cannot be loaded."""
    device = _device(model, how.device)
    dtype = _dtype(device, how.dtype)
    more: dict[str, Any] = {}
    if how.quantize is not None:
        more = {"quantization_config": _quantized(how.quantize, device, dtype), "device_map": {"": device}}
    try:
        network = AutoModelForCausalLM.from_pretrained(
            model_source(model),
            revision=model_revision(model) or "main",
            torch_dtype=dtype,
            use_safetensors=None if how.pickle else True,
            trust_remote_code=False,
            **more,
        )
    except (OSError, ValueError, KeyError, SafetensorError) as error:
        hint = "" if how.pickle or "safetensors" not in str(error) else " (--allow-pickle loads pickled weights too)"
        raise UserError(f"model {model}: it cannot be loaded: {_first_line(error)}{hint}") from error
    if device == "cpu" and sum(weight.numel() for weight in network.parameters()) < SMALL:
        torch.set_num_threads(1)
    return (network if more else network.to(device)).eval()


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)


def _device(model: str, wanted: str) -> str:
    """cpu or cuda:N. gpu:N is cuda:N where there is a GPU at all, else the CPU."""
    if wanted.startswith("gpu:"):
        wanted = wanted.replace("gpu", "cuda") if torch.cuda.device_count() else "cpu"
    if wanted == "auto":
        return "cuda:0" if torch.cuda.is_available() and model != DEFAULT_MODEL else "cpu"
    if wanted == "cpu":
        return wanted
    number = int(wanted.removeprefix("cuda").removeprefix(":") or 0)
    if number >= torch.cuda.device_count():
        raise UserError(f"device {wanted}: torch sees {torch.cuda.device_count()} GPUs, numbered from 0")
    return f"cuda:{number}"


def _dtype(device: str, wanted: str) -> torch.dtype:
    if wanted != "auto":
        return DTYPES[wanted]
    if device == "cpu":
        return torch.float32
    return torch.bfloat16 if torch.cuda.get_device_capability(device) >= (8, 0) else torch.float16


def _quantized(bits: str, device: str, dtype: torch.dtype) -> BitsAndBytesConfig:
    if device == "cpu":
        raise UserError(f"quantize {bits}: needs a GPU, and the model would run on the CPU")
    missing = [name for name in ("bitsandbytes", "accelerate") if importlib.util.find_spec(name) is None]
    if missing:
        raise UserError(f"quantize {bits}: {' and '.join(missing)} missing: pip install 'refinestat[quantize]'")
    if bits == "8bit":
        return BitsAndBytesConfig(load_in_8bit=True)
    return BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_compute_dtype=dtype)
