"""The files of a run: what they hold, how they are written, how a run is continued (layout: docs/architecture.md)."""

from refinestat.refinegen.store.cell import Cell
from refinestat.refinegen.store.environment import describe
from refinestat.refinegen.store.log import Log, read_attempts
from refinestat.refinegen.store.posterior import load_free, load_posterior
from refinestat.refinegen.store.run_folder import BASELINES, ROOT, RunFolder, named, numbered, read_settings

__all__ = [
    "BASELINES",
    "ROOT",
    "Cell",
    "Log",
    "RunFolder",
    "describe",
    "load_free",
    "load_posterior",
    "named",
    "numbered",
    "read_attempts",
    "read_settings",
]
