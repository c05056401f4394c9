"""Muon in float32, for processors that do not compute bf16 directly.

The optimizer is Jordan et al. 2024, https://kellerjordan.github.io/posts/muon/. `torch.optim.Muon` always multiplies in
bf16, which such a processor does many times slower than float32. Settings and state are those of torch's."""

import math
from collections.abc import Callable
from typing import Any

import torch


def orthogonal(
    matrix: torch.Tensor, coefficients: tuple[float, float, float], steps: int, smallest: float
) -> torch.Tensor:
    """The matrix with all singular values near one, by Newton-Schulz steps of the fifth order."""
    a, b, c = coefficients
    is_tall = matrix.shape[0] > matrix.shape[1]
    x = matrix.T if is_tall else matrix
    x = x / x.norm().clamp(min=smallest)
    for _ in range(steps):
        gram = x @ x.T
        x = torch.addmm(x, torch.addmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return x.T if is_tall else x


class Float32Muon(torch.optim.Muon):
    """`torch.optim.Muon` with Nesterov momentum, its products in the precision of the parameters."""

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> None:
        """One step on every matrix that has a gradient."""
        assert closure is None
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    self._update(parameter, group)

    def _update(self, matrix: torch.nn.Parameter, group: dict[str, Any]) -> None:
        rate, momentum = float(group["lr"]), group["momentum"]
        state = self.state[matrix]
        if "momentum_buffer" not in state:
            state["momentum_buffer"] = torch.zeros_like(matrix.grad)
        moving = state["momentum_buffer"].lerp_(matrix.grad, 1 - momentum)
        update = orthogonal(
            matrix.grad.lerp(moving, momentum), group["ns_coefficients"], group["ns_steps"], group["eps"]
        )
        matrix.mul_(1 - rate * group["weight_decay"])
        matrix.add_(update, alpha=-rate * math.sqrt(max(1, matrix.shape[0] / matrix.shape[1])))
