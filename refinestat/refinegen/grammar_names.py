"""What the semantic grammar is made of: names that Pi knows, and what the statement has shown of itself so far."""

import keyword
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from refinestat.refinegen import catalogue
from refinestat.refinegen.grammar_calls import callable_names, observers
from refinestat.refinegen.predicates import Symbols
from refinestat.refinegen.predicates.symbols import RESERVED, Kind, Outcome, Value
from refinestat.refinegen.predicates.vocabulary import CALLABLE_BUILTINS, VALUE_BUILTINS

BUILTIN_FUNCTIONS = frozenset({"abs", "len", "max", "min", "range", "round", "sum"})
BUILTINS = CALLABLE_BUILTINS | VALUE_BUILTINS
NAMING = ("Deterministic", "Data")  # what else, called on pm, gives a variable its name
CONDITIONAL = ("prior", "conditional")  # and of a Gaussian process
LATER = ("np", "pt", "pm.gp", "pm.math")  # libraries whose functions come in once they are named
_BEGINNING = r"(?:[ ]*(?:#[^\n]*)?\n)*[ ]{4}"
_BOUND = re.compile(_BEGINNING + r"([A-Za-z_]\w*(?: *, *[A-Za-z_]\w*)*) *=(?!=)", re.ASCII)
_COMMENT = re.compile(r"#[^\n]*")
_CALLED = re.compile(r"\bpm\.([A-Z]\w*)|\.(prior|conditional)\b", re.ASCII)
_CALLS = re.compile(_BEGINNING + r"(?:[A-Za-z_][\w, ]*= *)?pm\.([A-Z]\w*)", re.ASCII)
_OF_PM = re.compile(r"\bpm\.(\w+)(?=\W)", re.ASCII)
_PM = re.compile(r"\bpm\b")
_GOING_ON = re.compile(
    r"\bpm\.([A-Z]\w*)(?:\.dist)?\(\s*\S|\.(prior|conditional)\(\s*\S|\b(np|pt|pm\.gp|pm\.math|pm)\.(?s:.)", re.ASCII
)
_ROOT = re.compile(r"\b(np|pt|pm\.gp|pm\.math)\b")
_LABEL = re.compile(r"""\.\w+\(\s*(?:"(\w*)"|'(\w*)')""", re.ASCII)
_OPEN_LABEL = re.compile(r"""\.\w+\(\s*["'](\w*)$""", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What Pi knows before a statement. All names are sorted.

    plain: numbers of Python. scalars, arrays: tensors and arrays, without or with dimensions. whole: those of all
    three that may be an index. objects: what is called or asked for a method (a covariance, a Gaussian process).
    lists: sequences. unnamed: distributions without a name. observed: what holds the outcome, whole. tables: names of
    dicts with their keys. changed: may be bound again with `+=`. forbidden: may not be bound. taken: names of
    variables of the model. observers: distributions that the outcome can have. scored: the outcome may be observed
    only, and once. observes: it is. learns: there is a free variable."""

    modules: tuple[str, ...]
    plain: tuple[str, ...]
    scalars: tuple[str, ...]
    arrays: tuple[str, ...]
    whole: tuple[str, ...]
    objects: tuple[str, ...]
    lists: tuple[str, ...]
    unnamed: tuple[str, ...]
    observed: tuple[str, ...]
    tables: tuple[tuple[str, tuple[str, ...]], ...]
    changed: tuple[str, ...]
    forbidden: tuple[str, ...]
    taken: tuple[str, ...]
    dims: tuple[str, ...]
    builtins: tuple[str, ...]
    observers: frozenset[str]
    scored: bool
    observes: bool
    learns: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """What a statement has shown of itself: with it, the grammar of the rest becomes exact.

    called: distributions (and what else gives names) that it calls. roots: libraries that it names; pm, where anything
    of pm may come beside `called`. bound: what stands
    before its `=`, as written; empty until that matters. nested: it makes a variable within another's arguments."""

    called: frozenset[str] = frozenset()
    roots: frozenset[str] = frozenset()
    bound: str = ""
    nested: bool = False


def begun(statement: str, names: Names) -> Begun:
    """What is known of a statement that is being written."""
    code = _COMMENT.sub("", statement)
    known = _of_pm(names.scored)
    found_names = [found[1] or found[2] for found in _CALLED.finditer(code)]
    called = frozenset(name for name in found_names if name in known or name in CONDITIONAL)
    head = len(code) - len(code.lstrip())  # what begins here is a name that is to be bound, even if it begins like np
    named = {found[1] for found in _ROOT.finditer(code) if found.start() > head}
    roots = {root for root in named if root.split(".")[0] in names.modules}
    if not called:
        roots.add("pm")
    elif not _closed(code, called):
        roots |= {"pm", "pm.math"}
    found = _BOUND.match(statement)
    bound = found[1] if found else ""
    if not called and roots == {"pm"} and bound not in names.taken:
        bound = ""
    nested = not names.learns and len(labels(code)) > 1
    return Begun(called=called, roots=frozenset(roots), bound=bound, nested=nested)


def _closed(code: str, called: frozenset[str]) -> bool:
    """Whether the statement is a call of one distribution, and has named nothing else of pm so far."""
    calls = _CALLS.match(code)
    return calls is not None and calls[1] in called and calls[1] not in NAMING and len(_PM.findall(code)) == 1


def goes_on(statement: str, token: str, shown: Begun, names: Names) -> bool:
    """Whether the token shows what the grammar of the statement depends on, and goes on beyond it."""
    before, after = _COMMENT.sub("", statement), _COMMENT.sub("", statement + token)
    for found in _GOING_ON.finditer(after):
        name = found[1] or found[2] or found[3]
        if found.end() > len(before) and name not in shown.called and name not in shown.roots:
            return True
    assigned = _BOUND.match(after)
    return (
        assigned is not None
        and not shown.bound
        and assigned[1] in names.taken
        and assigned.end() > len(before)
        and bool(after[assigned.end() :].strip())
    )


def foreign(statement: str, names: Names) -> bool:
    """Whether it names something of pm that is not there: so much needs no grammar."""
    there = _of_pm(names.scored).union(name for name in catalogue.load().opened["pm"] if name.islower())
    return any(name not in there for name in _OF_PM.findall(_COMMENT.sub("", statement)))


@cache
def _of_pm(scored: bool) -> frozenset[str]:
    """What is called on pm and gives a variable its name."""
    return callable_names(scored).union(NAMING, () if scored else ("Potential",))


def labels(statement: str) -> list[str]:
    """Names of variables that the statement has given to the model so far."""
    return [found[1] or found[2] or "" for found in _LABEL.finditer(_COMMENT.sub("", statement))]


def open_label(statement: str) -> str | None:
    """What has been written of a variable's name, where the text ends within one."""
    found = _OPEN_LABEL.search(statement)
    return found[1] if found else None


def names(symbols: Symbols) -> Names:
    """What Pi knows, by where it may stand."""
    values = {n: v for n, v in symbols.values.items() if n.isascii() and n.isidentifier()}
    free = {n: v for n, v in values.items() if v.outcome is Outcome.FREE}
    numbers = {n: v for n, v in free.items() if v.kind is Kind.NUMBER}
    plain = {n for n, v in numbers.items() if v.known and v.shape == () and not v.symbolic}
    scalars = {n for n, v in numbers.items() if v.shape == ()} - plain
    fixed = {n for n, v in values.items() if v.kind in {Kind.MODULE, Kind.MODEL, Kind.DATA, Kind.FUNCTION}}
    scored = symbols.dataset is not None
    return Names(
        modules=_sorted(n for n, v in values.items() if v.kind is Kind.MODULE and v.path == n),
        plain=_sorted(plain),
        scalars=_sorted(scalars),
        arrays=_sorted(numbers.keys() - plain - scalars),
        whole=_sorted(n for n, v in numbers.items() if v.integer is not False),
        objects=_of(free, Kind.UNKNOWN),
        lists=_of(free, Kind.SEQUENCE),
        unnamed=_of(free, Kind.DISTRIBUTION),
        observed=_sorted(n for n, v in values.items() if v.outcome is Outcome.WHOLE),
        tables=_tables(values, symbols),
        changed=_sorted(numbers.keys() - symbols.fixed),
        forbidden=_sorted({*RESERVED, *BUILTINS, *keyword.kwlist, *symbols.fixed, *fixed}),
        taken=_taken(symbols),
        dims=_sorted(symbols.coords),
        builtins=_sorted(BUILTIN_FUNCTIONS - values.keys()),
        observers=observers(symbols.dataset),
        scored=scored,
        observes=bool(symbols.observations),
        learns=bool(symbols.free),
    )


def _sorted(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(found))


def _of(values: Mapping[str, Value], kind: Kind) -> tuple[str, ...]:
    return _sorted(n for n, v in values.items() if v.kind is kind)


def _taken(symbols: Symbols) -> tuple[str, ...]:
    """Names in the model, and names whose companions (`chol_corr` of `chol`) are."""
    suffixes = {s for spec in catalogue.load().distributions.values() for s in spec.companions}
    stems = {n.removesuffix(s) for n in symbols.declared for s in suffixes if n.endswith(s)}
    return _sorted({*symbols.declared, *stems} - {""})


def _tables(values: Mapping[str, Value], symbols: Symbols) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Dicts with the keys under which they hold numbers; `data` has those of the data set, but for the outcome."""
    found = []
    for name, value in sorted(values.items()):
        keys: tuple[str, ...] = ()
        if value.kind is Kind.DATA and symbols.dataset is not None:
            keys = tuple(v.name for v in symbols.dataset.variables if v.name != symbols.outcome)
        elif value.kind is Kind.TABLE and value.keys is not None:
            keys = tuple(str(key) for key in value.keys)
        if keys:
            found.append((name, keys))
    return tuple(found)
