"""The folder of one cell: its log, the draws of its best program, that program, and what became of it."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from commons.config import Settings
from commons.utils import write_text
from refinestat.refinegen.program import fingerprint
from refinestat.refinegen.records import Attempt, Fit
from refinestat.refinegen.selection import best_attempt
from refinestat.refinegen.store import codec
from refinestat.refinegen.store.log import Log, append_attempt, read_attempts
from refinestat.refinegen.store.posterior import save_posterior


class Cell:
    """The folder of one (model, data set, seed)."""

    def __init__(self, path: Path, *, model: str, dataset: str, seed: int, settings: Settings) -> None:
        self.path = path
        self.model = model
        self.dataset = dataset
        self.seed = seed
        self._settings = settings
        self._best: Attempt | None = None
        self._read = False
        self._since = time.monotonic()

    @property
    def finished(self) -> bool:
        """Whether everything is written: diagnostics.json is the last file."""
        return (self.path / "diagnostics.json").exists()

    def log(self) -> Log:
        """The attempts made so far."""
        log = read_attempts(self.path / "attempts.jsonl")
        self._best = best_attempt(log.attempts.values(), self._settings.K, self._settings.select)
        self._read = True
        return log

    def record(self, attempt: Attempt, fit: Fit | None = None) -> None:
        """Adds an attempt to the log. Where it is the best so far, the draws of `fit` become posterior.nc first:
        a run killed between the two makes the attempt again, and one in the log always has its draws."""
        if not self._read:
            self.log()
        earlier = [] if self._best is None else [self._best]
        best = best_attempt([*earlier, attempt], self._settings.K, self._settings.select)
        if best is attempt and fit is not None and fit.free:
            about: dict[str, str | int] = {
                "attempt": attempt.index,
                "fingerprint": fingerprint(attempt.draft.program.source),
            }
            save_posterior(self.path / "posterior.nc", fit, about)
        now = time.monotonic()
        append_attempt(self.path / "attempts.jsonl", attempt, wall_seconds=now - self._since)
        self._best, self._since = best, now

    def write(self, name: str, text: str) -> None:
        """Writes one of the cell's text files."""
        write_text(self.path / name, text)

    def finish(self, diagnostics: Mapping[str, Any]) -> None:
        """Writes diagnostics.json, which marks the cell as finished: call it last."""
        write_text(self.path / "diagnostics.json", codec.dumps(diagnostics, indent=2) + "\n")
