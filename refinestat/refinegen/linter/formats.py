"""How refusals are printed: for people, for programs, for a pull request."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from refinestat.refinegen.records import Verdict

FORMATS = ("text", "json", "github")
# The one obvious fix, where a message ends with it: it gets a line of its own.
_HELP = re.compile(
    r" \((?P<near>did you mean [^()]+\?)\)|; (?P<advice>(?:pass|use) [^;]+)$| \((?P<code>import [^()]+)\)$"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A refusal, and where it is. line, column: from 1. help: how to mend it, where that is obvious."""

    file: str
    line: int
    column: int
    rule: str
    message: str
    help: str = ""


def finding(file: str, verdict: Verdict) -> Finding:
    found = _HELP.search(verdict.why)
    return Finding(
        file=file,
        line=verdict.line or 1,
        column=verdict.column or 1,
        rule=verdict.predicate,
        message=verdict.why.replace(found.group(), "", 1) if found else verdict.why,
        help=next(part for part in found.groups() if part) if found else "",
    )


def render(findings: Sequence[Finding], style: str) -> list[str]:
    """The lines to print. style: one of FORMATS."""
    return {"text": _as_text, "json": _as_json, "github": _as_github}[style](findings)


def _as_text(findings: Iterable[Finding]) -> list[str]:
    lines = []
    for each in findings:
        lines.append(f"{each.file}:{each.line}:{each.column}: {each.rule}: {each.message}")
        lines += [f"  help: {each.help}"] if each.help else []
    return lines


def _as_json(findings: Iterable[Finding]) -> list[str]:
    names = ("file", "line", "column", "rule", "message", "help")
    rows = [{name: getattr(each, name) for name in names if getattr(each, name) != ""} for each in findings]
    return [json.dumps(rows, indent=2, ensure_ascii=True)]


def _as_github(findings: Iterable[Finding]) -> list[str]:
    """Annotations for a pull request: https://docs.github.com/actions/reference/workflow-commands-for-github-actions."""
    return [
        f"::error file={_escaped(each.file, ',:')},line={each.line},col={each.column},"
        f"title={_escaped(each.rule, ',:')}::{_escaped(each.message + (f' ({each.help})' if each.help else ''))}"
        for each in findings
    ]


def _escaped(text: str, more: str = "") -> str:
    return "".join(f"%{ord(each):02X}" if each in "%\r\n" + more else each for each in text)
