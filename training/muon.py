"""Muon on all matrices of one shape at once.

The optimizer is Jordan et al. 2024, https://kellerjordan.github.io/posts/muon/. `torch.optim.Muon` takes one matrix
after the other and always multiplies in bf16: with matrices as small as ours that takes a third longer, and many times
longer on a processor that does not compute bf16 directly. Settings and state are those of torch's."""

import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import torch


def orthogonal(
    matrices: torch.Tensor, coefficients: tuple[float, float, float], steps: int, smallest: float
) -> torch.Tensor:
    """The matrices, none of them tall, with all singular values near one, by Newton-Schulz steps of the fifth order.

    matrices and the result: (number, rows, columns)."""
    a, b, c = coefficients
    x = matrices / matrices.flatten(1).norm(dim=1).clamp(min=smallest)[:, None, None].to(matrices.dtype)
    for _ in range(steps):
        gram = x @ x.mT
        x = torch.baddbmm(x, torch.baddbmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return x


class BatchedMuon(torch.optim.Muon):
    """`torch.optim.Muon` with Nesterov momentum. precision: what the products are computed in."""

    def __init__(self, parameters: Sequence[torch.nn.Parameter], precision: torch.dtype, **settings: float) -> None:
        super().__init__(parameters, **settings)
        self._precision = precision

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> None:
        """One step on every matrix that has a gradient."""
        assert closure is None
        for group in self.param_groups:
            alike: dict[tuple[int, ...], list[torch.nn.Parameter]] = defaultdict(list)
            for parameter in group["params"]:
                if parameter.grad is not None:
                    alike[tuple(sorted(parameter.shape))].append(parameter)
            for matrices in alike.values():
                self._update(matrices, group)

    def _update(self, matrices: list[torch.nn.Parameter], group: dict[str, Any]) -> None:
        rate = float(group["lr"])
        moved = torch.stack([_wide(self._moved(matrix, group["momentum"])) for matrix in matrices])
        updates = orthogonal(moved.to(self._precision), group["ns_coefficients"], group["ns_steps"], group["eps"])
        for matrix, update in zip(matrices, updates.to(moved.dtype), strict=True):
            rows, columns = matrix.shape
            matrix.mul_(1 - rate * group["weight_decay"])
            matrix.add_(update.T if rows > columns else update, alpha=-rate * math.sqrt(max(1, rows / columns)))

    def _moved(self, matrix: torch.nn.Parameter, momentum: float) -> torch.Tensor:
        """The gradient with its momentum."""
        state = self.state[matrix]
        if "momentum_buffer" not in state:
            state["momentum_buffer"] = torch.zeros_like(matrix.grad)
        moving = state["momentum_buffer"].lerp_(matrix.grad, 1 - momentum)
        return matrix.grad.lerp(moving, momentum)


def _wide(matrix: torch.Tensor) -> torch.Tensor:
    return matrix.T if matrix.shape[0] > matrix.shape[1] else matrix
