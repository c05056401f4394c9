"""Gaussian processes: what their kernels, their makers and their methods are called with, where they surely fail."""

import math
from collections.abc import Sequence

from refinestat.refinegen.predicates import shapes
from refinestat.refinegen.predicates.records import Passed
from refinestat.refinegen.predicates.symbols import COLUMNS, GP, Kind, Shape, Value
from refinestat.refinegen.predicates.vocabulary import words

# Kernels that pick columns of the points; of most, the length scale or its inverse is given.
KERNELS = words("ExpQuad RatQuad Matern52 Matern32 Matern12 Exponential Cosine Periodic Linear Polynomial")
FIRST_TWO = 2  # of a kernel's arguments by position; a later one may pick columns
# What methods need: its least position, and its names.
NEEDED = {"prior": (1, ("X", "Xs")), "conditional": (1, ("Xnew",)), "marginal_likelihood": (3, ("sigma",))}
BASIS = "a list with the number of basis vectors for each column of X"


def fault(name: str, parameters: Sequence[str], arguments: Passed) -> str:
    """Why `pm.gp.<name>` or `pm.gp.cov.<name>` cannot be called like this. parameters: by position."""
    given = {**dict(zip(parameters, arguments.positional, strict=False)), **arguments.keywords}
    passed = {parameter for parameter, argument in given.items() if argument.value.kind is not Kind.NONE}
    if name in KERNELS and "ls" in parameters and len(passed & {"ls", "ls_inv"}) != 1:
        return f"pm.gp.cov.{name} takes a length scale: one of ls and ls_inv"
    for parameter, what, module in (("mean_func", "mean", "mean"), ("cov_func", "covariance", "cov")):
        value = arguments.named.get(parameter)
        if value is not None and value.kind in {Kind.NUMBER, Kind.TEXT, Kind.SEQUENCE} and value.path != GP:
            return f"{parameter} must be a {what} of pm.gp.{module}"
    return _basis(passed, arguments) if name == "HSGP" else ""


def _basis(passed: set[str], arguments: Passed) -> str:
    given = next(iter(arguments.positional), None) or arguments.keywords["m"]
    if given.value.kind is Kind.NUMBER and given.value.shape == ():
        return f"m must be {BASIS}: m=[...]"
    kernel, numbers = arguments.named.get("cov_func"), shapes.of(given.value)
    reads = kernel.shape[1] if kernel is not None and kernel.law == COLUMNS and kernel.shape else None
    if reads is not None and numbers and numbers[0] not in {None, reads}:
        return f"m has length {numbers[0]}, and the kernel's input_dim is {reads}"
    return "" if len(passed & {"c", "L"}) == 1 else "how far it reaches beyond X is one of c and L"


def of_method(method: str, process: Value, arguments: Passed) -> str:
    """Why a method of a process cannot be called like this, whichever process it is; empty where it may be."""
    position, names = NEEDED[method]
    lacks = len(arguments.positional) <= position and not any(name in arguments.keywords for name in names)
    if lacks and not arguments.unsure:
        return f"{names[0]} is missing"
    where = points(arguments)
    shape = where.shape if where is not None and where.kind is Kind.NUMBER else None
    if process.law == COLUMNS and shape is not None and len(shape) == 1:
        return f"points of shape {shapes.text(shape)} have no columns, which the kernel takes: X[:, None]"
    if process.shape and shape and len(shape) == 2 and (shape[1] or math.inf) < (process.shape[1] or 0):
        return f"points of shape {shapes.text(shape)} have fewer columns than the kernel's input_dim={process.shape[1]}"
    seen = _seen(arguments) if method == "marginal_likelihood" else None
    if shape and seen and len(shape) == 2 and None not in {shape[0], seen[-1]} and shape[0] != seen[-1]:
        return f"y has length {seen[-1]}, X has {shape[0]} rows"
    return ""


def points(arguments: Passed) -> Value | None:
    """Where the process is asked about: X or Xnew, after the name."""
    named = arguments.named
    first = arguments.values[0 if "name" in named else 1 :]
    return named.get("X", named.get("Xnew", first[0] if first else None))


def _seen(arguments: Passed) -> Shape | None:
    """The shape of what is seen of the process, where that is a vector; of some, inducing points come before it."""
    given = arguments.named.get("y", arguments.values[2] if len(arguments.values) > 2 else None)
    shape = shapes.of(given) if given is not None else None
    return shape if shape is not None and len(shape) == 1 else None


def shape(method: str, arguments: Passed) -> Shape | None:
    """Of the values of a process: as many as there are points; None where unknown."""
    where = points(arguments)
    if method == "marginal_likelihood" or where is None or where.kind is not Kind.NUMBER or arguments.unsure:
        return None
    several = "n_outputs" in arguments.keywords or len(arguments.positional) > 2
    return (where.shape[0],) if where.shape is not None and len(where.shape) == 2 and not several else None


def takes(path: str, arguments: Passed) -> Shape | None:
    """The shape of the points that a kernel, or a process with it, takes: all columns are used; None where unknown."""
    module, _, name = path.rpartition(".")
    kernel = arguments.named.get("cov_func")
    if module == "pm.gp" and kernel is not None and kernel.law == COLUMNS:
        return kernel.shape
    first = arguments.named.get("input_dim", next(iter(arguments.values), None))
    picks = "active_dims" in arguments.named or arguments.unsure or len(arguments.positional) > FIRST_TWO
    if name not in KERNELS or picks or first is None or not isinstance(first.constant, int):
        return None
    return None, first.constant


def law(path: str, arguments: Passed) -> str:
    """COLUMNS for a kernel of pm.gp.cov that picks its columns, and for a process that has such a one."""
    module, _, name = path.rpartition(".")
    given = (*arguments.values, *arguments.named.values())
    process = module == "pm.gp" and any(value.law == COLUMNS for value in given)
    return COLUMNS if process or (module == "pm.gp.cov" and name in KERNELS) else ""
