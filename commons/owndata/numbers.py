"""Texts that are numbers, as people and spreadsheets write them: 1,234.50 $, 1.234,50 EUR, 12 %, (3.5), 7 kg."""

import re

import numpy as np

_MONEY = re.compile(r"^(?:[$€£¥₹]|(?:USD|EUR|GBP|CHF|JPY|INR)\b)\s*|\s*(?:[$€£¥₹]|\b(?:USD|EUR|GBP|CHF|JPY|INR))$")
_GROUPED = re.compile(r"[-+]?\d{1,3}(,\d{3})+(\.\d+)?")
_UNIT = re.compile(r"([-+]?\d+(?:[.,]\d+)?(?:[eE][-+]?\d+)?)\s*([a-zA-Z°µ/]{1,8}\d?)")
_DECIMAL_COMMA = re.compile(r"[-+]?\d+,\d+|[-+]?\d{1,3}(\.\d{3})+(,\d+)?")
_WHOLE = re.compile(r"[-+]?\d+")
_BETWEEN_THOUSANDS = re.compile(r"(?<=\d)[ \u00a0\u2009\u202f'\u2019](?=\d{3}(?:\D|$))")
_IN_BRACKETS = re.compile(r"\(([^()]*\d[^()]*)\)")  # bookkeepers' minus
_NUMBER_LIKE = re.compile(r"[^\w]*\d[\d\W]*\w{0,3}")


def read_numbers(  # noqa: PLR0911 - one per way of writing
    texts: list[str],
) -> tuple[np.ndarray | None, str, tuple[str, ...]]:
    """Texts as numbers; None where they are none. The unit that stands behind them, and how they were read."""
    if not texts:
        return np.array([]), "", ()
    if (plain := _floats(texts)) is not None:
        return plain, "", ()
    tidy = [_BETWEEN_THOUSANDS.sub("", text.replace("\u2212", "-")) for text in texts]
    if all(text.endswith("%") for text in tidy):
        values, _ = _written([text[:-1].strip() for text in tidy])
        return values, "%", ()
    if (values := _written(tidy)[0]) is not None and _written(tidy)[1]:
        return values, "", ("decimal commas",)
    bare = [_MONEY.sub("", _IN_BRACKETS.sub(r"-\1", text)) for text in tidy]
    values, how = _written(bare)
    if values is not None:
        return values, "", (f"read without {'currency signs' if bare != tidy else 'what divides thousands'}{how}",)
    matched = [_UNIT.fullmatch(text) for text in tidy]
    if all(matched) and len({match[2] for match in matched if match}) == 1:
        unit = next(match[2] for match in matched if match)
        values, how = _written([match[1] for match in matched if match])
        return values, unit, (f"numbers with the unit {unit}{how}",)
    return None, "", ()


def look_like_numbers(texts: list[str]) -> bool:
    """Whether most texts are digits with little else."""
    return sum(bool(_NUMBER_LIKE.fullmatch(text)) for text in texts) > 0.8 * len(texts)


def _written(texts: list[str]) -> tuple[np.ndarray | None, str]:
    """Numbers with points or commas, and a remark on commas; None where they are none."""
    if (plain := _floats(texts)) is not None:
        return plain, ""
    if all(_GROUPED.fullmatch(text) or _floats([text]) is not None for text in texts):
        return _floats([text.replace(",", "") for text in texts]), ""
    if all(_DECIMAL_COMMA.fullmatch(text) or _WHOLE.fullmatch(text) for text in texts):
        return _floats([text.replace(".", "").replace(",", ".") for text in texts]), ", with decimal commas"
    return None, ""


def _floats(texts: list[str]) -> np.ndarray | None:
    try:
        return np.array([float(text) if "_" not in text else float("x") for text in texts])
    except ValueError:
        return None
