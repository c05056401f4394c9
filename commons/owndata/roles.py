"""What each column is for: as the user says, by its name, and checked against its values."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from commons.owndata import words
from commons.owndata.column import Column, ColumnKind
from commons.owndata.explained import is_variance
from commons.owndata.spec import ColumnRole, Spec
from commons.utils import UserError, one_line

_FEW = 0.5  # the share of values that a mistake may have
_MISTAKES, _SHARE_OF_MISTAKES = 3, 0.1  # fewer values than this, or a smaller share: the name is right, they are not
_FEWEST_LIKE_TRIALS, _SHARE_LIKE_TRIALS, _CORRELATION_LIKE_TRIALS = 5, 0.1, 0.6
_CORRELATION_BY_NAME = 0.3
_NUMERIC = (ColumnKind.REAL, ColumnKind.POSITIVE, ColumnKind.PROPORTION)
_SUCCESSES = frozenset(
    ["successes", "success", "positives", "positive", "hits", "infected", "cured", "correct", "survivors", "recovered"]
)
_COUNTED = frozenset(
    ["count", "counts", "cnt", "number", "num", "freq", "frequency", "deaths", "births", "accidents", "visits"]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """role: of a column. why: as a person reads it."""

    role: ColumnRole
    why: str


def must_be_columns(names: Sequence[str], there: Sequence[str]) -> None:
    """Raises UserError for the first name that is not one of the columns."""
    for name in names:
        if name not in there:
            near = difflib.get_close_matches(name, there, n=1)
            shown = ", ".join(one_line(each) for each in there[:12]) + (", ..." if len(there) > 12 else "")
            hint = f" (did you mean {near[0]!r}?)" if near else ""
            raise UserError(f"there is no column {name!r}{hint}. There are: {shown}")


def outcome_name(columns: Sequence[Column], spec: Spec) -> tuple[str, str]:
    """The name of the outcome, and why it is: the user's, one called y or outcome, else the last that can be one."""
    named = [name for name, role in spec.roles.items() if role is ColumnRole.OUTCOME]
    if len(named) > 1:
        raise UserError(f"there can be one outcome, got {len(named)}: {', '.join(map(one_line, named))}")
    if named:
        return named[0], "as you said"
    allowed = [c for c in columns if c.usable and c.kind not in (ColumnKind.CATEGORY, ColumnKind.DATE)]
    allowed = [c for c in allowed if c.name not in spec.roles]
    for column in allowed:
        if column.name.lower() in words.OUTCOME or words.has(column.name, words.EXPLAINED):
            return column.name, "by its name"
    beside = [c for c in allowed if words.has(c.name, words.ERROR) or words.BESIDE.issuperset(words.words_of(c.name))]
    plain = [c for c in allowed if c not in beside] or allowed
    likely = [c for c in plain if not _explains(c) and not any(is_variance(c, other) for other in plain)] or plain
    if not likely:
        seen = "; ".join(f"{one_line(c.name)[:30]}: {one_line(c.why)[:60]}" for c in columns[:3])
        raise UserError(f"no column can be the outcome: it must hold numbers, or two levels ({seen})")
    return likely[-1].name, "the last column that can be one"


def _explains(column: Column) -> bool:
    """Whether a column is one that explains by its name, or names one of two groups."""
    two_groups = column.kind is ColumnKind.BINARY and (
        words.names_groups(column.name)
        or (column.levels and not column.levels[0].isdecimal() and not _asked(column.levels))
    )
    return bool(two_groups) or words.explains(column.name)


def _asked(levels: Sequence[str]) -> bool:
    """Whether two texts answer a question: yes and no, pass and fail."""
    return not words.ASKED.isdisjoint(level.casefold() for level in levels)


