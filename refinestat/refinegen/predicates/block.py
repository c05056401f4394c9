"""Judges one model block, statement by statement, wherever it stands."""

import ast
from collections.abc import Generator
from dataclasses import replace

from refinestat.refinegen.predicates import gate, guards
from refinestat.refinegen.predicates.forgetting import forget_names
from refinestat.refinegen.predicates.gate import Parsed
from refinestat.refinegen.predicates.judgement import judge_parsed
from refinestat.refinegen.predicates.paths import is_model
from refinestat.refinegen.predicates.state import exhausted
from refinestat.refinegen.predicates.symbols import Kind, Symbols, Value
from refinestat.refinegen.records import Verdict

NO_MODEL = "there is no `with pm.Model() as model:` block"
USUAL = frozenset({"pm", "np", "pt", "data"})


def opens_model(node: ast.stmt, symbols: Symbols) -> ast.withitem | None:
    """The item that opens a model: `with pm.Model(...)`, or `with m` where m is a model; None where there is none."""
    if not isinstance(node, ast.With):
        return None
    return next((item for item in node.items if _is_model(item.context_expr, symbols)), None)


def _is_model(context: ast.expr, symbols: Symbols) -> bool:
    if isinstance(context, ast.Call):
        return is_model(context.func, symbols)
    return (
        isinstance(context, ast.Name)
        and context.id in symbols.values
        and (symbols.values[context.id].kind is Kind.MODEL)
    )


def judge_block(
    node: ast.With, item: ast.withitem | None, symbols: Symbols, *, whole: bool, fixed: frozenset[str] = frozenset()
) -> Generator[Verdict, None, Symbols]:
    """The refusals of a model block; returns the table after it.

    item: what opens the model; None: it may be one (`with build() as m`), and nothing is known of it.
    whole: the program ends with it. fixed: names that the block may not bind again."""
    own = symbols.own_section
    begun = isinstance(item.context_expr, ast.Call) if item is not None else False
    symbols = replace(
        symbols, own_section=False, fixed=fixed, declared={}, coords={}, open_coords=not begun,
        observations=() if begun else symbols.observations, free=0 if begun else symbols.free,
    )  # fmt: skip
    symbols = yield from _head(node, item, symbols)
    refused = False
    for statement in node.body:
        if exhausted(symbols):
            break
        verdicts, after = judge_parsed(Parsed(nodes=(statement,), offset=0), symbols)
        if not verdicts[-1].ok:
            refused = True
            yield verdicts[-1]
        parsed = verdicts[-1].ok or verdicts[-1].predicate != "parse"
        symbols = after if parsed else forget_names(statement, symbols)
    end = guards.finish(symbols) if whole and not refused else gate.ACCEPT
    if not end.ok:
        yield end
    return replace(symbols, own_section=own, fixed=frozenset())


def _head(node: ast.With, item: ast.withitem | None, symbols: Symbols) -> Generator[Verdict, None, Symbols]:
    """`with pm.Model(coords=...) as model`: its arguments and the name of the model."""
    items = [ast.withitem(context_expr=each.context_expr) for each in node.items]
    head = ast.copy_location(ast.With(items=items, body=[]), node)
    verdicts, symbols = judge_parsed(Parsed(nodes=(head,), offset=0), symbols)
    if not verdicts[-1].ok:
        yield verdicts[-1]
    names = dict(symbols.values)
    for each in node.items:
        target = each.optional_vars
        if isinstance(target, ast.Name) and (symbols.script or target.id not in USUAL):
            names[target.id] = Value(kind=Kind.MODEL if each is item else Kind.UNKNOWN)
        elif target is not None and not symbols.script:
            yield gate.refuse(f"{ast.unparse(target)} cannot name the model", node.lineno)
    return replace(symbols, values=names)
