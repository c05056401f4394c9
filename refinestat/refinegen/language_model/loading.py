"""Loading a tokenizer and a network from a shipped model, a folder or the Hugging Face hub."""

from typing import Any

import torch
import transformers
from safetensors import SafetensorError
from transformers import AutoModelForCausalLM, AutoTokenizer

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


def load_network(model: str, gpu: int | None = None) -> Any:
    """The network, on the CPU (float32) or on a GPU (bfloat16 where it has it).

    Raises UserError for a model or a GPU that is not there. Remote code and pickled weights are refused."""
    device, dtype = _device(gpu)
    try:
        network = AutoModelForCausalLM.from_pretrained(model_source(model), torch_dtype=dtype, use_safetensors=True)
    except (OSError, ValueError, KeyError, SafetensorError) as error:
        raise UserError(f"model {model}: it cannot be loaded: {_first_line(error)}") from error
    if gpu is None and sum(weight.numel() for weight in network.parameters()) < SMALL:
        torch.set_num_threads(1)
    return network.to(device).eval()


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)


def _device(gpu: int | None) -> tuple[str, torch.dtype]:
    if gpu is None:
        return "cpu", torch.float32
    if gpu >= torch.cuda.device_count():
        raise UserError(f"--gpu: {gpu}: torch sees {torch.cuda.device_count()} GPUs, numbered from 0")
    bfloat16 = torch.cuda.get_device_capability(gpu) >= (8, 0)
    return f"cuda:{gpu}", torch.bfloat16 if bfloat16 else torch.float16
