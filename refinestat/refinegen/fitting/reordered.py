"""Whether a model looks at what it is to predict: with the outcome in another order it must be the same model.

Its length, mean, standard deviation, smallest and largest value do not depend on the order. What else a program makes
of the outcome nearly always does, in whatever way it came there."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pymc as pm
from pytensor.graph.op import HasInnerGraph, Op
from pytensor.graph.traversal import graph_inputs, io_toposort
from pytensor.tensor.random.type import RandomType

from refinestat.refinegen.fitting.model import IncomparableError, held

_ROUNDING = 1e-9  # relative, and of the outcome's largest value: sums of it depend on the order by their last digits
Pair = tuple[Any, Any]


def reordered(outcome: np.ndarray) -> np.ndarray:
    """The outcome with every value in the place of another row's; read-only."""
    moved = np.roll(outcome, 1, axis=0)
    moved.flags.writeable = False
    return moved


def check_same(model: pm.Model, other: pm.Model, outcome: np.ndarray) -> None:
    """Raises IncomparableError where the models, built with the outcome in two orders, differ in more than what they
    observe."""
    extent = float(np.abs(outcome).max(initial=0))
    ones, others = (sorted(each.basic_RVs, key=lambda rv: rv.name) for each in (model, other))
    same = [rv.name for rv in ones] == [rv.name for rv in others]
    for one, another in zip(ones, others, strict=same):
        if not same or _differ(one, another, extent):
            rule = "of the outcome's values, a model may use only what does not depend on the rows' order"
            raise IncomparableError(f"{one.name} depends on the order of the outcome: {rule}")


def _differ(one: Any, other: Any, extent: float) -> bool:
    """Whether two graphs differ: in an operation, in data, or in how they are joined."""
    random = [_random([each]) for each in (one, other)]
    stack, seen = [(one, other)], set()
    while stack:
        pair = stack.pop()
        if pair in seen:
            continue
        seen.add(pair)
        drawn = [each in among for each, among in zip(pair, random, strict=True)]
        if not any(drawn):
            if not _equal(pair, extent):
                return True
        elif not all(drawn):
            return True
        elif all(each.owner for each in pair):
            if not _alike(pair[0].owner.op, pair[1].owner.op, extent):
                return True
            inputs = [each.owner.inputs for each in pair]
            if len(inputs[0]) != len(inputs[1]):
                return True
            stack.extend(zip(*inputs, strict=True))
    return False


def _random(outputs: Sequence[Any]) -> set[Any]:
    """What depends on a generator of random numbers, among all that the outputs are made of."""
    found = {each for each in graph_inputs(outputs) if isinstance(each.type, RandomType)}
    for node in io_toposort([], outputs):
        if not found.isdisjoint(node.inputs):
            found.update(node.outputs)
    return found


def _alike(one: Op, other: Op, extent: float) -> bool:
    """Whether two operations do the same. Those that hold a graph are made anew for each model."""
    if isinstance(one, HasInnerGraph) and isinstance(other, HasInnerGraph):
        pairs = zip(one.inner_outputs, other.inner_outputs, strict=False)
        return len(one.inner_outputs) == len(other.inner_outputs) and not any(_differ(*pair, extent) for pair in pairs)
    return one == other or (type(one).__qualname__ == type(other).__qualname__ and not hasattr(one, "__props__"))


def _equal(pair: Pair, extent: float) -> bool:
    """Whether two graphs of data alone have the same value. Only what looks different is computed."""
    leaves = [list(graph_inputs([each])) for each in pair]
    nodes = [[node.op for node in io_toposort([], [each])] for each in pair]
    if all(len(each[0]) == len(each[1]) for each in (leaves, nodes)):
        same = all(_same_leaf(one, other, extent) for one, other in zip(*leaves, strict=True))
        if same and all(_alike(one, other, extent) for one, other in zip(*nodes, strict=True)):
            return True
    has_values = all(_has_value(leaf) for each in leaves for leaf in each)
    return has_values and _close(held(pair[0]), held(pair[1]), extent)


def _has_value(leaf: Any) -> bool:
    """Whether it is data: a constant or shared; the others are places for what an inner graph is given."""
    return hasattr(leaf, "data") or hasattr(leaf, "get_value")


def _same_leaf(one: Any, other: Any, extent: float) -> bool:
    if _has_value(one) and _has_value(other):
        return _close(held(one), held(other), extent)
    return not _has_value(one) and not _has_value(other) and bool(one.type == other.type)


def _close(one: Any, other: Any, extent: float) -> bool:
    """Equal but for rounding; what are no numbers (None, a slice) equal as they are."""
    if np.asarray(one).dtype.kind not in "biuf" or np.asarray(other).dtype.kind not in "biuf":
        return repr(one) == repr(other)
    if np.shape(one) != np.shape(other):
        return False
    return np.allclose(one, other, rtol=_ROUNDING, atol=_ROUNDING * extent, equal_nan=True)
