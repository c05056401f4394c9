"""RefineStat: a small language model writes a Bayesian model, and the Bayesian workflow decides whether to trust it.

    from refinestat import compare, load_run, synthesize

These are loaded when they are first used: importing refinestat loads nothing."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from refinestat.refinegen.api import compare, synthesize
    from refinestat.refinegen.results import LoadedRun, load_run
    from refinestat.refinegen.synthesis import Synthesis

_PLACES = {
    "Synthesis": "synthesis",
    "compare": "api",
    "synthesize": "api",
    "LoadedRun": "results",
    "load_run": "results",
}
__all__ = ["LoadedRun", "Synthesis", "compare", "load_run", "synthesize"]


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415

    return getattr(import_module(f"refinestat.refinegen.{_PLACES[name]}"), name)


def __dir__() -> list[str]:
    return [*globals(), *__all__]
