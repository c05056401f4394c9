"""What each column of the tables means, and how a spreadsheet shows it. Columns that hold times come last."""

from dataclasses import dataclass

from commons import config
from commons.diagnostics import CHECKS
from refinestat.refinegen.records import Outcome

WHOLE, REAL, SHARE, SECONDS, TEXT = "#,##0", "0.000", "0.0%", "#,##0.0", "@"
NAMED = "0"  # a number that names something: no thousands separator
FORMATS = (WHOLE, REAL, SHARE, SECONDS, TEXT, NAMED)
PREDICATES = ("parse", "distribution", "parameter", "dependency", "support", "type", "guards")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """meaning: one sentence for whoever opens the table. format: as spreadsheets write it. time: differs on a rerun."""

    meaning: str
    format: str = WHOLE
    time: bool = False


def _checks() -> dict[str, Column]:
    """Two columns per check, value and verdict; ELPD-LOO has its value in a column before them."""
    values = {
        "r_hat": (f"Largest R-hat over the free variables; passes below {config.R_HAT_BELOW}.", REAL),
        "ess_bulk": (f"Smallest bulk effective sample size; passes from {config.ESS_BULK_AT_LEAST}.", WHOLE),
        "ess_tail": (f"Smallest tail effective sample size; passes from {config.ESS_TAIL_AT_LEAST}.", WHOLE),
        "divergences": (f"Divergent transitions; passes up to {config.DIVERGENCES_AT_MOST}.", WHOLE),
        "bfmi": (f"Smallest energy Bayesian fraction of missing information; passes above {config.BFMI_ABOVE}.", REAL),
        "pareto_k": (
            f"Share of observations with Pareto k below {config.PARETO_K_BELOW}; "
            f"passes from {config.PARETO_K_SHARE_AT_LEAST}.",
            SHARE,
        ),
    }
    columns = {}
    for name in CHECKS:
        if name in values:
            columns[name] = Column(meaning=values[name][0], format=values[name][1])
        columns[f"{name}_pass"] = Column(meaning=f"Whether the check {name} passes.", format=TEXT)
    return columns


OUTCOMES = {
    Outcome.REJECTED: "Programs that the predicates refused: they never ran.",
    Outcome.BUILD_FAILED: "Programs that ran and did not build a model.",
    Outcome.INCOMPARABLE: "Programs whose model was built, and whose score could not be held against others'.",
    Outcome.CRASHED: "Programs whose process died.",
    Outcome.HOPELESS: "Programs that a short first fit ended: their chains did not meet.",
    Outcome.TIMED_OUT: "Programs that took too long.",
    Outcome.OUT_OF_MEMORY: "Programs that took too much memory.",
}

