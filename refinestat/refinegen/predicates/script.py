"""Judges a file that a person wrote: its models, wherever they stand; everything else is only read.

A model may stand at the top, in a function, a class, a loop or a branch. What is not understood is unknown and never
refused: parameters of functions, names that are bound more than once, whatever a helper may have done."""

import ast
import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from refinestat.refinegen import catalogue
from refinestat.refinegen.predicates import gate, guards, imports
from refinestat.refinegen.predicates.block import NO_MODEL, judge_block, opens_model
from refinestat.refinegen.predicates.forgetting import forget_names
from refinestat.refinegen.predicates.gate import Parsed
from refinestat.refinegen.predicates.judgement import read_only
from refinestat.refinegen.predicates.nodes import walk
from refinestat.refinegen.predicates.outline import Outline
from refinestat.refinegen.predicates.paths import dotted
from refinestat.refinegen.predicates.state import NAMES_PER_STEP, exhausted
from refinestat.refinegen.predicates.statements import read
from refinestat.refinegen.predicates.symbols import UNKNOWN, Outcome, Symbols, Value
from refinestat.refinegen.records import Verdict


def uses_given_data(body: ast.Module, outlined: Outline) -> bool:
    """Whether it uses the `data` that a program is given: it makes none itself before its model begins."""
    if not any(type(node) is ast.Name and node.id == "data" for node in outlined.nodes):
        return False
    own = [node for node in body.body if not (isinstance(node, ast.With) and outlined.model(node))]
    first = next((node for node in own if "data" in _bindings(walk(node))), None)
    return first is None or (isinstance(first, ast.Assign) and _reads(first.value, "data"))


def _reads(node: ast.AST, name: str) -> bool:
    return any(type(each) is ast.Name and each.id == name for each in walk(node))


def refusals(
    body: ast.Module, outlined: Outline, known: Mapping[str, Value], outcome: str | None, most_effort: int
) -> list[Verdict]:
    """What is refused in the file, in the order of its lines. known: what its data section was seen to make."""
    nodes = outlined.nodes
    aliases = [alias.name for node in nodes if isinstance(node, ast.ImportFrom) for alias in node.names]
    symbols = Symbols(
        values=imports.usual(body), own_section=True, script=True, scored=outcome, open_names="*" in aliases,
        most_effort=most_effort,
    )  # fmt: skip
    walker = _Walker(bindings=_bindings(nodes), outline=outlined)
    end = data_section(body, outlined)
    symbols = walker.statements(body.body[:end], symbols)
    seen = {name: _as_before(value, symbols.values.get(name)) for name, value in known.items()}
    after = walker.statements(body.body[end:], replace(symbols, values={**symbols.values, **seen}))
    if not walker.blocks and not _speaks_of_models(nodes):
        walker.found.append(gate.refuse(NO_MODEL))
    if outcome is not None and walker.blocks and not walker.found:
        last = _end(walker, nodes, after)
        walker.found += [] if last.ok else [last]
    return walker.found


def _end(walker: "_Walker", nodes: Sequence[ast.AST], after: Symbols) -> Verdict:
    """Whether some model observes the outcome, and has something to learn; a function may do both unseen."""
    if any(type(node) is ast.keyword and node.arg in OBSERVING for node in nodes):
        own = any(isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Lambda) for node in nodes)
        return guards.finish(after) if walker.blocks == 1 and not own else gate.ACCEPT
    return guards.finish(replace(after, observations=()))


OBSERVING = {"observed", "y", None}  # `observed=y`, `gp.marginal_likelihood(..., y=y)`, `**options`


def data_section(body: ast.Module, outlined: Outline) -> int:
    """How many statements stand before the first one that holds a model: the data section of the file."""
    return next((i for i, node in enumerate(body.body) if outlined.model(node)), len(body.body))


def _speaks_of_models(nodes: Sequence[ast.AST]) -> bool:
    """Whether there may be a model that cannot be seen: one made by a helper, a subclass, another library."""
    names = (getattr(node, "attr", getattr(node, "id", "")) for node in nodes)
    return any("model" in name.lower() for name in names)


def _bindings(nodes: Sequence[ast.AST]) -> Counter[str]:
    """How many times each name is bound anywhere in the file."""
    found = Counter([node.id for node in nodes if type(node) is ast.Name and type(node.ctx) is ast.Store])
    for node in nodes:
        kind = type(node)
        if kind is ast.alias:
            found[node.asname or node.name.partition(".")[0]] += 1  # type: ignore[attr-defined]
        elif kind is ast.arg:
            found[node.arg] += 1  # type: ignore[attr-defined]
        elif kind is ast.Global:
            found.update(node.names)  # type: ignore[attr-defined]
        elif kind in _NAMED and node.name:  # type: ignore[attr-defined]
            found[node.name] += 1  # type: ignore[attr-defined]
    return found


