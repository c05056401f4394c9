"""Judges a whole program or file: gate, imports, data section, the model block statement by statement, the end."""

import ast
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from commons.data_pymc import Dataset
from refinestat.refinegen.predicates import gate, guards, imports
from refinestat.refinegen.predicates.gate import Parsed
from refinestat.refinegen.predicates.judgement import judge_parsed, read_only
from refinestat.refinegen.predicates.paths import dotted
from refinestat.refinegen.predicates.statements import read
from refinestat.refinegen.predicates.symbols import LIBRARIES, Kind, Symbols, Value, concrete, module
from refinestat.refinegen.records import Verdict

MOST_STATEMENTS = 400
ORDER = ("parse", "distribution", "parameter", "dependency", "support", "type", "guards")


def judge_source(text: str, dataset: Dataset | None, known: Mapping[str, Any] | None = None) -> tuple[Verdict, ...]:
    """One acceptance per predicate, or the refusals in the order of the lines. Never raises.

    dataset: what `data` holds, with the guards on; None: a file of a user, whose own data section is only read.
    known: what that section was seen to make, where it was executed: numbers, arrays, lists and dicts by name."""
    body = gate.tree(text)
    if isinstance(body, Verdict):
        return (body,)
    values = {name: concrete(thing) for name, thing in (known or {}).items()}
    refusals = tuple(_refusals(body, dataset, values))
    return refusals or tuple(Verdict(predicate=name, ok=True) for name in ORDER)


def _refusals(body: ast.Module, dataset: Dataset | None, known: Mapping[str, Value]) -> Iterator[Verdict]:
    count = sum(1 for node in _statements(body.body))
    if count > MOST_STATEMENTS:
        yield gate.refuse(f"{count} statements (at most {MOST_STATEMENTS})")
        return
    symbols = _beginning(body, dataset)
    blocks = 0
    for node in body.body:
        block = _is_model(node, symbols)
        if block and isinstance(node, ast.With):
            blocks += 1
            if dataset is not None and blocks > 1:
                yield gate.refuse("a program has one model block", node.lineno)
                return
            symbols = replace(symbols, values={**symbols.values, **known})
            symbols = yield from _block(node, symbols, dataset)
        elif blocks and dataset is not None:
            yield gate.refuse("a program ends with its model block", node.lineno)
            return
        else:
            verdict, symbols = _outside(node, symbols, dataset)
            if not verdict.ok:
                yield verdict
    if not blocks:
        yield gate.refuse("there is no `with pm.Model() as model:` block")


def _statements(nodes: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    for node in nodes:
        yield node
        if isinstance(node, ast.With):
            yield from node.body


def _beginning(body: ast.Module, dataset: Dataset | None) -> Symbols:
    """What is known before the first line; a text without imports is read as if it had the usual ones."""
    usual = not any(isinstance(node, ast.Import | ast.ImportFrom) for node in body.body)
    names = {"data": Value(kind=Kind.DATA)} | ({**LIBRARIES, "pt": module("pt")} if usual else {})
    return Symbols(values=names, dataset=dataset, own_section=dataset is None)


def _is_model(node: ast.stmt, symbols: Symbols) -> bool:
    """Whether this opens a model: `with pm.Model(...)`, or `with m` where m is a model not yet filled."""
    if not isinstance(node, ast.With) or len(node.items) != 1:
        return False
    context = node.items[0].context_expr
    if isinstance(context, ast.Call):
        return dotted(context.func, symbols) in {"pm.Model", "pm.model.Model"} or _bare_model(context.func, symbols)
    if isinstance(context, ast.Name) and context.id in symbols.values:
        return symbols.values[context.id].kind is Kind.MODEL and not symbols.declared
    return False


def _bare_model(func: ast.expr, symbols: Symbols) -> bool:
    value = symbols.values.get(func.id) if isinstance(func, ast.Name) else None
    return value is not None and value.path == "pm.Model"


def _outside(node: ast.stmt, symbols: Symbols, dataset: Dataset | None) -> tuple[Verdict, Symbols]:
    """A statement of the data section, or after the model."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        why = imports.fault(node, own_data=dataset is None)
        if why:
            return gate.refuse(why, node.lineno, node.col_offset + 1), symbols
        return gate.ACCEPT, read(Parsed(nodes=(node,), offset=0), symbols).symbols
    if dataset is None:
        return read_only(node, symbols)
    verdicts, after = judge_parsed(Parsed(nodes=(node,), offset=0), symbols)
    return verdicts[-1], after


def _block(node: ast.With, symbols: Symbols, dataset: Dataset | None) -> Generator[Verdict, None, Symbols]:
    """The model block; returns the table after it."""
    item = node.items[0]
    own = symbols.own_section
    bound = frozenset(dataset.values) & symbols.values.keys() if dataset is not None else frozenset()
    symbols = replace(
        symbols, own_section=False, fixed=bound, declared={}, coords={}, open_coords=False, observations=(), free=0
    )
    head = ast.copy_location(ast.With(items=[ast.withitem(context_expr=item.context_expr)], body=[]), node)
    verdicts, symbols = judge_parsed(Parsed(nodes=(head,), offset=0), symbols)
    if not verdicts[-1].ok:
        yield verdicts[-1]
    if isinstance(item.context_expr, ast.Name):
        symbols = replace(symbols, open_coords=True)
    if isinstance(item.optional_vars, ast.Name) and item.optional_vars.id not in {"pm", "np", "pt", "data"}:
        symbols = replace(symbols, values={**symbols.values, item.optional_vars.id: Value(kind=Kind.MODEL)})
    elif item.optional_vars is not None:
        yield gate.refuse(f"{ast.unparse(item.optional_vars)} cannot name the model", node.lineno)
    refused = False
    for statement in node.body:
        verdicts, symbols = judge_parsed(Parsed(nodes=(statement,), offset=0), symbols)
        if not verdicts[-1].ok:
            refused = True
            yield verdicts[-1]
    end = guards.finish(symbols)
    if not end.ok and not refused:
        yield end
    return replace(symbols, own_section=own, fixed=frozenset())
