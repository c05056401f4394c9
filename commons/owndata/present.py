"""How the data are put to the model: names, order, meanings and the sentence at the top, in the style of the built-in
data sets, which is what the embedded model reads best."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from commons.data_pymc import Dataset, Role, Scaling, Variable
from commons.owndata.column import Column, ColumnKind
from commons.owndata.names import python_names
from commons.owndata.scales import is_exposure
from commons.owndata.spec import ColumnRole
from commons.owndata.words import PROPORTION, WAITING, counts_something, has, has_unit, without_unit, words_of
from commons.utils import one_line

_LONGEST_MEANING, _LONGEST_DESCRIPTION = 60, 200
_ZEROS = 0.3
_WHOLE = (ColumnKind.COUNT, ColumnKind.BINARY, ColumnKind.ORDINAL, ColumnKind.CATEGORY)
_ALONE = {  # of an outcome that nothing explains
    ColumnKind.COUNT: "Number of {what} at {number} rows.",
    ColumnKind.BINARY: "{what} in {number} rows.",
    ColumnKind.PROPORTION: "{what}, a share, in {number} rows.",
}
_BESIDE = frozenset({ColumnRole.TRIALS, ColumnRole.KNOWN_SCALE})  # the outcome
_ROLES = {
    ColumnRole.OUTCOME: Role.OUTCOME,
    ColumnRole.PREDICTOR: Role.PREDICTOR,
    ColumnRole.KNOWN_SCALE: Role.KNOWN_SCALE,
    ColumnRole.TRIALS: Role.TRIALS,
    ColumnRole.GROUP: Role.INDEX,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """A column that the model is told of. meaning: the user's; empty: its name says what it is."""

    column: Column
    role: ColumnRole
    meaning: str = ""


def present(  # noqa: PLR0913 - all by keyword but three
    used: Sequence[Used],
    chosen: np.ndarray,
    scalings: Mapping[str, Scaling | None],
    *,
    name: str,
    description: str,
    source: str,
    skewed: bool = False,
) -> Dataset:
    """The data set with the chosen rows: sizes, what explains the outcome, the outcome. scalings: by column. skewed:
    whether the outcome scatters by a factor."""
    groups = [each for each in used if each.role is ColumnRole.GROUP]
    known = next((each.column.name for each in used if each.role is ColumnRole.KNOWN_SCALE), "")
    size_names = {"N": None, **{_size_name(each, i): each for i, each in enumerate(groups)}}
    names = python_names((each.column.name for each in used), size_names, known_scale=known)
    outcome = next(each for each in used if each.role is ColumnRole.OUTCOME)
    divisor = scalings.get(outcome.column.name)
    own = {**scalings, known: Scaling(shift=0.0, scale=divisor.scale) if divisor and divisor.scale != 1 else None}
    variables = [_size("N", len(chosen), "number of rows")]
    variables += [
        _size(key, len(each.column.levels), f"number of {_plural(each)}") for key, each in size_names.items() if each
    ]
    told = [replace(each, meaning=each.meaning or _found_meaning(each, outcome.column)) for each in _ordered(used)]
    variables += [_variable(each, names, chosen, own) for each in told]
    sentence = description or sentence_about(used, len(chosen), skewed=skewed)
    return Dataset(
        name=name, description=one_line(sentence)[:_LONGEST_DESCRIPTION], variables=tuple(variables), source=source
    )


def _ordered(used: Sequence[Used]) -> list[Used]:
    """The outcome last; but a proportion, and one whose trials or standard errors are known, comes first with these, as
    a meta-analysis is read: what comes after them is what explains the outcome."""
    order: tuple[ColumnRole, ...] = (ColumnRole.GROUP, ColumnRole.PREDICTOR, ColumnRole.OUTCOME)
    share = any(each.role is ColumnRole.OUTCOME and each.column.kind is ColumnKind.PROPORTION for each in used)
    if share or not _BESIDE.isdisjoint(each.role for each in used):
        order = (ColumnRole.OUTCOME, ColumnRole.KNOWN_SCALE, ColumnRole.TRIALS, ColumnRole.GROUP, ColumnRole.PREDICTOR)
    return sorted(used, key=lambda each: order.index(each.role))


def _size(name: str, value: int, meaning: str) -> Variable:
    return Variable(name=name, values=np.array(value), role=Role.SIZE, meaning=meaning)


def _size_name(each: Used, number: int) -> str:
    return ("J", "K", "G", "M", "S", "T")[number] if number < 6 else f"n_groups_{number}"


def _variable(
    each: Used, names: Mapping[str, str], chosen: np.ndarray, scalings: Mapping[str, Scaling | None]
) -> Variable:
    column = each.column
    raw = column.values[chosen]
    scaling = scalings.get(column.name)
    if scaling is None and column.kind in _WHOLE and each.role is not ColumnRole.KNOWN_SCALE:
        raw = raw.astype(np.int64)
        if column.kind is ColumnKind.ORDINAL and not column.levels and each.role is ColumnRole.OUTCOME:
            raw = raw - raw.min()
    return Variable(
        name=names[column.name],
        values=raw if scaling is None else (raw - scaling.shift) / scaling.scale,
        role=_ROLES[each.role],
        meaning=_meaning(each, scaling),
        raw=None if scaling is None else raw,
        scaling=scaling,
        column=column.name,
        unit=column.unit,
        levels=column.levels,
        ordered=column.kind is ColumnKind.ORDINAL,
    )


