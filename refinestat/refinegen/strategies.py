"""Which parts of the method are on: RefineStat has them all, each baseline leaves some out."""

import time
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from commons.data_pymc import Dataset
from commons.utils import UserError
from refinestat.refinegen import predicates
from refinestat.refinegen.best_of import Search, once
from refinestat.refinegen.decoder import Mask, Rules
from refinestat.refinegen.grammar import GrammarMask
from refinestat.refinegen.grammar_semantic import SemanticMask
from refinestat.refinegen.program import Statement
from refinestat.refinegen.records import Verdict
from refinestat.refinegen.refine import Limits, refine


@dataclass(frozen=True, slots=True, kw_only=True)
class Strategy:
    """grammar: tokens are masked. predicates: statements are judged. refinement: diagnostics lead to redraws; without
    it programs are drawn one by one. without: the one predicate that is left out."""

    name: str
    grammar: bool
    predicates: bool
    refinement: bool
    without: str = ""


def _strategy(name: str, parts: str, without: str = "") -> Strategy:
    """parts: initials of what is on."""
    on = {"grammar": "g" in parts, "predicates": "p" in parts, "refinement": "r" in parts}
    return Strategy(name=name, without=without, **on)


REFINESTAT = _strategy("refinestat", "gpr")
# All combinations of the three parts: the scripts of refinestat/ and Baseline/ are the first five.
COMBINATIONS = (
    REFINESTAT,
    _strategy("base", "gr"),
    _strategy("base-itergen", "gp"),
    _strategy("syncode", "g"),
    _strategy("baseline", ""),
    _strategy("predicates", "p"),
    _strategy("refinement", "r"),
    _strategy("predicates-refinement", "pr"),
)
LEFT_OUT = tuple(_strategy(f"without-{name}", "gpr", without=name) for name in predicates.ORDER if name != "guards")
STRATEGIES = {strategy.name: strategy for strategy in (*COMBINATIONS, *LEFT_OUT)}


def named(name: str) -> Strategy:
    """The strategy of that name. Raises UserError."""
    if name not in STRATEGIES:
        raise UserError(f"unknown strategy {name!r}. There are: {', '.join(STRATEGIES)}")
    return STRATEGIES[name]


def search(strategy: Strategy, limits: Limits) -> Search:
    """The search that a strategy makes: refinement, or one program."""
    return partial(refine, limits=limits) if strategy.refinement else once


class Predicates:
    """The six predicates and the guards, over one data set; `without` leaves one of them out."""

    def __init__(self, dataset: Dataset, without: str = "") -> None:
        self._dataset, self._without = dataset, without

    def start(self) -> predicates.Symbols:
        return predicates.start(self._dataset)

    def judge(self, statement: Statement, symbols: predicates.Symbols) -> tuple[Verdict | None, predicates.Symbols]:
        judgement = predicates.judge(statement, symbols, without=self._without)
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
    return Predicates(dataset, strategy.without) if strategy.predicates else NoPredicates()


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
