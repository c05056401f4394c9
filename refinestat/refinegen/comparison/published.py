"""What the paper reports, as a table."""

import pandas as pd

from commons.published import ELPD, RUN_RATE


def published_table() -> pd.DataFrame:
    """One row per published number: program, dataset, elpd_loo, elpd_sd; and the run rates by strategy."""
    scores = [
        {"program": program, "dataset": dataset, "elpd_loo": score, "elpd_sd": deviation}
        for dataset, programs in ELPD.items()
        for program, (score, deviation) in programs.items()
    ]
    rates = [{"program": f"{strategy} (7B models)", "run_rate": rate} for strategy, rate in RUN_RATE.items()]
    return pd.DataFrame([*scores, *rates], columns=["program", "dataset", "elpd_loo", "elpd_sd", "run_rate"])
