"""What changes while one statement is read, and how much of it may be read."""

import ast
from dataclasses import dataclass, field, replace

from refinestat.refinegen.predicates.records import Call, Event, Passed, What
from refinestat.refinegen.predicates.symbols import UNKNOWN, Outcome, Symbols, Value

MOST_STEPS = 15_000


MOST_STEPS_OF_STATEMENT = 4_000


MOST_STEPS_OF_SECTION = 6_000


ELEMENTS_PER_STEP = 200


STEPS_OF_ANY = 20


NAMES_PER_STEP = 8  # of the table, which is copied for each statement


@dataclass(slots=True)
class State:
    """What changes while one statement is read."""

    names: dict[str, Value]
    declared: dict[str, int | None]
    coords: dict[str, int | None]
    open_coords: bool
    symbols: Symbols
    offset: int
    observations: list[int]
    free: int
    prefix: str = ""
    steps: int = 0
    limit: int = MOST_STEPS
    certain: bool = True
    calls: list[Call] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    def report(self, what: What, node: ast.AST, name: str = "", values: tuple[Value, ...] = ()) -> None:
        self.events.append(Event(what=what, node=node, text=name, values=values))


def state_of(symbols: Symbols, offset: int) -> State:
    """The beginning of reading a statement. offset: what to add to its lines."""
    return State(
        names=dict(symbols.values),
        declared=dict(symbols.declared),
        coords=dict(symbols.coords),
        open_coords=symbols.open_coords,
        symbols=symbols,
        offset=offset,
        observations=list(symbols.observations),
        free=symbols.free,
        steps=symbols.effort + (STEPS_OF_ANY + len(symbols.values) // NAMES_PER_STEP if symbols.script else 0),
        limit=min(
            MOST_STEPS, symbols.effort + (MOST_STEPS_OF_SECTION if symbols.own_section else MOST_STEPS_OF_STATEMENT)
        ),
    )


def exhausted(symbols: Symbols) -> bool:
    """Whether a person's file is too large to be read on: what follows is not judged."""
    return symbols.script and symbols.effort >= MOST_STEPS


def changed(value: Value, state: State) -> None:
    """Something was stored in a list, dict or array: by whatever name it goes, nothing is known of it any more."""
    for name, other in state.names.items():
        if other is value:
            state.names[name] = replace(UNKNOWN, sources=value.sources, outcome=value.outcome, symbolic=value.symbolic)


def size(value: Value) -> int:
    """How many elements a known array has."""
    return int(getattr(value.constant, "size", 0))


def checked(node: ast.Call, result: Value, arguments: Passed, state: State, values: list[Value] | None = None) -> Value:
    """The result of a call, with the event where the outcome went into it."""
    used = [*(arguments.values if values is None else values), *arguments.named.values()]
    if result.outcome is Outcome.DERIVED and any(v.outcome is Outcome.WHOLE for v in used):
        state.report(What.LEAK, node)
    return result
