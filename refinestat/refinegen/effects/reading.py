"""Evaluates the arithmetic of a program's model block at given draws.

Nothing of the program is executed: its syntax tree is walked, and what is not plain arithmetic is Unreadable."""

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from commons.data_pymc import Dataset
from refinestat.refinegen.effects import dual
from refinestat.refinegen.effects.dual import Dual


class Unreadable(Exception):
    """The program does more than arithmetic, a Gaussian process for instance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """The observed statement: the distribution's name, and its parameters that could be evaluated."""

    family: str
    parameters: Mapping[str, Dual]


Draw = Callable[[str, str, Mapping[str, Dual], tuple[int, ...]], np.ndarray]
_OPERATIONS: Mapping[type[ast.operator], Callable[[Dual, Dual], Dual]] = {
    ast.Add: dual.add,
    ast.Sub: dual.subtract,
    ast.Mult: dual.multiply,
    ast.Div: dual.divide,
    ast.Pow: dual.power,
    ast.MatMult: dual.dot,
}
_SUMMARIES: Mapping[str, Callable[[np.ndarray], Any]] = {
    "mean": np.mean,
    "std": np.std,
    "min": np.min,
    "max": np.max,
    "sum": np.sum,
}
_ORDER = {
    "Normal": ("mu", "sigma"),
    "HalfNormal": ("sigma",),
    "HalfCauchy": ("beta",),
    "Exponential": ("lam",),
    "Uniform": ("lower", "upper"),
    "Beta": ("alpha", "beta"),
    "Gamma": ("alpha", "beta"),
    "Laplace": ("mu", "b"),
    "Poisson": ("mu",),
    "Bernoulli": ("p",),
    "Binomial": ("n", "p"),
}


class Reader:
    """draw: gives the draws of a random variable by name, distribution, parameters and shape: (draws, *shape)."""

    def __init__(self, dataset: Dataset, predictor: str, draw: Draw) -> None:
        self._outcome, self._draw = dataset.outcome.name, draw
        self._raw: dict[str, np.ndarray] = dict(dataset.values)
        self._names = {name: dual.constant(values) for name, values in self._raw.items()}
        if predictor:
            known = self._names[predictor]
            self._names[predictor] = Dual(known.value, np.ones_like(known.value))
        self.observed: Observed | None = None

    def read(self, source: str) -> Observed:
        """The observed statement of the program. Raises Unreadable."""
        try:
            self._read(ast.parse(source))
        except (SyntaxError, ValueError, KeyError, IndexError, TypeError, RecursionError, MemoryError) as error:
            raise Unreadable(str(error)) from error
        if self.observed is None:
            raise Unreadable("the observed statement was not found")
        return self.observed

    def _read(self, tree: ast.Module) -> None:
        block = next((node for node in tree.body if isinstance(node, ast.With)), None)
        for node in block.body if block else ():
            if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
                try:
                    self._names[node.targets[0].id] = self._value(node.value)
                except Unreadable:
                    self._names.pop(node.targets[0].id, None)  # matters only if the linear predictor uses it
            elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
                self._value(node.value)
            else:
                raise Unreadable(type(node).__name__)

    def _value(self, node: ast.expr) -> Dual:  # noqa: PLR0911 - one per kind of expression
        match node:
            case ast.Constant(value=int() | float() as number):
                return dual.constant(float(number))
            case ast.Name(id=name) if name in self._names:
                return self._names[name]
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATIONS:
                return _OPERATIONS[type(op)](self._value(left), self._value(right))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return dual.multiply(dual.constant(-1.0), self._value(operand))
            case ast.Subscript(value=value, slice=ast.Name(id=index)) if (
                self._raw.get(index, np.zeros(1)).dtype.kind == "i"
            ):
                of = self._value(value)
                return Dual(
                    of.value[:, self._raw[index]], np.broadcast_to(of.slope, of.value.shape)[:, self._raw[index]]
                )
            case ast.Call():
                return self._call(node)
            case ast.Attribute(value=ast.Name(id="np"), attr="pi"):
                return dual.constant(np.pi)
        raise Unreadable(ast.unparse(node)[:60])

    def _call(self, node: ast.Call) -> Dual:
        path = ast.unparse(node.func)
        words = path.split(".")
        if words[0] in ("pm", "np") and words[-1] in dual.FUNCTIONS and len(words) <= 3 and len(node.args) == 1:
            return dual.apply(words[-1], self._value(node.args[0]))
        if path in ("pm.math.dot", "np.dot"):
            return dual.dot(self._value(node.args[0]), self._value(node.args[1]))
        if path == "pm.Deterministic":
            return self._value(node.args[1])
        if path == "len":
            return dual.constant(float(self._value(node.args[0]).value.shape[1]))
        if words[0] == "pm" and len(words) == 2:
            return self._variable(words[1], node)
        if len(words) == 2 and words[0] in self._raw and words[1] in _SUMMARIES and not node.args and not node.keywords:
            return dual.constant(float(_SUMMARIES[words[1]](self._raw[words[0]])))
        raise Unreadable(path)

    def _variable(self, family: str, node: ast.Call) -> Dual:
        """A random variable, or the observed statement."""
        name = node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else ""
        given = dict(zip(_ORDER.get(family, ()), node.args[1:], strict=False))
        given |= {word.arg: word.value for word in node.keywords if word.arg}
        seen = given.pop("observed", None)
        shape = self._shape(given.pop("shape", None))
        if seen is not None:
            self.observed = Observed(family=family, parameters=self._readable(given))
            return dual.constant(0.0)
        return dual.draws(self._draw(str(name), family, self._readable(given), shape))

    def _readable(self, given: Mapping[str, ast.expr]) -> dict[str, Dual]:
        found = {}
        for key, node in given.items():
            try:
                found[key] = self._value(node)
            except Unreadable:
                continue
        return found

    def _shape(self, node: ast.expr | None) -> tuple[int, ...]:
        if node is None:
            return ()
        if isinstance(node, ast.Tuple):
            return tuple(int(self._value(each).value.item()) for each in node.elts)
        return (int(self._value(node).value.item()),)
