"""Rules of the semantic grammar for calls of distributions, made from the catalogue.

A rule carries 64 bits: which parameters have been given, and what else is known about the call. So each keyword comes
once, positions before keywords, no two that exclude each other, and the bracket closes only on a combination that the
library accepts (llguidance, "parametric grammars")."""

import itertools
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from functools import cache

from commons.data_pymc import Dataset
from refinestat.refinegen import catalogue, predicates
from refinestat.refinegen.catalogue import Distribution
from refinestat.refinegen.predicates.symbols import UNKNOWN
from refinestat.refinegen.program import Statement

NOT_SCORED = frozenset({"CustomDist", "DensityDist"})  # a density of one's own: refused where programs are scored
UNNAMED = re.compile(r"(^|_)dists?$")  # parameters that hold unnamed distributions
LENGTHS = ("shape", "dims", "observed")  # what gives a random walk its length, beside `steps`
OPTIONS = {"shape": "lengths", "initval": "expr", "transform": "TRANSFORM", "dims": "dims", "observed": "observation"}
EXTRA = "truth"  # value of the few other keywords, all of them switches


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bits:
    """The bits of one group of distributions. parameters: those that exclude or replace others first."""

    parameters: tuple[str, ...]
    varied: int
    options: tuple[str, ...]

    def of(self, name: str) -> int:
        return (*self.parameters, *self.options).index(name)

    @property
    def keyword(self) -> int:  # a keyword was given: no position may follow
        return len(self.parameters) + len(self.options)

    @property
    def named(self) -> int:  # the call declares a variable
        return self.keyword + 1

    @property
    def observed(self) -> int:  # the call must observe the outcome
        return self.keyword + 2


def _both(conditions: Iterable[str], word: str = "and") -> str:
    """One condition of several."""
    *others, last = conditions
    for condition in reversed(others):
        last = f"{word}({condition}, {last})"
    return last


def _bits(spec: Distribution) -> _Bits:
    varied = frozenset().union(*spec.accepted) if spec.accepted else frozenset()
    order = sorted(spec.parameters, key=lambda p: p not in varied)
    return _Bits(parameters=tuple(order), varied=len(varied), options=(*OPTIONS, *spec.keywords))


def _closes(spec: Distribution, bits: _Bits) -> str:
    """The condition under which the call may end."""
    needed = [f"bit_set({bits.of(p)})" for p in spec.required]
    needed.append(f"or(bit_clear({bits.observed}), bit_set({bits.of('observed')}))")
    if spec.accepted:
        sets = {sum(1 << bits.of(p) for p in subset) for subset in spec.accepted}
        needed.append(_both((f"eq([0:{bits.varied}], {s})" for s in sorted(sets)), "or"))
    if "steps" in spec.parameters:
        needed.append(_both((f"bit_set({bits.of(name)})" for name in ("steps", *LENGTHS)), "or"))
    return _both(needed)


def _may_add(parameter: str, spec: Distribution, bits: _Bits) -> list[str]:
    """The conditions under which the parameter can still be given: not yet, and something accepted has them all."""
    conditions = [f"bit_clear({bits.of(parameter)})"]
    varied = bits.parameters[: bits.varied]
    if parameter not in varied:
        return conditions
    others = [p for p in varied if p != parameter]
    fits = {
        frozenset(chosen)
        for size in range(len(others) + 1)
        for chosen in itertools.combinations(others, size)
        if any({*chosen, parameter} <= subset for subset in spec.accepted)
    }
    apart = [p for p in others if frozenset({p}) not in fits]
    free = [p for p in others if p not in apart]
    every = 2 ** len(free)
    conditions += [f"bit_clear({bits.of(p)})" for p in apart]
    if len(fits) < every:  # more than pairs that exclude each other
        masks = sorted(sum(1 << bits.of(p) for p in chosen) for chosen in fits)
        conditions.append(_both((f"eq([0:{bits.varied}], {mask})" for mask in masks), "or"))
    return conditions


def _value(parameter: str) -> str:
    if not UNNAMED.search(parameter):
        return "argument"
    return "unnamed_list" if parameter.endswith("s") else "unnamed"


def _arguments(number: int, spec: Distribution, dims: bool) -> list[str]:
    """The rules `more` (after an argument) and `arg` (an argument) of one group."""
    bits, closes = _bits(spec), _closes(spec, _bits(spec))
    after_keyword = 1 << bits.keyword
    arguments = []
    for position, parameter in enumerate(spec.parameters):
        may = _may_add(parameter, spec, bits)
        value, bit = _value(parameter), bits.of(parameter)
        named = f'"{parameter}" IS {value} more{number}::bit_or({after_keyword | 1 << bit})'
        arguments.append(f"{named} %if {_both(may)}")
        if position < spec.positional:
            before = [f"bit_set({bits.of(p)})" for p in spec.parameters[:position]]
            condition = _both([*may, *before, f"bit_clear({bits.keyword})"])
            arguments.append(f"{value} more{number}::set_bit({bit}) %if {condition}")
    for option in bits.options:
        if option == "dims" and not dims:
            continue
        may = [f"bit_clear({bits.of(option)})"]
        may += [f"bit_set({bits.named})"] if option != "shape" else []
        may += [f"bit_set({bits.observed})"] if option == "observed" else []
        rest = f"more{number}::bit_or({after_keyword | 1 << bits.of(option)})"
        arguments.append(f'"{option}" IS {OPTIONS.get(option, EXTRA)} {rest} %if {_both(may)}')
    first = [f"RPAR %if {closes}", f"COMMA RPAR %if {closes}", f"COMMA arg{number}::_"]
    return [f"more{number}::_: " + "\n  | ".join(first), f"arg{number}::_: " + "\n  | ".join(arguments)]


