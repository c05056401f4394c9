"""The KV cache of many sequences side by side, one to a row."""

from dataclasses import dataclass
from typing import Any

import torch
from transformers import Cache

ROWS, CELLS = 8, 128  # the cache grows by multiples of these


@dataclass(frozen=True, slots=True)
class Copied:
    """What one row held: for each layer its keys and its values, each of shape (heads, length, head size)."""

    layers: tuple[tuple[torch.Tensor, torch.Tensor], ...]


class Rows(Cache):  # type: ignore[misc]
    """Row r holds the keys and values of one sequence, position p in cell p, so that there are no gaps.

    To cut a sequence back, nothing is erased: what lies after its end is masked, and overwritten later. A forward pass
    reads some neighbouring rows: no keys are copied for it. Layers are made at the first pass, in the model's shapes:
    (rows, heads, cells, head size)."""

    def __init__(self) -> None:
        super().__init__()
        self._keys: list[torch.Tensor] = []
        self._values: list[torch.Tensor] = []
        self._rows = self._cells = 0
        self._seen = slice(0, 0), 0
        self._written: tuple[Any, ...] = ()

    @property
    def bytes_per_token(self) -> int:
        """What one token of one sequence takes; 0 before the first pass."""
        return sum(layer.element_size() * layer.shape[1] * layer.shape[3] for layer in (*self._keys, *self._values))

    def aim(self, first: int, positions: torch.Tensor, length: int) -> None:
        """The next pass reads rows first, first + 1, ...: it writes their `positions`, shape (rows, new tokens), and
        sees their cells below `length`."""
        rows = slice(first, first + len(positions))
        self._reserve(rows.stop, length)
        self._seen = rows, length
        numbers = torch.arange(rows.start, rows.stop, device=positions.device)
        self._written = (numbers[:, None], slice(None), positions)

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
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Called by the model in each layer with the new keys and values, shape (rows, heads, new tokens, head size).

        Returns all that the rows hold, as views."""
        if layer_idx == len(self._keys):
            self._keys.append(self._empty(key_states))
            self._values.append(self._empty(value_states))
        rows, length = self._seen
        keys, values = self._keys[layer_idx], self._values[layer_idx]
        keys[self._written] = key_states.transpose(1, 2)
        values[self._written] = value_states.transpose(1, 2)
        return keys[rows, :, :length], values[rows, :, :length]

    def get_seq_length(self, layer_idx: int = 0) -> int:
        """Asked for by models that were not told positions; ours are."""
        return self._seen[1]

    def swap(self, one: int, other: int, length: int) -> None:
        """Exchanges what two rows hold in their first `length` cells."""
        for layer in (*self._keys, *self._values):
            kept = layer[one, :, :length].clone()
            layer[one, :, :length] = layer[other, :, :length]
            layer[other, :, :length] = kept

    def copy(self, row: int, length: int) -> Copied:
        """A copy of the first `length` cells of a row."""
        pairs = zip(self._keys, self._values, strict=True)
        return Copied(tuple((keys[row, :, :length].clone(), values[row, :, :length].clone()) for keys, values in pairs))

    def paste(self, row: int, copied: Copied) -> None:
        """Puts a copy at the beginning of a row."""
        length = copied.layers[0][0].shape[1]
        self._reserve(row + 1, length)
        for i, (keys, values) in enumerate(copied.layers):
            self._keys[i][row, :, :length] = keys
            self._values[i][row, :, :length] = values
