"""What the semantic grammar is made of: names that Pi knows, and what the statement has shown of itself so far."""

import keyword
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache

from refinestat.refinegen import catalogue
from refinestat.refinegen.grammar_calls import callable_names, observers
from refinestat.refinegen.grammar_places import place
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What the grammar of a statement spells out of Pi: it stays the same for most of a program. Names are sorted.

    tables: names of dicts with their keys. outcome: the outcome's key in the data, or nothing. forbidden: may not be
    bound. observers: distributions that the outcome can have. scored: the outcome may be observed only, and once.
    observes: it is. learns: there is a free variable."""

    modules: tuple[str, ...]
    tables: tuple[tuple[str, tuple[str, ...]], ...]
    outcome: str
    forbidden: tuple[str, ...]
    dims: tuple[str, ...]
    builtins: tuple[str, ...]
    observers: frozenset[str]
    scored: bool
    observes: bool
    learns: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What Pi knows before a statement.

    places: the names that the grammar has places for, and the byte of each. taken: names of variables of the model."""

    setting: Setting
    places: Mapping[str, int]
    taken: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """What a statement has shown of itself: with it, the grammar of the rest becomes exact.

    called: distributions (and what else gives names) that it calls. roots: libraries that it names; pm, where anything
    of pm may come beside `called`. bound: what stands before its `=`, as written; empty until that matters. taken: that
    is the name of a variable of the model already. nested: it makes a variable within another's arguments."""

    called: frozenset[str] = frozenset()
    roots: frozenset[str] = frozenset()
    bound: str = ""
    taken: bool = False
    nested: bool = False

    @property
    def bears(self) -> bool:
        """Whether it binds one name, which may be that of a variable."""
        return self.bound != "" and "," not in self.bound

    @property
    def form(self) -> "Begun":
        """The same, whatever the names that it binds: all that the grammar depends on."""
        return replace(self, bound="_" if self.bears else self.bound and "_, _")


def begun(statement: str, names: Names) -> Begun:
    """What is known of a statement that is being written."""
    code = _COMMENT.sub("", statement)
    setting = names.setting
    known = _of_pm(setting.scored)
    found_names = [found[1] or found[2] for found in _CALLED.finditer(code)]
    called = frozenset(name for name in found_names if name in known or name in CONDITIONAL)
    head = len(code) - len(code.lstrip())  # what begins here is a name that is to be bound, even if it begins like np
    named = {found[1] for found in _ROOT.finditer(code) if found.start() > head}
    roots = {root for root in named if root.split(".")[0] in setting.modules}
    if not called:
        roots.add("pm")
    elif not _closed(code, called):
        roots |= {"pm", "pm.math"}
    found = _BOUND.match(statement)
    bound = found[1] if found else ""
    if not called and roots == {"pm"} and bound not in names.taken:
        bound = ""
    nested = not setting.learns and len(labels(code)) > 1
    return Begun(called=called, roots=frozenset(roots), bound=bound, taken=bound in names.taken, nested=nested)


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
    there = _of_pm(names.setting.scored).union(name for name in catalogue.load().opened["pm"] if name.islower())
    return any(name not in there for name in _OF_PM.findall(_COMMENT.sub("", statement)))


@cache
def _of_pm(scored: bool) -> frozenset[str]:
    """What is called on pm and gives a variable its name."""
    return callable_names(scored).union(NAMING, () if scored else ("Potential",))


def labels(statement: str) -> list[str]:
    """Names of variables that the statement has given to the model so far."""
    return [found[1] or found[2] or "" for found in _LABEL.finditer(_COMMENT.sub("", statement))]


def names(symbols: Symbols) -> Names:
    """What Pi knows, by where it may stand."""
    values = {n: v for n, v in symbols.values.items() if n.isascii() and n.isidentifier()}
    fixed = {n for n, v in values.items() if v.kind in {Kind.MODULE, Kind.MODEL, Kind.DATA, Kind.FUNCTION}}
    scored = symbols.dataset is not None
    setting = Setting(
        modules=_sorted(n for n, v in values.items() if v.kind is Kind.MODULE and v.path == n),
        tables=_tables(values, symbols),
        outcome=(symbols.outcome or "") if any(v.kind is Kind.DATA for v in values.values()) else "",
        forbidden=_sorted({*RESERVED, *BUILTINS, *keyword.kwlist, *symbols.fixed, *fixed}),
        dims=_sorted(symbols.coords),
        builtins=_sorted(BUILTIN_FUNCTIONS - values.keys()),
        observers=observers(symbols.dataset),
        scored=scored,
        observes=bool(symbols.observations),
        learns=bool(symbols.free),
    )
    uses = {n: _uses(v, changed=n not in symbols.fixed) for n, v in values.items()}
    return Names(
        setting=setting,
        places={n: place(its) for n, its in uses.items() if its},
        taken=_taken(symbols),
    )


def _uses(value: Value, *, changed: bool) -> set[str]:
    """Where a name with this value may stand. changed: `+=` may bind it again.

    LIST: a sequence; UNNAMED: a distribution without a name; OBJECT: what is called or asked for a method (a
    covariance, a Gaussian process); OUTCOME: the outcome, whole."""
    if value.outcome is Outcome.WHOLE:
        return {"OUTCOME"}
    if value.outcome is not Outcome.FREE:
        return set()
    if value.kind is not Kind.NUMBER:
        use = {Kind.UNKNOWN: "OBJECT", Kind.SEQUENCE: "LIST", Kind.DISTRIBUTION: "UNNAMED"}.get(value.kind)
        return {use} if use else set()
    plain = value.known and value.shape == () and not value.symbolic
    size = "PLAIN" if plain else "SCALAR" if value.shape == () else "ARRAY"
    return {size, *(["INTEGER"] if value.integer is not False else []), *(["CHANGED"] if changed else [])}


def _sorted(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(found))


def _taken(symbols: Symbols) -> frozenset[str]:
    """Names in the model, and names whose companions (`chol_corr` of `chol`) are."""
    suffixes = {s for spec in catalogue.load().distributions.values() for s in spec.companions}
    stems = {n.removesuffix(s) for n in symbols.declared for s in suffixes if n.endswith(s)}
    return frozenset({*symbols.declared, *stems} - {""})


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
