"""A folder of dataset.toml files is a registry: each is a data set, known by its name."""

from collections.abc import Iterator
from pathlib import Path

from commons.owndata.prepare import dataset_name
from commons.owndata.spec import Spec, read_spec
from commons.utils import UserError


def specs(folder: Path) -> dict[str, Spec]:
    """The Specs of all .toml files in a folder and its folders, by name. Raises UserError where two share a name."""
    if not folder.is_dir():
        raise UserError(f"registry {folder} is not a folder")
    found: dict[str, Spec] = {}
    for path in _files(folder):
        spec = read_spec(path)
        name = dataset_name(spec)
        if name in found:
            raise UserError(f"{path}: there are two data sets called {name!r} in the registry {folder}")
        found[name] = spec
    if not found:
        raise UserError(f"registry {folder} holds no dataset.toml")
    return found


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*.toml")) if path.name != "pyproject.toml")
