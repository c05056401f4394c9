"""The KV cache of many sequences side by side, one to a row."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from transformers import Cache

from refinestat.refinegen.language_model.attention import Parts, after

ROWS, CELLS = 8, 128  # the cache grows by multiples of these


@dataclass(frozen=True, slots=True, eq=False)
class Copied:
    """What one row held: for each layer its keys and its values, each of shape (heads, length, head size)."""

    layers: tuple[tuple[torch.Tensor, torch.Tensor], ...]

    @property
    def length(self) -> int:
        return int(self.layers[0][0].shape[1])


class Rows(Cache):  # type: ignore[misc]
    """Row r holds the keys and values of one sequence, in the order of its positions, so that there are no gaps.

    To cut a sequence back, nothing is erased: what lies after its end is masked, and overwritten later. A forward pass
    reads some neighbouring rows: no keys are copied for it. Layers are made at the first pass, in the model's shapes:
    (rows, heads, cells, head size).

    sharing: a row that begins with a prompt does not hold it, but only what comes after; for the network's attention
    that is `attention.attend`."""

    def __init__(self, *, sharing: bool = False) -> None:
        super().__init__()
        self._sharing = sharing
        self._keys: list[torch.Tensor] = []
        self._values: list[torch.Tensor] = []
        self._rows = self._cells = 0
        self._prompts: dict[int, Copied] = {}  # that rows share, by row
        self._seen = slice(0, 0), 0
        self._written: tuple[Any, ...] = ()
        self._shared: Sequence[Copied] = ()
        self._after = after([0])

    @property
    def bytes_per_token(self) -> int:
        """What one token of one sequence takes; 0 before the first pass."""
        return sum(layer.element_size() * layer.shape[1] * layer.shape[3] for layer in (*self._keys, *self._values))

    def elsewhere(self, row: int) -> int:
        """How many of the row's first positions it does not hold itself."""
        return self._prompts[row].length if row in self._prompts else 0

    def aim(self, first: int, cells: torch.Tensor, length: int) -> None:
        """The next pass reads rows first, first + 1, ...: it writes their `cells`, shape (rows, new tokens), and
        sees their cells below `length`, after their prompts. Either all of them share a prompt or none."""
        rows = slice(first, first + len(cells))
        self._reserve(rows.stop, length)
        self._seen = rows, length
        numbers = torch.arange(rows.start, rows.stop, device=cells.device)
        self._written = (numbers[:, None], slice(None), cells)
        prompts = [self._prompts[row] for row in range(rows.start, rows.stop) if row in self._prompts]
        self._shared = list(dict.fromkeys(prompts))
        if prompts:
            self._after = after([self._shared.index(prompt) for prompt in prompts])

    def _reserve(self, rows: int, cells: int) -> None:
        if rows <= self._rows and cells <= self._cells:
            return
        self._rows = max(self._rows, -(-rows // ROWS) * ROWS)
        self._cells = max(self._cells, -(-cells // CELLS) * CELLS)
        for layers in (self._keys, self._values):
            for i, old in enumerate(layers):
                layers[i] = self._empty(old)
                layers[i][: old.shape[0], :, : old.shape[2]] = old

    def _empty(self, like: torch.Tensor) -> torch.Tensor:
        """Zeros and not whatever was there: a masked cell still takes part, with weight 0."""
        return like.new_zeros(self._rows, like.shape[1], self._cells, like.shape[3])

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, layer_idx: int, cache_kwargs: Any = None
    ) -> tuple[torch.Tensor | Parts, torch.Tensor | Parts]:
        """Called by the model in each layer with the new keys and values, shape (rows, heads, new tokens, head size).

        Returns all that the rows hold, as views; and their prompts, where they share them."""
        if layer_idx == len(self._keys):
            self._keys.append(self._empty(key_states))
            self._values.append(self._empty(value_states))
        rows, length = self._seen
        keys, values = self._keys[layer_idx], self._values[layer_idx]
        keys[self._written] = key_states.transpose(1, 2)
        values[self._written] = value_states.transpose(1, 2)
        keys, values = keys[rows, :, :length], values[rows, :, :length]
        if not self._shared:
            return keys, values
        of_prompts = [prompt.layers[layer_idx] for prompt in self._shared]
        return (
            Parts(keys, [its_keys for its_keys, _ in of_prompts], self._after),
            Parts(values, [its_values for _, its_values in of_prompts], self._after),
        )

    def get_seq_length(self, layer_idx: int = 0) -> int:
        """Asked for by models that were not told positions; ours are."""
        return self._seen[1]

    def swap(self, one: int, other: int, length: int) -> None:
        """Exchanges what two rows hold of their first `length` positions."""
        length -= min(self.elsewhere(one), self.elsewhere(other))
        for layer in (*self._keys, *self._values):
            kept = layer[one, :, :length].clone()
            layer[one, :, :length] = layer[other, :, :length]
            layer[other, :, :length] = kept
        moved = self._prompts.pop(one, None), self._prompts.pop(other, None)
        self._prompts |= {row: prompt for row, prompt in zip((other, one), moved, strict=True) if prompt is not None}

    def copy(self, row: int, length: int) -> Copied:
        """A copy of the first `length` positions of a row that shares no prompt."""
        pairs = zip(self._keys, self._values, strict=True)
        return Copied(tuple((keys[row, :, :length].clone(), values[row, :, :length].clone()) for keys, values in pairs))

    def clear(self, row: int) -> None:
        """The row begins anew, with nothing."""
        self._prompts.pop(row, None)

    def paste(self, row: int, copied: Copied) -> None:
        """The row begins anew, with a copy of another."""
        self.clear(row)
        self._reserve(row + 1, 0 if self._sharing else copied.length)
        if self._sharing:
            self._prompts[row] = copied
            return
        for i, (keys, values) in enumerate(copied.layers):
            self._keys[i][row, :, : copied.length] = keys
            self._values[i][row, :, : copied.length] = values
