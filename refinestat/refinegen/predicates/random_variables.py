"""Reads calls that make random variables: which argument is which parameter, and what value results."""

import ast
from dataclasses import replace

from refinestat.refinegen.catalogue import Distribution
from refinestat.refinegen.predicates import lengths, measures, transfer
from refinestat.refinegen.predicates.declarations import bind, declare, names_coordinates
from refinestat.refinegen.predicates.intervals import EVERYTHING, NOTHING, POSITIVE
from refinestat.refinegen.predicates.records import Call, Passed
from refinestat.refinegen.predicates.state import STEPS_OF_A_HINT, State
from refinestat.refinegen.predicates.supports import components, support_of
from refinestat.refinegen.predicates.symbols import UNKNOWN, Kind, Outcome, Value, sequence


def make(node: ast.Call, name: str, passed: Passed, state: State, *, registered: bool) -> Value:
    """Reads `pm.<name>(...)` or `pm.<name>.dist(...)`, records the call, declares its name, gives its value."""
    call = bind(node, name, passed, registered=registered)
    call = replace(call, missing_dims=lengths.missing_dims(call, state), shape=lengths.shape_of(call, state))
    if registered:
        call = declare(call, state)
    state.steps += STEPS_OF_A_HINT if call.unknown else 0
    if "coords" in call.options:
        names_coordinates(call.options["coords"], state)
    state.calls.append(call)
    if call.spec is None:
        return _model_function(call)
    value = _value(call, call.spec)
    if name == "Flat" and state.symbols.script:  # stands for draws of another model, which may be positive
        return replace(value, reach=NOTHING)
    return value


def _model_function(call: Call) -> Value:
    """Deterministic, Potential and Data pass their value on; a copy of the outcome in Data is still the outcome."""
    passed = call.arguments.get("var") or call.arguments.get("value")
    if passed is None or call.function == "Potential":
        return UNKNOWN
    value = transfer.as_array(passed.value)
    label = call.label.value.constant if call.label is not None else None
    name = label if isinstance(label, str) else ""
    measure = measures.of_name(name) or value.measure
    law = value.law if call.function != "Data" else ""
    return replace(value, symbolic=True, name=name, measure=measure, law=law, column=False)


def _value(call: Call, spec: Distribution) -> Value:
    """What is known of a random variable: its support, its shape, and what it depends on."""
    if spec.name == "LKJCholeskyCov":
        return _cholesky(call)
    label = call.label.value.constant if call.registered and call.label is not None else None
    name = label if isinstance(label, str) else ""
    source = name or f"#{call.node.lineno}:{call.node.col_offset}"
    bounds, reach, uneven, sources = support_of(call, spec)
    transform = call.options.get("transform", call.options.get("default_transform"))
    if transform is not None and transform.value.kind is not Kind.NONE:
        bounds, reach = (EVERYTHING if spec.support is None else bounds), NOTHING
    observed = call.options.get("observed")
    discrete = _discrete(call, spec)
    return Value(
        kind=Kind.NUMBER if call.registered else Kind.DISTRIBUTION,
        bounds=bounds,
        reach=reach,
        uneven=uneven or spec.tied,
        sources=sources | {source},
        integer=discrete,
        discrete=discrete,
        shape=call.shape,
        law=spec.name,
        name=name,
        measure=measures.of_name(name),
        symbolic=True,
        outcome=observed.value.outcome if observed is not None else Outcome.FREE,
    )


def _cholesky(call: Call) -> Value:
    """The packed matrix, or the three tensors that compute_corr gives: factor, correlations, standard deviations."""
    compute = call.arguments.get("compute_corr")
    size = lengths.whole(call, "n")
    tensor = Value(sources=frozenset({"#lkj"}), symbolic=True, integer=False)
    if compute is not None and not compute.value.known:
        return replace(tensor, kind=Kind.UNKNOWN)
    if compute is not None and not compute.value.constant:
        return replace(tensor, shape=(size * (size + 1) // 2 if size is not None else None,))
    matrix, scales = replace(tensor, shape=(size, size)), replace(tensor, shape=(size,), bounds=POSITIVE)
    return replace(sequence((matrix, matrix, scales)), sources=tensor.sources, law="LKJCholeskyCov")


def _discrete(call: Call, spec: Distribution) -> bool | None:
    if spec.discrete is not None:
        return spec.discrete
    inner = [part.discrete for part in components(call)]
    return inner[0] if inner and all(d == inner[0] for d in inner) else None