def spoken(name: str) -> str:
    """A column's name as a sentence says it, without its unit."""
    found = words_of(without_unit(name)) or words_of(name)
    words = " ".join(found[:-1] if has_unit(without_unit(name)) else found) or name
    return one_line(words)[:_LONGEST_MEANING].strip()


def _meaning(each: Used, scaling: Scaling | None) -> str:
    column, text = each.column, one_line(each.meaning)[:_LONGEST_MEANING].strip()
    if column.kind is ColumnKind.BINARY and column.levels and each.role is not ColumnRole.GROUP:
        text += f", 1 is {one_line(column.levels[1])[:20]}"
    if scaling is not None and each.role in (ColumnRole.OUTCOME, ColumnRole.PREDICTOR):
        text += ", standardised" if scaling.shift else "" if each.role is ColumnRole.OUTCOME else ", scaled"
    return text


def _found_meaning(each: Used, outcome: Column) -> str:  # noqa: PLR0911 - one per role or kind
    word, kind = spoken(each.column.name), each.column.kind
    if each.role is ColumnRole.TRIALS:
        return "number of trials"
    if each.role is ColumnRole.KNOWN_SCALE:
        return "standard error"
    if each.role is ColumnRole.GROUP:
        return f"{word} index"
    if is_exposure(each.column, outcome):
        return "population at risk" if "population" in word or "pop" in word.split() else "exposure"
    if kind is ColumnKind.DATE:
        return f"{word}, {each.column.unit}"
    if kind is ColumnKind.ORDINAL and each.role is ColumnRole.OUTCOME:
        return f"{word}, ordered levels"
    if kind is ColumnKind.COUNT and each.role is ColumnRole.OUTCOME and counts_something(each.column.name):
        bare = re.sub(
            r"^(number of|number|num|n|count of|count|counts)( |$)|( |^)(count|counts|number|freq)$", "", word
        )
        return f"number of {bare}" if bare else word
    return word


def _plural(each: Used) -> str:
    word = spoken(each.column.name).removesuffix(" id").removesuffix(" code")
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return f"{word[:-1]}ies"
    return (
        word
        if word.endswith("s") and not word.endswith("ss")
        else f"{word}s"
        if not word.endswith(("s", "ch", "x"))
        else f"{word}es"
    )


def sentence_about(used: Sequence[Used], number: int, *, skewed: bool) -> str:
    """The sentence at the top of the data section where the user gave none."""
    outcome = next(each for each in used if each.role is ColumnRole.OUTCOME)
    what = spoken(outcome.column.name)
    if outcome.column.kind is ColumnKind.COUNT:
        what = re.sub(r"^(n|no|num|number of|number|count of) (?=.)", "", what)
    by = _listed(
        [
            spoken(e.column.name)
            for e in used
            if e.role is ColumnRole.PREDICTOR and not is_exposure(e.column, outcome.column)
        ]
    )
    groups = _listed([spoken(e.column.name) for e in used if e.role is ColumnRole.GROUP])
    share = outcome.column.kind is ColumnKind.PROPORTION and not has(outcome.column.name, PROPORTION)
    if share and (by or groups):
        what = f"proportion of {what}"
    roles = {each.role for each in used}
    if ColumnRole.KNOWN_SCALE in roles:
        text = f"Meta-analysis of {number} studies: {what} with standard errors{f', by {by}' if by else ''}."
    elif ColumnRole.TRIALS in roles:
        text = f"number of {what} out of the total in {number} rows"
        text += f", by {_listed([each for each in (by, groups) if each])}." if by or groups else "."
    elif skewed and has(outcome.column.name, WAITING) and not groups:
        text = f"{what} until failure for {number} rows{f' by {by}' if by else ''}."
    elif skewed and not groups:
        text = (
            f"{what} (positive, skewed) against {by}." if by else f"Distribution of {what} among {number} rows, skewed."
        )
    elif _many_zeros(outcome.column) and not groups:
        text = f"Number of {what} in {number} rows{f', by {by}' if by else ''}; many have none."
    elif groups:
        text = f"{what} of {number} rows by {groups}{f', given {by}' if by else ''}."
    elif by:
        text = f"{what} against {by} for {number} rows."
    else:
        text = _ALONE.get(outcome.column.kind, "{number} measurements of {what}.").format(what=what, number=number)
    return text[:1].upper() + text[1:]


def _many_zeros(column: Column) -> bool:
    """Whether there are far more zeros than counts with this mean have."""
    if column.kind is not ColumnKind.COUNT:
        return False
    values = column.values[~np.isnan(column.values)]
    zeros = float((values == 0).mean())
    return zeros > _ZEROS and zeros > 2 * np.exp(-values.mean())


def _listed(words: Sequence[str]) -> str:
    return "" if not words else words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
