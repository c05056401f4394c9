"""The publication figures: the frame behind each, and the files."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from tqdm import tqdm

from commons.utils import replacing
from refinestat.refinegen.comparison import Pool
from refinestat.refinegen.comparison.figures import figures_table
from refinestat.refinegen.plots import publication
from refinestat.refinegen.results import CELL

PATIENCE = 2  # seconds until progress is shown
PLACE = ["model", "dataset", "strategy"]
Frame = Callable[[Pool], pd.DataFrame]
Draw = Callable[[pd.DataFrame], Any]  # a matplotlib figure


def write_figures(pool: Pool, folder: Path) -> None:
    """Writes each figure as PNG and PDF, and its frame as CSV, into `folder`."""
    for name, (frame_of, draw) in tqdm(FIGURES.items(), desc="figures", unit="figure", delay=PATIENCE, leave=False):
        frame = frame_of(pool)
        with replacing(folder / f"{name}.csv") as temporary:
            frame.to_csv(temporary, index=False, lineterminator="\n")
        figure = draw(frame)
        for kind in ("png", "pdf"):
            with replacing(folder / f"{name}.{kind}") as temporary:
                publication.save(figure, temporary, kind)


def run_rate(pool: Pool) -> pd.DataFrame:
    """Share of programs that completed sampling, with its 95 % Wilson interval, by data set and over all."""
    wanted = ["programs", "programs_run", "run_rate", "run_rate_low", "run_rate_high", "published_run_rate"]
    return figures_table(pool)[[*PLACE, *wanted]]


def elpd(pool: Pool) -> pd.DataFrame:
    """ELPD-LOO of the answer of each finished search that has a score."""
    done = pool.cells[(pool.cells["finished"] == "yes") & pool.cells["elpd_loo"].notna()]
    return done[[*CELL, "reliable", "checks_passed", "elpd_loo", "elpd_se"]].reset_index(drop=True)


def tokens_and_reliability(pool: Pool) -> pd.DataFrame:
    """Tokens of a search against the share of reliable answers, by data set and over all."""
    wanted = ["searches", "tokens_per_search", "reliable_share", "reliable_share_low", "reliable_share_high"]
    return figures_table(pool)[[*PLACE, *wanted]]


def trajectories(pool: Pool) -> pd.DataFrame:
    """After each attempt of each search: tokens written so far, and the best ELPD-LOO of a reliable program so far."""
    frame = pool.attempts
    scores = frame["elpd_loo"].where(frame["reliable"].astype(bool)).astype(float)
    groups = [frame[name] for name in CELL]
    return frame[[*CELL, "index", "outcome", "reliable", "elpd_loo"]].assign(
        tokens=frame["generated_tokens"].groupby(groups).cumsum(),
        best_so_far=scores.fillna(-np.inf).groupby(groups).cummax().replace(-np.inf, np.nan),
    )


FIGURES: dict[str, tuple[Frame, Draw]] = {
    "run_rate": (run_rate, publication.run_rate),
    "elpd": (elpd, publication.elpd),
    "tokens_and_reliability": (tokens_and_reliability, publication.tokens_and_reliability),
    "trajectories": (trajectories, publication.trajectories),
}
