"""Type, of distributions of vectors and matrices: which of their sizes are the same, and what is square."""

import ast
import math
from collections.abc import Callable, Iterator, Mapping

import numpy as np

from refinestat.refinegen import catalogue
from refinestat.refinegen.predicates import shapes
from refinestat.refinegen.predicates.lengths import whole
from refinestat.refinegen.predicates.records import Call
from refinestat.refinegen.predicates.symbols import Kind, Shape
from refinestat.refinegen.predicates.transfer import known_array

Faults = Iterator[tuple[ast.AST, str]]

# Parameters whose last dimension is that of the vector.
LAST = {
    "Dirichlet": ("a",), "DirichletMultinomial": ("a",), "Multinomial": ("p",),
    "MvNormal": ("mu", "cov", "chol", "tau"), "MvStudentT": ("mu", "scale", "cov", "chol", "tau"),
    "MvGaussianRandomWalk": ("mu", "cov", "chol", "tau"), "MvStudentTRandomWalk": ("mu", "scale", "chol", "tau"),
}  # fmt: skip
SQUARE = {
    "MvNormal": ("cov", "chol", "tau"), "MvStudentT": ("scale", "cov", "chol", "tau"), "Wishart": ("V",),
    "MatrixNormal": ("rowcov", "rowchol", "colcov", "colchol"), "ICAR": ("W",), "CAR": ("W",),
}  # fmt: skip
VECTORS = {"OrderedLogistic": ("cutpoints",), "OrderedProbit": ("cutpoints",), "Categorical": ("p", "logit_p")}


def faults(call: Call) -> Faults:
    """Where sizes do not fit, and why."""
    yield from _last(call)
    for name in SQUARE.get(call.function, ()):
        shape = _shape(call, name)
        if shape is not None and len(shape) >= 2 and None not in shape[-2:] and shape[-1] != shape[-2]:
            yield call.arguments[name].node, f"{name} must be square, got shape {shapes.text(shape)}"
    for name in VECTORS.get(call.function, ()):
        if _shape(call, name) == ():
            yield call.arguments[name].node, f"{name} must be a vector, got one value"
    if call.function in RULES and not call.unsure:
        yield from RULES[call.function](call)


def _last(call: Call) -> Faults:
    """What a vector distribution takes and what it is observed as are equally long (a length of one broadcasts)."""
    if call.function not in LAST:
        return
    found, length = "", 0
    for name in (*LAST[call.function], "observed"):
        argument = call.options.get(name) if name == "observed" else call.arguments.get(name)
        shape = shapes.of(argument.value) if argument is not None else None
        own = shape[-1] if shape else None
        if argument is None or own is None or own == 1:
            continue
        if found and own != length:
            yield argument.node, f"{name} has length {own}, {found} has {length}"
            return
        found, length = name, own


def _shape(call: Call, name: str) -> Shape | None:
    argument = call.arguments.get(name)
    return None if argument is None or argument.value.kind is Kind.NONE else shapes.of(argument.value)


def _zero_sum(call: Call) -> Faults:
    """It has at least as many dimensions as sum to zero; along these, one sigma."""
    axes = whole(call, "n_zerosum_axes") if "n_zerosum_axes" in call.arguments else 1
    if axes is None:
        return
    if not {"shape", "dims", "observed"} & set(call.options) and "support_shape" not in call.arguments:
        yield call.node, "it needs shape= or dims=: how many values sum to zero"
    if call.shape is not None and len(call.shape) < axes:
        yield call.node, f"{axes} axes are to sum to zero, of shape {shapes.text(call.shape)}"
    sigma = _shape(call, "sigma")
    if sigma and any(length not in {1, None} for length in sigma[-axes:]):
        yield call.arguments["sigma"].node, f"sigma must have length 1 where values sum to zero, got {sigma[-1]}"


