"""What the page shows, worked out: the template only lays it out. Texts are plain; the template escapes them."""

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from refinestat.refinegen.plots import Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A number with where it stands in the tables, so that a reader (or a test) can find it there.

    text: as shown. of: the row, such as `seed refinestat-slm/gp/3`. column: of that row."""

    text: str
    value: float
    of: str
    column: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One check against its threshold. at, threshold: positions from 0 to 100; good: where passing values lie, as
    (from, width). at is None where there is no value; over: it lies beyond the scale."""

    name: str
    meaning: str
    value: Number | None
    rule: str
    passed: bool
    why: str
    at: float | None
    threshold: float
    good: tuple[float, float]
    over: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Square:
    """One search in the matrix. score: checks passed; None: no program yet."""

    anchor: str
    seed: int
    score: int | None
    finished: bool
    reliable: bool
    elpd: Number | None
    passed: Number | None
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row of the matrix: the searches on a data set, one for each seed."""

    dataset: str
    anchor: str
    squares: tuple[Square, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    model: str
    seeds: tuple[int, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A statement that the predicates refused."""

    predicate: str
    why: str
    line: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One attempt in the story of a search. fails: names of checks. source: priors and likelihood."""

    number: int
    drawn: str
    refused: tuple[Refused, ...]
    refused_by: Mapping[str, int]
    outcome: str
    why: str
    looked_up: bool
    reliable: bool
    is_answer: bool
    passed: tuple[bool, ...]
    fails: tuple[str, ...]
    elpd: Number
    best_so_far: Number | None
    tokens: Number
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """A step in the curve of a search, in units of the drawing. kind: "reliable", "weak" or "failed"."""

    x: float
    y: float
    kind: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A text in the curve of a search."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """How the best ELPD-LOO grew over a search. path: of the best so far; empty where nothing was reliable.

    labels: the highest and the lowest ELPD-LOO. numbers: of attempts."""

    width: float
    height: float
    dots: tuple[Dot, ...]
    path: str
    labels: tuple[Label, ...]
    numbers: tuple[Label, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One search, attempt by attempt."""

    anchor: str
    model: str
    dataset: str
    seed: int
    verdict: str
    reliable: bool
    finished: bool
    damaged: int
    steps: tuple[Step, ...]
    curve: Curve


@dataclass(frozen=True, slots=True, kw_only=True)
class Winner:
    """The best program of a model and data set. source: highlighted, empty where there is none. cautions: what the
    checks that fail mean for its numbers."""

    anchor: str
    search: str
    model: str
    dataset: str
    about: str
    seed: int
    reliable: bool
    verdict: str
    why: str
    cautions: tuple[str, ...]
    elpd: Number | None
    elpd_se: Number | None
    over_seeds: str
    source: Markup
    bars: tuple[Bar, ...]
    figures: tuple[Figure, ...]
    lacks: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """What the searches on one data set took together. parts: (what, share of the tokens from 0 to 100)."""

    model: str
    dataset: str
    numbers: tuple[Number, ...]
    parts: tuple[tuple[str, float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The whole of it. tiles: (number, what). facts: (what, value)."""

    title: str
    lead: str
    notes: tuple[str, ...]
    tiles: tuple[tuple[str, str], ...]
    matrices: tuple[Matrix, ...]
    winners: tuple[Winner, ...]
    stories: tuple[Story, ...]
    cost_columns: tuple[tuple[str, str], ...]
    costs: tuple[Costs, ...]
    settings: tuple[tuple[str, str], ...]
    environment: tuple[tuple[str, str], ...]
