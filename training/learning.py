"""The training loop: steps, checkpoints, the held-out loss."""

import contextlib
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch
from tokenizers import Tokenizer
from tqdm import tqdm

from training.batches import Batch, Weights, encode, stack, stream
from training.corpus import Rates, Split, make
from training.network import Shape, build, learning_rate, losses, optimizers_for, weighted

_VALIDATION_SEED = 900_000_000
_CHECKPOINT_EVERY = 250
_VALIDATE_EVERY = 500
_NO_BF16 = "This processor has no fast bf16: training in float32, which takes hours and gives slightly other weights."
Casting = contextlib.AbstractContextManager[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All that decides the weights of a stage, but those that it starts from.

    after: steps of earlier stages, whose examples are not seen again."""

    steps: int
    after: int = 0
    rows: int = 10
    seed: int = 1
    peak_rate: float = 4e-3
    matrix_rate: float = 0.02
    warm_up: int = 60
    decay: float = 0.05
    clip: float = 1.0
    shape: Shape = field(default_factory=Shape)
    rates: Rates = field(default_factory=Rates)
    weights: Weights = field(default_factory=Weights)


@dataclass(slots=True, kw_only=True)
class Training:
    """A training under way."""

    settings: Settings
    tokenizer: Tokenizer
    network: Any
    optimizers: tuple[torch.optim.Optimizer, ...]
    step: int = 0
    tokens: int = 0


def begin(settings: Settings, tokenizer: Tokenizer, device: str) -> Training:
    """A training at step 0."""
    network = build(settings.shape, settings.seed).to(device)
    optimizers = optimizers_for(
        network, settings.peak_rate, settings.matrix_rate, settings.decay, has_bf16=has_bf16(device)
    )
    return Training(settings=settings, tokenizer=tokenizer, network=network, optimizers=optimizers)


def begin_after(earlier: Training, settings: Settings, device: str) -> Training:
    """A training at step 0, from the weights of an earlier one as they would be shipped: in half precision."""
    training = begin(settings, earlier.tokenizer, device)
    training.network.load_state_dict({name: w.half().float() for name, w in earlier.network.state_dict().items()})
    training.tokens = earlier.tokens
    return training


def save_checkpoint(training: Training, path: Path) -> None:
    """Write the checkpoint whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".partial")
    state = {
        "settings": asdict(training.settings),
        "step": training.step,
        "tokens": training.tokens,
        "network": training.network.state_dict(),
        "optimizers": [optimizer.state_dict() for optimizer in training.optimizers],
    }
    with temporary.open("wb") as file:
        torch.save(state, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)


def resume(training: Training, path: Path) -> None:
    """Go on from a checkpoint of the same settings. A checkpoint of others, or another file, is an error."""
    try:
        state = torch.load(path, weights_only=True)
        settings = state["settings"]
    except (RuntimeError, UnpicklingError, EOFError, LookupError, TypeError) as error:
        raise ValueError(f"{path} is no checkpoint of a training; remove it or pass another --checkpoint") from error
    if settings != asdict(training.settings):
        raise ValueError(f"{path} belongs to a training with other settings; remove it or pass another --checkpoint")
    training.network.load_state_dict(state["network"])
    for optimizer, saved in zip(training.optimizers, state["optimizers"], strict=True):
        optimizer.load_state_dict(saved)
    training.step, training.tokens = state["step"], state["tokens"]


def has_bf16(device: str) -> bool:
    """Whether the device computes bf16 directly."""
    return torch.cuda.is_bf16_supported() if device.startswith("cuda") else torch.cpu._is_avx512_bf16_supported()


def precision(device: str) -> Casting:
    """bf16 autocast where the device computes it directly."""
    if not has_bf16(device):
        print(_NO_BF16, file=sys.stderr)
        return contextlib.nullcontext()
    return torch.autocast(device.split(":", maxsplit=1)[0], torch.bfloat16)


def compiled(network: Any) -> Callable[..., torch.Tensor]:
    """The losses of the network, compiled for rows of any length where there is a C++ compiler."""

    def forward(inputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        return losses(network, inputs, targets)

    if shutil.which("g++") or shutil.which("c++"):
        return torch.compile(forward)
    print("No C++ compiler: training without torch.compile, which takes about twice as long.", file=sys.stderr)
    return forward


def one_step(training: Training, forward: Callable[..., torch.Tensor], batch: Batch, casting: Casting) -> float:
    """Forward, backward, update; gives the weighted loss."""
    settings = training.settings
    share = learning_rate(training.step, settings.steps, settings.warm_up)
    for optimizer in training.optimizers:
        for group in optimizer.param_groups:
            group["lr"] = share * optimizer.defaults["lr"]
    for tensor in (batch.inputs, batch.targets):
        torch._dynamo.mark_dynamic(tensor, 1)
    with casting:
        loss = weighted(forward(batch.inputs, batch.targets), batch.weights)
    training.network.zero_grad(set_to_none=True)
    torch.autograd.backward(loss)
    torch.nn.utils.clip_grad_norm_(training.network.parameters(), settings.clip)
    for optimizer in training.optimizers:
        optimizer.step()
    training.step += 1
    training.tokens += int((batch.weights > 0).sum())
    return float(loss.detach())


def validation_batch(tokenizer: Tokenizer, rates: Rates, device: str) -> Batch:
    """Forty examples of held-out topics and names, all program tokens weighted one."""
    weights = Weights(copied=1.0, prompt=0.0)
    examples = [make(_VALIDATION_SEED + i, rates, Split.HELD_OUT) for i in range(40)]
    return moved(stack([encode(example, tokenizer, weights) for example in examples]), device)


def moved(batch: Batch, device: str) -> Batch:
    """The batch on a device."""
    return Batch(inputs=batch.inputs.to(device), targets=batch.targets.to(device), weights=batch.weights.to(device))


@torch.no_grad()
def validate(training: Training, batch: Batch) -> float:
    """Mean loss per program token, in float32."""
    return float(weighted(losses(training.network, batch.inputs, batch.targets), batch.weights))


def train(
    training: Training,
    device: str,
    checkpoint: Path | None,
    *,
    stopped: Callable[[], bool] = lambda: False,
    compile_network: bool = True,
) -> None:
    """Train to the last step, or to the end of the step in which `stopped` comes true. Leaves a checkpoint."""
    settings = training.settings
    casting = precision(device)
    forward = compiled(training.network) if compile_network else partial(losses, training.network)
    held_out = validation_batch(training.tokenizer, settings.rates, device)
    batches = stream(
        settings.after + training.step, settings.rows, training.tokenizer, settings.rates, settings.weights
    )
    with tqdm(total=settings.steps, initial=training.step, unit="step", mininterval=5) as progress:
        while training.step < settings.steps and not stopped():
            loss = one_step(training, forward, moved(next(batches), device), casting)
            progress.update()
            if training.step % 50 == 0:
                progress.set_postfix(loss=f"{loss:.3f}", tokens=f"{training.tokens / 1e6:.1f}M", refresh=False)
            if training.step % _VALIDATE_EVERY == 0:
                tqdm.write(
                    f"step {training.step}: held-out loss {validate(training, held_out):.4f}, {training.tokens} tokens"
                )
            if checkpoint and training.step % _CHECKPOINT_EVERY == 0:
                save_checkpoint(training, checkpoint)
    if checkpoint:
        save_checkpoint(training, checkpoint)
