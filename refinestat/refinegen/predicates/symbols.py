"""Pi: what is known about every name of a program before it runs.

Values are abstract: an interval that surely holds them, and a claim of what they surely reach. Both the values and
the table are immutable, so that going back in a program is keeping the older table."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum, StrEnum
from typing import Any

import numpy as np

from commons.data_pymc import Dataset, Role, Variable
from refinestat.refinegen.predicates.intervals import EVERYTHING, NOTHING, Bounds

Shape = tuple[int | None, ...]
MISSING: Any = type("Missing", (), {"__repr__": lambda self: "MISSING"})()
MOST_WEIGHT = 20_000
DEEPEST = 40  # lists in lists
NO_SOURCES: frozenset[str] = frozenset()
MOST_EFFORT = 8_000  # steps of reading: about 40 ms


class Kind(StrEnum):
    """What a name stands for."""

    NUMBER = "number"  # a number, an array or a tensor
    TEXT = "text"
    SEQUENCE = "sequence"  # a list or tuple; its items, where they are known
    TABLE = "table"  # a dict; its items, where they are known
    FUNCTION = "function"  # of the library, by its path
    MODULE = "module"
    DISTRIBUTION = "distribution"  # made by `.dist`: has no name yet
    MODEL = "model"
    DATA = "data"  # the dict of data
    NONE = "none"
    UNKNOWN = "unknown"


class Outcome(IntEnum):
    """How much of the outcome is in a value: nothing, the whole of it as it is, or something made of it."""

    FREE = 0
    WHOLE = 1
    DERIVED = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One abstract value.

    bounds: surely holds every element. reach: values that are surely attained (NOTHING claims nothing); uneven:
    only by some elements, or by elements that depend on each other. sources: free random variables it is made of.
    integer: True or False where sure. real: surely held as reals, even if whole. shape: None where unknown, as are
    its unknown lengths (of a kernel of a Gaussian process: of the points that it takes). constant: the concrete
    value, or MISSING. law: the distribution of a random variable. broken: some element is surely infinite or no
    number, by arithmetic on such data. measure: sd, variance, precision (of a scale). symbolic: a tensor, which
    Python cannot branch on. column: an array of the data itself, which is read-only. discrete: of an unnamed
    distribution. weight: number of items. depth: how many lists it is made of, one in the other."""

    kind: Kind = Kind.NUMBER
    bounds: Bounds = EVERYTHING
    reach: Bounds = NOTHING
    uneven: bool = True
    sources: frozenset[str] = NO_SOURCES
    integer: bool | None = None
    real: bool = False
    broken: bool = False
    shape: Shape | None = None
    constant: Any = MISSING
    items: tuple["Value", ...] | None = None
    keys: tuple[Any, ...] | None = None
    path: str = ""
    outcome: Outcome = Outcome.FREE
    measure: str = ""
    law: str = ""
    name: str = ""
    symbolic: bool = False
    column: bool = False
    discrete: bool | None = None
    weight: int = 1
    depth: int = 0

    @property
    def known(self) -> bool:
        return self.constant is not MISSING


UNKNOWN = Value(kind=Kind.UNKNOWN)
OWN = Value(kind=Kind.UNKNOWN, path="a function of one's own")  # which may do anything, also to the model
NONE = Value(kind=Kind.NONE, constant=None)
PART = "a part of the model"  # the path of `model.named_vars` and the like
GP = "a Gaussian process"  # the path of one, and of its parts; own classes may have methods of the same names, too

COLUMNS = "of columns"  # the law of a kernel, and of a process with one, that takes a table


def number(constant: Any, *, outcome: Outcome = Outcome.FREE, name: str = "") -> Value:
    """A concrete number or array: int, float, bool or ndarray."""
    if isinstance(constant, np.ndarray):
        return _array(constant, outcome, name)
    large = isinstance(constant, int) and constant.bit_length() > 1000
    value = math.copysign(math.inf, constant > 0 or -1) if large else float(constant)
    ends, claim = (EVERYTHING, NOTHING) if math.isnan(value) else ((value, value), (value, value))
    whole = isinstance(constant, int | np.integer)
    return Value(
        bounds=ends, reach=claim, uneven=False, integer=whole, shape=(), constant=constant, outcome=outcome, name=name
    )


