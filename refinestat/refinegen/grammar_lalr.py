"""The LALR automaton of a grammar as pure functions of its stack: no values, no copies."""

from functools import lru_cache

from refinestat.refinegen.grammar_syncode import END, Language

INDENT, DEDENT = "_INDENT", "_DEDENT"
REMEMBERED_STACKS = 1 << 14

Stack = tuple[int, ...]


class Stacks:
    """What the automata's stacks can do, for one grammar. accepts(stack): the terminals that it accepts, remembered."""

    def __init__(self, language: Language) -> None:
        self._table, self._end_state = language.table, language.end_state
        self.start: Stack = (language.start_state,)
        self.accepts = lru_cache(REMEMBERED_STACKS)(self._accepts)

    def feed(self, stack: Stack, terminal: str) -> Stack | None:
        """The stack after the terminal, or None if it is not acceptable."""
        states = list(stack)
        while True:
            action = self._table[states[-1]].get(terminal)
            if action is None:
                return None
            if isinstance(action, int):
                return (*states, action)
            size, rule = action
            if size:
                del states[-size:]
            goto = self._table[states[-1]][rule]
            assert isinstance(goto, int)
            states.append(goto)
            if terminal == END and goto == self._end_state:
                return tuple(states)

    def _accepts(self, stack: Stack) -> frozenset[str]:
        """The acceptable terminals, the end among them. (Rules have lower-case names in the same table.)"""
        return frozenset(t for t in self._table[stack[-1]] if t.isupper() and self.feed(stack, t) is not None)

    def line_starts(self, stack: Stack) -> frozenset[str]:
        """The terminals that may begin a line here, whatever its indentation: deeper, equal or less deep."""
        found = set(self.accepts(stack))
        deeper = self.feed(stack, INDENT)
        if deeper is not None:
            found |= self.accepts(deeper)
        closed = self.feed(stack, DEDENT)
        while closed is not None:
            found |= self.accepts(closed)
            closed = self.feed(closed, DEDENT)
        return frozenset(found)

    def may_end(self, stack: Stack | None) -> bool:
        """Whether the program is whole when all open blocks are closed."""
        while stack is not None:
            if self.feed(stack, END) is not None:
                return True
            stack = self.feed(stack, DEDENT)
        return False
