"""Densities that PyTensor gets wrong because it computes with too narrow integers.

A whole number that a program writes becomes the narrowest integer constant that holds it: 100 has 8 bits
(`pytensor.scalar.basic.autocast_int`). Where a density's formula combines such constants before anything real comes
in, the result wraps around: `pm.Uniform("u", -100, 100)` is NaN, `pm.HalfStudentT("s", nu=3, sigma=25)` finite and
wrong. The formulas are those of PyMC's `logp` (`pymc/distributions/continuous.py` and `discrete.py`)."""

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from refinestat.refinegen.predicates.records import Call

WIDTHS = (np.int8, np.int16, np.int32, np.int64)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a formula that holds parameters only."""

    text: str
    parameters: tuple[str, ...]
    compute: Callable[..., Any]


_SQUARE = Part("sigma**2", ("sigma",), lambda sigma: sigma * sigma)
_RANGE = Part("upper - lower", ("lower", "upper"), lambda lower, upper: upper - lower)
PARTS: Mapping[str, tuple[Part, ...]] = {
    "Uniform": (_RANGE,),
    "Laplace": (Part("2 * b", ("b",), lambda b: 2 * b),),
    "HalfStudentT": (_SQUARE,),
    "ExGaussian": (_SQUARE,),
    "TruncatedNormal": (
        Part("lower - mu", ("lower", "mu"), lambda lower, mu: lower - mu),
        Part("upper - mu", ("upper", "mu"), lambda upper, mu: upper - mu),
    ),
    "Triangular": (
        _RANGE,
        Part(
            "(upper - lower) * (c - lower)",
            ("lower", "c", "upper"),
            lambda lower, c, upper: (upper - lower) * (c - lower),
        ),
        Part(
            "(upper - lower) * (upper - c)",
            ("lower", "c", "upper"),
            lambda lower, c, upper: (upper - lower) * (upper - c),
        ),
    ),
    "BetaBinomial": (Part("alpha + beta", ("alpha", "beta"), lambda alpha, beta: alpha + beta),),
}


def overflows(call: Call, scored: bool) -> Iterator[tuple[ast.AST, str]]:
    """Where it happens, and why, in words. What is finite and wrong is refused only of a program that is scored: in a
    person's own file, PyMC samples it."""
    for part in PARTS.get(call.function, ()):
        passed = [call.arguments[name] for name in part.parameters if name in call.arguments]
        numbers = [argument.value.constant for argument in passed if argument.value.known]
        if len(numbers) < len(part.parameters) or not all(_is_constant(number) for number in numbers):
            continue
        right = part.compute(*numbers)
        with np.errstate(over="ignore"):
            narrow = [_narrow(number) for number in numbers]
            got = part.compute(*narrow)
        if right != got and (scored or got <= 0):
            bits = 8 * np.result_type(*narrow).itemsize
            large = max(numbers, key=abs)
            yield (
                passed[numbers.index(large)].node,
                f"{part.text} is {right}, but PyTensor computes it with integers of {bits} bits and gets {got}: "
                f"write {large}.0",
            )


def _is_constant(number: object) -> bool:
    """Whether PyTensor makes an integer constant of it. NumPy's integers keep the width that they have."""
    return type(number) is int and np.iinfo(np.int64).min <= number <= np.iinfo(np.int64).max


def _narrow(number: int) -> np.signedinteger[Any]:
    """The number as PyTensor holds it."""
    return next(width(number) for width in WIDTHS if np.iinfo(width).min <= number <= np.iinfo(width).max)
