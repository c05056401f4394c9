"""What each column of the comparison's tables means."""

from refinestat.refinegen.comparison.differences import MEASURES
from refinestat.refinegen.comparison.figures import SCORES
from refinestat.refinegen.tables.columns import NAMED, REAL, SECONDS, SHARE, TEXT, Column

_INTERVAL = "95 % Wilson interval"


def _share(name: str, meaning: str) -> dict[str, Column]:
    return {
        name: Column(meaning=meaning, format=SHARE),
        f"{name}_low": Column(meaning=f"Lower end of the {_INTERVAL} of {name}.", format=SHARE),
        f"{name}_high": Column(meaning=f"Upper end of the {_INTERVAL} of {name}.", format=SHARE),
    }


COLUMNS: dict[str, Column] = {
    "model": Column(meaning="The language model.", format=TEXT),
    "dataset": Column(meaning="The data set.", format=TEXT),
    "strategy": Column(meaning="Which parts of the method were on; see docs/results.md.", format=TEXT),
    "seeds": Column(meaning="Seeds of the finished searches.", format=NAMED),
    "searches": Column(meaning="Finished searches: one per data set and seed."),
    "unfinished": Column(meaning="Searches that have not ended, and are left out."),
    "programs": Column(meaning="Programs drawn from the language model."),
    "programs_run": Column(meaning="Programs that completed sampling, and those that are incomparable."),
    **_share("run_rate", "programs_run / programs."),
    "published_run_rate": Column(meaning="As the paper reports it, of 7B models: another model's.", format=SHARE),
    "incomparable": Column(meaning="Programs that were built, and whose score cannot be held against others'."),
    "accepted": Column(meaning="Programs that pass at least K checks."),
    **_share("accepted_share", "accepted / programs."),
    "reliable_answers": Column(meaning="Searches whose answer is reliable."),
    **_share("reliable_share", "reliable_answers / searches."),
    **{
        f"score_{n}": Column(meaning=f"Programs that pass {n} of the seven checks; 0: most did not run.")
        for n in SCORES
    },
    "best_elpd_loo": Column(meaning="Highest ELPD-LOO of a reliable answer over the seeds, in nats.", format=REAL),
    "best_elpd_se": Column(meaning="Standard error of best_elpd_loo over the observations.", format=REAL),
    "elpd_loo_mean": Column(meaning="Mean ELPD-LOO of the reliable answers over the seeds.", format=REAL),
    "elpd_loo_sd": Column(meaning="Standard deviation over the seeds; empty for fewer than two.", format=REAL),
    "published_elpd_loo": Column(
        meaning="As the paper reports it, of its best 7B model: another model's.", format=REAL
    ),
    "tokens_per_accepted": Column(meaning="Generated tokens / accepted.", format=SECONDS),
    "nuts_runs_per_accepted": Column(meaning="NUTS runs / accepted.", format=REAL),
    "seconds_per_accepted": Column(
        meaning="Seconds writing, masking and fitting / accepted.", format=SECONDS, time=True
    ),
    "tokens_per_search": Column(meaning="Generated tokens / searches.", format=SECONDS),
    "nuts_runs_per_search": Column(meaning="NUTS runs / searches.", format=REAL),
    "seconds_per_search": Column(meaning="Seconds writing, masking, fitting / searches.", format=SECONDS, time=True),
    "against": Column(meaning="The strategy that is subtracted.", format=TEXT),
    "measure": Column(meaning=f"What is compared, per search: {', '.join(MEASURES)}.", format=TEXT),
    "n": Column(meaning="Seeds that both have; of elpd_loo, those with a reliable answer on both sides.", format=NAMED),
    "difference": Column(meaning="strategy minus against, paired by data set and seed, mean over seeds.", format=REAL),
    "low": Column(meaning="Lower end of the 95 % bootstrap interval over seeds; empty for n < 2.", format=REAL),
    "high": Column(meaning="Upper end of the 95 % bootstrap interval over seeds; empty for n < 2.", format=REAL),
    "rule": Column(meaning="The one rule that is another than in the run.", format=TEXT),
    "changed": Column(meaning="Searches whose answer would be another program."),
    "changed_share": Column(meaning="changed / searches.", format=SHARE),
    "elpd_change": Column(
        meaning="Mean change of the answer's ELPD-LOO, where the answer is reliable under both rules.",
        format=REAL,
    ),
    "program": Column(meaning="Who wrote the programs that the paper reports on.", format=TEXT),
    "elpd_loo": Column(meaning="ELPD-LOO as the paper reports it.", format=REAL),
    "elpd_sd": Column(meaning="Its standard deviation, where the paper gives one.", format=REAL),
}
