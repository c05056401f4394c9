"""Type, of shapes: what is asked for is a shape, and parameters and observations broadcast to it."""

import ast
from collections.abc import Iterator

import numpy as np

from refinestat.refinegen.predicates import shapes, vectors
from refinestat.refinegen.predicates.records import Argument, Call
from refinestat.refinegen.predicates.symbols import Kind, Shape
from refinestat.refinegen.predicates.vocabulary import words

VECTORS = words("""
    Categorical OrderedLogistic OrderedProbit Mixture NormalMixture RandomWalk GaussianRandomWalk Truncated Censored
    CustomDist DensityDist LKJCholeskyCov Interpolated
""")


def faults(call: Call) -> Iterator[tuple[ast.AST, str]]:
    """Where a call's shapes do not fit, and why."""
    for key in ("shape", "size"):
        if key in call.options:
            yield from _asked(key, call.options[key])
    yield from _broadcast(call)
    yield from _together(call)
    yield from vectors.faults(call)
    yield from _alike(call)
    yield from _start(call)


# Parameters of which each gives one length, or one value for all.
ALIKE = {"NormalMixture": ("w", "mu", "sigma", "tau"), "Interpolated": ("x_points", "pdf_points")}


def _alike(call: Call) -> Iterator[tuple[ast.AST, str]]:
    """Parameters whose last dimensions are the same one."""
    found, length = "", 0
    for name in ALIKE.get(call.function, ()):
        argument = call.arguments.get(name)
        shape = shapes.of(argument.value) if argument is not None else None
        if argument is None or not shape or shape[-1] is None or shape[-1] == 1:
            continue
        if found and shape[-1] != length:
            yield argument.node, f"{name} has length {shape[-1]}, {found} has {length}"
            return
        found, length = name, shape[-1]


def _start(call: Call) -> Iterator[tuple[ast.AST, str]]:
    """A start is as long as the variable."""
    argument = call.options.get("initval")
    shape = shapes.of(argument.value) if argument is not None else None
    if argument is None or not shape or not call.shape or len(shape) != len(call.shape) or "observed" in call.options:
        return
    if any(
        a != b and 1 not in {a, b} and a is not None and b is not None for a, b in zip(shape, call.shape, strict=True)
    ):
        yield argument.node, f"initval has shape {shapes.text(shape)}, the variable {shapes.text(call.shape)}"


def _asked(key: str, asked: Argument) -> Iterator[tuple[ast.AST, str]]:
    """`shape=` is a whole number of Python's, or a tuple of whole numbers."""
    if isinstance(asked.value.constant, np.integer):
        yield asked.node, f"{key} must be a plain whole number, got one of NumPy's: write int(...), or a tuple"
    if asked.value.kind is Kind.TEXT:
        yield asked.node, f"{key} must be a whole number or a tuple of them, got a text"
    parts = asked.value.items if asked.value.kind is Kind.SEQUENCE and asked.value.items else (asked.value,)
    for part in parts:
        if (part.kind is Kind.NUMBER and part.integer is False and part.shape == ()) or part.kind is Kind.TEXT:
            yield asked.node, f"{key} must be whole numbers"
        if part.kind is Kind.NONE and part is not asked.value:
            yield asked.node, f"{key} must be whole numbers, got None"
        if part.kind is Kind.NUMBER and part.known and isinstance(part.constant, int) and part.constant < 0:
            yield asked.node, f"{key} must not be negative, got {part.constant}"
        if part.kind is Kind.NUMBER and isinstance(part.constant, np.ndarray) and part.constant.ndim:
            got = f"an array of shape {shapes.text(part.constant.shape)}"
            yield asked.node, f"{key} must be a whole number or a tuple of them, got {got}"


def _together(call: Call) -> Iterator[tuple[ast.AST, str]]:
    """Parameters broadcast to each other, where nothing else says what the variable's shape is."""
    spec = call.spec
    whole: Shape = ()
    if spec is None or spec.ndim or spec.tied or spec.support is None or spec.name in VECTORS or call.shape is not None:
        return
    for name, argument in call.arguments.items():
        shape = shapes.of(argument.value) if argument.value.kind in {Kind.NUMBER, Kind.SEQUENCE} else None
        if shape is None or name not in spec.parameters:
            continue
        try:
            whole = shapes.broadcast(whole, shape) or ()
        except shapes.Mismatch:
            yield argument.node, f"{name} has shape {shapes.text(shape)}, the others have {shapes.text(whole)}"
            return


def _broadcast(call: Call) -> Iterator[tuple[ast.AST, str]]:
    """Parameters and observations broadcast to the variable's shape."""
    asked = call.options.get("shape")
    if call.spec is None or call.spec.ndim or call.spec.tied or call.shape is None or call.spec.name in VECTORS:
        return
    for name, argument in call.arguments.items():
        shape = shapes.of(argument.value) if argument.value.kind in {Kind.NUMBER, Kind.SEQUENCE} else None
        if not shapes.fits(shape, call.shape) and shape is not None and name in call.spec.parameters:
            what = (
                "observed"
                if "observed" in call.options and asked is None and "dims" not in call.options
                else "the variable"
            )
            yield argument.node, f"{name} has shape {shapes.text(shape)}, {what} has {shapes.text(call.shape)}"
    observed = call.options.get("observed")
    if (
        observed is not None
        and observed.value.kind is Kind.NUMBER
        and not shapes.fits(observed.value.shape, call.shape)
    ):
        yield (
            observed.node,
            f"observed has shape {shapes.text(observed.value.shape or ())}, the variable {shapes.text(call.shape)}",
        )
