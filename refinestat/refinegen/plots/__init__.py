"""Figures: of one posterior, for the report; of many runs, for a publication. The only imports of matplotlib."""

from refinestat.refinegen.plots.calibration import loo_pit, pareto_k, predictive
from refinestat.refinegen.plots.drawing import COLOURS, Figure
from refinestat.refinegen.plots.posterior import forest, ranks, scalars, traces, worst_first
from refinestat.refinegen.plots.searches import elpd_by_seed

__all__ = [
    "COLOURS",
    "Figure",
    "elpd_by_seed",
    "forest",
    "loo_pit",
    "pareto_k",
    "predictive",
    "ranks",
    "scalars",
    "traces",
    "worst_first",
]
