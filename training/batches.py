"""Examples as training batches: tokens, loss weights, rows of similar length side by side.

A pool of examples is sorted by length and cut into batches of equal rows, so that little is padding. Everything follows
from the pool's number: training resumes by number of pool and batch."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

import torch
from tokenizers import Tokenizer

from training.corpus import Example, Rates, make
from training.corpus.words import NAMES
from training.tokenizer import BOS_ID, EOS_ID, PAD_ID

POOL = 800
LENGTH_STEP = 16
IGNORED = 0.0
_AWKWARD = frozenset(NAMES["awkward"])
_IDENTIFIER = re.compile(r"(?<![\w.])[A-Za-z_]\w*(?!\w|=)")
_ASSIGNED = re.compile(r"^ {4}([A-Za-z_]\w*) = ", re.MULTILINE)
_DATA_KEY = re.compile(r'data\["(\w+)"\]')


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """Of a token in the loss: copied names count more than the rest of a program, the prompt hardly."""

    program: float = 1.0
    copied: float = 2.5
    prompt: float = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One example. tokens: prompt and program, from beginning to end token. weights: of each token as a target."""

    tokens: list[int]
    weights: list[float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """inputs, targets: (rows, length) int64. weights: (rows, length) float32, zero on padding."""

    inputs: torch.Tensor
    targets: torch.Tensor
    weights: torch.Tensor


def copied_spans(program: str, data_names: frozenset[str]) -> list[tuple[int, int]]:
    """Where a program repeats a name of the data or one it assigned before (`y` of `y_obs` as well).

    Where the data have a name that programs like for a parameter, also where it assigns one: it has to be another."""
    is_taken = not _AWKWARD.isdisjoint(data_names)
    born = {match.group(1): match.start(1) for match in reversed(list(_ASSIGNED.finditer(program)))}
    spans = []
    for match in _IDENTIFIER.finditer(program):
        name, start = match.group(), match.start()
        stem = name.rsplit("_", 1)[0]
        if name in data_names or born.get(name, start) < start or (is_taken and name in born):
            spans.append(match.span())
        elif stem in data_names:
            spans.append((start, start + len(stem)))
    return spans


def _weigh(offsets: list[tuple[int, int]], spans: list[tuple[int, int]], inside: float, outside: float) -> list[float]:
    """`inside` for tokens that begin within a span. Both lists are in order."""
    weights, at = [], 0
    for start, _ in offsets:
        while at < len(spans) and spans[at][1] <= start:
            at += 1
        weights.append(inside if at < len(spans) and spans[at][0] <= start else outside)
    return weights


def encode(example: Example, tokenizer: Tokenizer, weights: Weights) -> Row:
    """Prompt and program, tokenised apart: at use, the prompt's tokens are there before the program's."""
    prompt, program = tokenizer.encode(example.prompt), tokenizer.encode(example.program)
    names = frozenset(variable.name for variable in example.dataset.variables)
    keys = [match.span(1) for match in _DATA_KEY.finditer(example.prompt)]
    of_prompt = _weigh(prompt.offsets, keys, weights.program, weights.prompt)
    of_program = _weigh(program.offsets, copied_spans(example.program, names), weights.copied, weights.program)
    return Row(
        tokens=[BOS_ID, *prompt.ids, *program.ids, EOS_ID],
        weights=[IGNORED, *of_prompt, *of_program, weights.program],
    )


def stack(rows: list[Row]) -> Batch:
    """Rows padded to a common length, a multiple of `LENGTH_STEP`."""
    longest = max(len(row.tokens) for row in rows) - 1
    length = -(-longest // LENGTH_STEP) * LENGTH_STEP
    tokens = torch.full((len(rows), length + 1), PAD_ID)
    weights = torch.zeros(len(rows), length + 1)
    for i, row in enumerate(rows):
        tokens[i, : len(row.tokens)] = torch.tensor(row.tokens)
        weights[i, : len(row.weights)] = torch.tensor(row.weights)
    return Batch(inputs=tokens[:, :-1], targets=tokens[:, 1:], weights=weights[:, 1:])


def pool(number: int, rows: int, tokenizer: Tokenizer, rates: Rates, weights: Weights) -> list[Batch]:
    """The batches of one pool of examples, in a shuffled order."""
    encoded = [encode(make(number * POOL + i, rates), tokenizer, weights) for i in range(POOL)]
    encoded.sort(key=lambda row: len(row.tokens))
    batches = [stack(encoded[i : i + rows]) for i in range(0, POOL - POOL % rows, rows)]
    Random(f"pool-{number}").shuffle(batches)
    return batches


def stream(step: int, rows: int, tokenizer: Tokenizer, rates: Rates, weights: Weights) -> Iterator[Batch]:
    """The batches from a step onwards, without end."""
    per_pool = POOL // rows
    number, skipped = divmod(step, per_pool)
    while True:
        yield from pool(number, rows, tokenizer, rates, weights)[skipped:]
        number, skipped = number + 1, 0