def _neighbours(call: Call) -> Faults:
    """Who is whose neighbour: both ways; where none weighs more than another, 1 or 0."""
    pairs = call.arguments.get("W")
    if pairs is None:
        return
    if call.function == "ICAR" and pairs.value.kind is Kind.SEQUENCE:
        yield pairs.node, "W must be an array: np.array([...])"
    found = known_array(pairs.value)
    if found is None or found.ndim != 2 or found.shape[0] != found.shape[1]:
        return
    if not np.array_equal(found, found.T):
        yield pairs.node, "W must be symmetric"
    elif call.function == "ICAR" and not np.isin(found, (0, 1)).all():
        yield pairs.node, "W must hold 0 and 1 only"


def _autoregressive(call: Call) -> Faults:
    yield from _neighbours(call)
    mean, among = _shape(call, "mu"), _shape(call, "W")
    if mean is None or not among or among[-1] is None:
        return
    if not mean or mean[-1] not in {among[-1], None}:
        yield call.arguments["mu"].node, f"mu must have length {among[-1]}, as W has, got shape {shapes.text(mean)}"


def _wishart(call: Call) -> Faults:
    degrees, scale = call.arguments.get("nu"), _shape(call, "V")
    size = scale[-1] if scale else None
    if degrees is not None and size is not None and degrees.value.kind is Kind.NUMBER:
        most = degrees.value.bounds[1]
        if most <= size - 1 and degrees.value.known:
            yield degrees.node, f"nu must be above {size - 1}, for a matrix of {size} rows, got {most:g}"


def _matrix(call: Call) -> Faults:
    mean = _shape(call, "mu")
    for names, axis in ((("rowcov", "rowchol"), -2), (("colcov", "colchol"), -1)):
        for name in names:
            own = _shape(call, name)
            length = mean[axis] if mean is not None and len(mean) >= 2 else None
            if own and None not in {own[-1], length} and length != 1 and own[-1] != length:
                yield call.arguments[name].node, f"{name} has {own[-1]} rows, mu has shape {shapes.text(mean or ())}"


def _kronecker(call: Call) -> Faults:
    mean = _shape(call, "mu")
    for name in ("covs", "chols"):
        parts = call.arguments[name].value.items if name in call.arguments else None
        sizes = [shape[-1] if (shape := shapes.of(part)) else None for part in parts or ()]
        total = math.prod(size or 0 for size in sizes)
        if mean and sizes and None not in {mean[-1], *sizes} and mean[-1] != total:
            yield call.arguments["mu"].node, f"mu has length {mean[-1]}, {name} make {total}"


def _mixture(call: Call) -> Faults:
    """Weights for all components, where one distribution holds them."""
    parts, weights = call.arguments.get("comp_dists"), _shape(call, "w")
    if parts is None or not weights or parts.value.kind is not Kind.DISTRIBUTION:
        return
    spec = catalogue.load().distributions.get(parts.value.law)
    own = parts.value.shape if spec is not None and not spec.ndim and not spec.tied else None
    if own and own[-1] not in {weights[-1], None} and weights[-1] not in {1, None}:
        yield parts.node, f"comp_dists has {own[-1]} components, w has {weights[-1]}"


def _walk(call: Call) -> Faults:
    """A start, and a step for each value after it."""
    length = call.shape[-1] if call.shape else None
    steps = whole(call, "steps")
    if length is None:
        return
    if steps is not None and steps + 1 != length:
        yield call.arguments["steps"].node, f"{steps} steps make {steps + 1} values, the variable has {length}"
    for name in ("mu", "sigma"):
        own = _shape(call, name)
        if own and own[-1] not in {1, None, length - 1}:
            yield call.arguments[name].node, f"{name} is of steps, of which there are {length - 1}, and has {own[-1]}"


RULES: Mapping[str, Callable[[Call], Faults]] = {
    "ZeroSumNormal": _zero_sum, "ICAR": _neighbours, "CAR": _autoregressive, "Wishart": _wishart,
    "MatrixNormal": _matrix, "KroneckerNormal": _kronecker, "Mixture": _mixture, "GaussianRandomWalk": _walk,
}  # fmt: skip
