"""Forward passes: over neighbouring rows of the KV cache, or over one whole sequence without any cache."""

import inspect
from collections.abc import Sequence
from typing import Any

import torch
from transformers import AttentionInterface

from refinestat.refinegen.language_model.rows import Rows

PLAIN = frozenset({"full_attention", "sliding_attention"})
VIEWS = "refinestat_views"
REFUSALS = (RuntimeError, ValueError, TypeError, AttributeError, LookupError, NotImplementedError)
TOLERANCE = 0.05  # of the spread of the logits; 16-bit models round coarsely


def _attend(  # noqa: PLR0913, PLR0917 - transformers calls it so
    module: Any,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor,
    scaling: float | None = None,
    **_: Any,
) -> tuple[torch.Tensor, None]:
    """transformers' `sdpa` without its copy of all keys and values, which are views of the cache here."""
    grouped = query.shape[1] != key.shape[1]
    found = torch.nn.functional.scaled_dot_product_attention(
        query, key, value, attn_mask=attention_mask, scale=scaling, enable_gqa=grouped
    )
    return found.transpose(1, 2).contiguous(), None


AttentionInterface.register(VIEWS, _attend)


class Passes:
    """The network, and the KV cache that its passes share. cached: whether it can read from a cache of rows."""

    def __init__(self, network: Any) -> None:
        self._network, self._config = network, network.config.get_text_config()
        self._last_only: dict[str, Any] = {}
        if "logits_to_keep" in inspect.signature(network.forward).parameters:
            self._last_only["logits_to_keep"] = 1
        self.rows = Rows()
        self.cached = self._attends() and self._cache_agrees()

    @torch.inference_mode()
    def whole(self, tokens: Sequence[int]) -> torch.Tensor:
        """Logits after one sequence, shape (vocabulary,); nothing is kept."""
        ids = torch.tensor([list(tokens)], device=self._network.device)
        found: torch.Tensor = self._network(ids, use_cache=False, **self._last_only).logits[0, -1]
        return found

    @torch.inference_mode()
    def rows_from(self, first: int, tokens: Sequence[Sequence[int]], starts: Sequence[int]) -> torch.Tensor:
        """Reads the same number of new tokens, shape (B, new), into each of B rows, from row `first` on.

        starts: how many tokens each row holds already, shape (B,). Logits after the last token: (B, vocabulary)."""
        ids = torch.tensor(tokens, device=self._network.device)
        positions = torch.tensor(starts)[:, None] + torch.arange(ids.shape[1])
        length = max(starts) + ids.shape[1]
        mask = self._masks(positions, length)
        positions = positions.to(ids.device)
        self.rows.aim(first, positions, length)
        found: torch.Tensor = self._network(
            ids,
            attention_mask=mask,
            position_ids=positions,
            cache_position=positions[0],
            past_key_values=self.rows,
            use_cache=True,
            **self._last_only,
        ).logits[:, -1]
        return found

    def _masks(self, positions: torch.Tensor, length: int) -> Any:
        """What each new token sees, as an additive mask (B, 1, new, length): for all layers, or by kind of layer."""
        kinds = getattr(self._config, "layer_types", None)
        if kinds is None:
            return self._mask(positions, length, getattr(self._config, "sliding_window", None))
        windows = {"full_attention": None, "sliding_attention": getattr(self._config, "sliding_window", None)}
        return {kind: self._mask(positions, length, windows[kind]) for kind in set(kinds)}

    def _mask(self, positions: torch.Tensor, length: int, window: int | None) -> torch.Tensor:
        cells = torch.arange(length)
        hidden = cells > positions[:, None, :, None]
        if window is not None and window < length:
            hidden |= cells <= positions[:, None, :, None] - window
        dtype = self._network.dtype
        mask = torch.zeros(hidden.shape, dtype=dtype).masked_fill_(hidden, torch.finfo(dtype).min)
        return mask.to(self._network.device)

    def _attends(self) -> bool:
        """Whether its layers are attention alone; others have a state that cannot be cut back."""
        kinds = getattr(self._config, "layer_types", None) or ()
        return not self._network._is_stateful and PLAIN.issuperset(kinds)

    def _cache_agrees(self) -> bool:
        """Whether it gives the same logits with our cache as without one: in a second row, after a cut.

        What a network raises when it is given a cache or a mask that it does not know means that it does not."""
        window = getattr(self._config, "sliding_window", None) or 0
        text = [5 + i % 11 for i in range(max(24, window + 8 if window < 64 else 0))]
        expected = self.whole(text).float()
        config = self._config
        if (
            config._attn_implementation == "sdpa"
            and self._network._supports_attention_backend
            and self._network.device.type == "cpu"
        ):
            config._attn_implementation = VIEWS
        try:
            self.rows_from(0, [text[:9], text[:9]], [0, 0])
            self.rows_from(1, [text[8:-1]], [8])
            found = self.rows_from(0, [[6], text[-1:]], [9, len(text) - 1])[1].float()
        except REFUSALS:
            found = torch.full_like(expected, torch.nan)
        agrees = bool((found - expected).abs().max() <= TOLERANCE * expected.std() + 1e-6)
        if not agrees and config._attn_implementation == VIEWS:
            config._attn_implementation = "sdpa"
        return agrees
