"""The six predicates and the guards: whether a statement may follow what is already written (paper, section on Phi)."""

from dataclasses import dataclass

from commons.data_pymc import Dataset
from refinestat.refinegen.predicates import parse
from refinestat.refinegen.predicates.symbols import Symbols, start
from refinestat.refinegen.program import Statement
from refinestat.refinegen.records import Verdict

ORDER = ("parse", "distribution", "parameter", "dependency", "support", "type", "guards")

__all__ = ["ORDER", "Judgement", "Symbols", "finish", "judge", "judge_source", "start"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The verdicts on one statement, up to the first refusal, and the table after it (the old one where refused)."""

    verdicts: tuple[Verdict, ...]
    symbols: Symbols

    @property
    def ok(self) -> bool:
        return all(verdict.ok for verdict in self.verdicts)

    @property
    def refusal(self) -> Verdict | None:
        return next((verdict for verdict in self.verdicts if not verdict.ok), None)


def judge(statement: Statement, symbols: Symbols) -> Judgement:
    """Whether the statement may follow; stops at the first predicate that refuses."""
    parsed = parse.parse(statement)
    if isinstance(parsed, Verdict):
        return Judgement(verdicts=(parsed,), symbols=symbols)
    return Judgement(verdicts=(parse.check(parsed, symbols),), symbols=symbols)


def finish(symbols: Symbols) -> Verdict:
    """The guards at the program's end."""
    return Verdict(predicate="guards", ok=True)


def judge_source(text: str, dataset: Dataset | None) -> tuple[Verdict, ...]:
    """A whole program or file."""
    verdict = parse.tree(text)
    return (verdict,) if isinstance(verdict, Verdict) else (parse.ACCEPT,)
