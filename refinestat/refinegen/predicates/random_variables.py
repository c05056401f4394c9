"""Reads calls that make random variables: which argument is which parameter, and what value results."""

import ast
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from refinestat.refinegen import catalogue
from refinestat.refinegen.catalogue import Distribution
from refinestat.refinegen.predicates import intervals, measures, shapes, transfer
from refinestat.refinegen.predicates.expressions import State
from refinestat.refinegen.predicates.intervals import EVERYTHING, NOTHING, Bounds
from refinestat.refinegen.predicates.records import Argument, Call
from refinestat.refinegen.predicates.symbols import UNKNOWN, Kind, Outcome, Shape, Value, sequence

DEFAULT_BOUNDS = {("Uniform", "lower"): 0.0, ("Uniform", "upper"): 1.0, ("Triangular", "lower"): 0.0, ("Triangular", "upper"): 1.0}
PLAIN = Distribution(name="", domains={}, measures={})


def make(
    node: ast.Call,
    name: str,
    registered: bool,
    positional: Sequence[Argument],
    keywords: Mapping[str, Argument],
    unsure: bool,
    state: State,
) -> Value:
    """Reads `pm.<name>(...)` or `pm.<name>.dist(...)`, records the call, declares its name, gives its value."""
    call = bind(node, name, registered, positional, keywords, unsure)
    call = replace(call, missing_dims=_missing_dims(call, state), shape=_shape(call, state))
    if registered:
        call = _declare(call, state)
    state.calls.append(call)
    if call.spec is None:
        return _model_function(call, state)
    return _value(call, call.spec)


def bind(node: ast.Call, name: str, registered: bool, positional: Sequence[Argument], keywords: Mapping[str, Argument], unsure: bool) -> Call:
    """Which argument is which parameter."""
    library = catalogue.load()
    spec = library.distributions.get(name)
    parameters = spec.parameters if spec else tuple(p for p in library.functions[name] if p not in {"name", "kwargs"})
    limit = spec.positional if spec else len(parameters)
    allowed = (library.common if registered else library.dist_common) | set(spec.keywords if spec else ())
    rest, label = list(positional), keywords.get("name") if registered else None
    if registered and label is None and rest:
        label = rest.pop(0)
    arguments = dict(zip(parameters[:limit] if limit >= 0 else [f"#{i}" for i in range(len(rest))], rest, strict=False))
    repeated = tuple(key for key in keywords if key in arguments)
    options = {key: a for key, a in keywords.items() if key not in parameters and key != "name"}
    arguments |= {key: a for key, a in keywords.items() if key in parameters}
    unknown = tuple(key for key in options if key not in allowed) if spec and limit >= 0 else ()
    if spec is None:
        unknown = tuple(key for key in options if name != "Data")
        options |= {key: arguments.pop(key) for key in ("dims", "model", "coords") if key in arguments}
    return Call(
        node=node, function=name, spec=spec, registered=registered, label=label, arguments=arguments, options=options,
        excess=max(0, len(rest) - limit) if limit >= 0 else 0, repeated=repeated, unknown=unknown, unsure=unsure,
    )  # fmt: skip


def _dims(call: Call) -> tuple[str | None, ...] | None:
    """Names of dimensions; None where unknown."""
    value = call.options["dims"].value if "dims" in call.options else None
    if value is None or value.kind is Kind.NONE:
        return ()
    if isinstance(value.constant, str):
        return (value.constant,)
    if value.kind is not Kind.SEQUENCE or value.items is None:
        return None
    names = [item.constant for item in value.items]
    return tuple(names) if all(n is None or isinstance(n, str) for n in names) else None


def _missing_dims(call: Call, state: State) -> tuple[str, ...]:
    dims = _dims(call) or ()
    if call.function == "Data":
        lengths = shapes.of(call.arguments["value"].value) if "value" in call.arguments else None
        for position, dim in enumerate(dims):
            length = lengths[position] if lengths and len(lengths) == len(dims) else None
            if dim is not None:
                state.coords.setdefault(dim, length)
        if "coords" in call.options or "infer_dims_and_coords" in call.options or _dims(call) is None:
            state.open_coords = True
        return ()
    if state.open_coords or not call.registered:
        return ()
    return tuple(dim for dim in dims if dim is not None and dim not in state.coords)