def _array(constant: np.ndarray, outcome: Outcome, name: str) -> Value:
    if constant.dtype.kind not in "biuf":
        return Value(kind=Kind.UNKNOWN, shape=constant.shape, outcome=outcome, name=name)  # of texts, or of anything
    flat = constant[~np.isnan(constant)] if constant.dtype.kind == "f" and constant.size else constant
    if not flat.size:
        return Value(shape=constant.shape, constant=constant, outcome=outcome, name=name)
    ends = (float(flat.min()), float(flat.max()))
    return Value(
        bounds=ends,
        reach=ends,
        uneven=ends[0] != ends[1],
        integer=constant.dtype.kind in "biu",
        shape=constant.shape,
        constant=constant,
        outcome=outcome,
        name=name,
    )


def text(constant: Any = MISSING) -> Value:
    return Value(kind=Kind.TEXT, constant=constant)


def sequence(items: tuple[Value, ...] | None, outcome: Outcome = Outcome.FREE) -> Value:
    """A list or tuple; items None where its length is unknown, or it is too large or too deep to follow."""
    weight = 1 + sum(item.weight for item in items or ())
    depth = 1 + max((item.depth for item in items or ()), default=0)
    followed = weight <= MOST_WEIGHT and depth <= DEEPEST
    return Value(
        kind=Kind.SEQUENCE,
        items=items if followed else None,
        outcome=outcome,
        weight=min(weight, MOST_WEIGHT),
        depth=depth if followed else 0,
    )


def function(path: str) -> Value:
    return Value(kind=Kind.FUNCTION, path=path)


def module(path: str) -> Value:
    return Value(kind=Kind.MODULE, path=path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Symbols:
    """The table Pi. values: by Python name. declared: names registered in the model, with the line.

    coords: length of each dimension (None: unknown); open_coords: there may be others. fixed: names that a program
    may not bind again. observations: lines on which the outcome is observed. free: number of free variables.
    own_section: outside the model block, in the user's own lines. script: in a file that a person wrote.
    open_names: it has names that nobody can know (`import *`). scored: the outcome that a person named.
    effort: steps of reading so far; beyond most_effort, nothing is followed."""

    values: Mapping[str, Value]
    declared: Mapping[str, int | None] = field(default_factory=dict)
    coords: Mapping[str, int | None] = field(default_factory=dict)
    open_coords: bool = False
    fixed: frozenset[str] = frozenset()
    dataset: Dataset | None = None
    observations: tuple[int, ...] = ()
    free: int = 0
    line: int | None = None
    own_section: bool = False
    script: bool = False
    open_names: bool = False
    scored: str | None = None
    effort: int = 0
    most_effort: int = MOST_EFFORT

    @property
    def outcome(self) -> str | None:
        """Name of the outcome where the program is scored."""
        return self.dataset.outcome.name if self.dataset is not None else self.scored


LIBRARIES = {"pm": module("pm"), "np": module("np")}
RESERVED = frozenset({"pm", "np", "pt", "data", "model"})


def data_value(variable: Variable) -> Value:
    """A variable of the data set, with its values."""
    values: Any = variable.values if variable.values.ndim else variable.values[()].item()
    outcome = Outcome.WHOLE if variable.role is Role.OUTCOME else Outcome.FREE
    return replace(number(values, outcome=outcome, name=variable.name), column=variable.values.ndim > 0)


def concrete(thing: Any, scored: str | None = None) -> Value:
    """What is known of an object of a user's data section that was executed. scored: the key of the outcome."""
    if thing is None:
        return UNKNOWN
    if isinstance(thing, dict):
        keys = tuple(key for key in thing if isinstance(key, str))
        items = {key: concrete(thing[key], scored) for key in keys}
        if scored in items:
            items[scored] = replace(items[scored], outcome=Outcome.WHOLE)
        return Value(kind=Kind.TABLE, keys=keys, items=tuple(items.values()))
    if isinstance(thing, bool | int | float | np.number):
        return number(thing)
    if isinstance(thing, str):
        return text(thing)
    if isinstance(thing, list | tuple):
        return sequence(tuple(concrete(item, scored) for item in thing))
    array = np.asarray(thing) if hasattr(thing, "__array__") else None
    return UNKNOWN if array is None else number(array)


def given_data(*, scored: bool) -> Value:
    """`data`; where the program is scored, whatever is made of all of it may hold the outcome."""
    return Value(kind=Kind.DATA, outcome=Outcome.DERIVED if scored else Outcome.FREE)


def start(dataset: Dataset) -> Symbols:
    """Pi after the data section D: pm, np, data, model and the variables."""
    known = {variable.name: data_value(variable) for variable in dataset.variables}
    names = {**LIBRARIES, "data": given_data(scored=True), "model": Value(kind=Kind.MODEL), **known}
    return Symbols(values=names, fixed=frozenset(known), dataset=dataset)
