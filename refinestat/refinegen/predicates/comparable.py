"""Whether the score of a program that ran can be held against others: the guards alone, over a whole program.

A program that was written without the predicates is free to let the outcome leak into its own mean; it runs, and its
score means nothing."""

import ast

from commons.data_pymc import Dataset
from refinestat.refinegen.predicates import gate, guards, parse
from refinestat.refinegen.predicates.gate import Parsed
from refinestat.refinegen.predicates.statements import read
from refinestat.refinegen.predicates.symbols import start
from refinestat.refinegen.records import Verdict


def incomparable(source: str, dataset: Dataset) -> str:
    """Why the score cannot be compared: what the guards refuse, or what they cannot follow. Empty where it can be.

    source: a program D‖P‖L that ran."""
    body = gate.tree(source)
    if isinstance(body, Verdict):
        return body.why
    block = next((node for node in body.body if isinstance(node, ast.With)), None)
    symbols = start(dataset)
    for node in block.body if block is not None else ():
        parsed = Parsed(nodes=(node,), offset=0)
        readable = parse.check(parsed, symbols)
        if not readable.ok:
            return f"what it does with the outcome cannot be followed: {readable.why}"
        reading = read(parsed, symbols)
        verdict = guards.check(reading)
        if not verdict.ok:
            return verdict.why
        symbols = reading.symbols
    return guards.finish(symbols).why
