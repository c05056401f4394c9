"""The network: a small Llama, its start, its loss, its learning rate."""

import math
from dataclasses import dataclass
from typing import Any

import torch
from transformers import AttentionInterface, LlamaConfig, LlamaForCausalLM

from training.muon import BatchedMuon
from training.tokenizer import BOS_ID, EOS_ID, PAD_ID

LENGTH = 1024
_ATTENTION = "causal_float32"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Sizes of the network."""

    vocabulary: int = 1024
    hidden: int = 160
    layers: int = 4
    heads: int = 5
    feed_forward: int = 448


def build(shape: Shape, seed: int) -> LlamaForCausalLM:
    """A network with random weights from a seed: residual outputs start small. Its rows end in padding, if any."""
    torch.manual_seed(seed)
    network = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=shape.vocabulary,
            hidden_size=shape.hidden,
            num_hidden_layers=shape.layers,
            intermediate_size=shape.feed_forward,
            num_attention_heads=shape.heads,
            num_key_value_heads=shape.heads,
            max_position_embeddings=LENGTH,
            tie_word_embeddings=True,
            rms_norm_eps=1e-6,
            bos_token_id=BOS_ID,
            eos_token_id=EOS_ID,
            pad_token_id=PAD_ID,
            use_cache=False,
            attn_implementation=_ATTENTION,
        )
    )
    for name, parameter in network.named_parameters():
        if parameter.dim() == 2 and "embed" not in name:
            gain = 0.3 if "o_proj" in name or "down_proj" in name else 0.8
            torch.nn.init.normal_(parameter, std=gain / math.sqrt(parameter.shape[1]))
    return network


def _attention(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    **settings: Any,
) -> tuple[torch.Tensor, None]:
    """Causal attention in float32, also where the rest is computed in bf16: torch's backward pass for bf16 takes twice
    as long on a CPU. query, key, value: (rows, heads, length, width); the result: (rows, length, heads, width)."""
    assert attention_mask is None
    with torch.autocast(query.device.type, enabled=False):
        attended = torch.nn.functional.scaled_dot_product_attention(
            query.float(), key.float(), value.float(), is_causal=True, scale=settings["scaling"]
        )
    return attended.transpose(1, 2).contiguous(), None


AttentionInterface.register(_ATTENTION, _attention)


def optimizers_for(
    network: LlamaForCausalLM, rate: float, matrix_rate: float, decay: float, *, has_bf16: bool
) -> tuple[torch.optim.Optimizer, torch.optim.Optimizer]:
    """Muon for the matrices of the layers, which decay; AdamW for embeddings and gains, which do not.

    Muon needs about half of the steps that AdamW needs for the same loss. has_bf16: of the device."""
    matrices = [p for name, p in network.named_parameters() if p.dim() == 2 and "embed" not in name]
    others = [p for name, p in network.named_parameters() if not (p.dim() == 2 and "embed" not in name)]
    return (
        BatchedMuon(matrices, torch.bfloat16 if has_bf16 else torch.float32, lr=matrix_rate, weight_decay=decay),
        torch.optim.AdamW(others, lr=rate, betas=(0.9, 0.98), weight_decay=0.0, fused=True),
    )


def losses(network: LlamaForCausalLM, inputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Cross-entropy of every target. inputs, targets and the result: (rows, length)."""
    logits = network(input_ids=inputs, use_cache=False).logits  # (rows, length, vocabulary)
    flat = torch.nn.functional.cross_entropy(logits.float().flatten(0, 1), targets.flatten(), reduction="none")
    return flat.view_as(targets)


def weighted(every: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """The weighted mean of losses."""
    return (every * weights).sum() / weights.sum()


def learning_rate(step: int, steps: int, warm_up: int) -> float:
    """As a share of the peak: up in `warm_up` steps, flat to half of the training, then down to nearly nothing."""
    rising = min(1.0, (step + 1) / warm_up)
    falling = min(1.0, 2 * (1 - step / steps))
    return rising * max(falling, 0.01)
