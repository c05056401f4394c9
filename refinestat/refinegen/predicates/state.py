"""What changes while one statement is read, and how much of it may be read."""

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from refinestat.refinegen.predicates.records import Call, Event, Passed, What
from refinestat.refinegen.predicates.symbols import MOST_EFFORT, UNKNOWN, Kind, Outcome, Symbols, Value

MOST_STEPS_OF_STATEMENT = 4_000


SHARE_OF_LINES = 0.4  # of all effort, that lines without a model between two others may take


ELEMENTS_PER_STEP = 200


ELEMENTS_PER_ITEM = 20


STEPS_OF_ANY = 20


ITEMS_PER_STEP = 10  # of lists, which may be walked wherever they stand


NAMES_PER_STEP = 30  # of the table, which is copied for each statement


NODES_PER_STEP = 10  # of a block of which only the names that it binds are looked for


STEPS_OF_A_HINT = 100  # the names that a message compares a wrong one with


HINTED = {What.UNDECLARED, What.NO_SUCH_NAME, What.NO_KEY}


@dataclass(slots=True)
class State:
    """What changes while one statement is read.

    certain: what is read surely happens once. left: by which statement a round of a loop has ended; perhaps_left: on a
    way that may not be taken."""

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
    limit: int = MOST_EFFORT
    certain: bool = True
    calls: list[Call] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    left: str = ""
    perhaps_left: bool = False

    @property
    def closed(self) -> bool:
        """All data are known, and a mark of the outcome is surely right: a table that a person makes may hold it
        beside much else."""
        return self.symbols.dataset is not None

    def marked(self, value: Value, made_of: Sequence[Value]) -> Value:
        """The value, with the outcome in it where one of its parts has it."""
        held = self.closed and any(part.outcome for part in made_of)
        return replace(value, outcome=Outcome.DERIVED) if held else value

    def report(self, what: What, node: ast.AST, name: str = "", values: tuple[Value, ...] = ()) -> None:
        self.steps += STEPS_OF_A_HINT if what in HINTED else 0
        self.events.append(Event(what=what, node=node, text=name, values=values))

    def copied(self) -> "State":
        """As it is now, to go back to."""
        self.steps += STEPS_OF_ANY + len(self.names) // NAMES_PER_STEP
        kept = {name: getattr(self, name) for name in _GROWING}
        return replace(self, **{name: type(value)(value) for name, value in kept.items()})

    def restore(self, before: "State") -> None:
        """Undoes everything since then but the effort."""
        for name in (*_GROWING, "open_coords", "free", "prefix", "left", "perhaps_left"):
            setattr(self, name, getattr(before, name))


_GROWING = ("names", "declared", "coords", "observations", "calls", "events")


def state_of(symbols: Symbols, offset: int) -> State:
    """The beginning of reading a statement. offset: what to add to its lines."""
    names = len(symbols.values) + len(symbols.declared) + len(symbols.coords)
    own = int(symbols.most_effort * SHARE_OF_LINES) if symbols.own_section else MOST_STEPS_OF_STATEMENT
    return State(
        names=dict(symbols.values),
        declared=dict(symbols.declared),
        coords=dict(symbols.coords),
        open_coords=symbols.open_coords,
        symbols=symbols,
        offset=offset,
        observations=list(symbols.observations),
        free=symbols.free,
        steps=symbols.effort + STEPS_OF_ANY + names // NAMES_PER_STEP,
        limit=min(symbols.most_effort, symbols.effort + own),
    )


def exhausted(symbols: Symbols) -> bool:
    """Whether a text is too large to be read on: what follows is not judged. A program has then been refused."""
    return symbols.effort >= symbols.most_effort if symbols.script else symbols.effort > symbols.most_effort


def changed(value: Value, state: State, stored: Sequence[Value] = ()) -> None:
    """Something was stored in a list, dict or array: by whatever name it goes, nothing is known of it any more."""
    after = replace(UNKNOWN, sources=value.sources, outcome=value.outcome, symbolic=value.symbolic)
    for name in aliases(value, state):
        state.names[name] = state.marked(after, stored)
    within(value, state, stored)


def within(value: Value, state: State, stored: Sequence[Value] = ()) -> None:
    """Something was stored in what lists and dicts hold: nothing is known of these either."""
    held = {name: other for name, other in state.names.items() if other.kind in {Kind.SEQUENCE, Kind.TABLE}}
    state.steps += sum(other.weight for other in held.values()) // ITEMS_PER_STEP
    if value is UNKNOWN or state.steps > state.limit:
        return
    for name, other in held.items():
        if _holds(other, value):
            state.names[name] = state.marked(replace(UNKNOWN, sources=other.sources, outcome=other.outcome), stored)


def aliases(value: Value, state: State) -> list[str]:
    """By which names it goes; arrays that look at the same memory are the same."""
    if value is UNKNOWN:  # of which there is only one, whatever it stands for
        return []
    return [name for name, other in state.names.items() if other is value or _same(value, other)]


def _holds(whole: Value, value: Value) -> bool:
    return any(item is value or _same(value, item) or _holds(item, value) for item in whole.items or ())


def parts(value: Value) -> list[Value]:
    """What a list or dict holds that can be changed, and what is in that."""
    found = [item for item in value.items or () if changeable(item)]
    return [each for item in found for each in (item, *parts(item))]


def changeable(value: Value) -> bool:
    """A list, dict or array of which something is known; tensors are made anew."""
    return not value.symbolic and (value.items is not None or size(value) > 0)


def _same(one: Value, other: Value) -> bool:
    """Whether two values may stand for the same thing: a value is copied where its name tells what it measures."""
    if isinstance(one.constant, np.ndarray) and isinstance(other.constant, np.ndarray):
        return bool(one.constant.ndim and np.may_share_memory(one.constant, other.constant))
    return bool(one.items) and one.kind is other.kind and one.items is other.items


def size(value: Value) -> int:
    """How many elements a known array has; items of a list, which are read one by one, count for more."""
    return int(getattr(value.constant, "size", 0)) or ELEMENTS_PER_ITEM * (value.weight - 1)


def checked(node: ast.Call, result: Value, arguments: Passed, state: State, values: list[Value] | None = None) -> Value:
    """The result of a call, with the event where the outcome went into it."""
    used = [*(arguments.values if values is None else values), *arguments.named.values()]
    if result.outcome is Outcome.DERIVED and any(v.outcome is Outcome.WHOLE for v in used):
        state.report(What.LEAK, node)
    return result
