"""Which parts of the method are on: RefineStat has them all, each baseline leaves some out."""

import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from commons.data_pymc import Dataset
from refinestat.refinegen import predicates
from refinestat.refinegen.decoder import Mask, Rules
from refinestat.refinegen.grammar import GrammarMask
from refinestat.refinegen.grammar_semantic import SemanticMask
from refinestat.refinegen.program import Statement
from refinestat.refinegen.records import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Strategy:
    """grammar: tokens are masked. predicates: statements are judged. refinement: diagnostics lead to redraws."""

    name: str
    grammar: bool
    predicates: bool
    refinement: bool


REFINESTAT = Strategy(name="refinestat", grammar=True, predicates=True, refinement=True)


class Predicates:
    """The six predicates and the guards, over one data set."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset

    def start(self) -> predicates.Symbols:
        return predicates.start(self._dataset)

    def judge(self, statement: Statement, symbols: predicates.Symbols) -> tuple[Verdict | None, predicates.Symbols]:
        judgement = predicates.judge(statement, symbols)
        return judgement.refusal, judgement.symbols

    def finish(self, symbols: predicates.Symbols) -> Verdict | None:
        verdict = predicates.finish(symbols)
        return None if verdict.ok else verdict


class NoPredicates:
    """Accepts every statement."""

    def start(self) -> None:
        return None

    def judge(self, statement: Statement, symbols: None) -> tuple[Verdict | None, None]:
        return None, None

    def finish(self, symbols: None) -> Verdict | None:
        return None


class Grammar:
    """An engine's mask, with the time that it takes; where the program may end, every token that ends a text may."""

    def __init__(self, mask: GrammarMask | SemanticMask, eos: int | None, end: frozenset[int]) -> None:
        self._mask, self._eos = mask, eos
        self._others = [token for token in end if token != eos]
        self.seconds = 0.0

    def start(self, prompt: str) -> None:
        self._mask.start(prompt)

    def statement(self, start: int, symbols: Any) -> None:
        self._mask.statement(start, symbols)

    def allowed(self, text: str) -> np.ndarray:
        began = time.perf_counter()
        try:
            allowed = self._mask.allowed(text)
        finally:
            self.seconds += time.perf_counter() - began
        if self._eos is not None:
            allowed[[token for token in self._others if token < len(allowed)]] = allowed[self._eos]
        return allowed

    def fork(self) -> "Grammar":
        return Grammar(self._mask.fork(), self._eos, frozenset(self._others))


class NoGrammar:
    """Allows every token but the special ones that do not end a text."""

    seconds = 0.0

    def __init__(self, tokenizer: Any, end: frozenset[int]) -> None:
        self._allowed = np.ones(len(tokenizer), dtype=bool)
        self._allowed[[token for token in tokenizer.all_special_ids if token not in end]] = False

    def start(self, prompt: str) -> None:
        pass

    def statement(self, start: int, symbols: Any) -> None:
        pass

    def allowed(self, text: str) -> np.ndarray:
        return self._allowed

    def fork(self) -> "NoGrammar":
        return self


def rules(strategy: Strategy, dataset: Dataset) -> Rules:
    """The predicates of a strategy."""
    return Predicates(dataset) if strategy.predicates else NoPredicates()


def engine(strategy: Strategy, grammar: str) -> str | None:
    """Which engine masks: "syncode" or "semantic"; None: no mask. What needs Pi needs the predicates, which keep it."""
    if not strategy.grammar:
        return None
    return grammar if strategy.predicates else "syncode"


def mask(strategy: Strategy, grammar: str, tokenizer: Any, end: frozenset[int]) -> Mask:
    """The grammar of a strategy, to be forked for each cell. Raises what GrammarMask raises."""
    chosen = engine(strategy, grammar)
    if chosen is None:
        return NoGrammar(tokenizer, end)
    made = SemanticMask(tokenizer) if chosen == "semantic" else GrammarMask(tokenizer)
    return Grammar(made, tokenizer.eos_token_id, end)
