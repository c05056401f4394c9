"""Which parts of the method are on: RefineStat has them all, each baseline leaves some out."""

import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from commons.data_pymc import Dataset
from refinestat.refinegen import predicates
from refinestat.refinegen.decoder import Mask, Rules
from refinestat.refinegen.grammar import GrammarMask
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
    """SynCode's mask, with the time that it takes."""

    def __init__(self, tokenizer: Any) -> None:
        self._mask = GrammarMask(tokenizer)
        self.seconds = 0.0

    def start(self, prompt: str) -> None:
        self._mask.start(prompt)

    def allowed(self, text: str) -> np.ndarray:
        began = time.perf_counter()
        try:
            return self._mask.allowed(text)
        finally:
            self.seconds += time.perf_counter() - began


class NoGrammar:
    """Allows every token but the special ones that do not end a text."""

    seconds = 0.0

    def __init__(self, tokenizer: Any, end: frozenset[int]) -> None:
        self._allowed = np.ones(len(tokenizer), dtype=bool)
        self._allowed[[token for token in tokenizer.all_special_ids if token not in end]] = False

    def start(self, prompt: str) -> None:
        pass

    def allowed(self, text: str) -> np.ndarray:
        return self._allowed


def rules(strategy: Strategy, dataset: Dataset) -> Rules:
    """The predicates of a strategy."""
    return Predicates(dataset) if strategy.predicates else NoPredicates()


def mask(strategy: Strategy, tokenizer: Any, end: frozenset[int]) -> Mask:
    """The grammar of a strategy. Raises what GrammarMask raises where the mask store is missing or damaged."""
    return Grammar(tokenizer) if strategy.grammar else NoGrammar(tokenizer, end)
