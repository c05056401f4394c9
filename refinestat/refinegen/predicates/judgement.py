"""Judges one statement: parse, read, then each predicate in turn."""

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from refinestat.refinegen.predicates import dependency, distribution, gate, guards, parameter, parse, support
from refinestat.refinegen.predicates import type as type_
from refinestat.refinegen.predicates.gate import Parsed
from refinestat.refinegen.predicates.records import Reading, What
from refinestat.refinegen.predicates.statements import read
from refinestat.refinegen.predicates.symbols import Symbols
from refinestat.refinegen.program import Statement
from refinestat.refinegen.records import Verdict


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


def judge(statement: Statement, symbols: Symbols, *, without: str = "") -> Judgement:
    """Whether the statement may follow what the table knows; stops at the first predicate that refuses.

    without: a predicate that is left out. A text that is no Python is then not judged at all."""
    parsed = gate.parse(statement)
    if isinstance(parsed, Verdict):
        verdict = gate.ACCEPT if without == "parse" else parsed
        return Judgement(verdicts=(verdict,), symbols=symbols)
    verdicts, after = judge_parsed(parsed, symbols, without=without)
    return Judgement(verdicts=verdicts, symbols=after if verdicts[-1].ok else symbols)


def judge_parsed(parsed: Parsed, symbols: Symbols, *, without: str = "") -> tuple[tuple[Verdict, ...], Symbols]:
    """The verdicts, and the table after the statement even where it is refused (to go on reading)."""
    verdict = parse.check(parsed, symbols)
    if not verdict.ok and without != "parse":
        return (verdict,), symbols
    reading = read(parsed, symbols)
    verdicts = [gate.ACCEPT if without == "parse" else _sizes(reading)]
    checks: Mapping[str, Callable[[Reading], Verdict]] = {
        "distribution": distribution.check,
        "parameter": parameter.check,
        "dependency": lambda r: dependency.check(r, symbols),
        "support": support.check,
        "type": type_.check,
        "guards": guards.check,
    }
    for name, check in checks.items():
        if not verdicts[-1].ok:
            break
        if name != without:
            verdicts.append(check(reading))
    return tuple(verdicts), reading.symbols


def _sizes(reading: Reading) -> Verdict:
    """The part of phi 1 that needs values: no constant that is too large."""
    for event in reading.events:
        if event.what is What.LARGE and not reading.symbols.script:
            return gate.refuse(event.text, **reading.place(event.node))
    return gate.ACCEPT


def read_only(nodes: tuple[ast.stmt, ...], symbols: Symbols) -> tuple[Verdict, Symbols]:
    """For the user's own data section: only what could do harm is refused; names are learned."""
    parsed = Parsed(nodes=nodes, offset=0)
    verdict = parse.check(parsed, symbols)
    if not verdict.ok:
        return verdict, symbols
    reading = read(parsed, symbols)
    return _sizes(reading), reading.symbols
