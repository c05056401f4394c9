"""`refinestat check`: the predicates as a linter for PyMC programs, with output in the manner of ruff."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from commons.utils import UserError
from refinestat.refinegen.linter import formats, texts
from refinestat.refinegen.linter.formats import FORMATS, Finding
from refinestat.refinegen.predicates import data_section, judge_source

__all__ = ["FORMATS", "CheckRequest", "Finding", "check", "findings_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRequest:
    """What to check, and how. files: names, `-` for standard input. style: one of FORMATS.

    outcome: the variable or column for which the guards are on. run_data: execute each data section, contained.
    fit: sample what is accepted. only_models: leave out files without a PyMC model."""

    files: Sequence[str]
    style: str = "text"
    outcome: str | None = None
    run_data: bool = False
    fit: bool = False
    only_models: bool = False


def check(request: CheckRequest) -> int:
    """Judges each file, prints what is refused, and returns 0, or 1 if anything is.

    Raises UserError for a file that cannot be read, or that does not have the outcome."""
    files = {name: texts.read(name) for name in request.files}
    if request.only_models:
        files = {name: text for name, text in files.items() if texts.has_model(text)}
    for name, text in files.items():
        if request.outcome is not None and not texts.mentions(text, request.outcome):
            raise UserError(f"{shown(name)} has no variable or column {request.outcome!r}")
    known = {name: _seen(name, text, request) for name, text in files.items()}
    findings = {
        name: findings_of(name, text, outcome=request.outcome, known=known[name]) for name, text in files.items()
    }
    everything = [finding for found in findings.values() for finding in found]
    for line in formats.render(everything, request.style):
        print(line)
    if request.style == "text":
        print(_summary(everything, len(files)), file=sys.stderr)
    sampled = [_sampled(name, text, known[name]) for name, text in files.items() if request.fit and not findings[name]]
    return 0 if not everything and all(sampled) else 1


def _seen(name: str, text: str, request: CheckRequest) -> Mapping[str, Any]:
    """What the data section of a file makes, where it is to be executed."""
    if not request.run_data:
        return {}
    from refinestat.refinegen.fitting.data_section import execute  # noqa: PLC0415 - only where it is asked for
    from refinestat.refinegen.linter.fit_program import models, with_observed  # noqa: PLC0415

    plain = texts.without_magics(text)
    source = data_section(plain)
    section = execute(with_observed(source, models(plain)) if request.fit else source, folder_of(name))
    last = source.count("\n") + 1
    for note in section.notes:
        if note.line <= last:
            print(f"{shown(name)}:{note.line}: not run: {note.why}", file=sys.stderr)
    return {key: value for key, value in section.values.items() if value is not None}


def _sampled(name: str, text: str, known: Mapping[str, Any]) -> bool:
    from refinestat.refinegen.linter.fit import fit  # noqa: PLC0415 - only where it is asked for

    return fit(shown(name), texts.without_magics(text), known)


def folder_of(name: str) -> Path:
    """The folder that a data section may read."""
    return Path() if name == "-" else Path(name).parent


def findings_of(
    name: str, text: str, *, outcome: str | None = None, known: Mapping[str, Any] | None = None
) -> list[Finding]:
    """What the predicates refuse in a program, in the order of its lines."""
    verdicts = judge_source(text, None, known, outcome, thorough=True)
    if verdicts[0].why.startswith("not valid Python"):
        plain = texts.without_magics(text)
        verdicts = judge_source(plain, None, known, outcome, thorough=True) if plain != text else verdicts
    return [formats.finding(shown(name), verdict) for verdict in verdicts if not verdict.ok]


def shown(name: str) -> str:
    """A file as messages call it."""
    return "<stdin>" if name == "-" else name


def _summary(findings: Sequence[Finding], files: int) -> str:
    what = "1 file" if files == 1 else f"{files} files"
    if not findings:
        return f"{what} checked, nothing refused"
    return f"{what} checked, {len(findings)} refused in {len({each.file for each in findings})}"