@cache
def _groups(scored: bool) -> tuple[tuple[Distribution, tuple[str, ...]], ...]:
    """Distributions that are called alike: one of each, and all their names."""
    found: dict[object, tuple[Distribution, list[str]]] = {}
    for name, spec in catalogue.load().distributions.items():
        if spec.positional < 0 or (scored and name in NOT_SCORED):
            continue
        key = spec.parameters, spec.positional, spec.keywords, spec.required, spec.accepted
        found.setdefault(key, (spec, []))[1].append(name)
    return tuple((spec, tuple(names)) for spec, names in found.values())


@cache
def callable_names(scored: bool) -> frozenset[str]:
    """The distributions of the dialect."""
    return frozenset(name for _, names in _groups(scored) for name in names)


@cache
def observers(dataset: Dataset | None) -> frozenset[str]:
    """The distributions that the outcome can have, whatever their parameters: those that the predicates accept when
    nothing is known of the parameters. Without a data set, all."""
    names = callable_names(dataset is not None)
    if dataset is None:
        return names
    begun = predicates.start(dataset)
    symbols = replace(begun, values={**begun.values, "unknown": UNKNOWN})
    return frozenset(name for name in names if predicates.judge(_observing(name, dataset), symbols).ok)


def _observing(name: str, dataset: Dataset) -> Statement:
    spec = catalogue.load().distributions[name]
    given = {*spec.required, *min(spec.accepted, key=len, default=())}
    arguments = "".join(f"{parameter}=unknown, " for parameter in sorted(given))
    return Statement(source=f'    pm.{name}("observing", {arguments}observed={dataset.outcome.name})\n', line=1)


@cache
def call_rules(called: frozenset[str], observing: frozenset[str], scored: bool, dims: bool, others: bool) -> str:
    """Rules: `free` and `seen` (a named variable, the outcome observed), `nested` (a variable within an expression),
    `unnamed` and `apart` (unnamed, as a statement's whole value). Those of `called` in full.

    others: the others may come, by name, with anything after the bracket, and any within another. Else only calls of
    `called` may, as the statement's whole value, and what begins with pm within them is left open.

    Terminals that they need: TOP and FRESH (the names), IS, COMMA, LPAR, RPAR, DIST, REST, MEMBER, TRANSFORM."""
    rules, free, seen, nested, unnamed = [], [], [], [], []
    for number, (spec, names) in enumerate(_groups(scored)):
        if not called & {*names}:
            continue
        bits = _bits(spec)
        rules += [_terminal(f"D{number}", called & {*names}), *_arguments(number, spec, dims)]
        named = 1 << bits.named
        free.append(f"D{number} LPAR TOP more{number}::{named}")
        if called & observing & {*names}:
            rules.append(_terminal(f"O{number}", called & observing & {*names}))
            seen.append(f"O{number} LPAR TOP more{number}::{named | 1 << bits.observed}")
        nested.append(f"D{number} LPAR FRESH more{number}::{named}")
        unnamed.append(f"D{number} DIST arg{number}::0")
        if not spec.required and (not spec.accepted or frozenset() in spec.accepted) and "steps" not in spec.parameters:
            unnamed.append(f"D{number} DIST RPAR")
    rest = callable_names(scored) - called
    if not others:  # but a name may go on as another
        rest = frozenset(name for name in rest if name.startswith(tuple(called)))
    rules.append(_terminal("D", rest))
    kinds = {"free": [*free, "D LPAR REST"], "seen": seen or ["NOTHING"]}
    whole = [*unnamed, "D DIST REST"]
    if others:
        kinds |= {"nested": [*nested, "D LPAR REST"], "unnamed": ["UNNAMED", *whole], "apart": ["NOTHING"]}
    else:
        kinds |= {"nested": ["NOTHING"], "unnamed": ["UNNAMED", '"pm" MEMBER'], "apart": whole}
    rules += [f"{kind}: " + "\n  | ".join(ways) for kind, ways in kinds.items()]
    return "\n".join(rules)


def _terminal(name: str, names: Collection[str]) -> str:
    return f"{name}: /pm\\.({'|'.join(sorted(names))})/" if names else f"{name}: NOTHING"
