"""What functions along an axis, and new shapes, need: an axis is one that there is, a shape holds what there is."""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from refinestat.refinegen.predicates import shapes, tensors
from refinestat.refinegen.predicates.rules import REDUCTIONS
from refinestat.refinegen.predicates.symbols import Kind, Shape, Value, sequence
from refinestat.refinegen.predicates.vocabulary import words

BY_NAME = words("percentile quantile norm diff repeat take roll")  # whose second argument is something else
SECOND = (REDUCTIONS.keys() - BY_NAME) | words("""
    softmax log_softmax cumsum cumprod argmax argmin any all flip squeeze
""")
STRICT = {"softmax", "log_softmax"}  # of one number, too
MAKING = {"stack", "expand_dims"}  # a new axis
OF_LISTS = {"stack", "concatenate"}
ALONG = SECOND | BY_NAME | MAKING | OF_LISTS


def check(name: str, arguments: Sequence[Value], keywords: Mapping[str, Value]) -> None:
    """Raises shapes.Mismatch where the array surely does not have the axis."""
    second = arguments[1] if len(arguments) > 1 and name not in BY_NAME else None
    axis = keywords.get("axis", second)
    if axis is None or not arguments:
        return
    shape = _of_items(arguments[0]) if name in OF_LISTS else shapes.of(arguments[0])
    axes = axis.items if axis.kind is Kind.SEQUENCE else (axis,)
    if shape is None or axes is None or (name in OF_LISTS and not shape):  # pt.stack takes any axis of numbers
        return
    count = len(shape) + (len(axes) if name in MAKING else 0)
    for each in axes:
        at = each.constant
        if (
            not isinstance(at, int | np.integer)
            or isinstance(at, bool)
            or (at in {0, -1} and name not in STRICT and not count)
        ):
            continue
        if not -count <= at < count:
            raise shapes.Mismatch(f"axis {at} is out of range for shape {shapes.text(shape)}")


def _of_items(value: Value) -> Shape | None:
    """The shape of one of those that are joined."""
    if value.kind is not Kind.SEQUENCE:
        return value.shape[1:] if value.shape else None
    return next((shape for shape in map(shapes.of, value.items or ()) if shape is not None), None)


def new_shape(arguments: Sequence[Value], keywords: Mapping[str, Value]) -> Value | None:
    """What `x.reshape((3, 4))`, `x.reshape(3, 4)`, `np.reshape(x, (3, 4))` ask for, as a tuple."""
    asked = arguments[1:]
    if asked and _are_numbers(asked):
        return sequence(tuple(asked))
    return asked[0] if asked else keywords.get("shape", keywords.get("newshape"))


def no_list(arguments: Sequence[Value], keywords: Mapping[str, Value]) -> bool:
    """Whether the new shape of a tensor is one number or several, where PyTensor takes a list or tuple."""
    return tensors.is_random(arguments[0]) and len(arguments) > 1 and _are_numbers(arguments[1:]) and not keywords


def _are_numbers(asked: Sequence[Value]) -> bool:
    return all(each.kind is Kind.NUMBER and each.shape == () for each in asked)


def reshaped(old: Shape | None, asked: Value | None) -> Shape | None:
    """The shape that is asked for, where it is known. Raises shapes.Mismatch where it surely holds too few or many."""
    lengths = _lengths(asked)
    if lengths is None or lengths.count(-1) > 1 or any(n is not None and n < -1 for n in lengths):
        return None
    if None in lengths or old is None or None in old:
        return tuple(None if n == -1 else n for n in lengths)
    total, asked_for = math.prod(n or 0 for n in old or ()), math.prod(n or 0 for n in lengths if n != -1)
    rest, over = divmod(total, asked_for) if asked_for else (0, -1 in lengths or total)
    if over or (-1 not in lengths and rest not in {0 if not asked_for else 1}):
        raise shapes.Mismatch(f"{total} values do not make the shape {shapes.text(lengths)}")
    return tuple(rest if n == -1 else n for n in lengths)


def _lengths(asked: Value | None) -> Shape | None:
    if asked is not None and asked.kind is Kind.SEQUENCE and asked.items is not None:
        return tuple(int(i.constant) if isinstance(i.constant, int | np.integer) else None for i in asked.items)
    array = asked.constant if asked is not None else None
    return (
        tuple(array.tolist()) if isinstance(array, np.ndarray) and array.ndim == 1 and array.dtype.kind == "i" else None
    )
