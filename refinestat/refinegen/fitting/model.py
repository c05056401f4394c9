"""Check the model that a program leaves: can it be scored, on the same data as all others?"""

from typing import Any

import numpy as np
import pymc as pm
from pymc.distributions.continuous import FlatRV, HalfFlatRV
from pymc.variational.minibatch_rv import MinibatchRandomVariable
from pytensor.compile.mode import Mode

INTERPRETED = Mode(linker="py", optimizer=None)  # nothing to compile: for what is evaluated once
_MOST_FREE = 4_000  # free scalars: 4000 draws of more do not fit into one result


class BuildError(Exception):
    """The program ran, and the model that it leaves cannot be scored."""


class IncomparableError(BuildError):
    """The program built a model, whose score could not be held against that of another program."""


def observed_values(model: pm.Model, outcome: np.ndarray) -> np.ndarray:
    """What the one observed variable holds, shaped as the outcome: it must be the outcome, whole and unchanged.

    Raises IncomparableError for anything that would make the score incomparable, BuildError where there is none."""
    if len(model.observed_RVs) != 1:
        names = ", ".join(rv.name for rv in model.observed_RVs) or "none"
        raise IncomparableError(f"one observed variable is needed, got {len(model.observed_RVs)}: {names}")
    if model.potentials:
        raise IncomparableError(f"a potential changes the score: {model.potentials[0].name}")
    if not model.free_RVs:
        raise BuildError("the model has no free variable")
    (rv,) = model.observed_RVs
    observed = np.asarray(held(model.rvs_to_values[rv]))
    if observed.dtype.kind not in "biuf" or not np.array_equal(observed.ravel(), outcome.ravel()):
        raise IncomparableError(f"{rv.name} does not observe the outcome, whole and unchanged")
    _check_score(model, rv)
    return observed.astype(np.float64).reshape(outcome.shape)


def _check_score(model: pm.Model, rv: Any) -> None:
    """The observed distribution, and each that it is composed of, has a density that integrates to one, once."""
    if isinstance(rv.owner.op, MinibatchRandomVariable):
        raise IncomparableError(f"{rv.name} is weighed: total_size changes the score")
    if model.rvs_to_transforms[rv] is not None:
        raise IncomparableError(f"{rv.name} is transformed: the transform changes the score")
    stack = [rv]
    while stack:
        variable = stack.pop()
        if variable.owner is None or variable in model.free_RVs:
            continue
        if isinstance(variable.owner.op, FlatRV | HalfFlatRV):
            raise IncomparableError(f"{rv.name} has an improper distribution, whose density is no score")
        stack.extend(variable.owner.inputs)


def held(variable: Any) -> Any:
    """The values of data in a model: a constant, shared data, or an expression of those."""
    if hasattr(variable, "data"):
        return variable.data
    if hasattr(variable, "get_value"):
        return variable.get_value()
    return variable.eval(mode=INTERPRETED)


def initial_values(model: pm.Model) -> list[np.ndarray]:
    """Where sampling starts, by value variable (unconstrained space), before jitter."""
    free = sum(_size(variable) for variable in model.value_vars)
    if free > _MOST_FREE:
        raise BuildError(f"{free} free parameters, more than {_MOST_FREE}")
    point = model.initial_point()
    values = [np.asarray(point[variable.name]) for variable in model.value_vars]
    free = sum(value.size for value in values)
    if free > _MOST_FREE:
        raise BuildError(f"{free} free parameters, more than {_MOST_FREE}")
    return values


def _size(variable: Any) -> int:
    """Number of elements as far as the type says it."""
    return int(np.prod([n for n in variable.type.shape if n is not None], dtype=object))
