"""Judges a whole text: a program for given data, or a file that a person wrote."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any

from commons.data_pymc import Dataset
from refinestat.refinegen.predicates import gate, imports, script
from refinestat.refinegen.predicates.block import NO_MODEL, judge_block, opens_model
from refinestat.refinegen.predicates.gate import Parsed
from refinestat.refinegen.predicates.judgement import judge_parsed, read_only
from refinestat.refinegen.predicates.outline import outline
from refinestat.refinegen.predicates.statements import read
from refinestat.refinegen.predicates.symbols import MOST_EFFORT, Symbols, Value, concrete, given_data
from refinestat.refinegen.records import Verdict

MOST_STATEMENTS = 400
MOST_REFUSALS = 50  # of a program; nobody reads more
TIMES = 100  # the effort that a person's own file is worth, which is read to its end
ORDER = ("parse", "distribution", "parameter", "dependency", "support", "type", "guards")


def judge_source(
    text: str,
    dataset: Dataset | None,
    known: Mapping[str, Any] | None = None,
    outcome: str | None = None,
    *,
    thorough: bool = False,
) -> tuple[Verdict, ...]:
    """One acceptance per predicate, or the refusals in the order of the lines. Never raises.

    dataset: what `data` holds, with the guards on; None: a file of a user, whose own lines are only read. Such a file
    is held to the rules of a program where it uses the `data` that programs are given, and makes none itself.
    known: what the data section was seen to make, where it was executed: numbers, arrays, lists and dicts by name.
    outcome: a variable or column of a user's file for which the guards are on. thorough: the file may be long, and is
    read to its end; otherwise at most 64 kB are read, with an effort that bounds time and memory."""
    body = gate.tree(text, long=thorough)
    if isinstance(body, Verdict):
        return (body,)
    values = {name: concrete(thing, outcome) for name, thing in (known or {}).items()}
    outlined = outline(body) if dataset is None else None
    if outlined is not None and not script.uses_given_data(body, outlined):
        effort = MOST_EFFORT * (TIMES if thorough else 1)
        refusals = tuple(script.refusals(body, outlined, values, outcome, effort))
    else:
        refusals = tuple(islice(_refusals(body, dataset, values, outcome), MOST_REFUSALS))
    return refusals or tuple(Verdict(predicate=name, ok=True) for name in ORDER)


def data_section(text: str) -> str:
    """The lines of a person's file before its first model; empty where the text is not Python."""
    body = gate.tree(text, long=True)
    if isinstance(body, Verdict):
        return ""
    end = script.data_section(body, outline(body))
    if end == len(body.body):
        return text
    first = body.body[end]
    lines = [first.lineno, *(each.lineno for each in getattr(first, "decorator_list", ()))]
    return "".join(text.splitlines(keepends=True)[: min(lines) - 1])


def _refusals(
    body: ast.Module, dataset: Dataset | None, known: Mapping[str, Value], outcome: str | None
) -> Iterator[Verdict]:
    """What is refused in a program for given data: imports, a data section, the model block, and nothing after it."""
    count = sum(1 + len(getattr(node, "body", ())) for node in body.body)
    if count > MOST_STATEMENTS:
        yield gate.refuse(f"{count} statements (at most {MOST_STATEMENTS})")
        return
    given = {"data": given_data(scored=dataset is not None or outcome is not None)}
    symbols = Symbols(values=given | imports.usual(body), dataset=dataset, own_section=dataset is None, scored=outcome)
    blocks = 0
    for node in body.body:
        item = opens_model(node, symbols)
        if item is not None and isinstance(node, ast.With):
            blocks += 1
            if dataset is not None and blocks > 1:
                yield gate.refuse("a program has one model block", node.lineno)
                return
            symbols = replace(symbols, values={**symbols.values, **known})
            fixed = frozenset(dataset.values) & symbols.values.keys() if dataset is not None else frozenset()
            symbols = yield from judge_block(node, item, symbols, whole=True, fixed=fixed)
        elif blocks and dataset is not None:
            yield gate.refuse("a program ends with its model block", node.lineno)
            return
        else:
            verdict, symbols = _outside(node, symbols, dataset)
            if not verdict.ok:
                yield verdict
    if not blocks:
        yield gate.refuse(NO_MODEL)


def _outside(node: ast.stmt, symbols: Symbols, dataset: Dataset | None) -> tuple[Verdict, Symbols]:
    """A statement of the data section, or after the model."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        why = imports.fault(node, own_data=dataset is None)
        if why:
            return gate.refuse(why, node.lineno, node.col_offset + 1), symbols
        return gate.ACCEPT, read(Parsed(nodes=(node,), offset=0), symbols).symbols
    if dataset is None:
        return read_only((node,), symbols)
    verdicts, after = judge_parsed(Parsed(nodes=(node,), offset=0), symbols)
    return verdicts[-1], after