def check_outcome(outcome: Column, declared: bool) -> None:
    """Raises UserError where the column cannot be an outcome. declared: its kind is the user's."""
    name = outcome.name
    if outcome.kind is ColumnKind.CONSTANT:
        raise UserError(f"the outcome {name!r} is {outcome.why}: there is nothing to explain")
    if outcome.kind is ColumnKind.EMPTY:
        raise UserError(f"the outcome {name!r} has no values")
    if not outcome.usable or outcome.kind in (ColumnKind.CATEGORY, ColumnKind.DATE):
        because = f"{outcome.why}; {outcome.odd[0]}" if outcome.odd else outcome.why
        raise UserError(f"the outcome {name!r} cannot be explained: {because}. It must hold numbers, or two levels")
    values = outcome.values
    infinite = [odd for odd in outcome.odd if "infinite" in odd]
    if infinite:
        raise UserError(f"the outcome {name!r} has {infinite[0].split(':')[0]}: mend them, or leave them empty")
    if declared or outcome.levels:
        return
    filled = ~np.isnan(values)
    uncounted = filled & ((values < 0) | (values != np.round(values)))
    if words.has(name, _COUNTED) and outcome.kind in _NUMERIC and 0 < uncounted[filled].mean() < _FEW:
        row = int(np.argmax(uncounted)) + 1
        what = "is below 0" if values[row - 1] < 0 else "is not whole"
        raise UserError(
            f"the outcome {name!r} is a count by its name, but row {row} has {values[row - 1]:g}, which {what}:"
            f" mend it, or say --kind {name}=real"
        )
    outside = filled & ((values < 0) | (values > 1))
    if words.has(name, words.PROPORTION) and outcome.kind in _NUMERIC and 0 < outside[filled].mean() < _FEW:
        row = int(np.argmax(outside)) + 1
        raise UserError(
            f"the outcome {name!r} is a proportion by its name, but row {row} has {values[row - 1]:g}, which is not in"
            f" [0, 1]: mend it, or say --kind {name}=real"
        )


def assign(columns: Sequence[Column], spec: Spec) -> dict[str, Assigned]:
    """The role of each column, in order. Raises UserError where what the user says does not fit the values."""
    outcome, why = outcome_name(columns, spec)
    by_name = {column.name: column for column in columns}
    check_outcome(by_name[outcome], outcome in spec.kinds)
    roles: dict[str, Assigned] = {}
    for column in columns:
        if column.name == outcome:
            roles[column.name] = Assigned(role=ColumnRole.OUTCOME, why=why)
        elif column.name in spec.roles:
            roles[column.name] = _said(column, spec.roles[column.name], by_name[outcome])
        elif spec.columns and column.name not in spec.columns:
            roles[column.name] = Assigned(role=ColumnRole.LEAVE_OUT, why="not one of the columns you chose")
        else:
            roles[column.name] = _found(column, by_name[outcome], roles, spec)
    return roles


def _said(column: Column, role: ColumnRole, outcome: Column) -> Assigned:
    if role is not ColumnRole.LEAVE_OUT and not column.usable:
        raise UserError(f"column {column.name!r} cannot be a {role.replace('_', ' ')}: it is {column.why}")
    if role is ColumnRole.TRIALS:
        problem = _not_trials(column, outcome)
    elif role is ColumnRole.KNOWN_SCALE:
        problem = _not_scale(column, outcome)
    else:
        problem = ""
    if problem:
        what = "trials" if role is ColumnRole.TRIALS else "the known standard error"
        raise UserError(f"column {column.name!r} cannot be {what}: {problem}")
    return Assigned(role=role, why="as you said")


def _not_trials(column: Column, outcome: Column) -> str:
    """Why a column cannot hold the numbers of trials; empty if it can."""
    if outcome.kind not in (ColumnKind.COUNT, ColumnKind.BINARY) or outcome.levels:
        return f"the outcome {outcome.name!r} is {outcome.kind}, and trials are those of a count"
    if (
        column.levels
        or column.kind is ColumnKind.DATE
        or np.nanmax(np.abs(column.values - np.round(column.values))) > 0
    ):
        return "trials must be whole numbers"
    smaller = np.flatnonzero(column.values < outcome.values)
    if smaller.size:
        row = smaller[0]
        return (
            f"trials must not be smaller than the outcome, and row {row + 1} has {outcome.values[row]:g} of"
            f" {column.values[row]:g}"
        )
    return ""


def _not_scale(column: Column, outcome: Column) -> str:
    if outcome.kind not in _NUMERIC and not (outcome.kind is ColumnKind.COUNT and not outcome.levels):
        return f"the outcome {outcome.name!r} is {outcome.kind}, and standard errors are those of a measurement"
    if column.levels or column.kind is ColumnKind.DATE:
        return f"it is a {column.kind}"
    wrong = np.flatnonzero(column.values <= 0)
    if wrong.size:
        return f"standard errors must be above 0, and row {wrong[0] + 1} has {column.values[wrong[0]]:g}"
    return ""


