"""The programs that `--fit` samples: each model at the top of a file, with what it needs and nothing else.

Values that the data section was seen to make are handed over as data; what is no value (imports, functions) is taken
from the file's own lines. Lines that sample, plot or print are left out."""

import ast
import builtins
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from commons.data_pymc import Dataset, Role, Variable
from refinestat.refinegen.fitting.data_section import Table
from refinestat.refinegen.predicates import gate, script
from refinestat.refinegen.predicates.outline import outline
from refinestat.refinegen.predicates.vocabulary import OUTSIDE, words
from refinestat.refinegen.records import Verdict

OBSERVED = "refinestat_observed"
_LEFT_OUT = {path.rpartition(".")[2] for path in OUTSIDE} | words("print display plot hist savefig show summary")
_SHOWING = words("az arviz plt sns")


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A model at the top of a file: its name, the blocks that fill it, and what it observes, as expressions."""

    name: str
    blocks: Sequence[ast.With]
    observed: Sequence[ast.expr]

    @property
    def line(self) -> int:
        return self.blocks[0].lineno


def models(text: str) -> list[Model]:
    """The models at the top of a file, in its order; a file that cannot be parsed has none."""
    body = gate.tree(text, long=True)
    groups: dict[str, list[ast.With]] = {}
    for node in () if isinstance(body, Verdict) else body.body:
        if not isinstance(node, ast.With):
            continue
        item = node.items[0]
        called = item.context_expr.func if isinstance(item.context_expr, ast.Call) else None
        if called is not None and getattr(called, "attr", getattr(called, "id", "")) == "Model":
            name = item.optional_vars.id if isinstance(item.optional_vars, ast.Name) else f"model_{node.lineno}"
            groups[f"{name} {node.lineno}"] = [node]
        elif isinstance(item.context_expr, ast.Name):
            name = item.context_expr.id
            key = next((key for key in reversed(groups) if key.split()[0] == name), f"{name} {node.lineno}")
            groups.setdefault(key, []).append(node)
    made = [Model(name=key.split()[0], blocks=nodes, observed=_observed(nodes)) for key, nodes in groups.items()]
    return [model for model in made if any(_kept(block.body) for block in model.blocks)]


def _observed(blocks: Sequence[ast.With]) -> list[ast.expr]:
    """What is passed as observed=; a name that the block gave to data (`pm.Data("y", y)`) stands for those."""
    containers: dict[str, ast.expr] = {}
    found = []
    for node in (node for block in blocks for node in ast.walk(block)):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and isinstance(node.targets[0], ast.Name):
            call = node.value
            if getattr(call.func, "attr", getattr(call.func, "id", "")) == "Data" and len(call.args) > 1:
                containers[node.targets[0].id] = call.args[1]
        if isinstance(node, ast.Call):
            key = "y" if getattr(node.func, "attr", "") == "marginal_likelihood" else "observed"
            found += [keyword.value for keyword in node.keywords if keyword.arg == key]
    return [containers.get(each.id, each) if isinstance(each, ast.Name) else each for each in found]


def with_observed(section: str, found: Sequence[Model]) -> str:
    """The data section, with lines that keep what each model observes."""
    lines = [
        f"{OBSERVED}_{model.line} = __import__('numpy').asarray({ast.unparse(model.observed[0])})"
        for model in found
        if len(model.observed) == 1
    ]
    return section + ("\n" if section and not section.endswith("\n") else "") + "\n".join(lines) + "\n"


def program(text: str, model: Model, known: Mapping[str, Any]) -> tuple[str, Dataset] | str:
    """The text of one model that stands alone, and its data; or why there is none."""
    if len(model.observed) != 1:
        return f"one observed variable is needed, got {len(model.observed)}"
    observed = known.get(f"{OBSERVED}_{model.line}")
    if not isinstance(observed, np.ndarray) or not observed.size:
        return f"the values of {ast.unparse(model.observed[0])} are not known before the model is built"
    body = gate.tree(text, long=True)
    section = [] if isinstance(body, Verdict) else body.body[: script.data_section(body, outline(body))]
    blocks = [
        ast.With(items=_named(block, model), body=_kept(block.body), lineno=block.lineno) for block in model.blocks
    ]
    blocks = [block for block in blocks if block.body]
    values, lines = _needed(blocks, section, known)
    variables = [Variable(name=OBSERVED, values=observed, role=Role.OUTCOME)]
    head = []
    for name, value in values.items():
        made, columns = _handed_over(name, value)
        head.append(f"{name} = {made}")
        variables += columns
    parts = [*_USUAL, *head, *(ast.unparse(line) for line in lines), *(ast.unparse(block) for block in blocks)]
    source = "\n".join([*parts, f"model = {model.name}"]) + "\n"
    return source, Dataset(name="file", description="", variables=tuple(variables))


_USUAL = ("import numpy", "import pandas")


def _named(block: ast.With, model: Model) -> list[ast.withitem]:
    first = block.items[0]
    if isinstance(first.context_expr, ast.Name):
        return list(block.items)
    name = ast.Name(id=model.name, ctx=ast.Store())
    return [ast.withitem(context_expr=first.context_expr, optional_vars=name), *block.items[1:]]


def _kept(nodes: Sequence[ast.stmt]) -> list[ast.stmt]:
    """The statements of a block but those that sample, plot or print, and what is made of those."""
    kept, gone = [], set[str]()
    for node in nodes:
        names = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
        called = {getattr(part.func, "attr", getattr(part.func, "id", "")) for part in _calls(node)}
        if called & _LEFT_OUT or names & (gone | _SHOWING):
            gone |= set(_bound(node))
        else:
            kept.append(node)
    return kept


def _calls(node: ast.AST) -> Iterator[ast.Call]:
    return (part for part in ast.walk(node) if isinstance(part, ast.Call))


def _needed(
    blocks: Sequence[ast.stmt], section: Sequence[ast.stmt], known: Mapping[str, Any]
) -> tuple[dict[str, Any], list[ast.stmt]]:
    """Values by name, and the lines of the section, without which the blocks cannot run."""
    wanted = [name for block in blocks for name in _loaded(block)]
    seen, values, lines = set(dir(builtins)), dict[str, Any](), dict[int, ast.stmt]()
    while wanted:
        name = wanted.pop()
        if name in seen:
            continue
        seen.add(name)
        if name in known and _plain(known[name]):
            values[name] = known[name]
            continue
        for line in (line for line in section if name in _bound(line)):
            lines[line.lineno] = line
            wanted += _loaded(line)
    return values, [lines[number] for number in sorted(lines)]


def _loaded(node: ast.AST) -> list[str]:
    return [part.id for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load)]


def _bound(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Import | ast.ImportFrom):
        return [alias.asname or alias.name.partition(".")[0] for alias in node.names]
    stores = [part for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)]
    changed = [part.value for part in ast.walk(node) if isinstance(part, ast.Subscript) and type(part.ctx) is ast.Store]
    return [*(part.id for part in stores), *(part.id for part in changed if isinstance(part, ast.Name))]


def _plain(value: Any) -> bool:
    """Whether a value can be handed over: numbers, texts, arrays, lists of those, tables of known columns."""
    if isinstance(value, list):
        return all(isinstance(item, bool | int | float | str) for item in value)
    if isinstance(value, Table):
        return all(column is not None for column in value.values())
    return isinstance(value, bool | int | float | str | np.ndarray | np.generic)


def _handed_over(name: str, value: Any) -> tuple[str, list[Variable]]:
    """The expression that makes the value again from `data`, and what `data` holds for it."""
    if isinstance(value, Table):
        parts = {column: _handed_over(f"{name}.{i}", values) for i, (column, values) in enumerate(value.items())}
        made = ", ".join(f"{column!r}: {expression}" for column, (expression, _) in parts.items())
        return f"pandas.DataFrame({{{made}}})", [variable for _, more in parts.values() for variable in more]
    if isinstance(value, np.ndarray):
        kind = ".astype(bool)" if value.dtype.kind == "b" else ""
        return f"data[{name!r}]{kind}", [Variable(name=name, values=value, role=Role.PREDICTOR)]
    if isinstance(value, np.generic):
        return f"numpy.{value.dtype.type.__name__}({value.item()!r})".replace("nan", "'nan'").replace(
            "inf", "'inf'"
        ), []
    if isinstance(value, float):
        return f"float({str(value)!r})", []
    return repr(value), []
