"""Data sets, and the trusted data section D that every program starts with.

The built-in data sets are published numbers from posteriordb (https://github.com/stan-dev/posteriordb, BSD-3-Clause):
eight_schools, dugongs_data, GLM_Binomial_data, gp_pois_regr and surgical_data."""

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType

import numpy as np

from commons.utils import one_line


class Role(StrEnum):
    """What a variable is for."""

    OUTCOME = "outcome"
    PREDICTOR = "predictor"
    KNOWN_SCALE = "known_scale"
    TRIALS = "trials"
    INDEX = "index"
    SIZE = "size"


class Kind(StrEnum):
    """What values a variable takes, read off the data; that levels are ordered has to be said."""

    REAL = "real"
    POSITIVE = "positive"
    PROPORTION = "proportion"
    COUNT = "count"
    BINARY = "binary"
    ORDINAL = "ordinal"
    INDEX = "index"


@dataclass(frozen=True, kw_only=True)
class Scaling:
    """How a variable is offered to the model: (raw - shift) / scale, scale > 0."""

    shift: float
    scale: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Variable:
    """A named column or number of a data set.

    values: shape (n,) or (n, k), float64 or int64, made read-only here; or an int or a float, for a `size`. raw,
    scaling: where `values` are scaled, what they were made of. column: its name in the file it was read from. unit: of
    the raw values. levels: of an index or a 0/1 variable, what each number stands for. ordered: whether these
    numbers stand for ordered levels."""

    name: str
    values: np.ndarray
    role: Role
    meaning: str = ""
    raw: np.ndarray | None = None
    scaling: Scaling | None = None
    column: str = ""
    unit: str = ""
    levels: tuple[str, ...] = ()
    ordered: bool = False

    def __post_init__(self) -> None:
        values = np.array(self.values)
        if values.dtype.kind not in "iuf":
            values = values.astype(np.float64 if values.dtype.kind not in "b" else np.int64)
        values = values.astype(np.int64 if values.dtype.kind in "iu" else np.float64)
        # An array over immutable bytes: unlike an owned array, nobody can make it writable again.
        frozen = np.frombuffer(values.tobytes(), dtype=values.dtype).reshape(values.shape)
        object.__setattr__(self, "values", frozen)

    @property
    def kind(self) -> Kind:
        """The narrowest kind that the values allow; an index only by its role, ordered levels only where said."""
        integer = self.values.dtype.kind == "i"
        low, high = self.values.min(), self.values.max()
        if self.role is Role.INDEX:
            return Kind.INDEX
        if integer and low >= 0 and high <= 1:
            return Kind.BINARY
        if integer and low >= 0:
            return Kind.ORDINAL if self.ordered else Kind.COUNT
        if not integer and low > 0 and high < 1:
            return Kind.PROPORTION
        return Kind.POSITIVE if low > 0 else Kind.REAL


@dataclass(frozen=True, kw_only=True, eq=False)
class Dataset:
    """A data set: what it is about, and its variables in the order in which the data section shows them."""

    name: str
    description: str
    variables: tuple[Variable, ...]
    source: str = ""
    whole: "Dataset | None" = None  # where the search sees some of the rows: the data set with all of them

    def __getitem__(self, name: str) -> Variable:
        return next(variable for variable in self.variables if variable.name == name)

    @property
    def outcome(self) -> Variable:
        """The one variable that the model has to explain."""
        return next(variable for variable in self.variables if variable.role is Role.OUTCOME)

    @cached_property
    def values(self) -> Mapping[str, np.ndarray]:
        """What a program sees as `data`: read-only arrays (0-d for numbers) by name."""
        return MappingProxyType({variable.name: variable.values for variable in self.variables})

    @property
    def log_jacobian(self) -> float:
        """What is added to a log density of the offered outcome to get that of the outcome in the file, all rows."""
        scaling = self.outcome.scaling
        return 0.0 if scaling is None else -self.outcome.values.size * math.log(scaling.scale)

    @cached_property
    def sha256(self) -> str:
        """Hash of names, types, shapes and values: two data sets with the same hash give the same fit."""
        digest = hashlib.sha256()
        for name, values in self.values.items():
            digest.update(f"{name} {values.dtype.str} {values.shape}\n".encode())
            digest.update(np.ascontiguousarray(values).tobytes())
        return digest.hexdigest()


def number(value: float | int) -> str:
    """A number as the data section shows it: integers whole, reals to three significant digits."""
    if isinstance(value, int):
        return str(int(value))
    text = f"{float(value):.3g}"
    return str(int(float(text))) if "e+" in text and abs(float(text)) < 1e7 else text


def data_line(variable: Variable) -> str:
    """One line of the data section: `y = data["y"]  # real, shape (8,), range -3 to 28, effect, observed`."""
    if variable.values.ndim == 0:
        comment = f"  # {one_line(variable.meaning)}" if variable.meaning else ""
        return f"{variable.name} = {number(variable.values.item())}{comment}"
    low, high = number(variable.values.min().item()), number(variable.values.max().item())
    notes = [variable.kind.value, f"shape {variable.values.shape}", f"range {low} to {high}"]
    notes += [one_line(variable.meaning)] if variable.meaning else []
    notes += ["observed"] if variable.role is Role.OUTCOME else []
    return f'{variable.name} = data["{variable.name}"]  # {", ".join(notes)}'


def data_section(dataset: Dataset) -> str:
    """The trusted head D of every program: description, imports, one line per variable. Ends with a newline."""
    description = [f"# {one_line(line)}" for line in dataset.description.splitlines() if line.strip()]
    lines = [*description, "import numpy as np", "import pymc as pm", "", "# Data"]
    return "\n".join(lines + [data_line(variable) for variable in dataset.variables]) + "\n"