def _found(column: Column, outcome: Column, before: Mapping[str, Assigned], spec: Spec) -> Assigned:
    """The role of a column of which the user says nothing."""
    if not column.usable:
        return Assigned(role=ColumnRole.LEAVE_OUT, why=column.why)
    said = {*spec.roles.values(), *(assigned.role for assigned in before.values())}
    if ColumnRole.TRIALS not in said and _names_trials(column, outcome):
        problem = _not_trials(column, outcome)
        if not problem:
            return Assigned(role=ColumnRole.TRIALS, why="never smaller than the outcome")
        if "smaller" in problem and np.mean(column.values < outcome.values) < _SHARE_OF_MISTAKES:
            raise UserError(
                f"column {column.name!r} holds the trials by its name, but {problem}: mend it, or say"
                f" --role {column.name}=predictor"
            )
    by_name = words.names_error_of(column.name, outcome.name) or is_variance(column, outcome)
    if (
        ColumnRole.KNOWN_SCALE not in said
        and by_name
        and outcome.kind in _NUMERIC
        and column.kind in (*_NUMERIC, ColumnKind.COUNT)
    ):
        problem = _not_scale(column, outcome)
        if problem and np.sum(column.values <= 0) < max(_MISTAKES, _SHARE_OF_MISTAKES * len(column.values)):
            raise UserError(
                f"column {column.name!r} holds the standard errors by its name, but {problem}: mend it, or say"
                f" --role {column.name}=predictor"
            )
        if not problem:
            return Assigned(role=ColumnRole.KNOWN_SCALE, why="by its name, and above 0 throughout")
    if column.kind is ColumnKind.CATEGORY:
        return Assigned(role=ColumnRole.GROUP, why="its levels group the rows")
    if says_what_ended(column, outcome):
        return Assigned(role=ColumnRole.LEAVE_OUT, why="says whether a time had ended, and does not explain it")
    return Assigned(role=ColumnRole.PREDICTOR, why="what is left explains the outcome")


def says_what_ended(column: Column, outcome: Column) -> bool:
    """Whether a column says which of the times that the outcome holds are complete, by their names."""
    waits = words.has(outcome.name, words.WAITING) and outcome.kind in (ColumnKind.POSITIVE, ColumnKind.COUNT)
    return waits and column.kind is ColumnKind.BINARY and words.has(column.name, words.ENDED)


def _names_trials(column: Column, outcome: Column) -> bool:
    if outcome.kind is not ColumnKind.COUNT or column.levels:
        return False
    if words.has(column.name, words.TRIALS) and column.kind in (ColumnKind.COUNT, ColumnKind.POSITIVE):
        return True
    if (
        words.has(outcome.name, _SUCCESSES)
        and column.kind is ColumnKind.COUNT
        and not words.has(column.name, words.TIME)
    ):
        return not _not_trials(column, outcome)
    if words.has(column.name, words.MAY_BE_TRIALS) and _may_be_trials(column, outcome):
        return True
    return column.kind is ColumnKind.COUNT and not words.has(column.name, words.TIME) and _like_trials(column, outcome)


def _may_be_trials(column: Column, outcome: Column) -> bool:
    """Whether whole numbers are never smaller than the outcome and go with it."""
    whole = column.kind in (ColumnKind.COUNT, ColumnKind.POSITIVE)
    if not whole or _not_trials(column, outcome) or words.has(outcome.name, words.MAY_BE_TRIALS):
        return False
    both = ~np.isnan(column.values) & ~np.isnan(outcome.values)
    apart = column.values[both].std() > 0 and outcome.values[both].std() > 0
    together = apart and np.corrcoef(column.values[both], outcome.values[both])[0, 1] > _CORRELATION_BY_NAME
    return bool(together)


def _like_trials(column: Column, outcome: Column) -> bool:
    """Whether the values alone say that one counts the trials of the other: never smaller, and they go together."""
    both = ~np.isnan(column.values) & ~np.isnan(outcome.values)
    trials, successes = column.values[both], outcome.values[both]
    if both.sum() < _FEWEST_LIKE_TRIALS or trials.min() < 1 or (successes > trials).any() or trials.std() == 0:
        return False
    share = successes.sum() / trials.sum()
    return bool(share > _SHARE_LIKE_TRIALS and np.corrcoef(trials, successes)[0, 1] > _CORRELATION_LIKE_TRIALS)
