"""Parameter: names, number and combination of arguments fit the distribution; the variable's name is new (phi 3).

A scale is passed as what it is: no variance as a standard deviation, no standard deviation as a precision."""

import ast
import re
from collections.abc import Iterator

from refinestat.refinegen.predicates.records import Argument, Call, Reading
from refinestat.refinegen.predicates.symbols import Kind
from refinestat.refinegen.predicates.verdicts import accept, refuse, suggestion
from refinestat.refinegen.records import Verdict

NAME = "parameter"
LONGEST_NAME = 60
MOST_WORDS = 4
# Letters of any script, digits and what people put in names of effects: no path, no markup, no control character.
LABEL = re.compile(r"[\w\[\](){},.:;|*^+=~'°² -]+")


def check(reading: Reading) -> Verdict:
    """Refuses the first call that does not fit."""
    for call in reading.calls:
        for node, why in _faults(call, any_name=reading.symbols.script):
            return refuse(NAME, f"{call.title}: {why}", node, reading)
    return accept(NAME)


def _faults(call: Call, *, any_name: bool) -> Iterator[tuple[ast.AST, str]]:
    """any_name: a person wrote the program, and may call variables what they like."""
    yield from _label(call, any_name=any_name)
    yield from _names(call)
    yield from _combination(call)
    yield from _swapped(call)
    yield from _measures(call)


def _label(call: Call, *, any_name: bool) -> Iterator[tuple[ast.AST, str]]:
    if not call.registered:
        first = next(iter(call.arguments.values()), None)
        if first is not None and first.value.kind is Kind.TEXT:
            yield first.node, "an unnamed distribution (.dist) takes no name"
        return
    if call.label is None:
        if not call.unsure or call.function.startswith("gp."):
            yield call.node, "the first argument must be the variable's name, a text; none is given"
        return
    value = call.label.value
    if value.kind in {Kind.NUMBER, Kind.SEQUENCE, Kind.TABLE, Kind.DISTRIBUTION, Kind.NONE}:
        yield call.label.node, "the first argument must be the variable's name, a text"
    if isinstance(value.constant, str):
        if not any_name:
            yield from _wording(call.label, value.constant)
        yield from _text(call, call.label, value.constant)


def _text(call: Call, label: Argument, name: str) -> Iterator[tuple[ast.AST, str]]:
    if call.taken is not None:
        where = f" (line {call.taken})" if call.taken else ""
        yield label.node, f"the name {name!r} is already taken{where}; every variable needs a new one"
    if "/" in name:
        yield label.node, f"the name {name[:LONGEST_NAME]!r} must not contain '/'"
    dims = call.options.get("dims")
    if dims is not None and isinstance(dims.value.constant, str) and dims.value.constant == name:
        yield dims.node, f"the variable {name!r} and its dimension must not have the same name"


def _wording(label: Argument, name: str) -> Iterator[tuple[ast.AST, str]]:
    """A generated name is shown to people and comes back to the model: it must be a name."""
    if not name:
        yield label.node, "the variable's name is empty"
    elif (
        len(name) > LONGEST_NAME
        or len(name.split()) > MOST_WORDS
        or not LABEL.fullmatch(name)
        or ".." in name
        or ": " in name
    ):
        shown = name if len(name) <= LONGEST_NAME else name[:LONGEST_NAME] + "..."
        yield label.node, f"{shown!r} is no name for a variable (letters, digits and _, at most {LONGEST_NAME})"


def _names(call: Call) -> Iterator[tuple[ast.AST, str]]:
    spec = call.spec
    known = [
        *(spec.parameters if spec else ()),
        *(spec.keywords if spec else ()),
        "dims",
        "observed",
        "shape",
        "initval",
    ]
    for name in call.unknown:
        yield call.options[name].node, f"no parameter {name!r}{suggestion(name, known)}{_offered(call)}"
    for name in call.repeated:
        given = call.arguments.get(name, call.options.get(name, call.label))
        yield given.node if given is not None else call.node, f"{name} is given twice, by position and by name"
    if call.excess:
        limit = len(call.arguments) if spec is None else spec.positional
        names = ", ".join(spec.parameters[: spec.positional]) if spec else ""
        after = f" ({names})" if names else ""
        yield call.node, f"takes at most {limit} positional arguments after the name{after}, got {limit + call.excess}"


