"""One forward pass for every sequence that waits for one.

No timer: the first request of a turn of the event loop books a pass at the turn's end, so that the batch is exactly the
cells that were ready. Its logits are handed out one turn later: what else the cells have to do meanwhile, a GPU's
passes do not wait for. Who asks meanwhile waits for those that are being answered, to share their next pass: otherwise
cells that once came a turn late would have passes of their own for ever."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import takewhile

import numpy as np
import torch

from commons.utils import UserError
from refinestat.refinegen.language_model.passes import Passes
from refinestat.refinegen.language_model.rows import Copied

PROMPTS = 8  # whose KV cache is kept


@dataclass(frozen=True, slots=True)
class _Prompt:
    """A prompt that has been read: its keys and values, and the logits after it, shape (vocabulary,)."""

    copied: Copied
    logits: torch.Tensor


@dataclass(slots=True, eq=False)
class Context:
    """One sequence in front of the model: a prompt, and what follows it.

    What the tokens share with those asked for before is not read again, so that cutting a sequence back costs nothing
    but the last kept token. forward_passes: those that it took part in, its prompt's apart, which is read for all;
    seconds: its share of their time."""

    batch: "Batch"
    prompt: tuple[int, ...]
    forward_passes: int = 0
    seconds: float = 0.0
    row: int | None = None
    read: list[int] = field(default_factory=list)  # the tokens after the prompt that its row holds

    def logits(self, tokens: Sequence[int]) -> asyncio.Future[np.ndarray]:
        """Logits of the token after prompt and tokens, float32, shape (vocabulary of the tokenizer,).

        The next pass is booked at once; what is returned may be awaited later."""
        return self.batch.ask(self, list(tokens))

    def close(self) -> None:
        """The sequence is done with: another one may have its place."""
        self.batch.free(self)


@dataclass(frozen=True, slots=True)
class _Request:
    context: Context
    tokens: list[int]
    answer: asyncio.Future[np.ndarray]


@dataclass(frozen=True, slots=True)
class _Pass:
    """Some requests that one pass has answered. logits: shape (requests, vocabulary), on the model's device."""

    requests: list[_Request]
    logits: torch.Tensor
    seconds: float


@contextmanager
def _failing(waiting: list[_Request]) -> Iterator[None]:
    """What a pass raises belongs to the cells that wait for it, not to the event loop."""
    try:
        yield
    except Exception as error:
        raised = error
        if isinstance(error, torch.OutOfMemoryError):
            lower = f"{len(waiting)} programs at once do not fit into the device's memory: lower --in-flight"
            raised = UserError(f"{lower} ({str(error).splitlines()[0]})")
        for request in waiting:
            if not request.answer.done():
                request.answer.set_exception(raised)


