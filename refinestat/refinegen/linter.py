"""`refinestat check`: the predicates as a linter for PyMC programs, with output in the manner of ruff."""

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from commons.utils import UserError
from refinestat.refinegen.predicates import judge_source
from refinestat.refinegen.records import Verdict

FORMATS = ("text", "json", "github")
LARGEST = 1 << 20  # bytes read of a file: the predicates refuse anything near it, with the reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A refusal, and where it is. line, column: from 1."""

    file: str
    line: int
    column: int
    rule: str
    message: str


def check(files: Sequence[str], *, style: str = "text") -> int:
    """Judges each file (`-`: standard input), prints what is refused, and returns 0, or 1 if anything is.

    style: one of FORMATS. Raises UserError for a file that cannot be read."""
    texts = [(name, _text(name)) for name in files]
    findings = [finding for name, text in texts for finding in findings_of(name, text)]
    lines = {"text": _as_text, "json": _as_json, "github": _as_github}[style](findings)
    for line in lines:
        print(line)
    if style == "text":
        print(_summary(findings, len(files)), file=sys.stderr)
    return 1 if findings else 0


def findings_of(name: str, text: str) -> list[Finding]:
    """What the predicates refuse in a program, in the order of its lines."""
    return [_finding(name, verdict) for verdict in judge_source(text, None) if not verdict.ok]


def _text(name: str) -> str:
    """A program's text. What is not UTF-8 stays visible to the predicates, which refuse it."""
    try:
        data = sys.stdin.buffer.read(LARGEST) if name == "-" else _read(Path(name))
    except OSError as error:
        raise UserError(f"cannot read {name}: {error.strerror}") from error
    return data.decode("utf-8", errors="surrogateescape")


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(LARGEST)


def _finding(name: str, verdict: Verdict) -> Finding:
    return Finding(
        file="<stdin>" if name == "-" else name,
        line=verdict.line or 1,
        column=verdict.column or 1,
        rule=verdict.predicate,
        message=verdict.why,
    )


def _as_text(findings: Iterable[Finding]) -> list[str]:
    return [f"{each.file}:{each.line}:{each.column}: {each.rule}: {each.message}" for each in findings]


def _as_json(findings: Iterable[Finding]) -> list[str]:
    rows = [
        {"file": each.file, "line": each.line, "column": each.column, "rule": each.rule, "message": each.message}
        for each in findings
    ]
    return [json.dumps(rows, indent=2, ensure_ascii=True)]


def _as_github(findings: Iterable[Finding]) -> list[str]:
    """Annotations for a pull request: https://docs.github.com/actions/reference/workflow-commands-for-github-actions."""
    return [
        f"::error file={_escaped(each.file, ',:')},line={each.line},col={each.column},"
        f"title={_escaped(each.rule, ',:')}::{_escaped(each.message)}"
        for each in findings
    ]


def _escaped(text: str, more: str = "") -> str:
    return "".join(f"%{ord(each):02X}" if each in "%\r\n" + more else each for each in text)


def _summary(findings: Sequence[Finding], files: int) -> str:
    what = "1 file" if files == 1 else f"{files} files"
    if not findings:
        return f"{what} checked, nothing refused"
    return f"{what} checked, {len(findings)} refused in {len({each.file for each in findings})}"
