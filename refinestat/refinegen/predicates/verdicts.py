"""How a predicate answers."""

import ast
import difflib
from collections.abc import Iterable

from refinestat.refinegen.predicates.records import Reading
from refinestat.refinegen.records import Verdict


def accept(predicate: str) -> Verdict:
    return Verdict(predicate=predicate, ok=True)


def refuse(predicate: str, why: str, node: ast.AST, reading: Reading) -> Verdict:
    """A refusal at a node's place in the whole program."""
    return Verdict(predicate=predicate, ok=False, why=why, **reading.place(node))


def suggestion(name: str, known: Iterable[str]) -> str:
    """` (did you mean 'sigma'?)`, where something is near."""
    usual = {"sd": "sigma", "std": "sigma", "stddev": "sigma", "prec": "tau", "lambda": "lam", "lambda_": "lam", "loc": "mu",
             "mean": "mu", "prob": "p", "probs": "p", "rate": "lam", "df": "nu", "testval": "initval", "obs": "observed",
             "data": "observed", "start": "initval", "variance": "sigma", "var": "sigma", "scale": "sigma", "N": "n",
             "low": "lower", "high": "upper", "a": "alpha", "b": "beta", "dim": "dims", "logits": "logit_p", "size": "shape"}  # fmt: skip
    options = list(known)
    if usual.get(name) in options:
        return f" (did you mean {usual[name]!r}?)"
    same = [option for option in options if option.lower() == name.lower()]
    near = same or difflib.get_close_matches(name, options, n=1, cutoff=0.7)
    return f" (did you mean {near[0]!r}?)" if near else ""
