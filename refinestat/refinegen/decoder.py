"""The statement loop: the model writes under the grammar's mask, the predicates judge each statement, and a refused
statement alone is dropped and drawn again (paper, local rejection)."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Protocol

import numpy as np

from commons.data_pymc import Dataset, Role
from commons.utils import UserError
from refinestat.refinegen.grammar import GrammarError
from refinestat.refinegen.page import Page
from refinestat.refinegen.program import Statement, first_statement, leaves_block, split, statements
from refinestat.refinegen.prompts import PRIORS, head
from refinestat.refinegen.records import Cost, Draft, Program, Verdict
from refinestat.refinegen.sampling import Exhausted, Temper, choices

# A statement whose first line of code, or a comment, has begun and goes on.
_FIRST_LINE = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\n)*[ \t]+[^\s][^\n]*")


class Reader(Protocol):
    """One sequence in front of a language model: a prompt, and the tokens asked about."""

    forward_passes: int
    seconds: float

    def logits(self, tokens: Sequence[int]) -> "asyncio.Future[np.ndarray]": ...
    def close(self) -> None: ...


class Model(Protocol):
    """What the decoder needs of a language model."""

    @property
    def end(self) -> frozenset[int]: ...
    @property
    def longest(self) -> int: ...
    def context(self, prompt: Sequence[int]) -> Reader: ...
    def tokens(self, prompt: str) -> tuple[int, ...]: ...
    def text(self, prompt: Sequence[int], generated: Sequence[int]) -> str: ...


class Mask(Protocol):
    """The grammar: which tokens may follow the prompt and the text. Raises GrammarError where it cannot say.

    statement: a statement begins at this place in the text, where Pi is as given; tokens may have begun it already."""

    seconds: float

    def start(self, prompt: str) -> None: ...
    def statement(self, start: int, symbols: Any) -> None: ...
    def allowed(self, text: str) -> np.ndarray: ...
    def fork(self) -> "Mask": ...


class Rules(Protocol):
    """The predicates over a symbol table Pi; each answer is the first refusal, or None."""

    def start(self) -> Any: ...
    def judge(self, statement: Statement, symbols: Any) -> tuple[Verdict | None, Any]: ...
    def finish(self, symbols: Any) -> Verdict | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """How a program is written: sampling, redraws allowed for one statement, tokens allowed for one program."""

    temper: Temper = field(default_factory=Temper)
    statement_retries: int = 10
    max_new_tokens: int = 512


class Decoder:
    """Writes programs for one data set with one model: LCD of the paper. Works on a fork of `mask`.

    opening: what the model reads before the program. Raises UserError where a program does not fit into the model."""

    def __init__(  # noqa: PLR0913 - all by keyword
        self, *, model: Model, mask: Mask, rules: Rules, dataset: Dataset, writing: Writing, opening: str = ""
    ) -> None:
        self._model, self._mask, self._rules, self._writing = model, mask.fork(), rules, writing
        self._head = head(dataset)
        self._prompt = model.tokens(opening + self._head + PRIORS)
        self._first_line = (self._head + PRIORS).count("\n") + 1
        self._observed = [v.name for v in dataset.variables if v.role in (Role.OUTCOME, Role.PREDICTOR)]
        self._context = model.context(self._prompt)
        self._end = model.end
        self._limit = min(writing.max_new_tokens, model.longest - len(self._prompt) - 1)
        if self._limit < 1:
            raise UserError(
                f"{dataset.name}: the prompt has {len(self._prompt)} tokens, the model reads {model.longest}"
            )

    async def program(self, stream: np.random.Generator) -> Draft:
        """LCD(D): priors and likelihood, drawn with the random numbers of `stream`."""
        return await self._write(self._page(), stream, priors=None)

    async def likelihood(self, draft: Draft, stream: np.random.Generator) -> Draft:
        """LCD(D‖P): a new likelihood after the priors of `draft`."""
        priors = draft.program.priors.removeprefix(PRIORS)
        page = self._page()
        page.begin_with(draft.prior_tokens, len(priors))
        for statement in statements(priors, self._first_line):
            page.symbols = self._rules.judge(statement, page.symbols)[1]
        return await self._write(page, stream, priors=(page.start, page.kept))

    def _page(self) -> Page:
        return Page(prompt=self._prompt, read=self._model.text, symbols=self._rules.start())

    def close(self) -> None:
        """No more programs: the model need not keep what it has read."""
        self._context.close()

    async def _write(self, page: Page, stream: np.random.Generator, priors: tuple[int, int] | None) -> Draft:
        self._mask.start(self._head + PRIORS)
        self._mask.statement(page.start, page.symbols)
        before = self._context.forward_passes, self._mask.seconds, self._context.seconds
        given = len(self._prompt) + len(page.tokens)
        accepted = False
        while not accepted and page.retries <= self._writing.statement_retries:
            try:
                accepted = await self._step(page, stream)
            except GrammarError as error:
                page.mask_failures += 1
                page.refuse_token(Verdict(predicate="grammar", ok=False, why=str(error), line=self._line(page)))
            except Exhausted as error:
                page.refuse_token(Verdict(predicate="mask", ok=False, why=str(error), line=self._line(page)))
        cost = Cost(
            prompt_tokens=given,
            generated_tokens=page.generated,
            discarded=dict(page.discarded),
            forward_passes=self._context.forward_passes - before[0],
            mask_failures=page.mask_failures,
            mask_seconds=self._mask.seconds - before[1],
            model_seconds=self._context.seconds - before[2],
        )
        return self._draft(page, accepted, cost, priors)

    async def _step(self, page: Page, stream: np.random.Generator) -> bool:
        """Draws one token and judges what it completes. Returns whether the program is finished and accepted."""
        if len(page.tokens) >= self._limit:
            return self._give_up(page, f"{self._limit} tokens and no end")
        logits = self._context.logits(page.tokens)
        await asyncio.sleep(0)  # the other cells ask too, and one pass begins for all; meanwhile, the mask
        try:
            allowed = self._mask.allowed(page.text)
        except GrammarError:
            logits.cancel()  # this place is left: no pass need read it
            raise
        temper = self._writing.temper
        token = page.refused.draw(choices(await logits, allowed, temper), stream, greedy=temper.temperature == 0)
        ends, begun = token in self._end, page.statement
        new = page.write(token, ends=ends)
        if not ends and "\n" not in new and _FIRST_LINE.fullmatch(begun):
            return False  # the statement goes on
        while not leaves_block(page.statement):
            length = first_statement(page.statement, final=ends)
            if length is None:
                break
            refusal, symbols = self._judge(page, length)
            if refusal is None and ends:  # the statement and the end are one draw: refused or accepted together
                refusal = self._rules.finish(symbols)
            if refusal is not None:
                page.refuse(refusal)
                return False
            page.accept(length, symbols)
            self._mask.statement(page.start, symbols)
            if not ends:
                page.cut("lookahead")
        return (ends or leaves_block(page.statement)) and self._finish(page)

    def _judge(self, page: Page, length: int) -> tuple[Verdict | None, Any]:
        source = page.statement[:length]
        whole = source if source.endswith("\n") else source + "\n"
        return self._rules.judge(Statement(source=whole, line=self._line(page)), page.symbols)

    def _finish(self, page: Page) -> bool:
        refusal = self._rules.finish(page.symbols)
        if refusal is not None:
            page.refuse(refusal)
        return refusal is None

    def _give_up(self, page: Page, why: str) -> bool:
        """No more tokens: the program ends after its last whole statement, if it may end there."""
        refusal = self._rules.finish(page.symbols)
        if refusal is not None:
            page.refusals.append(Verdict(predicate="length", ok=False, why=why, line=self._line(page)))
            page.retries = self._writing.statement_retries + 1
        return refusal is None

    def _line(self, page: Page) -> int:
        return self._first_line + page.text[: page.start].count("\n")

    def _draft(self, page: Page, accepted: bool, cost: Cost, priors: tuple[int, int] | None) -> Draft:
        text = page.text[: page.start]
        if priors is None:
            starts = [start for start, _ in page.marks]
            sources = [text[a:b] for a, b in pairwise([*starts, len(text)])]
            first = split(sources, self._observed)
            priors = page.marks[first] if first < len(page.marks) else (len(text), page.kept)
        start, kept = priors
        likelihood = text[start:] if not text or text.endswith("\n") else text[start:] + "\n"
        return Draft(
            program=Program(data=self._head, priors=PRIORS + text[:start], likelihood=likelihood),
            accepted=accepted,
            refusals=tuple(page.refusals),
            prior_tokens=tuple(page.tokens[:kept]),
            likelihood_tokens=tuple(page.tokens[kept:]),
            cost=cost,
        )