class Batch:
    """The requests that wait, and who holds which row of the KV cache."""

    def __init__(self, passes: Passes, vocabulary: int) -> None:
        """vocabulary: how many tokens the tokenizer has; the model may have more."""
        self._passes, self._vocabulary = passes, vocabulary
        self._waiting: list[_Request] = []
        self._reading = False  # a pass was made whose logits are not handed out yet
        self._holders: list[Context | None] = []
        self._prompts: OrderedDict[tuple[int, ...], _Prompt] = OrderedDict()

    @property
    def cached(self) -> bool:
        """Whether the model reads from the KV cache, or everything again for each token."""
        return self._passes.cached

    @property
    def bytes_per_token(self) -> int:
        """What the KV cache takes for one token of one sequence."""
        return self._passes.rows.bytes_per_token

    def ask(self, context: Context, tokens: list[int]) -> asyncio.Future[np.ndarray]:
        """The logits after the context's prompt and tokens, once the pass has been made that answers all who wait."""
        loop = asyncio.get_running_loop()
        if not self._waiting and not self._reading:
            loop.call_soon(self._read_all)
        answer: asyncio.Future[np.ndarray] = loop.create_future()
        self._waiting.append(_Request(context, tokens, answer))
        return answer

    def free(self, context: Context) -> None:
        if context.row is not None:
            self._holders[context.row] = None
        context.row = None
        context.read.clear()

    def _read_all(self) -> None:
        waiting = [request for request in self._waiting if not request.answer.done()]  # a cell may have been cancelled
        self._waiting, self._reading = [], True
        passes: list[_Pass] = []
        with _failing(waiting):
            passes = self._answered(waiting)
        asyncio.get_running_loop().call_soon(self._hand_out, waiting, passes)

    def _hand_out(self, waiting: list[_Request], passes: list[_Pass]) -> None:
        with _failing(waiting):
            for done in passes:
                began = time.perf_counter()
                logits = done.logits[:, : self._vocabulary].float().cpu().numpy()  # waits for a GPU
                seconds = (done.seconds + time.perf_counter() - began) / len(done.requests)
                for request, row in zip(done.requests, logits, strict=True):
                    request.context.seconds += seconds
                    if not request.answer.done():
                        request.answer.set_result(row)
        self._reading = False
        if self._waiting:
            asyncio.get_running_loop().call_soon(self._read_all)  # after the cells that go on now have asked

    @torch.inference_mode()
    def _answered(self, waiting: list[_Request]) -> list[_Pass]:
        """Requests with equally many unread tokens share a pass: nearly always all of them, with one token each."""
        if not self._passes.cached:
            return [self._timed([request], self._whole) for request in waiting]
        groups: dict[int, list[_Request]] = {}
        for request in waiting:
            shared = _shared(request.context.read, request.tokens)
            del request.context.read[max(0, min(shared, len(request.tokens) - 1)) :]  # the last one is always read
            groups.setdefault(len(request.tokens) - len(request.context.read), []).append(request)
        return [self._timed(group, self._rows if count else self._after_prompt) for count, group in groups.items()]

    @staticmethod
    def _timed(requests: list[_Request], read: Callable[[list[_Request]], torch.Tensor]) -> _Pass:
        began = time.perf_counter()
        logits = read(requests)
        return _Pass(requests, logits, time.perf_counter() - began)

    def _whole(self, requests: list[_Request]) -> torch.Tensor:
        """For a model that cannot read from the cache: everything is read again."""
        (request,) = requests
        request.context.forward_passes += 1
        return self._passes.whole([*request.context.prompt, *request.tokens])[None]

    def _after_prompt(self, requests: list[_Request]) -> torch.Tensor:
        return torch.stack([self._prompt(request.context).logits for request in requests])

    def _rows(self, requests: list[_Request]) -> torch.Tensor:
        for request in requests:
            self._seat(request.context)
        first = self._bring_together([request.context for request in requests])
        requests.sort(key=lambda request: request.context.row or 0)
        starts = [len(request.context.prompt) + len(request.context.read) for request in requests]
        new = [request.tokens[len(request.context.read) :] for request in requests]
        logits = self._passes.rows_from(first, new, starts)
        for request in requests:
            request.context.read[:] = request.tokens
            request.context.forward_passes += 1
        return logits

    def _seat(self, context: Context) -> None:
        """Gives a context that has no row one that holds its prompt."""
        if context.row is not None:
            return
        prompt = self._prompt(context)
        context.row = self._free_row()
        self._holders[context.row] = context
        self._passes.rows.paste(context.row, prompt.copied)

    def _free_row(self) -> int:
        if None not in self._holders:
            self._holders.append(None)
        return self._holders.index(None)

    def _prompt(self, context: Context) -> _Prompt:
        """The prompt, read once for all contexts that begin with it."""
        prompt = self._prompts.get(context.prompt)
        if prompt is None:
            row = self._free_row()
            self._passes.rows.clear(row)
            logits = self._passes.rows_from(row, [context.prompt], [0])
            prompt = _Prompt(self._passes.rows.copy(row, len(context.prompt)), logits[0])
            self._prompts[context.prompt] = prompt
            if len(self._prompts) > PROMPTS:
                self._prompts.popitem(last=False)
        self._prompts.move_to_end(context.prompt)
        return prompt

    def _bring_together(self, contexts: list[Context]) -> int:
        """Moves rows until those of the contexts are neighbours. Returns the first of them."""
        rows = sorted(context.row for context in contexts if context.row is not None)
        if rows[-1] - rows[0] + 1 == len(rows):
            return rows[0]
        far = [row for row in rows if row >= len(rows)]
        near = [row for row in range(len(rows)) if row not in rows]
        for one, other in zip(far, near, strict=True):
            self._swap(one, other)
        return 0

    def _swap(self, one: int, other: int) -> None:
        holders = self._holders
        length = max(len(holder.prompt) + len(holder.read) for row in (one, other) if (holder := holders[row]))
        self._passes.rows.swap(one, other, length)
        holders[one], holders[other] = holders[other], holders[one]
        for row in (one, other):
            holder = holders[row]
            if holder is not None:
                holder.row = row


def _shared(read: Sequence[int], tokens: Sequence[int]) -> int:
    """How many tokens both begin with."""
    length = min(len(read), len(tokens))
    if read[:length] == tokens[:length]:
        return length
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(read, tokens, strict=False)))
