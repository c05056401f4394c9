"""Numbers with their derivative: forward differentiation of arrays of draws.

The first axis counts draws (1 where a value is the same in all); what follows is the value's own shape."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Dual:
    """value, slope: shape (draws or 1, *own shape). slope: the derivative by the predictor that is looked at."""

    value: np.ndarray
    slope: np.ndarray


def constant(value: float | np.ndarray) -> Dual:
    """The same in all draws, with no derivative."""
    array = np.asarray(value, dtype=np.float64)[None]
    return Dual(array, np.zeros_like(array))


def draws(values: np.ndarray) -> Dual:
    """A random variable. values: shape (draws, *own shape)."""
    return Dual(values, np.zeros((1,) * values.ndim))


def _aligned(one: Dual, other: Dual) -> tuple[Dual, Dual]:
    """With equally many axes: those that are missing come after the first."""
    most = max(one.value.ndim, other.value.ndim)
    return _raised(one, most), _raised(other, most)


def _raised(dual: Dual, axes: int) -> Dual:
    missing = (1,) * (axes - dual.value.ndim)
    value, slope = dual.value, np.broadcast_to(dual.slope, np.broadcast_shapes(dual.slope.shape, dual.value.shape))
    return Dual(
        value.reshape(value.shape[:1] + missing + value.shape[1:]),
        slope.reshape(slope.shape[:1] + missing + slope.shape[1:]),
    )


def add(a: Dual, b: Dual) -> Dual:
    a, b = _aligned(a, b)
    return Dual(a.value + b.value, a.slope + b.slope)


def subtract(a: Dual, b: Dual) -> Dual:
    return add(a, Dual(-b.value, -b.slope))


def multiply(a: Dual, b: Dual) -> Dual:
    a, b = _aligned(a, b)
    return Dual(a.value * b.value, a.slope * b.value + a.value * b.slope)


def divide(a: Dual, b: Dual) -> Dual:
    a, b = _aligned(a, b)
    return Dual(a.value / b.value, (a.slope * b.value - a.value * b.slope) / b.value**2)


def power(a: Dual, b: Dual) -> Dual:
    """a**b; where the exponent has a derivative, the base must be positive."""
    a, b = _aligned(a, b)
    value = a.value**b.value
    slope = b.value * a.value ** (b.value - 1) * a.slope
    if np.any(b.slope):
        slope = slope + value * np.log(a.value) * b.slope
    return Dual(value, slope)


def dot(a: Dual, b: Dual) -> Dual:
    """Of a constant matrix (n, k) and a vector (k,)."""
    if a.value.ndim != 3 or b.value.ndim != 2 or np.any(b.slope):
        raise ValueError("only a matrix by a vector of parameters")
    product = np.einsum("snk,sk->sn", np.broadcast_to(a.value, (len(b.value), *a.value.shape[1:])), b.value)
    slope = np.einsum("snk,sk->sn", np.broadcast_to(a.slope, (len(b.value), *a.value.shape[1:])), b.value)
    return Dual(product, slope)


def sigmoid(x: np.ndarray) -> np.ndarray:
    return np.asarray(1 / (1 + np.exp(-x)))


def _sigmoid_slope(x: np.ndarray) -> np.ndarray:
    return np.asarray(sigmoid(x) * (1 - sigmoid(x)))


Function = Callable[[np.ndarray], np.ndarray]
FUNCTIONS: dict[str, tuple[Function, Function]] = {
    "exp": (np.exp, np.exp),
    "log": (np.log, lambda x: 1 / x),
    "log1p": (np.log1p, lambda x: 1 / (1 + x)),
    "expm1": (np.expm1, np.exp),
    "sqrt": (np.sqrt, lambda x: 0.5 / np.sqrt(x)),
    "sqr": (np.square, lambda x: 2 * x),
    "square": (np.square, lambda x: 2 * x),
    "abs": (np.abs, np.sign),
    "sin": (np.sin, np.cos),
    "cos": (np.cos, lambda x: -np.sin(x)),
    "tanh": (np.tanh, lambda x: 1 - np.tanh(x) ** 2),
    "sigmoid": (sigmoid, _sigmoid_slope),
    "invlogit": (sigmoid, _sigmoid_slope),
    "logit": (lambda x: np.log(x / (1 - x)), lambda x: 1 / (x * (1 - x))),
}


def apply(name: str, a: Dual) -> Dual:
    """An elementary function. Raises KeyError for one that is not known."""
    function, derivative = FUNCTIONS[name]
    return Dual(function(a.value), derivative(a.value) * a.slope)
