"""Reads calls: of builtins, of the library's functions, of methods; random variables are made in `random_variables`."""

import ast
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from refinestat.refinegen import catalogue
from refinestat.refinegen.predicates import processes, signatures, tensors, transfer
from refinestat.refinegen.predicates.binding import elements
from refinestat.refinegen.predicates.builtin import python_function
from refinestat.refinegen.predicates.expressions import evaluate
from refinestat.refinegen.predicates.methods import add_coords, library_function, method
from refinestat.refinegen.predicates.paths import MODELS
from refinestat.refinegen.predicates.random_variables import make
from refinestat.refinegen.predicates.records import Argument, Passed, What
from refinestat.refinegen.predicates.state import State, changed, checked
from refinestat.refinegen.predicates.symbols import GP, OWN, UNKNOWN, Kind, Outcome, Value
from refinestat.refinegen.predicates.vocabulary import CALLABLE_BUILTINS, VALUE_BUILTINS


def passed(node: ast.Call, state: State) -> Passed:
    """The arguments, evaluated in order; known * and ** are taken apart."""
    positional: list[Argument] = []
    keywords: dict[str, Argument] = {}
    unsure = False
    for argument in node.args:
        value = evaluate(argument, state)
        if not isinstance(argument, ast.Starred):
            positional.append(Argument(node=argument, value=value))
            continue
        parts = elements(value)
        unsure = unsure or parts is None
        hidden(argument, value, state, known=parts is not None)
        positional += [Argument(node=argument, value=part) for part in parts or ()]
    for keyword in node.keywords:
        value = evaluate(keyword.value, state)
        if keyword.arg is not None:
            keywords[keyword.arg] = Argument(node=keyword.value, value=value)
        elif value.kind is Kind.TABLE and value.keys is not None and value.items is not None:
            pairs = zip(value.keys, value.items, strict=True)
            keywords |= {str(key): Argument(node=keyword.value, value=item) for key, item in pairs}
        else:
            unsure = True
            hidden(keyword.value, value, state, known=False)
    return Passed(positional=tuple(positional), keywords=keywords, unsure=unsure)


def hidden(node: ast.AST, value: Value, state: State, *, known: bool) -> None:
    """What is taken apart by * or ** is the outcome, or nobody knows where in it the outcome is."""
    if value.outcome is Outcome.WHOLE or (value.outcome and not known and state.closed):
        state.report(What.LEAK, node)


def _call(node: ast.Call, state: State) -> Value:
    if isinstance(node.func, ast.Attribute):
        base = evaluate(node.func.value, state)
        if base.kind not in {Kind.MODULE, Kind.FUNCTION}:
            arguments = passed(node, state)
            if base.path == OWN.path or (base.kind is Kind.UNKNOWN and node.func.attr in {"add_coord", "add_coords"}):
                own_function(arguments, state)
            return method(node, base, arguments, state)
    callee = evaluate(node.func, state)
    arguments = passed(node, state)
    for argument in (*arguments.positional, *arguments.keywords.values()):
        if argument.value.kind is Kind.FUNCTION and argument.value.path.startswith("np.random."):
            state.report(What.CHANGE, argument.node, argument.value.path)
    if callee.path == OWN.path:
        own_function(arguments, state)
    if callee.kind is Kind.FUNCTION:
        return _function(node, callee.path, arguments, state)
    if callee.kind in {Kind.NUMBER, Kind.TEXT, Kind.NONE, Kind.SEQUENCE, Kind.MODULE, Kind.TABLE}:
        state.report(What.NOT_CALLABLE, node.func)
        return UNKNOWN
    told = callee.path == GP or isinstance(node.func, ast.Attribute)  # of a module: phi 2 says what there is not
    if state.closed and not told and not _plain(arguments):
        state.report(What.HIDDEN, node)
    if callee.path and tensors.fails(callee.path, arguments):
        state.report(What.PLAIN, node, callee.path)
    made = transfer.opaque([callee, *arguments.values, *arguments.named.values()])
    made = replace(made, symbolic=False) if callee.path == OWN.path else made  # of tensors, it may make anything
    return checked(node, made, arguments, state)


def _plain(arguments: Passed) -> bool:
    """One argument that is no text: something that computes, such as `np.poly1d([1, 2])(x)`. No variable is made so."""
    values = arguments.values
    return len(values) == 1 and values[0].kind is not Kind.TEXT and not arguments.keywords and not arguments.unsure


def own_function(arguments: Passed, state: State) -> None:
    """A function of the user's own may add dimensions to the model, and change the lists that it is given."""
    state.open_coords = True
    for argument in (*arguments.positional, *arguments.keywords.values()):
        if argument.value.kind in {Kind.SEQUENCE, Kind.TABLE}:
            changed(argument.value, state)


def _function(node: ast.Call, path: str, arguments: Passed, state: State) -> Value:
    if path in CALLABLE_BUILTINS | VALUE_BUILTINS | {"hasattr"}:
        return python_function(node, path, arguments, state)
    short = path.removeprefix("pm.distributions.") if path.startswith("pm.distributions.") else path.removeprefix("pm.")
    name, _, last = short.partition(".")
    library = catalogue.load()
    if path.startswith("pm.") and name in library.distributions and last in {"", "dist"}:
        return make(node, name, arguments, state, registered=last == "")
    if path.startswith("pm.") and name in library.functions and not last:
        return make(node, name, arguments, state, registered=True)
    if path in MODELS | {"pm.modelcontext"}:
        models = (value for value in state.names.values() if value.kind is Kind.MODEL and path not in MODELS)
        return next(models, Value(kind=Kind.MODEL))
    if path.startswith("np.random."):
        state.report(What.CHANGE, node, path)
    if why := signatures.fault(path, arguments):
        state.report(What.ARGUMENTS, node, why)
    if path.startswith("pm.gp."):
        made = replace(transfer.opaque([*arguments.values, *arguments.named.values()]), path=GP)
        made = replace(made, law=processes.law(path, arguments), shape=processes.takes(path, arguments))
        return checked(node, made, arguments, state)
    return library_function(node, path, arguments.values, arguments, state)


def open_model(call: ast.Call, state: State) -> None:
    """The arguments of pm.Model: its dimensions and its name."""
    arguments = passed(call, state)
    state.open_coords = state.open_coords or arguments.unsure
    coords = arguments.keywords.get("coords", arguments.positional[1] if len(arguments.positional) > 1 else None)
    if coords is not None:
        add_coords(coords, state)
    name = arguments.keywords.get("name", arguments.positional[0] if arguments.positional else None)
    if name is not None and isinstance(name.value.constant, str) and name.value.constant:
        state.prefix += f"{name.value.constant}::"


CALLS: Mapping[type[ast.AST], Callable[[Any, State], Value]] = {ast.Call: _call}
