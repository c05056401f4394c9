"""Support, of parameters together: weights add up to 1, a Beta's spread fits its mean, an ordered vector increases.

And of one as a whole: a covariance is positive definite."""

import ast
from collections.abc import Iterator

import numpy as np

from refinestat.refinegen.predicates import constants
from refinestat.refinegen.predicates.records import Call
from refinestat.refinegen.predicates.symbols import Kind, Value
from refinestat.refinegen.predicates.transfer import as_array, known_array

ORDERED = ("transforms.ordered",)
COVARIANCES = {"MvNormal": ("cov", "tau"), "MvStudentT": ("scale", "cov", "tau"), "MatrixNormal": ("rowcov", "colcov")}
BETWEEN = {"Triangular": (("lower", "c"), ("c", "upper")), "HyperGeometric": (("k", "N"), ("n", "N"))}
MOST_ELEMENTS = 10_000  # of a matrix that is looked at


def faults(call: Call) -> Iterator[tuple[ast.AST, str]]:
    """Where a call's arguments each lie in their domain, and together do not."""
    yield from _weights(call)
    yield from _spread(call)
    yield from _ordered(call)
    yield from _definite(call)
    yield from _points(call)
    for low, high in BETWEEN.get(call.function, ()):
        yield from _crossed(call, low, high)


def _points(call: Call) -> Iterator[tuple[ast.AST, str]]:
    points = call.arguments.get("x_points") if call.function == "Interpolated" else None
    known = known_array(points.value) if points is not None else None
    if points is not None and known is not None and np.any(np.diff(known) <= 0):
        yield points.node, "x_points must increase"


def _crossed(call: Call, low: str, high: str) -> Iterator[tuple[ast.AST, str]]:
    """One parameter is at most the other, wherever both are known to lie."""
    least, most = call.arguments.get(low), call.arguments.get(high)
    if least is None or most is None:
        return
    floor, ceiling = as_array(least.value), as_array(most.value)
    if {floor.kind, ceiling.kind} == {Kind.NUMBER} and floor.bounds[0] > ceiling.bounds[1]:
        yield least.node, f"{low} must be at most {high}, got {floor.bounds[0]:g} and {ceiling.bounds[1]:g}"


def _definite(call: Call) -> Iterator[tuple[ast.AST, str]]:
    for name in COVARIANCES.get(call.function, ()):
        argument = call.arguments.get(name)
        matrix = known_array(argument.value) if argument is not None else None
        if (
            argument is None
            or matrix is None
            or matrix.ndim != 2
            or matrix.shape[0] != matrix.shape[1]
            or matrix.size > MOST_ELEMENTS
        ):
            continue
        try:
            np.linalg.cholesky(matrix.astype(float))
        except np.linalg.LinAlgError:
            yield argument.node, f"{name} must be positive definite"


def _weights(call: Call) -> Iterator[tuple[ast.AST, str]]:
    weights = call.arguments.get("w") if call.function in {"Mixture", "NormalMixture"} else None
    value = as_array(weights.value) if weights is not None else None
    if weights is None or value is None or not value.known or not constants.numeric(value.constant):
        return
    totals = np.asarray(value.constant, dtype=float).sum(axis=-1) if value.shape else np.ones(1)
    if not np.allclose(totals, 1, atol=1e-4):
        yield weights.node, f"the weights w must add up to 1, got {np.ravel(totals)[0]:.4g}"


def _spread(call: Call) -> Iterator[tuple[ast.AST, str]]:
    """Beta's sigma is below sqrt(mu (1 - mu)), which is at most 0.5."""
    sigma, mu = call.arguments.get("sigma"), call.arguments.get("mu")
    if call.function != "Beta" or sigma is None or mu is None:
        return
    spread, mean = as_array(sigma.value), as_array(mu.value)
    if Kind.NUMBER not in {spread.kind} & {mean.kind}:
        return
    low, high = max(mean.bounds[0], 0.0), min(mean.bounds[1], 1.0)
    most = min(max(low, 0.5), high)  # the mean that allows the greatest spread
    if spread.bounds[0] > 0 and spread.bounds[0] ** 2 >= most * (1 - most):
        yield sigma.node, f"sigma must be below sqrt(mu * (1 - mu)), here {(most * (1 - most)) ** 0.5:.4g}"


def _ordered(call: Call) -> Iterator[tuple[ast.AST, str]]:
    """An ordered vector of which all elements start at the same value: its density there is 0."""
    transform = call.options.get("transform", call.options.get("default_transform"))
    if transform is None or not transform.value.path.endswith(ORDERED) or call.unsure:
        return
    if not call.registered or {"initval", "observed"} & set(call.options) or not call.shape or call.spec is None:
        return
    length = call.shape[-1]
    if call.spec.ndim == 0 and length and length > 1 and all(_one(a.value) for a in call.arguments.values()):
        yield transform.node, "an ordered vector needs a start that increases: give initval=, or mu as such a vector"


def _one(value: Value) -> bool:
    return value.kind is Kind.NUMBER and value.shape == ()
