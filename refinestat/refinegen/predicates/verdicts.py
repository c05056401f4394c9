"""How a predicate answers."""

import ast
import difflib
import itertools
from collections.abc import Iterable

from refinestat.refinegen.predicates.nodes import measured
from refinestat.refinegen.predicates.records import Reading
from refinestat.refinegen.records import Verdict

# What people call a parameter elsewhere.
USUAL = {
    "sd": "sigma", "std": "sigma", "stddev": "sigma", "scale": "sigma", "variance": "sigma", "var": "sigma",
    "prec": "tau", "lambda_": "lam", "rate": "lam", "loc": "mu", "mean": "mu", "prob": "p", "probs": "p",
    "logits": "logit_p", "df": "nu", "testval": "initval", "start": "initval", "obs": "observed", "data": "observed",
    "N": "n", "low": "lower", "high": "upper", "a": "alpha", "b": "beta", "dim": "dims", "size": "shape",
}  # fmt: skip


LONGEST_COMPARED = 30
MOST_COMPARED = 30
MOST_LISTED = 30
LONGEST_SHOWN = 60
MOST_SHOWN = 150  # nodes: to write them out takes time


def accept(predicate: str) -> Verdict:
    return Verdict(predicate=predicate, ok=True)


def refuse(predicate: str, why: str, node: ast.AST, reading: Reading) -> Verdict:
    """A refusal at a node's place in the whole program."""
    return Verdict(predicate=predicate, ok=False, why=why, **reading.place(node))


def _alike(name: str, options: Iterable[str]) -> list[str]:
    """The first few options that are about as long and begin or end alike: to compare texts in full takes time."""
    if len(name) > LONGEST_COMPARED:
        return []
    alike = (
        option
        for option in options
        if abs(len(option) - len(name)) <= 4 and (option[:2] == name[:2] or option[-2:] == name[-2:])
    )
    return list(itertools.islice(alike, MOST_COMPARED))


def shown(node: ast.AST) -> str:
    """A part of the program as text; of a long one, the beginning."""
    if measured(node, MOST_SHOWN).fault:
        return "a long expression"
    text = ast.unparse(node)
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 3] + "..."


def listed(names: Iterable[str]) -> str:
    """The names that there are, of many the first few."""
    known = list(names)
    more = len(known) - MOST_LISTED
    return ", ".join(known[:MOST_LISTED]) + (f" and {more} more" if more > 0 else "")


def suggestion(name: str, known: Iterable[str]) -> str:
    """` (did you mean 'sigma'?)`, where something is near."""
    options = list(known)
    if USUAL.get(name) in options:
        return f" (did you mean {USUAL[name]!r}?)"
    same = [option for option in options if option.lower() == name.lower()]
    near = same or difflib.get_close_matches(name, _alike(name, options), n=1, cutoff=0.7)
    return f" (did you mean {near[0]!r}?)" if near else ""
