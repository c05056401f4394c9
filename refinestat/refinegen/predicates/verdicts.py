"""How a predicate answers."""

import ast
import difflib
from collections.abc import Iterable

from refinestat.refinegen.predicates.records import Reading
from refinestat.refinegen.records import Verdict

# What people call a parameter elsewhere.
USUAL = {
    "sd": "sigma", "std": "sigma", "stddev": "sigma", "scale": "sigma", "variance": "sigma", "var": "sigma",
    "prec": "tau", "lambda_": "lam", "rate": "lam", "loc": "mu", "mean": "mu", "prob": "p", "probs": "p",
    "logits": "logit_p", "df": "nu", "testval": "initval", "start": "initval", "obs": "observed", "data": "observed",
    "N": "n", "low": "lower", "high": "upper", "a": "alpha", "b": "beta", "dim": "dims", "size": "shape",
}  # fmt: skip


def accept(predicate: str) -> Verdict:
    return Verdict(predicate=predicate, ok=True)


def refuse(predicate: str, why: str, node: ast.AST, reading: Reading) -> Verdict:
    """A refusal at a node's place in the whole program."""
    return Verdict(predicate=predicate, ok=False, why=why, **reading.place(node))


def suggestion(name: str, known: Iterable[str]) -> str:
    """` (did you mean 'sigma'?)`, where something is near."""
    options = list(known)
    if USUAL.get(name) in options:
        return f" (did you mean {USUAL[name]!r}?)"
    same = [option for option in options if option.lower() == name.lower()]
    near = same or difflib.get_close_matches(name, options, n=1, cutoff=0.7)
    return f" (did you mean {near[0]!r}?)" if near else ""
