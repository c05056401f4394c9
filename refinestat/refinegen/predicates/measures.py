"""What a scale measures: a standard deviation, a variance, a precision. Evidence from names and from expressions."""

import ast
import re
from collections.abc import Sequence

from refinestat.refinegen.predicates.symbols import Kind, Value

WORDS = {
    "sigma": "sd", "sd": "sd", "std": "sd", "stdev": "sd", "stddev": "sd", "sds": "sd", "sigmas": "sd", "stdevs": "sd",
    "variance": "variance", "variances": "variance", "var": "variance", "sigmasq": "variance", "sigsq": "variance",
    "precision": "precision", "prec": "precision", "precisions": "precision",
    "tau": "tau", "rate": "rate", "lam": "lam", "lambda": "lam", "rates": "rate", "scale": "scale",
}  # fmt: skip
SQUARED = {"sq", "squared", "square"}


def of_name(name: str) -> str:
    """What the words of a name say; empty where they say nothing, or two things."""
    words = [word for word in re.split(r"[_\W\d]+", name.lower()) if word]
    found = {WORDS[word] for word in words if word in WORDS}
    if not found and words and words[0] == "s":
        return "perhaps sd"
    if len(found) != 1:
        return "variance" if "sd" not in found and len(found) == 2 and "variance" in found else ""
    measure = found.pop()
    if measure == "sd" and (SQUARED & set(words)):
        return "variance"
    if {"log", "ln", "inv", "raw", "z", "tilde", "offset", "unc", "prior", "mu", "mean"} & set(words):
        return ""
    return "" if measure == "sd" and re.search(r"(sigma|sd|std)_?2$", name.lower()) else measure


def of_operation(op: type[ast.AST], left: Value, right: Value) -> str:
    """The measure of `left op right`, where a square, a root or a reciprocal changes it."""
    exponent = right.constant if isinstance(right.constant, int | float) else None
    if op is ast.Pow and exponent is not None:
        return _of_power(left, float(exponent))
    if op is ast.Mult and left.measure == right.measure == "sd" and left.name == right.name and left.name:
        return "variance"
    if op is ast.Div and isinstance(left.constant, int | float) and left.constant == 1:
        return RECIPROCALS.get(right.measure, "")
    if op in {ast.Mult, ast.Add, ast.Div} and "variance" in (left.measure, right.measure if op is not ast.Div else ""):
        other = right if left.measure == "variance" else left
        if isinstance(other.constant, int | float):
            return "variance"
    if op is ast.Add and left.measure == right.measure:
        return left.measure if left.measure in {"variance", "sd"} else ""
    return ""


def of_function(name: str, values: Sequence[Value]) -> str:
    """The measure of `name(*values)`, of a function or a method."""
    first = values[0]
    exponent = values[1].constant if len(values) == 2 else None
    if name == "sqrt":
        return ROOTS.get(first.measure, "")
    if name in {"sqr", "square"}:
        return _of_power(first, 2.0)
    if name in {"pow", "power"} and isinstance(exponent, int | float):
        return _of_power(first, float(exponent))
    if name == "dot" and len(values) == 2:
        return of_operation(ast.Mult, *values)
    return VARIANCES.get(name, "")


def _of_power(base: Value, exponent: float) -> str:
    """A square of what may be negative is no variance: it makes it positive."""
    signed = base.kind is Kind.NUMBER and bool(base.sources) and base.bounds[0] < 0
    return "" if signed and exponent == SQUARE else POWERS.get((base.measure, exponent), "")


SQUARE = 2.0
VARIANCES = {"var": "variance", "nanvar": "variance", "std": "sd", "nanstd": "sd"}
POWERS = {
    ("sd", 2.0): "variance", ("perhaps sd", 2.0): "variance", ("sd", -2.0): "precision",
    ("variance", 0.5): "sd", ("precision", -0.5): "sd",
    ("variance", -1.0): "precision", ("precision", -1.0): "variance", ("tau", -1.0): "variance", ("tau", -0.5): "sd",
    ("tau", 0.5): "inverse sd", ("precision", 0.5): "inverse sd",
}  # fmt: skip
RECIPROCALS = {
    "variance": "precision", "precision": "variance", "tau": "variance", "inverse sd": "sd", "sd": "inverse sd",
    "rate": "scale", "lam": "scale", "scale": "rate", "mean": "rate",
}  # fmt: skip
ROOTS = {"variance": "sd", "tau": "inverse sd", "precision": "inverse sd"}