COLUMNS: dict[str, Column] = {
    "model": Column(meaning="The language model.", format=TEXT),
    "dataset": Column(meaning="The data set.", format=TEXT),
    "seed": Column(meaning="The seed of the search.", format=NAMED),
    "finished": Column(meaning="Whether the search ended; if not, the row shows what there is so far.", format=TEXT),
    "reliable": Column(meaning="Whether the best program passes enough checks to be relied on (K).", format=TEXT),
    "checks_passed": Column(meaning="B: how many of the seven checks the best program passes."),
    "elpd_loo": Column(meaning="ELPD-LOO of the best program, in nats; higher is better.", format=REAL),
    "elpd_se": Column(meaning="Standard error of elpd_loo over the observations.", format=REAL),
    **_checks(),
    "best_attempt": Column(meaning="Number of the best program in attempts.jsonl (index).", format=NAMED),
    "outcome": Column(meaning="What became of the best program.", format=TEXT),
    "sampler": Column(meaning="The sampler that drew from the best program.", format=TEXT),
    "attempts": Column(meaning="Programs drawn from the language model."),
    "programs_run": Column(meaning="Programs that completed sampling, and those that are incomparable."),
    "run_rate": Column(meaning="programs_run / attempts.", format=SHARE),
    "accepted": Column(meaning="Programs that ran and pass at least K checks."),
    **{outcome.value: Column(meaning=meaning) for outcome, meaning in OUTCOMES.items()},
    "looked_up": Column(meaning="Programs identical to an earlier one, whose result was reused."),
    "nuts_runs": Column(meaning="Times that a program was given to the sampler: built, and not looked up."),
    "fallbacks": Column(meaning="Of these, drawn by a slower sampler; attempts.jsonl says which and why (note)."),
    "prompt_tokens": Column(meaning="Tokens of prompts that the language model read."),
    "generated_tokens": Column(meaning="Tokens that the language model wrote, the discarded ones included."),
    "discarded_tokens": Column(meaning="Generated tokens thrown away because a statement was refused."),
    **{f"discarded_{name}": Column(meaning=f"Of these, refused by: {name}.") for name in (*PREDICATES, "other")},
    "forward_passes": Column(meaning="Steps of the language model."),
    "mask_failures": Column(meaning="Times that the grammar mask failed; the text was drawn again, never unmasked."),
    "tokens_per_accepted": Column(meaning="generated_tokens / accepted.", format=SECONDS),
    "nuts_runs_per_accepted": Column(meaning="nuts_runs / accepted.", format=REAL),
    "damaged_lines": Column(meaning="Lines of attempts.jsonl that could not be read and are not counted."),
    "fit_seconds": Column(meaning="Seconds spent fitting.", format=SECONDS, time=True),
    "cpu_seconds": Column(meaning="Processor seconds of fitting.", format=SECONDS, time=True),
    "model_seconds": Column(meaning="Seconds in the language model.", format=SECONDS, time=True),
    "mask_seconds": Column(meaning="Seconds in the grammar mask.", format=SECONDS, time=True),
    "wall_seconds": Column(meaning="Seconds from the start of the cell, waits included.", format=SECONDS, time=True),
    "fit_seconds_per_accepted": Column(meaning="fit_seconds / accepted.", format=SECONDS, time=True),
    "wall_seconds_per_accepted": Column(meaning="wall_seconds / accepted.", format=SECONDS, time=True),
}

# Means and standard deviations over seeds are given of these; of elpd_loo over the reliable seeds alone.
AVERAGED = (
    *("elpd_loo", "checks_passed", "run_rate", "attempts", "accepted", "generated_tokens", "discarded_tokens"),
    *("nuts_runs", "fit_seconds", "wall_seconds"),
)


def _aggregated() -> dict[str, Column]:
    columns = {
        "model": COLUMNS["model"],
        "dataset": COLUMNS["dataset"],
        "seeds": Column(meaning="Finished searches: what the figures are taken over."),
        "unfinished": Column(meaning="Searches that have not ended, and are left out here."),
        "reliable_seeds": Column(meaning="Seeds whose best program is reliable; elpd_loo is taken over these."),
        "reliable_share": Column(meaning="reliable_seeds / seeds.", format=SHARE),
        "best_elpd_loo": Column(meaning="Highest ELPD-LOO of a reliable program over the seeds.", format=REAL),
        "run_rate_pooled": Column(meaning="All programs that completed sampling / all programs drawn.", format=SHARE),
        "tokens_per_accepted": Column(meaning="All generated tokens / all accepted programs.", format=SECONDS),
        "nuts_runs_per_accepted": Column(meaning="All NUTS runs / all accepted programs.", format=REAL),
    }
    for time in (False, True):
        for name in AVERAGED:
            if COLUMNS[name].time is time:
                over = "reliable seeds" if name == "elpd_loo" else "seeds"
                kind = COLUMNS[name].format if COLUMNS[name].format != WHOLE else SECONDS
                columns[f"{name}_mean"] = Column(meaning=f"Mean of {name} over the {over}.", format=kind, time=time)
                columns[f"{name}_sd"] = Column(
                    meaning=f"Standard deviation of {name} over the {over}; empty for fewer than two.",
                    format=kind,
                    time=time,
                )
    for name in ("fit_seconds", "wall_seconds"):
        meaning = f"All {name} / all accepted programs."
        columns[f"{name}_per_accepted"] = Column(meaning=meaning, format=SECONDS, time=True)
    return columns


AGGREGATED: dict[str, Column] = _aggregated()
