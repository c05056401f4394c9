"""RefineStat from Python: `compare` and `synthesize`. Readers of runs are in `results`."""

import asyncio
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeAlias

import pandas as pd

from commons.config import DEFAULT_MODEL, RunRequest, checked, config
from commons.data_pymc import BUILT_IN, register
from commons.owndata.prepare import Prepared, prepare
from commons.owndata.spec import ColumnRole, Spec, read_spec, role_of
from commons.utils import UserError
from refinestat.refinegen import comparison
from refinestat.refinegen.comparison import Comparison
from refinestat.refinegen.report.story import verdict
from refinestat.refinegen.results import LoadedRun, load_run
from refinestat.refinegen.run import complete
from refinestat.refinegen.selection import best_attempt
from refinestat.refinegen.store import RunFolder
from refinestat.refinegen.synthesis import Synthesis

Data: TypeAlias = pd.DataFrame | Mapping[str, Any] | str | Path


def compare(*runs: LoadedRun | Path | str, against: str = "refinestat", force: bool = False) -> Comparison:
    """Holds runs against each other, as `refinestat compare` does: frames of figures, paired differences, sensitivity.

    Raises UserError where the runs are of different data or settings, unless `force`."""
    loaded = [run if isinstance(run, LoadedRun) else load_run(run) for run in runs]
    return comparison.compare(loaded, against=against, force=force)


def synthesize(  # noqa: PLR0913 - all but the data by keyword
    data: Data,
    *,
    outcome: str | None = None,
    model: str = DEFAULT_MODEL,
    seed: int = 1,
    description: str = "",
    roles: Mapping[str, str] | None = None,
    name: str = "data",
    output: Path | str | None = None,
    **settings: Any,
) -> Synthesis:
    """Searches for a model of the data, and returns the best program with its diagnostics and draws.

    data: a frame or a mapping of columns, a file or dataset.toml (as for --data), or the name of a built-in data set.
    outcome: the column to explain. roles: of other columns: predictor, group, trials, known_scale or leave_out.
    output: a folder that keeps the run; else nothing is kept. settings: of commons/config.py, such as temperature=0.8.
    Also works where an event loop is running, as in a notebook. Raises UserError for a mistake in the input."""
    with tempfile.TemporaryDirectory() as scratch:
        own = _own(data, Path(scratch), Spec(file=Path(), name=name, description=description), outcome, roles or {})
        if own is not None:
            register(own.dataset)
        given = {"models": [model], "datasets": [own.dataset.name if own else str(data)], "seeds": [seed]}
        twice = sorted(given.keys() & settings.keys())
        if twice:
            raise UserError(f"synthesize makes one search: {twice[0]} cannot be set")
        request = RunRequest(
            settings=checked({**config, **settings, **given}),
            output=Path(output) if output is not None else Path(scratch) / "run",
            own=() if own is None else (own,),
        )
        folders: list[Path] = []
        _wait(request, folders)
        return _answer(folders[0])


def _own(data: Data, scratch: Path, spec: Spec, outcome: str | None, roles: Mapping[str, str]) -> Prepared | None:
    """A user's data as a data set, with what is not said inferred; None for the name of a built-in one."""
    if isinstance(data, str) and data in BUILT_IN:
        if outcome not in (None, BUILT_IN[data].outcome.name) or roles:
            raise UserError(f"the data set {data!r} has its outcome and roles: {BUILT_IN[data].outcome.name}")
        return None
    if not isinstance(roles, Mapping):
        raise UserError(f"roles must map columns to roles, such as {{'operations': 'trials'}}, got {roles!r:.60}")
    said = {column: role_of(role, "roles") for column, role in roles.items()}
    said |= {} if outcome is None else {outcome: ColumnRole.OUTCOME}
    if isinstance(data, str | Path):
        path = Path(data)
        if path.suffix.lower() == ".toml":
            if said:
                raise UserError(f"{path} says itself what its columns are: leave out outcome and roles")
            return prepare(read_spec(path))
        return prepare(Spec(file=path, description=spec.description, roles=said))
    file = _saved(data, scratch)
    try:
        return prepare(Spec(file=file, name=spec.name, description=spec.description, roles=said))
    except UserError as error:  # the user knows of no file
        raise UserError(str(error).replace(str(file), "data")) from error


def _saved(data: pd.DataFrame | Mapping[str, Any], folder: Path) -> Path:
    """A frame as a file, so that there is one way by which data come in."""
    if not isinstance(data, pd.DataFrame | Mapping):
        kinds = "a frame, a mapping of columns, a file, or the name of a built-in data set"
        raise UserError(f"data must be {kinds}, got {type(data).__name__}")
    try:
        frame = data if isinstance(data, pd.DataFrame) else pd.DataFrame(dict(data))
    except ValueError as error:
        raise UserError(f"data: not columns of one length: {error}") from error
    path = folder / "data.csv"
    frame.to_csv(path, index=False)
    return path


def _wait(request: RunRequest, folders: list[Path]) -> None:
    """Runs the search to its end; in a thread of its own where an event loop is running in this one."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        asyncio.run(complete(request, folders))
        return
    with ThreadPoolExecutor(max_workers=1) as thread:
        thread.submit(lambda: asyncio.run(complete(request, folders))).result()


def _answer(path: Path) -> Synthesis:
    """The one cell of a run, read from its files."""
    loaded, run = load_run(path), RunFolder.read(path)
    (cell,) = run.cells()
    K = run.settings.K
    best = best_attempt(cell.log().attempts.values(), K, run.settings.select)
    assert best is not None  # a search makes one attempt at least
    program = cell.path / "best_program.py"
    (row,) = loaded.cells.to_dict("records")
    checks = [
        {"check": c.name, "value": c.value, "rule": c.rule, "passed": c.passed, "why": c.why}
        for c in best.assessment.checks
    ]
    return Synthesis(
        dataset=cell.dataset,
        model=row["model"],
        seed=cell.seed,
        reliable=row["reliable"] == "yes",
        verdict=verdict(best, K),
        source=best.draft.program.source,
        program=program.read_text(encoding="utf-8") if program.exists() else "",
        checks=pd.DataFrame(checks, columns=["check", "value", "rule", "passed", "why"]),
        elpd_loo=best.assessment.elpd_loo,
        elpd_se=best.assessment.elpd_se,
        attempts=loaded.attempts,
        inference_data=loaded.posterior(cell.dataset, cell.seed),
    )
