"""Faults on purpose, at low rates: idioms of PyMC3, and what novices write. The predicates have to find them."""

import re
from collections.abc import Callable

from training.corpus.draft import Draft

_SCALE_PRIOR = re.compile(r'pm\.(?:HalfNormal|HalfCauchy|Exponential)\(("\w+"), (?:\w+=)?[^,()]+')
_SHAPE = re.compile(r", shape=[^,)]+(?:\(\w+\))?\)$")


def legacy(draft: Draft) -> None:
    """PyMC3's name of a standard deviation."""
    for lines in (draft.priors, draft.likelihood):
        lines[:] = [re.sub(r"\bsigma=", "sd=", line) for line in lines]


def _normal_scale(draft: Draft) -> bool:
    """A scale that may be negative."""
    for i, line in enumerate(draft.priors):
        if _SCALE_PRIOR.search(line):
            draft.priors[i] = _SCALE_PRIOR.sub(r"pm.Normal(\1, mu=0, sigma=1", line)
            return True
    return False


def _variance(draft: Draft) -> bool:
    """A variance where a standard deviation belongs."""
    line = draft.likelihood[-1]
    draft.likelihood[-1] = re.sub(r"\bsigma=(\w+)", r"sigma=\1**2", line)
    return draft.likelihood[-1] != line


def _wrong_keyword(draft: Draft) -> bool:
    """A parameter of another library."""
    for i, line in enumerate(draft.priors):
        if "pm.Normal(" in line and "sigma=" in line:
            draft.priors[i] = line.replace("mu=", "loc=").replace("sigma=", "scale=")
            return True
    return False


def _no_shape(draft: Draft) -> bool:
    """One value where one per group is indexed."""
    for i, line in enumerate(draft.priors):
        if _SHAPE.search(line):
            draft.priors[i] = _SHAPE.sub(")", line)
            return True
    return False


_NOVICE: tuple[Callable[[Draft], bool], ...] = (_normal_scale, _variance, _wrong_keyword, _no_shape)


def novice(draft: Draft) -> bool:
    """Make one fault that this program can have; False if it can have none."""
    return any(make(draft) for make in draft.random.sample(_NOVICE, len(_NOVICE)))
