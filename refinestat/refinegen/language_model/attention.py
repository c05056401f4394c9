"""Attention over views of the KV cache: nothing is copied, and a prompt's keys are read once for all rows after it.

A row's keys are those of its prompt and its own. Attention over each part alone, weighed by the sums under their
softmax, is attention over both (as in FlashAttention; Dao et al., 2022)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from transformers import AttentionInterface

VIEWS = "refinestat_views"


@dataclass(frozen=True, slots=True)
class After:
    """Which rows follow which prompt. sizes: how many rows follow each one; order: the rows, prompt by prompt; place:
    where each row stands in that order; both are None where they stand so already."""

    sizes: Sequence[int]
    order: torch.Tensor | None
    place: torch.Tensor | None


@dataclass(frozen=True, slots=True)
class Parts:
    """The keys, or the values, that some rows see, where they share prompts.

    own: after the prompts, (rows, heads, cells, head size). prompts: (heads, length, head size) each."""

    own: torch.Tensor
    prompts: Sequence[torch.Tensor]
    after: After


def after(prompts: Sequence[int]) -> After:
    """prompts: for each row, which prompt it follows, numbered from 0 as they first come."""
    order = sorted(range(len(prompts)), key=prompts.__getitem__)
    sizes = [prompts.count(number) for number in range(max(prompts) + 1)]
    if order == list(range(len(order))):
        return After(sizes, None, None)
    indices = torch.tensor(order)
    return After(sizes, indices, torch.argsort(indices))


def attend(  # noqa: PLR0913, PLR0917 - transformers calls it so
    module: Any,
    query: torch.Tensor,
    key: torch.Tensor | Parts,
    value: Any,
    attention_mask: torch.Tensor,
    scaling: float | None = None,
    **_: Any,
) -> tuple[torch.Tensor, None]:
    """In place of transformers' `sdpa`, which copies all keys and values. query: (rows, heads, new tokens, head size);
    the value is of the key's type; the mask is additive, and of a row's own cells where prompts are shared.
    Keys may have fewer heads."""
    if isinstance(key, Parts):
        found = _in_parts(query, key, value, attention_mask, scaling)
    else:
        grouped = query.shape[1] != key.shape[1]
        found = torch.nn.functional.scaled_dot_product_attention(
            query, key, value, attn_mask=attention_mask, scale=scaling, enable_gqa=grouped
        )
    return found.transpose(1, 2).contiguous(), None


def _in_parts(query: torch.Tensor, key: Parts, value: Parts, mask: torch.Tensor, scaling: float | None) -> torch.Tensor:
    rows, _, new, size = query.shape
    heads = key.own.shape[1]
    folded = query.reshape(rows, heads, -1, size)  # query heads that share a key head: as if they were tokens
    if folded.shape[2] > new:
        mask = mask.repeat(1, 1, folded.shape[2] // new, 1)
    own, own_sum = _flash(folded, key.own, value.own, scaling, mask)
    common, common_sum = _over_prompts(folded, key, value, scaling)
    share = torch.sigmoid(common_sum - own_sum)[..., None]
    return torch.lerp(own, common, share).reshape(query.shape)


def _over_prompts(
    query: torch.Tensor, key: Parts, value: Parts, scaling: float | None
) -> tuple[torch.Tensor, torch.Tensor]:
    """Of each row over its prompt; the queries of all rows after a prompt are as if of one."""
    _, heads, each, size = query.shape
    by_prompt = query if key.after.order is None else query[key.after.order]
    by_prompt = by_prompt.transpose(0, 1).contiguous()  # (heads, rows, each, head size)
    found, sums, at = [], [], 0
    for rows, keys, values in zip(key.after.sizes, key.prompts, value.prompts, strict=True):
        asked = by_prompt[:, at : at + rows].reshape(1, heads, rows * each, size)
        one, its_sum = _flash(asked, keys[None], values[None], scaling)
        found.append(one.view(heads, rows, each, size))
        sums.append(its_sum.reshape(heads, rows, each))
        at += rows
    common, total = torch.cat(found, 1).transpose(0, 1), torch.cat(sums, 1).transpose(0, 1)
    place = key.after.place
    return (common, total) if place is None else (common[place], total[place])


def _flash(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, scaling: float | None, mask: torch.Tensor | None = None
) -> tuple[torch.Tensor, torch.Tensor]:
    """What is found, and the logarithm of the sum under its softmax: what torch's function keeps to itself."""
    kernel = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu
    found, sums = kernel(query, key, value, attn_mask=mask, scale=scaling)
    return found, sums


AttentionInterface.register(VIEWS, attend)
