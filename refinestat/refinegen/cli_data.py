"""The flags that name a user's own data, and the commands `describe` and `datasets`."""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from commons.utils import UserError, write_text

if TYPE_CHECKING:
    from commons.owndata.prepare import Prepared
    from commons.owndata.spec import Spec

DESCRIBE_EXAMPLES = """\
examples:
  {prog} heights.csv
  {prog} heights.csv --outcome height --role weight=predictor --write dataset.toml
"""
_SAID = ("outcome", "describe", "role", "kind", "columns", "trials", "known_scale", "group")


def add_data_flags(parser: argparse.ArgumentParser) -> None:
    """`--data` and what may be said about it."""
    group = parser.add_argument_group("your own data")
    group.add_argument(
        "--data", nargs="+", type=Path, metavar="FILE", help="CSV, Parquet, JSON, Excel, or dataset.toml"
    )
    _add_said(group)
    group.add_argument("--registry", type=Path, metavar="DIR", help="a folder of dataset.toml files; see --datasets")


def add_describe_flags(parser: argparse.ArgumentParser) -> None:
    """Of `refinestat describe`."""
    parser.add_argument("file", type=Path, metavar="FILE", help="CSV, Parquet, JSON, Excel, or dataset.toml")
    _add_said(parser)
    parser.add_argument(
        "--write", type=Path, metavar="TOML", help="save all this to a file, to edit and use with --data"
    )


def _add_said(parser: Any) -> None:
    add = parser.add_argument
    add("--outcome", metavar="COLUMN", help="what is to be explained (default: y or outcome, or the last column)")
    add("--describe", metavar="TEXT", help="a sentence about the data; the model reads it")
    add("--role", action="append", metavar="COLUMN=ROLE", help="predictor, group, trials, known_scale or leave_out")
    add("--kind", action="append", metavar="COLUMN=KIND", help="real, positive, proportion, count, binary, ...")
    add("--columns", metavar="A,B", help="the only columns to use, the outcome apart")
    add("--trials", metavar="COLUMN", help="numbers of trials of which the outcome counts the successes")
    add("--known-scale", metavar="COLUMN", help="known standard errors of the outcome")
    add("--group", action="append", metavar="COLUMN", help="levels that group the rows")
    add("--no-scale", action="store_true", help="offer every column on its own scale")


def own_data(arguments: argparse.Namespace) -> "tuple[Prepared, ...]":
    """The data sets that --data and --registry name, read and inferred. Raises UserError."""
    if arguments.data is None and arguments.registry is None:
        said = [f"--{name.replace('_', '-')}" for name in _SAID if getattr(arguments, name, None) is not None]
        if said or arguments.no_scale:
            raise UserError(f"{(said or ['--no-scale'])[0]} says something about a data file: name it with --data")
        return ()
    from commons.owndata.prepare import prepare  # noqa: PLC0415 - pandas is slow to load

    specs = [_spec(path, arguments) for path in arguments.data or ()]
    if len(specs) > 1 and any(getattr(arguments, name) is not None for name in _SAID):
        raise UserError("with several files, say what the columns are in a dataset.toml for each")
    prepared = [prepare(spec) for spec in specs]
    if arguments.registry is not None:
        prepared += _registered(arguments)
    names = [each.dataset.name for each in prepared]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise UserError(f"two data sets are called {twice!r}: name them in a dataset.toml")
    return tuple(prepared)


def _registered(arguments: argparse.Namespace) -> "list[Prepared]":
    from commons.owndata import registry  # noqa: PLC0415
    from commons.owndata.prepare import prepare  # noqa: PLC0415

    found = registry.specs(arguments.registry)
    wanted = [name for name in arguments.datasets or found if name in found]
    return [prepare(found[name]) for name in wanted]


def _spec(path: Path, arguments: argparse.Namespace) -> "Spec":
    """What the file or dataset.toml says, under the flags."""
    from commons.owndata.spec import ColumnRole, Spec, kind_of, read_spec, role_of  # noqa: PLC0415 - numpy is slow to load

    spec = read_spec(path) if path.suffix.lower() == ".toml" else Spec(file=path)
    roles = {column: role_of(text, "--role") for column, text in _pairs("--role", arguments.role)}
    roles |= {column: ColumnRole.GROUP for column in arguments.group or ()}
    for column, role in (
        (arguments.outcome, ColumnRole.OUTCOME),
        (arguments.trials, ColumnRole.TRIALS),
        (arguments.known_scale, ColumnRole.KNOWN_SCALE),
    ):
        if column is not None:
            roles[column] = role
    kept = {column: role for column, role in spec.roles.items() if column not in roles}
    single = (ColumnRole.OUTCOME, ColumnRole.TRIALS, ColumnRole.KNOWN_SCALE)
    kept = {column: role for column, role in kept.items() if role not in single or role not in roles.values()}
    chosen = [name.strip() for name in (arguments.columns or "").split(",") if name.strip()]
    return replace(
        spec,
        description=spec.description if arguments.describe is None else arguments.describe,
        columns=tuple(chosen) or spec.columns,
        roles={**kept, **roles},
        kinds={**spec.kinds, **{c: kind_of(text, "--kind") for c, text in _pairs("--kind", arguments.kind)}},
        scale=spec.scale and not arguments.no_scale,
    )


def _pairs(flag: str, texts: Sequence[str] | None) -> list[tuple[str, str]]:
    for text in texts or ():
        if "=" not in text:
            raise UserError(f"{flag} must be COLUMN={'ROLE' if flag == '--role' else 'KIND'}, got {text!r}")
    return [(text.rpartition("=")[0], text.rpartition("=")[2]) for text in texts or ()]


def describe(arguments: argparse.Namespace) -> int:
    """Prints what a run would tell the model about a file."""
    from commons.owndata.describe import description  # noqa: PLC0415 - pandas is slow to load
    from commons.owndata.prepare import prepare  # noqa: PLC0415
    from commons.owndata.spec import spec_text  # noqa: PLC0415

    if arguments.write is not None:
        _must_be_ours(arguments.write)
    prepared = prepare(_spec(arguments.file, arguments))
    print(description(prepared))
    if arguments.write is not None:
        file = prepared.spec.file.resolve()
        same = file.parent == arguments.write.resolve().parent
        spec = replace(prepared.spec, file=Path(file.name) if same else file)
        write_text(arguments.write, spec_text(spec, {column.name: column.why for column in prepared.columns}))
        print(f"\nWritten to {arguments.write}. To use it: refinestat run --data {arguments.write}")
    return 0


def _must_be_ours(path: Path) -> None:
    """Raises UserError where --write would replace a file that `describe` has not written."""
    from commons.owndata.spec import FIRST_LINE  # noqa: PLC0415

    if not path.is_file():
        return
    with path.open("rb") as file:
        head = file.read(len(FIRST_LINE))
    if head != FIRST_LINE.encode():
        raise UserError(f"--write {path}: there is such a file, which `describe` has not written; name another")


def list_datasets(arguments: argparse.Namespace) -> int:
    """Prints the built-in data sets, or those of a registry."""
    from commons.data_pymc import BUILT_IN  # noqa: PLC0415 - numpy is slow to load
    from commons.owndata import registry  # noqa: PLC0415

    for name, dataset in BUILT_IN.items():
        print(f"{name:20} {dataset.outcome.values.size:6} observations  {dataset.description}")
    if arguments.registry is not None:
        for name, spec in registry.specs(arguments.registry).items():
            print(f"{name:20} {spec.file.name:>19}  {spec.description}")
    return 0
