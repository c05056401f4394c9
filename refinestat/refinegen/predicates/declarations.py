"""Which argument of a call is which parameter, and what the call declares in the model."""

import ast
from dataclasses import replace

from refinestat.refinegen import catalogue
from refinestat.refinegen.predicates import processes
from refinestat.refinegen.predicates.intervals import EVERYTHING, NOTHING
from refinestat.refinegen.predicates.records import Argument, Call, Passed, What
from refinestat.refinegen.predicates.state import State
from refinestat.refinegen.predicates.symbols import Kind, Outcome, Value

FORMER_OF_DATA = {"mutable", "export_index_as_coords"}  # keywords of older versions; it passes on any other


def bind(node: ast.Call, name: str, passed: Passed, *, registered: bool) -> Call:
    """Which argument is which parameter."""
    library = catalogue.load()
    spec = library.distributions.get(name)
    parameters = spec.parameters if spec else tuple(p for p in library.functions[name] if p not in {"name", "kwargs"})
    limit = spec.positional if spec else len(parameters)
    allowed = (library.common if registered else library.dist_common) | set(spec.keywords if spec else ())
    keywords = passed.keywords
    rest, label = list(passed.positional), keywords.get("name") if registered else None
    if registered and label is None and rest:
        label = rest.pop(0)
    arguments = dict(zip(parameters[:limit] if limit >= 0 else [f"#{i}" for i in range(len(rest))], rest, strict=False))
    repeated = tuple(key for key in keywords if key in arguments)
    options = {key: a for key, a in keywords.items() if key not in parameters and key != "name"}
    arguments |= {key: a for key, a in keywords.items() if key in parameters}
    unknown = tuple(key for key in options if key not in allowed) if spec and limit >= 0 else ()
    if spec is None:
        unknown = tuple(key for key in options if name != "Data" or key in FORMER_OF_DATA)
        options |= {key: arguments.pop(key) for key in ("dims", "model", "coords") if key in arguments}
    return Call(
        node=node, function=name, spec=spec, registered=registered, label=label, arguments=arguments, options=options,
        excess=max(0, len(rest) - limit) if limit >= 0 else 0, repeated=repeated, unknown=unknown,
        unsure=passed.unsure,
    )  # fmt: skip


def declare(call: Call, state: State) -> Call:
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
    if state.closed and any(a.value.outcome for a in (*call.arguments.values(), *call.options.values())):
        hold(label, state)
    names = [state.prefix + label + suffix for suffix in ("", *(call.spec.companions if call.spec else ()))]
    taken = next((state.declared[name] or 0 for name in names if name in state.declared), None)
    for name in names:
        state.declared[name] = call.node.lineno + state.offset
    return replace(call, taken=taken)


def hold(label: str, state: State) -> None:
    """The variable of this name is the outcome, and found in the model."""
    for name, value in state.names.items():
        if value.kind is Kind.MODEL:
            state.names[name] = replace(value, keys=(*(value.keys or ()), label))


def names_coordinates(labels: Argument, state: State) -> None:
    """Coordinates are found in the model; what else than the outcome a person's own data hold, nobody knows."""
    if labels.value.outcome and state.closed:
        state.report(What.LEAK, labels.node)


def declare_gp(node: ast.Call, method: str, passed: Passed, state: State) -> Value:
    """`gp.prior("f", X)`, `gp.conditional(...)`, `gp.marginal_likelihood("y", X, y=y, sigma=s)`."""
    positional, keywords = passed.positional, passed.keywords
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
    call = declare(call, state)
    state.free += method != "marginal_likelihood"
    state.calls.append(call)
    name = label.value.constant if label is not None and isinstance(label.value.constant, str) else "gp"
    reach = EVERYTHING if method == "prior" else NOTHING
    return Value(
        sources=frozenset({name}), symbolic=True, name=name, law="Gaussian process", reach=reach, integer=False,
        shape=processes.shape(method, passed),
    )  # fmt: skip
