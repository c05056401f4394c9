"""ELPD-LOO as the paper gives it (RefineStat, ICLR 2026, arXiv 2509.01082), in nats: for orientation only.

They are of other language models, other priors and other run lengths. Where Pareto k fails, ELPD-LOO drifts."""

from collections.abc import Mapping
from typing import Final

EXPERT: Final = "expert (published)"
SEVEN_BILLION: Final = "RefineStat, best 7B model (published)"

ELPD_LOO: Mapping[str, Mapping[str, float]] = {
    "eight_schools": {EXPERT: -30.70, SEVEN_BILLION: -30.68},
    "dugongs": {EXPERT: 22.43, SEVEN_BILLION: 8.35},
    "glm": {EXPERT: -112.60, SEVEN_BILLION: -114.29},
    "gp": {EXPERT: -26.53, SEVEN_BILLION: -23.39},
    "surgical": {EXPERT: -39.73, SEVEN_BILLION: -46.51},
}
