"""Guards: what makes ELPD comparable between programs. Reported apart from the six predicates.

The outcome is observed exactly once, whole and as it is; nothing else is made of it but its length and the summaries
that the data section shows too. Without a data set nobody knows the outcome, and the guards are silent."""

import ast
from collections.abc import Iterator

from refinestat.refinegen.predicates.records import Call, Event, Reading, What
from refinestat.refinegen.predicates.symbols import Kind, Outcome, Symbols
from refinestat.refinegen.predicates.verdicts import accept, refuse, shown
from refinestat.refinegen.records import Verdict

NAME = "guards"
SUMMARIES = "len, .shape, .mean(), .std(), .min() and .max()"
FUNCTIONS = {"CustomDist", "DensityDist"}


def check(reading: Reading) -> Verdict:
    """Refuses the first use of the outcome other than observing it."""
    outcome = reading.symbols.outcome
    if outcome is None:
        return accept(NAME)
    for event in () if reading.symbols.script else reading.events:  # a person may also print or plot the outcome
        if why := _event(event, outcome):
            return refuse(NAME, why, event.node, reading)
    for call in reading.calls:
        for node, why in _call(call, outcome, closed=reading.symbols.dataset is not None):
            return refuse(NAME, f"{call.title}: {why}", node, reading)
    last = next((call for call in reversed(reading.calls) if _observes(call)), None)
    if last is not None and len(reading.symbols.observations) > 1:
        return refuse(NAME, f"{last.title}: the outcome {outcome} is observed more than once", last.node, reading)
    return accept(NAME)


def _event(event: Event, outcome: str) -> str:
    """Why a program that is scored must not do this; empty where it may."""
    if event.what is What.LEAK:
        rule = f"may only be observed, whole and as it is; of its values, only {SUMMARIES} may be used"
        return f"{shown(event.node)}: the outcome {outcome} {rule}"
    if event.what is What.HIDDEN:
        return f"{shown(event.node)}: nobody knows what is called here; a program that is scored must be plain"
    if event.what is What.STORE:
        return f"{shown(event.node)}: a scored program must not change what the model holds"
    if event.what is What.CHANGE:
        return f"{event.text}: a scored program must not draw random numbers while it is built"
    return ""


def _observes(call: Call) -> bool:
    observed = call.options.get("observed")
    return observed is not None and observed.value.outcome is not Outcome.FREE


def _call(call: Call, outcome: str, *, closed: bool) -> Iterator[tuple[ast.AST, str]]:
    if closed and call.unsure and not call.function.startswith("gp."):
        yield call.node, "nobody knows what * or ** passes; where a program is scored, write the arguments out"
    if closed and call.label is not None and call.label.value.outcome is not Outcome.FREE:
        yield call.label.node, f"the outcome {outcome} is in the variable's name: it may only be observed"
    if call.function == "Potential":
        yield call.node, "a Potential changes the score of a program and is not allowed where it is scored"
    if call.function in FUNCTIONS:
        yield call.node, "a density of one's own need not be normalised and is not allowed where it is scored"
    weight = call.options.get("total_size")
    if weight is not None and weight.value.kind is not Kind.NONE:
        yield weight.node, "total_size weighs what is observed and is not allowed in a program that is scored"
    others = call.arguments if call.function != "Data" else {}
    for name, argument in (
        *others.items(),
        *((k, a) for k, a in call.options.items() if k not in {"observed", "dims", "coords"}),
    ):
        if argument.value.outcome is not Outcome.FREE:
            yield argument.node, f"the outcome {outcome} is passed as {name.lstrip('#')}: it may only be observed"
    observed = call.options.get("observed")
    if observed is None or observed.value.kind is Kind.NONE:
        return
    if observed.value.outcome is Outcome.DERIVED:
        yield observed.node, f"the outcome {outcome} must be observed whole and as it is"
    elif observed.value.outcome is Outcome.FREE:
        yield observed.node, f"only the outcome {outcome} may be observed"


def finish(symbols: Symbols) -> Verdict:
    """At the program's end: the outcome was observed, and something is left to be learned."""
    if symbols.outcome is None:
        return accept(NAME)
    if not symbols.observations:
        why = f"the program ends, and the outcome {symbols.outcome} is not observed (observed={symbols.outcome})"
        return Verdict(predicate=NAME, ok=False, why=why, line=symbols.line)
    if not symbols.free:
        return Verdict(
            predicate=NAME, ok=False, why="the program ends without a free random variable", line=symbols.line
        )
    return accept(NAME)
