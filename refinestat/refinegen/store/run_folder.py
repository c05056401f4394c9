"""The folder of a run, held by one process at a time. Every file but the logs is written whole or not at all."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from commons.config import CELLS, MACHINE, Settings, checked
from commons.models import model_folder
from commons.owndata import stored
from commons.owndata.prepare import Prepared
from commons.utils import TEMPORARY, UserError, cannot_write, write_text
from refinestat.refinegen.store import codec, locking
from refinestat.refinegen.store.cell import Cell

ROOT = Path("results/refinestat-main")
BASELINES = Path("results/Baseline")  # of each strategy but the whole method: a folder, and its runs in it
FORMAT = 2
ADDED = {  # what runs lack that are older than it
    **{"strategy": "refinestat", "budget": "tokens", "budgets": None},
    **{"top_k": 0, "min_p": 0.0, "prompt": "plain", "dtype": "auto", "quantize": None},
}
BEST = ("best_program.py", "best_program_diagnostics.txt")


class RunFolder:
    """The folder of a run, held by this process alone until it is closed."""

    def __init__(
        self, path: Path, settings: Settings, lock: IO[str] | None = None, notes: tuple[str, ...] = ()
    ) -> None:
        self.path = path
        self.settings = settings
        self.notes = notes  # what the user should know about continuing this run
        self._lock = lock

    @classmethod
    def create(
        cls,
        settings: Settings,
        environment: Mapping[str, Any],
        *,
        root: Path = ROOT,
        output: Path | None = None,
        own: Sequence[Prepared] = (),
    ) -> Self:
        """A new run: the next free number under `root`, or the folder `output`, which must be new or empty.

        own: the user's data sets, of which the run keeps a copy."""
        path = numbered(root) if output is None else named(output)
        lock = locking.hold(path)
        run = cls(path, settings, lock)
        run.write_json("environment.json", environment)
        stored.save(path / stored.FOLDER, own)
        run._write_config()
        return run

    @classmethod
    def open(
        cls, path: Path, settings: Settings, environment: Mapping[str, Any], *, own: Sequence[Prepared] = ()
    ) -> Self:
        """Continues a run with the settings it began with; new models, data sets and seeds are added to it."""
        recorded = read_settings(path)
        _must_agree(path, recorded, settings)
        lock = locking.hold(path)
        for left in path.rglob(f".*{TEMPORARY}"):
            left.unlink(missing_ok=True)
        began = _read_json(path / "environment.json", f"{path} is not whole")
        notes = (*stored.changed_files(path), *_changes(path, began, environment))
        run = cls(path, _joined(recorded, settings), lock, notes)
        stored.save(path / stored.FOLDER, (each for each in own if each.dataset.name not in recorded.datasets))
        known = {kind: {**began.get(kind, {}), **environment[kind]} for kind in ("models", "datasets")}
        run.write_json("environment.json", {**began, **known})
        run._write_config()
        return run

    @classmethod
    def read(cls, path: Path) -> Self:
        """A run to look at, without holding it: it may be being written."""
        return cls(path, read_settings(path))

    def cell(self, model: str, dataset: str, seed: int) -> Cell:
        """The folder of one cell; it comes to be with its first file."""
        path = self.group(model, dataset) / f"seed_{seed}"
        return Cell(path, model=model, dataset=dataset, seed=seed, settings=self.settings)

    def cells(self) -> Iterator[Cell]:
        """Every cell of the run, started or not: models, then data sets, then seeds, in the order of the settings."""
        for model in self.settings.models:
            for dataset in self.settings.datasets:
                for seed in self.settings.seeds:
                    yield self.cell(model, dataset, seed)

    def group(self, model: str, dataset: str) -> Path:
        """The folder that holds the seeds of one model and data set."""
        return self.path / model_folder(model) / dataset

    def promote(self, cell: Cell) -> None:
        """Copies a cell's best program up: it is the best of its model and data set."""
        for name in BEST:
            source, target = cell.path / name, cell.path.parent / name
            if source.exists():
                write_text(target, source.read_text(encoding="utf-8"))
            else:
                target.unlink(missing_ok=True)

    def write_json(self, name: str, value: Any) -> None:
        write_text(self.path / name, codec.dumps(value, indent=2) + "\n")

    def _write_config(self) -> None:
        self.write_json("config.json", {"format": FORMAT, **asdict(self.settings)})

    def close(self) -> None:
        if self._lock is not None:
            self._lock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Tells whom a full disk or the like stopped how to go on."""
        if isinstance(error, UserError | ExceptionGroup):
            error.add_note(f"what is done is kept; to go on: refinestat run --resume {self.path}")
        self.close()


def read_settings(path: Path) -> Settings:
    """The settings of a run, from its config.json. Makes the data sets of the user's that it keeps known."""
    data = _read_json(path / "config.json", f"{path} holds no run")
    stored.register_stored(path)
    if data.pop("format", None) != FORMAT:
        raise UserError(f"{path} was written by another version of RefineStat: its format is not {FORMAT}")
    try:
        return checked({**ADDED, **data}, recorded=True)
    except UserError as error:
        raise UserError("\n".join(f"{path / 'config.json'}: {line}" for line in str(error).splitlines())) from error


