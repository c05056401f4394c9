"""Forward passes: over neighbouring rows of the KV cache, or over one whole sequence without any cache."""

import inspect
from collections.abc import Sequence
from typing import Any

import torch

from refinestat.refinegen.language_model.attention import VIEWS
from refinestat.refinegen.language_model.rows import Rows

PLAIN = frozenset({"full_attention", "sliding_attention"})
REFUSALS = (RuntimeError, ValueError, TypeError, AttributeError, LookupError, NotImplementedError)
TOLERANCE = 0.05  # of the spread of the logits; 16-bit models round coarsely


class Passes:
    """The network, and the KV cache that its passes share. cached: whether it can read from a cache of rows."""

    def __init__(self, network: Any) -> None:
        self._network, self._config = network, network.config.get_text_config()
        self._last_only: dict[str, Any] = {}
        if "logits_to_keep" in inspect.signature(network.forward).parameters:
            self._last_only["logits_to_keep"] = 1
        self.rows = Rows()
        self.cached = self._attends() and self._choose_cache()

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
        elsewhere = [self.rows.elsewhere(first + i) for i in range(len(starts))]
        positions = torch.tensor(starts)[:, None] + torch.arange(ids.shape[1])
        cells = positions - torch.tensor(elsewhere)[:, None]
        length = int(cells.max()) + 1
        mask = self._masks(cells, length)
        positions = positions.to(ids.device)
        self.rows.aim(first, cells.to(ids.device), length)
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
        """What each new token sees, as an additive mask (B, 1, new, length): for all layers, or by kind of layer.

        Where prompts are shared, positions and length are those of the cells after them; no window is so small."""
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

    def _choose_cache(self) -> bool:
        """Takes the fastest cache whose logits are right, and the attention that goes with it. False: none is."""
        config = self._config
        given = config._attn_implementation
        window = getattr(config, "sliding_window", None) or 0
        text = [5 + i % 11 for i in range(max(24, window + 8 if window < 64 else 0))]
        expected = self.whole(text).float()  # with the given attention: ours needs a mask
        ours = given == "sdpa" and self._network._supports_attention_backend and self._network.device.type == "cpu"
        ways = [(VIEWS, True)] if ours and not self._windowed() else []
        ways += [(VIEWS, False)] if ours else []
        for config._attn_implementation, sharing in [*ways, (given, False)]:
            self.rows = Rows(sharing=sharing)
            if self._agrees(text, expected):
                return True
        return False

    def _windowed(self) -> bool:
        """Whether some layer does not see a whole text."""
        kinds = getattr(self._config, "layer_types", None) or ("sliding_attention",)
        window = getattr(self._config, "sliding_window", None)
        longest = getattr(self._config, "max_position_embeddings", 2**31)
        return "sliding_attention" in kinds and window is not None and window < longest

    @torch.inference_mode()
    def _agrees(self, text: Sequence[int], expected: torch.Tensor) -> bool:
        """Whether the logits after a text are the expected ones with our cache: in rows after a prompt, after a cut.

        What a network raises when it is given a cache or a mask that it does not know means that they are not."""
        try:
            self.rows_from(0, [text[:9]], [0])
            prompt = self.rows.copy(0, 8)
            self.rows.paste(0, prompt)
            self.rows.paste(1, prompt)
            self.rows_from(0, [text[8:10]] * 2, [8, 8])
            self.rows_from(1, [text[9:-1]], [9])
            found = self.rows_from(0, [[6], text[-1:]], [10, len(text) - 1])[1].float()
        except REFUSALS:
            return False
        finally:
            self.rows.clear(0)
            self.rows.clear(1)
        return bool((found - expected).abs().max() <= TOLERANCE * expected.std() + 1e-6)
