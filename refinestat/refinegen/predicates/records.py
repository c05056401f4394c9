"""What reading a statement finds: calls that make random variables, and events that a predicate may object to."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from refinestat.refinegen.catalogue import Distribution
from refinestat.refinegen.predicates.symbols import Shape, Symbols, Value


class What(StrEnum):
    """What happened at a node."""

    UNDECLARED = "a name that nothing declares"
    NO_SUCH_NAME = "a path that the library does not have"
    NOT_CALLABLE = "a call of something that is no function"
    REBOUND = "a data name bound again"
    READ_ONLY = "data changed where they are"
    NO_KEY = "a key that the data do not have"
    SHAPES = "two shapes that do not broadcast"
    INDEX = "an index"
    LIST_INDEX = "an index of a list"
    ARGUMENTS = "arguments that a function of the library cannot do with"
    UNPACK = "values taken apart, or gone through, that are not as many"
    TEXT = "a text in arithmetic"
    LABELS = "labels of a dimension that are none"
    BRANCH = "a branch on a value"
    PLAIN = "a tensor where a plain number is needed"
    OBJECTS = "a NumPy array of tensors where a tensor is needed"
    LEAK = "the outcome used"
    LARGE = "a constant that is too large"
    STORE = "a change of what the model holds"
    HIDDEN = "a call of nobody knows what"
    CHANGE = "a random number drawn while the model is built"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One fact about a node. text: its name or place; values: what it was about."""

    what: What
    node: ast.AST
    text: str = ""
    values: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """What was passed, and where."""

    node: ast.AST
    value: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """The arguments of a call as evaluated. unsure: it has a * or ** of unknown content."""

    positional: tuple[Argument, ...]
    keywords: Mapping[str, Argument]
    unsure: bool

    @property
    def values(self) -> list[Value]:
        return [a.value for a in self.positional]

    @property
    def named(self) -> dict[str, Value]:
        return {name: a.value for name, a in self.keywords.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call of a distribution (spec) or of Deterministic, Potential, Data.

    registered: it adds a named variable to the model (`.dist` does not). label: its first argument. arguments: by
    parameter; options: other keywords. excess: positional arguments over the limit. unsure: it was called with * or **
    whose content is unknown. taken: the line on which its name was declared before (0: unknown line); prefix: of the
    enclosing nested model."""

    node: ast.Call
    function: str
    spec: Distribution | None
    registered: bool
    label: Argument | None = None
    arguments: Mapping[str, Argument] = field(default_factory=dict)
    options: Mapping[str, Argument] = field(default_factory=dict)
    excess: int = 0
    repeated: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    unsure: bool = False
    taken: int | None = None
    missing_dims: tuple[str, ...] = ()
    shape: Shape | None = None

    @property
    def title(self) -> str:
        """As it was called: `pm.Normal`, `pm.Normal.dist`."""
        return f"pm.{self.function}" if self.registered or self.spec is None else f"pm.{self.function}.dist"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Everything found in one statement, in the order of evaluation, and the table after it."""

    offset: int
    calls: tuple[Call, ...]
    events: tuple[Event, ...]
    symbols: Symbols

    def place(self, node: ast.AST) -> dict[str, int]:
        """Line and column of a node in the whole program."""
        return {"line": getattr(node, "lineno", 1) + self.offset, "column": getattr(node, "col_offset", 0) + 1}
