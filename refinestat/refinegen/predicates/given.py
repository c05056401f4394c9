"""Reads `data`, the dict of arrays that a program is given: its columns, and what is made of all of it."""

import ast
from dataclasses import replace

from refinestat.refinegen.predicates import measures, transfer
from refinestat.refinegen.predicates.records import Passed, What
from refinestat.refinegen.predicates.state import State, checked
from refinestat.refinegen.predicates.symbols import UNKNOWN, Outcome, Value, data_value, sequence


def column(node: ast.AST, data: Value, index: Value, state: State) -> Value:
    """`data["x"]`: known where the data set is; by a name that is not known, it may be the outcome."""
    dataset, name = state.symbols.dataset, index.constant
    if not isinstance(name, str):
        return transfer.opaque([data])
    if name == state.symbols.scored:
        return replace(UNKNOWN, name=name, measure=measures.of_name(name), outcome=Outcome.WHOLE, column=True)
    if dataset is None:
        return replace(UNKNOWN, name=name, measure=measures.of_name(name), column=True)
    if name not in dataset.values:
        state.report(What.NO_KEY, node, name)
        return UNKNOWN
    return data_value(dataset[name])


def method(node: ast.Call, data: Value, name: str, arguments: Passed, state: State) -> Value:
    """The value of `data.name(...)`."""
    dataset = state.symbols.dataset
    if name == "copy":
        return data
    if name == "get" and arguments.positional:
        return column(node, data, arguments.values[0], state)
    if name == "keys":
        names = None if dataset is None else tuple(transfer.from_constant(each) for each in dataset.values)
        return sequence(names)
    return checked(node, transfer.opaque([data, *arguments.values]), arguments, state)
