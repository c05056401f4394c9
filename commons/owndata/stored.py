"""The copy of a data set of the user's that a run keeps: one JSON file with every value, and its dataset.toml.

A run needs nothing else to be continued: not the file, nor pandas."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from commons.data_pymc import DATASETS, Dataset, Role, Scaling, Variable, register
from commons.owndata.prepare import Prepared
from commons.owndata.spec import spec_text
from commons.utils import UserError, write_text

FOLDER = "data"  # in the folder of a run
_FORMAT = 1


def save(folder: Path, prepared: Iterable[Prepared]) -> None:
    """Writes `<name>.json` and `<name>.toml` for each, whole or not at all."""
    for each in prepared:
        name = each.dataset.name
        text = json.dumps(_content(each), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        write_text(folder / f"{name}.json", text + "\n")
        spec = replace(each.spec, file=each.spec.file.resolve())
        write_text(folder / f"{name}.toml", spec_text(spec, {}))


def load(path: Path) -> tuple[Dataset, str]:
    """The data set in a file that `save` wrote, and a note where the user's file has changed since; else "".

    Raises UserError where the file is damaged."""
    try:
        content = json.loads(path.read_bytes())
        if content["format"] != _FORMAT:
            raise UserError(f"{path} was written by another version of RefineStat")
        dataset = _dataset(content)
        if [dataset.sha256, dataset.whole.sha256 if dataset.whole else None] != content["sha256"]:
            raise UserError(f"{path} is damaged: its values are not those that the run began with")
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(f"{path} is damaged: {error}") from error
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}") from error
    return dataset, _changed(dataset.name, Path(content["file"]), content["file_sha256"])


def register_stored(run: Path) -> None:
    """Makes the data sets that a run keeps known."""
    for path in sorted((run / FOLDER).glob("*.json")):
        register(load(path)[0])


def changed_files(run: Path) -> tuple[str, ...]:
    """What the user should know of the files that a run's own data were read from: those that have changed since."""
    return tuple(note for path in sorted((run / FOLDER).glob("*.json")) if (note := load(path)[1]))


def must_be_the_same(prepared: Sequence[Prepared], names: Iterable[str], run: Path) -> None:
    """Raises UserError where a run keeps a data set of the same name with other values."""
    known = set(names)
    for each in prepared:
        name = each.dataset.name
        if name in known and DATASETS[name].sha256 != each.dataset.sha256:
            raise UserError(
                f"cannot continue {run}: the data of {name!r} have changed since it began. Leave --data out to go on"
                f" with the run's own copy, or begin a new run"
            )


def _changed(name: str, file: Path, digest: str) -> str:
    try:
        same = hashlib.sha256(file.read_bytes()).hexdigest() == digest
    except OSError:  # moved or deleted: the run has its own copy
        return ""
    return "" if same else f"{file} has changed since the run began; it goes on with its own copy of {name!r}"


def _content(prepared: Prepared) -> dict[str, Any]:
    dataset = prepared.dataset
    return {
        "format": _FORMAT,
        "name": dataset.name,
        "description": dataset.description,
        "source": dataset.source,
        "file": str(prepared.spec.file.resolve()),
        "file_sha256": prepared.sha256,
        "notes": list(prepared.notes),
        "sha256": [dataset.sha256, dataset.whole.sha256 if dataset.whole else None],
        "variables": [_variable(variable) for variable in dataset.variables],
        "whole": [_variable(variable) for variable in dataset.whole.variables] if dataset.whole else None,
    }


def _variable(variable: Variable) -> dict[str, Any]:
    return {
        "name": variable.name,
        "role": variable.role,
        "meaning": variable.meaning,
        "column": variable.column,
        "unit": variable.unit,
        "levels": list(variable.levels),
        "ordered": variable.ordered,
        "scaling": None if variable.scaling is None else [variable.scaling.shift, variable.scaling.scale],
        "dtype": variable.values.dtype.name,
        "values": (variable.values if variable.raw is None else variable.raw).tolist(),
    }


def _dataset(content: dict[str, Any]) -> Dataset:
    about = {"name": content["name"], "description": content["description"], "source": content["source"]}
    whole = content["whole"]
    return Dataset(
        **about,
        variables=tuple(_read(each) for each in content["variables"]),
        whole=Dataset(**about, variables=tuple(_read(each) for each in whole)) if whole else None,
    )


def _read(content: dict[str, Any]) -> Variable:
    if content["dtype"] not in ("float64", "int64"):
        raise ValueError(f"values of type {content['dtype']!r}")
    scaling = None if content["scaling"] is None else Scaling(shift=content["scaling"][0], scale=content["scaling"][1])
    raw = np.array(content["values"], dtype=np.float64 if scaling else content["dtype"])
    return Variable(
        name=content["name"],
        values=raw if scaling is None else (raw - scaling.shift) / scaling.scale,
        role=Role(content["role"]),
        meaning=content["meaning"],
        raw=None if scaling is None else raw,
        scaling=scaling,
        column=content["column"],
        unit=content["unit"],
        levels=tuple(content["levels"]),
        ordered=content.get("ordered", False),
    )