def _shape(call: Call, state: State) -> Shape | None:
    """The shape that the call asks for; where it does not, what its arguments give; None where unknown."""
    for key in ("shape", "size"):
        if key in call.options and call.options[key].value.kind is not Kind.NONE:
            asked = _lengths(call.options[key].value)
            return asked if key == "shape" or (call.spec is not None and not call.spec.ndim) else None
    dims = _dims(call)
    if dims is None:
        return None
    if dims:
        return tuple(state.coords.get(dim) if dim is not None else None for dim in dims)
    observed = call.options.get("observed")
    if observed is not None and observed.value.kind is not Kind.NONE:
        return shapes.of(observed.value)
    return _of_parameters(call)


def _lengths(value: Value) -> Shape | None:
    if isinstance(value.constant, int) and not isinstance(value.constant, bool):
        return (value.constant,)
    if value.kind is Kind.SEQUENCE and value.items is not None:
        return tuple(i.constant if isinstance(i.constant, int) else None for i in value.items) if not _ellipsis(value) else None
    return (None,) if value.kind is Kind.NUMBER and value.shape == () else None


def _ellipsis(value: Value) -> bool:
    return any(item.constant is ... for item in value.items or ())


def _of_parameters(call: Call) -> Shape | None:
    spec = call.spec
    if spec is not None and spec.name in VECTOR_OF and not call.unsure:
        return _of_vector(call, spec)
    if spec is None or spec.ndim or spec.tied or spec.support is None or spec.name in {"GaussianRandomWalk", "RandomWalk", "NormalMixture", "Interpolated"} or call.unsure:
        return None
    result: Shape | None = ()
    for argument in call.arguments.values():
        try:
            result = shapes.broadcast(result, () if argument.value.kind is Kind.NONE else shapes.of(argument.value))
        except shapes.Mismatch:
            return None
    return result if spec.name not in {"Categorical", "OrderedLogistic", "OrderedProbit"} else None


# Where the length of a vector distribution stands: in its parameter of the same length.
VECTOR_OF = {"Dirichlet": ("a",), "MvNormal": ("mu", "cov", "chol", "tau"), "MvStudentT": ("mu", "scale", "chol", "tau")}


def _of_vector(call: Call, spec: Distribution) -> Shape | None:
    """A vector as long as one of its parameters; None where they do not tell, or tell of a batch."""
    for name in VECTOR_OF[spec.name]:
        given = call.arguments.get(name)
        length = shapes.of(given.value) if given is not None else None
        if given is not None and length is None:
            return None
        if length and len(length) == (1 if name in {"a", "mu"} else 2):
            return (length[-1],)
    return None


def _declare(call: Call, state: State) -> Call:
    """Registers the name in the model, and counts free variables and observations."""
    observed = call.options.get("observed")
    is_observed = observed is not None and observed.value.kind is not Kind.NONE
    if call.spec is not None and not is_observed:
        state.free += 1
    if is_observed and observed is not None and observed.value.outcome is not Outcome.FREE:
        state.observations.append(call.node.lineno + state.offset)
    label = call.label.value.constant if call.label is not None else None
    if not isinstance(label, str):
        return call
    names = [state.prefix + label + suffix for suffix in ("", *(call.spec.companions if call.spec else ()))]
    taken = next((state.declared[name] or 0 for name in names if name in state.declared), None)
    for name in names:
        state.declared[name] = call.node.lineno + state.offset
    return replace(call, taken=taken)


def declare_gp(node: ast.Call, method: str, positional: Sequence[Argument], keywords: Mapping[str, Argument], state: State) -> Value:
    """`gp.prior("f", X)`, `gp.conditional(...)`, `gp.marginal_likelihood("y", X, y=y, sigma=s)`."""
    label = positional[0] if positional else keywords.get("name")
    options = dict(keywords)
    if method == "marginal_likelihood":
        observed = keywords.get("y", next((a for a in positional[1:] if a.value.outcome), None))
        options = {key: a for key, a in keywords.items() if key != "y"} | ({"observed": observed} if observed else {})
    rest = {f"#{i}": a for i, a in enumerate(positional[1:]) if options.get("observed") is not a}
    call = Call(
        node=node, function=f"gp.{method}", spec=None, registered=True, label=label,
        arguments=rest | {key: a for key, a in options.items() if key != "observed"},
        options={key: a for key, a in options.items() if key == "observed"}, unsure=True,
    )  # fmt: skip
    call = _declare(call, state)
    state.free += method != "marginal_likelihood"
    state.calls.append(call)
    name = label.value.constant if label is not None and isinstance(label.value.constant, str) else "gp"
    reach = EVERYTHING if method == "prior" else NOTHING
    return Value(sources=frozenset({name}), symbolic=True, name=name, law="Gaussian process", reach=reach, integer=False)