def _offered(call: Call) -> str:
    return f"; it has {', '.join(call.spec.parameters)}" if call.spec and call.spec.parameters else ""


def _combination(call: Call) -> Iterator[tuple[ast.AST, str]]:
    """Required parameters are given, and none that exclude each other. A parameter of None is not given."""
    spec = call.spec
    if call.unsure or spec is None:
        if not call.unsure and call.function in {"Deterministic", "Potential", "Data"} and not call.arguments:
            yield call.node, "needs a value after the name"
        return
    given = frozenset(name for name, argument in call.arguments.items() if argument.value.kind is not Kind.NONE)
    for name in spec.required:
        if name not in given and name not in call.arguments:
            yield call.node, f"{name} is missing{_offered(call)}"
    if "steps" in spec.parameters and not ({*call.options} & {"shape", "dims", "observed"} | given & {"steps"}):
        yield call.node, "its length is missing: give shape, steps, dims or observed"
    if not spec.accepted:
        return
    varied = frozenset().union(*spec.accepted)
    chosen = (given | frozenset(spec.required)) & varied
    if chosen in spec.accepted:
        return
    larger = [subset for subset in spec.accepted if chosen < subset]
    if larger:
        smallest = [subset for subset in larger if not any(other < subset for other in larger)]
        ways = sorted({" and ".join(p for p in spec.parameters if p in subset - chosen) for subset in smallest})
        yield call.node, f"{' or '.join(ways[:3])} is missing"
    else:
        clash = " and ".join(p for p in spec.parameters if p in _clash(chosen, spec.accepted))
        yield call.node, f"{clash} exclude each other"


def _clash(chosen: frozenset[str], accepted: tuple[frozenset[str], ...]) -> frozenset[str]:
    """The pair that no accepted combination has; else all that was chosen."""
    pairs = [frozenset({a, b}) for a in chosen for b in chosen if a < b]
    return next((pair for pair in pairs if not any(pair <= subset for subset in accepted)), chosen)


MIRRORED = {"Beta", "BetaBinomial"}


def _swapped(call: Call) -> Iterator[tuple[ast.AST, str]]:
    """Two arguments, each of which bears the other's name; a mirror image of the distribution is meant so."""
    if call.spec is None or call.spec.name in MIRRORED:
        return
    ids = {name: getattr(argument.node, "id", "") for name, argument in call.arguments.items()}
    for name, other in ids.items():
        if other != name and other in ids and ids[other] == name:
            yield call.arguments[name].node, f"{name} and {other} are swapped: {name}={other}, {other}={name}"


def _measures(call: Call) -> Iterator[tuple[ast.AST, str]]:
    """A scale that measures something else than the parameter does."""
    if call.spec is None:
        return
    for name, measure in call.spec.measures.items():
        argument = call.arguments.get(name)
        found = argument.value.measure if argument is not None else ""
        advice = ADVICE.get((measure, found))
        chosen = argument is not None and found == "scale" and not argument.value.sources  # `scale = 1.0` of a prior
        if argument is not None and advice and not chosen:
            yield argument.node, f"{name} is a {FULL[measure]}, got a {FULL[found]}; {advice.format(name=name)}"


FULL = {
    "sd": "standard deviation",
    "tau": "precision",
    "precision": "precision",
    "variance": "variance",
    "rate": "rate",
    "lam": "rate",
    "scale": "scale",
    "mean": "mean",
}
ADVICE = {
    ("sd", "variance"): "pass its square root",
    ("sd", "precision"): "pass tau=... instead, or 1 / pm.math.sqrt(...)",
    ("precision", "sd"): "pass sigma=... instead, or 1 / ...**2",
    ("precision", "variance"): "pass 1 / ... instead",
    ("scale", "rate"): "pass 1 / ... instead",
    ("mean", "rate"): "pass 1 / ... instead",
    ("mean", "lam"): "pass 1 / ... instead",
    ("rate", "scale"): "pass 1 / ... instead",
}
