"""What a search came to, for whoever asked for it from Python."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from refinestat.refinegen.report import synthesis_card


@dataclass(frozen=True, slots=True, kw_only=True)
class Synthesis:
    """The best program of one search. A notebook shows it as a card.

    source: the program as the model wrote it. program: complete, data included: save it and run it; empty where no
    program is Python. checks: the seven, one row each: value, rule, passed, why. elpd_loo, elpd_se: in nats.
    attempts: one row per program drawn, as in `load_run`. inference_data: an arviz.InferenceData with posterior,
    sample_stats, log_likelihood, posterior_predictive and observed_data; None where nothing ran."""

    dataset: str
    model: str
    seed: int
    reliable: bool
    verdict: str
    source: str
    program: str
    checks: pd.DataFrame
    elpd_loo: float
    elpd_se: float
    attempts: pd.DataFrame
    inference_data: Any

    def save(self, path: Path | str) -> None:
        """Writes the complete program: `python PATH` samples it again and prints its checks."""
        Path(path).write_text(self.program, encoding="utf-8")

    def _repr_html_(self) -> str:
        return synthesis_card(self)
