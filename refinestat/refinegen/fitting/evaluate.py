"""Free and deterministic variables and the pointwise log likelihood at all draws, as one vectorised graph."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pymc as pm
import pytensor
import pytensor.tensor as pt
from pytensor.graph.fg import FunctionGraph
from pytensor.graph.replace import vectorize_graph
from pytensor.graph.rewriting.basic import MergeOptimizer

from refinestat.refinegen.fitting.graph import narrow
from refinestat.refinegen.fitting.model import INTERPRETED, BuildError
from refinestat.refinegen.fitting.samplers import Points

_MOST_DETERMINISTIC = 2_000_000  # values of one deterministic variable over all draws
_MOST_AT_ONCE = 4_000_000  # values of one result while evaluating


@dataclass(frozen=True, slots=True, kw_only=True)
class AtDraws:
    """free, deterministic: by name, shape (chains, draws, *shape), constrained space. log_likelihood: the last axis
    is the observation."""

    free: Mapping[str, np.ndarray]
    deterministic: Mapping[str, np.ndarray]
    log_likelihood: np.ndarray


def evaluate_at(model: pm.Model, points: Points, likelihood: pt.TensorVariable, observations: int) -> AtDraws:
    """All of it at all points. likelihood: the log density of the one observed variable. Deterministic variables that
    would take too much room are left out."""
    inputs = model.value_vars
    chains, draws = next(iter(points.values())).shape[:2]
    current = {variable.name: variable for variable in model.unobserved_value_vars}
    free = [rv.name for rv in model.free_RVs]
    derived = [rv.name for rv in model.deterministics if _most(rv) * chains * draws <= _MOST_DETERMINISTIC]
    outputs = [*(current[name] for name in [*free, *derived]), likelihood]
    graph = FunctionGraph(outputs=outputs, clone=False)
    MergeOptimizer().rewrite(graph)
    narrow(graph, terms=2)
    batch = [pt.tensor(name=v.name, dtype=v.type.dtype, shape=(None, *v.type.shape)) for v in inputs]
    vectorized = vectorize_graph(graph.outputs, dict(zip(inputs, batch, strict=True)))
    # What does not depend on the parameters gets the axis of the draws, too: length one.
    together = [
        many if many.type.ndim > one.type.ndim else pt.expand_dims(many, 0)
        for many, one in zip(vectorized, graph.outputs, strict=True)
    ]
    function = pytensor.function(batch, together, mode=INTERPRETED, on_unused_input="ignore")
    flat = [points[v.name].reshape(chains * draws, *points[v.name].shape[2:]).astype(v.type.dtype) for v in inputs]
    results = [
        np.asarray(values, dtype=np.float64).reshape(chains, draws, *values.shape[1:])
        for values in _in_batches(function, flat)
    ]
    by_name = dict(zip([*free, *derived], results[:-1], strict=True))
    log_likelihood = results[-1].reshape(chains, draws, -1)
    if log_likelihood.shape[2] != observations:
        raise BuildError(
            f"the log likelihood has {log_likelihood.shape[2]} terms, not one per observation ({observations})"
        )
    return AtDraws(
        free={name: by_name[name] for name in free},
        deterministic={name: by_name[name] for name in derived},
        log_likelihood=log_likelihood,
    )


def _most(variable: pt.TensorVariable) -> int:
    """Elements of a variable as far as its type tells."""
    return int(np.prod([n for n in variable.type.shape if n is not None], dtype=object))


def _in_batches(function: Callable[..., list[np.ndarray]], inputs: list[np.ndarray]) -> Iterator[np.ndarray]:
    """Apply the function to slices of the draws, so that no result of it is large while others are being computed."""
    total = inputs[0].shape[0]
    first = function(*(a[:1] for a in inputs))
    widest = max(1, *(np.size(a) for a in first), *(a[:1].size for a in inputs))
    step = max(1, min(total, _MOST_AT_ONCE // widest))
    starts = range(0, total, step)
    parts = [function(*(a[start : start + step] for a in inputs)) for start in starts]
    for pieces in zip(*parts, strict=True):
        sizes = [min(step, total - start) for start in starts]
        yield np.concatenate([np.broadcast_to(p, (n, *np.shape(p)[1:])) for p, n in zip(pieces, sizes, strict=True)])