_NAMED = {ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.ExceptHandler, ast.MatchAs, ast.MatchStar}


@dataclass(slots=True, kw_only=True)
class _Walker:
    """Goes through a file in the order of its lines. bindings: how often each name is bound in it."""

    bindings: Mapping[str, int]
    outline: Outline
    found: list[Verdict] = field(default_factory=list)
    blocks: int = 0

    def statements(self, nodes: Sequence[ast.stmt], symbols: Symbols) -> Symbols:
        """Statements without a model are read together: the table is copied once."""
        for special, part in itertools.groupby(nodes, self.outline.special):
            together = tuple(part)
            if not special:
                symbols = self._lines(together, symbols)
                continue
            for node in together:
                symbols = symbols if exhausted(symbols) else self._statement(node, symbols)
        return symbols

    def _statement(self, node: ast.stmt, symbols: Symbols) -> Symbols:
        item = opens_model(node, symbols)
        if isinstance(node, ast.With) and (item is not None or _registers(node, symbols)):
            return self._block(node, item, symbols)
        if isinstance(node, ast.Import | ast.ImportFrom):
            return self._import(node, symbols)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            after = self.statements(node.body, self._inside(symbols))
            return forget_names(node, replace(symbols, effort=after.effort))
        if isinstance(node, ast.ClassDef):
            after = self.statements(node.body, symbols)
            return forget_names(node, replace(symbols, effort=after.effort))
        return self._compound(node, symbols)

    def _block(self, node: ast.With, item: ast.withitem | None, symbols: Symbols) -> Symbols:
        self.blocks += 1
        walk = judge_block(node, item, symbols, whole=False)
        while True:
            try:
                self.found.append(next(walk))
            except StopIteration as stop:
                after: Symbols = stop.value
                return after

    def _compound(self, node: ast.stmt, symbols: Symbols) -> Symbols:
        """A loop, a branch, a try, a with: each part is read as what may follow on the lines before it."""
        loop = isinstance(node, ast.For | ast.AsyncFor | ast.While)
        symbols = forget_names(node, symbols) if loop else symbols
        after = symbols
        for part in ("body", "handlers", "cases", "orelse", "finalbody"):
            nodes = getattr(node, part, ())
            if part in {"handlers", "cases"}:
                for each in nodes:
                    self.statements(each.body, forget_names(each, symbols))
            elif nodes:
                after = self.statements(nodes, after if part == "body" else forget_names(node, symbols))
        return after if isinstance(node, ast.With) else forget_names(node, after)

    def _inside(self, symbols: Symbols) -> Symbols:
        """What a function's body sees: names of the file that are bound once; anything of the others."""
        sure = {name: value for name, value in symbols.values.items() if self.bindings.get(name, 0) <= 1}
        anything = dict.fromkeys(self.bindings, UNKNOWN)
        if symbols.scored in anything:
            anything[symbols.scored] = replace(UNKNOWN, outcome=Outcome.WHOLE)
        effort = symbols.effort + len(self.bindings) // NAMES_PER_STEP
        return replace(symbols, values={**anything, **sure}, effort=effort)

    def _import(self, node: ast.Import | ast.ImportFrom, symbols: Symbols) -> Symbols:
        why = imports.fault_of_script(node)
        if why:
            self.found.append(gate.refuse(why, node.lineno, node.col_offset + 1))
        return read(Parsed(nodes=(node,), offset=0), symbols).symbols

    def _lines(self, nodes: Sequence[ast.stmt], symbols: Symbols) -> Symbols:
        """Lines that hold no model: what they make is learned, where they are not too large or too many."""
        for small, part in itertools.groupby(nodes, self.outline.readable):
            if exhausted(symbols):
                break
            lines = tuple(part)
            if small:
                verdict, symbols = read_only(lines, symbols)
                self.found += [] if verdict.ok else [verdict]
            else:
                symbols = forget_names(ast.Module(body=list(lines), type_ignores=[]), symbols)
        return symbols


def _as_before(value: Value, before: Value | None) -> Value:
    """A value that was seen, with what reading found out about where it comes from."""
    return value if before is None else replace(value, outcome=before.outcome, measure=before.measure)


def _registers(node: ast.With, symbols: Symbols) -> bool:
    """Whether something in the block, and not in a function inside it, adds a variable to a model."""
    library = catalogue.load()
    makers = {f"pm.{name}" for name in (*library.distributions, *library.functions)}
    calls = (inner for inner in walk(node) if isinstance(inner, ast.Call))
    return any(_path(call.func, symbols) in makers for call in calls)


def _path(func: ast.expr, symbols: Symbols) -> str | None:
    if isinstance(func, ast.Name) and func.id in symbols.values:
        return symbols.values[func.id].path
    return dotted(func, symbols)
