"""What the user says about their data: flags, or a dataset.toml."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from commons.owndata.column import DECLARABLE, ColumnKind
from commons.utils import UserError


class ColumnRole(StrEnum):
    """What a column is for."""

    OUTCOME = "outcome"
    PREDICTOR = "predictor"
    KNOWN_SCALE = "known_scale"
    TRIALS = "trials"
    GROUP = "group"
    LEAVE_OUT = "leave_out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """Everything but `file` may be left to be found out. All mappings are by the name of a column in the file."""

    file: Path
    name: str = ""
    description: str = ""
    columns: tuple[str, ...] = ()  # the only ones to use, the outcome apart
    roles: Mapping[str, ColumnRole] = field(default_factory=dict)
    kinds: Mapping[str, ColumnKind] = field(default_factory=dict)
    meanings: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    scale: bool = True


FIRST_LINE = "# What RefineStat is told about these data."  # of a file that `spec_text` has made
_Word = TypeVar("_Word", bound=StrEnum)


def role_of(text: str, where: str) -> ColumnRole:
    """The role with this name. Raises UserError naming all."""
    return _word(text, ColumnRole, tuple(ColumnRole), f"{where}: role")


def kind_of(text: str, where: str) -> ColumnKind:
    """The kind with this name. Raises UserError naming all."""
    return _word(text, ColumnKind, DECLARABLE, f"{where}: kind")


def _word(text: Any, words: type[_Word], allowed: tuple[_Word, ...], what: str) -> _Word:
    if text not in [str(word) for word in allowed]:
        raise UserError(f"{what} must be one of {', '.join(allowed)}, got {text!r}")
    return words(text)


def read_spec(path: Path) -> Spec:
    """The Spec in a dataset.toml; `file` is relative to it. Raises UserError with one line."""
    content = _content(path)
    known = {"file": str, "name": str, "description": str, "use": list, "scale": bool, "columns": dict}
    for key, value in content.items():
        if key not in known:
            raise UserError(f"{path}: unknown key {key!r}: there are {', '.join(known)}")
        if not isinstance(value, known[key]):
            raise UserError(f"{path}: {key} must be a {known[key].__name__}, got {value!r}")
    if not content.get("file"):
        raise UserError(f'{path}: it names no file (file = "heights.csv")')
    columns = content.get("columns", {})
    for name, about in columns.items():
        if not isinstance(about, dict) or not all(isinstance(each, str) for each in about.values()):
            raise UserError(f"{path}: [columns.{name}] must hold texts: role, kind, meaning, unit")
        for key in about:
            if key not in ("role", "kind", "meaning", "unit"):
                raise UserError(f"{path}: [columns.{name}] has no key {key!r}: there are role, kind, meaning, unit")

    def each(key: str, read: Callable[[str, str], Any]) -> dict[str, Any]:
        return {name: read(about[key], f"{path}: column {name!r}") for name, about in columns.items() if about.get(key)}

    return Spec(
        file=path.parent / content["file"],
        name=content.get("name", "") or (path.stem if path.stem != "dataset" else path.parent.resolve().name),
        description=content.get("description", ""),
        columns=tuple(str(name) for name in content.get("use", ())),
        roles=each("role", role_of),
        kinds=each("kind", kind_of),
        meanings=each("meaning", lambda text, _: text),
        units=each("unit", lambda text, _: text),
        scale=content.get("scale", True),
    )


def _content(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise UserError(f"there is no file {path}") from error
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(f"{path} is not TOML: {error}") from error


def spec_text(spec: Spec, comments: Mapping[str, str]) -> str:
    """The Spec as TOML. comments: by column, a remark that stands above it."""
    head = [
        f"{FIRST_LINE} Edit it, then: refinestat run --data THIS_FILE",
        f"file = {_quoted(str(spec.file))}",
        f"name = {_quoted(spec.name)}",
        f"description = {_quoted(spec.description)}",
        f"scale = {'true' if spec.scale else 'false'}  # offer columns whose scale is far from 1 standardised",
    ]
    lines = []
    for column, role in spec.roles.items():
        lines += ["", *([f"# {comments[column]}"] if comments.get(column) else []), f"[columns.{_quoted(column)}]"]
        lines.append(f"role = {_quoted(role)}")
        for key, texts in (("kind", spec.kinds), ("meaning", spec.meanings), ("unit", spec.units)):
            if column in texts:
                lines.append(f"{key} = {_quoted(texts[column])}")
    return "\n".join([*head, *lines]) + "\n"


def _quoted(text: str) -> str:
    """A TOML basic string."""
    escapes = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}
    shown = [
        escapes.get(each) or (f"\\u{ord(each):04x}" if ord(each) < 32 or ord(each) == 127 else each)
        for each in text.encode("utf-8", "replace").decode()
    ]
    return f'"{"".join(shown)}"'