def _model_function(call: Call, state: State) -> Value:
    """Deterministic, Potential and Data pass their value on; a copy of the outcome in Data is still the outcome."""
    passed = call.arguments.get("var") or call.arguments.get("value")
    if passed is None or call.function == "Potential":
        return UNKNOWN
    value = transfer.as_array(passed.value)
    label = call.label.value.constant if call.label is not None else None
    name = label if isinstance(label, str) else ""
    measure = measures.of_name(name) or value.measure
    return replace(value, symbolic=True, name=name, measure=measure, law=value.law if call.function != "Data" else "")


def _value(call: Call, spec: Distribution) -> Value:
    """What is known of a random variable: its support, its shape, and what it depends on."""
    if spec.name == "LKJCholeskyCov":
        return _cholesky(call)
    label = call.label.value.constant if call.registered and call.label is not None else None
    name = label if isinstance(label, str) else ""
    source = name or f"#{call.node.lineno}:{call.node.col_offset}"
    bounds, reach, uneven, sources = _support(call, spec)
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
    """The packed matrix, or the three tensors that compute_corr gives."""
    compute = call.arguments.get("compute_corr")
    sources = frozenset({"#lkj"})
    part = Value(kind=Kind.UNKNOWN, sources=sources, symbolic=True)
    if compute is not None and compute.value.constant is False:
        return part
    return replace(sequence((part, part, part)), sources=sources) if compute is None or compute.value.known else part


def _discrete(call: Call, spec: Distribution) -> bool | None:
    if spec.discrete is not None:
        return spec.discrete
    inner = [part.discrete for part in components(call)]
    return inner[0] if inner and all(d == inner[0] for d in inner) else None


def components(call: Call) -> list[Value]:
    """The unnamed distributions that Mixture, Truncated and Censored are made of."""
    passed = call.arguments.get("comp_dists") or call.arguments.get("dist")
    if passed is None:
        return []
    value = passed.value
    parts = value.items if value.kind is Kind.SEQUENCE else (value,)
    return list(parts) if parts and all(part.kind is Kind.DISTRIBUTION for part in parts) else []


def _support(call: Call, spec: Distribution) -> tuple[Bounds, Bounds, bool, frozenset[str]]:
    """Bounds, reach, whether elements differ, and the random variables that move the bounds."""
    none: frozenset[str] = frozenset()
    if spec.name in {"Mixture", "Truncated", "Censored"}:
        return _composed(call)
    if spec.support is None:
        return EVERYTHING, NOTHING, True, none
    low, high = (_end(call, spec, end, side) for side, end in enumerate(spec.support))
    bounds = low.bounds[0], high.bounds[1]
    reach = low.reach[0], high.reach[1]
    claimed = low.reach != NOTHING and high.reach != NOTHING and reach[0] <= reach[1]
    return bounds, reach if claimed else NOTHING, low.uneven or high.uneven, low.sources | high.sources


def _end(call: Call, spec: Distribution, end: float | str, side: int) -> Value:
    infinite = -math.inf if side == 0 else math.inf
    if isinstance(end, str):
        argument = call.arguments.get(end)
        if argument is not None and argument.value.kind is not Kind.NONE:
            value = transfer.as_array(argument.value)
            return value if value.kind is Kind.NUMBER else UNKNOWN
        if call.unsure:
            return UNKNOWN
        end = DEFAULT_BOUNDS.get((spec.name, end), infinite)
    return Value(bounds=(end, end), reach=(end, end), uneven=False)


def _composed(call: Call) -> tuple[Bounds, Bounds, bool, frozenset[str]]:
    parts = components(call)
    if not parts:
        return EVERYTHING, NOTHING, True, frozenset()
    whole = transfer.joined(parts)
    bounds, reach = whole.bounds, whole.reach
    for side, key in enumerate(("lower", "upper")):
        argument = call.arguments.get(key)
        if argument is None or argument.value.kind is Kind.NONE:
            continue
        value = transfer.as_array(argument.value)
        if value.kind is not Kind.NUMBER:
            return bounds, NOTHING, True, whole.sources
        end = value.bounds[side]
        bounds = (max(bounds[0], end), bounds[1]) if side == 0 else (bounds[0], min(bounds[1], end))
        reach = intervals.NOTHING if not value.known else (max(reach[0], end), reach[1]) if side == 0 else (reach[0], min(reach[1], end))
    return bounds, reach if reach[0] <= reach[1] else NOTHING, False, whole.sources