def _size(name: str, value: int, meaning: str) -> Variable:
    return Variable(name=name, values=np.array(value), role=Role.SIZE, meaning=meaning)


_POSTERIORDB = "posteriordb (BSD-3-Clause), {}"

BUILT_IN: Mapping[str, Dataset] = MappingProxyType(
    {
        dataset.name: dataset
        for dataset in (
            Dataset(
                name="eight_schools",
                description="Coaching effects in 8 schools with known standard errors.",
                source=_POSTERIORDB.format("eight_schools"),
                variables=(
                    _size("J", 8, "number of schools"),
                    Variable(
                        name="y",
                        values=np.array([28.0, 8, -3, 7, -1, 1, 18, 12]),
                        role=Role.OUTCOME,
                        meaning="estimated effect",
                    ),
                    Variable(
                        name="sigma",
                        values=np.array([15.0, 10, 16, 11, 9, 11, 10, 18]),
                        role=Role.KNOWN_SCALE,
                        meaning="standard error",
                    ),
                ),
            ),
            Dataset(
                name="dugongs",
                description="Growth of dugongs: length by age, levels off.",
                source=_POSTERIORDB.format("dugongs_data"),
                variables=(
                    _size("N", 27, "number of dugongs"),
                    Variable(
                        name="x",
                        values=np.array(
                            [1.0, 1.5, 1.5, 1.5, 2.5, 4, 5, 5, 7, 8, 8.5, 9, 9.5, 9.5, 10, 12, 12, 13, 13, 14.5]
                            + [15.5, 15.5, 16.5, 17, 22.5, 29, 31.5]
                        ),
                        role=Role.PREDICTOR,
                        meaning="age",
                    ),
                    Variable(
                        name="Y",
                        values=np.array(
                            [1.8, 1.85, 1.87, 1.77, 2.02, 2.27, 2.15, 2.26, 2.47, 2.19, 2.26, 2.4, 2.39, 2.41, 2.5]
                            + [2.32, 2.32, 2.43, 2.47, 2.56, 2.65, 2.47, 2.64, 2.56, 2.7, 2.72, 2.57]
                        ),
                        role=Role.OUTCOME,
                        meaning="length",
                    ),
                ),
            ),
            Dataset(
                name="glm",
                description="Successful breeding pairs out of the pairs counted, by year.",
                source=_POSTERIORDB.format("GLM_Binomial_data"),
                variables=(
                    _size("n_years", 40, "number of years"),
                    Variable(
                        name="C",
                        values=np.array(
                            [27, 42, 35, 55, 61, 19, 41, 74, 43, 42, 73, 37, 48, 49, 19, 72, 30, 18, 31, 71]
                            + [63, 51, 48, 73, 49, 54, 43, 59, 30, 24, 62, 55, 51, 47, 14, 27, 45, 20, 26, 19]
                        ),
                        role=Role.OUTCOME,
                        meaning="number of successful pairs",
                    ),
                    Variable(
                        name="N",
                        values=np.array(
                            [43, 83, 53, 91, 95, 24, 62, 91, 64, 57, 97, 56, 74, 66, 28, 92, 40, 23, 46, 96]
                            + [91, 75, 71, 100, 72, 77, 64, 68, 43, 32, 97, 92, 75, 84, 22, 58, 81, 37, 45, 39]
                        ),
                        role=Role.TRIALS,
                        meaning="number of pairs",
                    ),
                    Variable(
                        name="year",
                        values=np.round(np.arange(-19, 21) * 0.05, 2),
                        role=Role.PREDICTOR,
                        meaning="year, centred and scaled",
                    ),
                ),
            ),
            Dataset(
                name="gp",
                description="Counts at 11 points of x, log rate a Gaussian process.",
                source=_POSTERIORDB.format("gp_pois_regr"),
                variables=(
                    _size("N", 11, "number of points"),
                    Variable(name="x", values=np.arange(-10.0, 11, 2), role=Role.PREDICTOR, meaning="coordinate"),
                    Variable(
                        name="k",
                        values=np.array([40, 37, 29, 12, 4, 3, 9, 19, 77, 82, 33]),
                        role=Role.OUTCOME,
                        meaning="count",
                    ),
                ),
            ),
            Dataset(
                name="surgical",
                description="Deaths after heart surgery in 12 hospitals.",
                source=_POSTERIORDB.format("surgical_data"),
                variables=(
                    _size("N", 12, "number of hospitals"),
                    Variable(
                        name="r",
                        values=np.array([0, 18, 8, 46, 8, 13, 9, 31, 14, 8, 29, 24]),
                        role=Role.OUTCOME,
                        meaning="number of deaths",
                    ),
                    Variable(
                        name="n",
                        values=np.array([47, 148, 119, 810, 211, 196, 148, 215, 207, 97, 256, 360]),
                        role=Role.TRIALS,
                        meaning="number of operations",
                    ),
                ),
            ),
        )
    }
)

_KNOWN = dict(BUILT_IN)
DATASETS: Mapping[str, Dataset] = MappingProxyType(_KNOWN)  # the built-in ones, and the user's own of this process


def register(dataset: Dataset) -> None:
    """Makes a data set of the user's known by its name. Raises ValueError where that is the name of a built-in one."""
    if dataset.name in BUILT_IN:
        raise ValueError(f"{dataset.name!r} is a built-in data set")
    _KNOWN[dataset.name] = dataset