def _read_json(path: Path, absent: str) -> dict[str, Any]:
    try:
        data = json.loads(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError) as error:
        raise UserError(f"{absent}: there is no {path}") from error
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}") from error
    except ValueError as error:
        raise UserError(f"{path} is damaged: {error}") from error
    if not isinstance(data, dict):
        raise UserError(f"{path} is damaged: it holds no settings")
    return data


def _must_agree(path: Path, recorded: Settings, settings: Settings) -> None:
    """Raises UserError naming the settings that would change the results of a run that has begun."""
    differ = [
        f"{key} is {settings_value!r}, the run began with {recorded_value!r}"
        for key, recorded_value in asdict(recorded).items()
        if key not in (*CELLS, *MACHINE) and (settings_value := getattr(settings, key)) != recorded_value
    ]
    if differ:
        raise UserError(f"cannot continue {path} with other settings: " + "; ".join(differ))


def _joined(recorded: Settings, settings: Settings) -> Settings:
    """The settings with the cells of both."""
    return replace(
        settings,
        models=tuple(dict.fromkeys((*recorded.models, *settings.models))),
        datasets=tuple(dict.fromkeys((*recorded.datasets, *settings.datasets))),
        seeds=tuple(dict.fromkeys((*recorded.seeds, *settings.seeds))),
    )


def _changes(path: Path, began: Mapping[str, Any], environment: Mapping[str, Any]) -> tuple[str, ...]:
    """What differs from the machine on which the run began. Raises UserError where a model or data set is another."""
    for kind, what in (("models", "model"), ("datasets", "data set")):
        for name, digest in environment[kind].items():
            before = began.get(kind, {}).get(name)
            if before and digest and before != digest:
                raise UserError(f"cannot continue {path}: the {what} {name!r} is not the one that the run began with")
    versions = {**environment["versions"], "python": environment["python"]}
    before = {**began.get("versions", {}), "python": began.get("python")}
    return tuple(
        f"the run began with {name} {before.get(name)}, and goes on with {version}"
        for name, version in versions.items()
        if before.get(name) != version
    )


def numbered(root: Path) -> Path:
    """Makes the next folder 1, 2, 3, ... under `root`."""
    try:
        root.mkdir(parents=True, exist_ok=True)
        number = max((int(path.name) for path in root.iterdir() if path.name.isdecimal()), default=0) + 1
        while True:
            try:
                (root / str(number)).mkdir()
                return root / str(number)
            except FileExistsError:  # another run took it meanwhile
                number += 1
    except OSError as error:
        raise cannot_write(root, error) from error


def named(path: Path) -> Path:
    """Makes the folder that the user named; one that is there must be empty."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        names = {each.name for each in path.iterdir()}
    except (FileExistsError, NotADirectoryError) as error:
        raise UserError(f"output folder {path} is a file, or lies in one") from error
    except OSError as error:
        raise cannot_write(path, error) from error
    if "config.json" in names:
        raise UserError(f"output folder {path} holds a run: continue it with --resume {path}, or name another folder")
    if names - {locking.NAME, "environment.json"}:
        raise UserError(f"output folder {path} is not empty: name a new one")
    return path
