"""The automata of all terminals in one table, so that tokens by the thousand run through them at once."""

from dataclasses import dataclass
from typing import Any

import numpy as np

LETTER = np.array([byte > 0x7F or chr(byte).isalnum() or byte == ord("_") for byte in range(256)])  # or digit


@dataclass(frozen=True, slots=True, kw_only=True)
class Automata:
    """The terminals' automata in one table; state numbers run through all of them.

    next: int16 (states + 1, 256), a dead end is `dead`, the last row. initial: of each terminal. final, live: bool by
    state, `live` where a final state can be reached. terminal: of each state, an index into Language.terminals.
    after_letter: bool by state, reached by a letter or digit only."""

    next: np.ndarray
    initial: np.ndarray
    final: np.ndarray
    live: np.ndarray
    terminal: np.ndarray
    after_letter: np.ndarray

    @property
    def dead(self) -> int:
        return len(self.terminal)

    def after(self, remainder: bytes) -> np.ndarray:
        """The state of every terminal's automaton after the remainder: (terminals,)."""
        states = self.initial
        for byte in remainder:
            states = self.next[states, byte]
        return states


def join(machines: list[Any]) -> Automata:
    """Of SynCode's `ByteFSM`s. States are numbered breadth first by byte: their own numbers vary between processes."""
    rows: list[list[int]] = []
    states: list[tuple[Any, Any]] = []
    initial, terminal = [], []
    for index, machine in enumerate(machines):
        numbers = {machine.initial: len(states)}
        initial.append(len(states))
        queue = [machine.initial]
        for state in queue:
            row = []
            for byte in range(256):
                target = machine.get_next_state(state, byte)
                if target is not None and target not in numbers:
                    numbers[target] = initial[-1] + len(queue)
                    queue.append(target)
                row.append(-1 if target is None else numbers[target])
            rows.append(row)
            states.append((machine, state))
            terminal.append(index)
    table = np.array([*rows, [-1] * 256], dtype=np.int16)
    table[table < 0] = len(states)
    return Automata(
        next=table,
        initial=np.array(initial, dtype=np.int16),
        final=np.array([state in machine.finals for machine, state in states] + [False]),
        live=np.array([machine.islive(state) for machine, state in states] + [False]),
        terminal=np.array(terminal),
        after_letter=np.array([LETTER[np.nonzero(table[:-1] == state)[1]].all() for state in range(len(states))]),
    )
