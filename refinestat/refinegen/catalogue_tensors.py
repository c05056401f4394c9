"""What functions of NumPy, SciPy and Python make of tensors, found by calling them; `catalogue_build` writes it down.

NumPy sees no numbers in a tensor, but an object: some functions call its methods, which is fine (`np.exp`); others
fail (`np.mean`); others again return an array of objects, of which PyTensor makes nothing (`np.array([a, b])`)."""

import importlib
import itertools
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import pytensor.tensor as pt

TENSORS = (pt.scalar(), pt.vector(shape=(3,)), pt.matrix(shape=(3, 3)), pt.lvector())
FORMS: dict[str, tuple[Any, ...]] = {
    "tensors": TENSORS,
    "lists": ([TENSORS[0]], *([t, t, t] for t in TENSORS), [1.0, TENSORS[0], 2.0], [np.ones(3), TENSORS[1]]),
    "tables": ([[TENSORS[0]], [TENSORS[3]]], [[1.0, TENSORS[0]], [TENSORS[0], 1.0]], [[TENSORS[3]], [TENSORS[3]]]),
}  # fmt: skip
ARRAYS = (np.ones(3), np.eye(3), np.arange(3), np.ones(2))
OTHERS = (0, 1, 2.5, (3,), (0,), *ARRAYS, np.arange(3) > 0)
MORE = (0, 1, np.ones(3))
SUBSCRIPTS = ("i,->i", ",->", "i->i", "ij,->ij")
NUMPY = ("np", "np.linalg")


def of_tensors(opened: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """Paths of functions, by what they do: `no lists` fail whenever an argument is a list with tensors in it,
    `objects of lists` only ever give arrays of objects. opened: what a program may use, by module."""
    found: dict[str, list[str]] = {}
    for path in NUMPY:
        module = importlib.import_module(path.replace("np", "numpy", 1))
        for name in sorted(opened[path]):
            for form, made in _by_form(getattr(module, name)):
                if made in {"no", "objects of"} and (made, form) != ("no", "arrays"):
                    found.setdefault(f"{made} {form}", []).append(f"{path}.{name}")
    found["no tensors"] += [f"math.{name}" for name in _plain_only("math")] + [
        f"scipy.special.{name}" for name in _without_objects("scipy.special")
    ]
    return dict(sorted(found.items()))


def _by_form(function: Any) -> Iterator[tuple[str, str]]:
    if not callable(function):
        return
    for form, things in FORMS.items():
        yield form, _always(function, itertools.chain.from_iterable(map(_calls, things)))
    # An array beside a tensor: where numbers would do, the result is an array of objects.
    yield "arrays", _always(function, (pair for t in TENSORS for a in ARRAYS for pair in ((a, t), (t, a))))


def _calls(thing: Any) -> Iterator[tuple[Any, ...]]:
    """One to three positional arguments with the thing among them."""
    yield (thing,)
    for other in (*OTHERS, TENSORS[0], thing):
        yield thing, other
        yield other, thing
    for other, third in itertools.product(MORE, (0, 1, thing)):
        yield thing, other, third
        yield other, thing, third
        yield other, third, thing
    for subscripts in SUBSCRIPTS:
        yield subscripts, thing
        yield subscripts, np.ones(3), thing
        yield subscripts, thing, thing


def _always(function: Callable[..., Any], calls: Iterable[tuple[Any, ...]]) -> str:
    """What a function does in all of these calls; nothing where it may do something else."""
    answer = "no"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for call in calls:
            try:
                result = function(*call)
            except Exception:
                continue
            if not (isinstance(result, np.ndarray) and result.dtype == object):
                return ""
            answer = "objects of"
    return answer


def _plain_only(module: str) -> list[str]:
    """Functions that take numbers of Python's only."""
    names = vars(importlib.import_module(module))
    return [name for name in sorted(names) if name[0] != "_" and _always_fails(names[name])]


def _always_fails(function: Any) -> bool:
    return callable(function) and _always(function, itertools.chain.from_iterable(map(_calls, TENSORS))) == "no"


def _without_objects(module: str) -> list[str]:
    """Elementwise functions that have no loop for objects."""
    names = vars(importlib.import_module(module))
    return [n for n in sorted(names) if isinstance(names[n], np.ufunc) and not any("O" in t for t in names[n].types)]
