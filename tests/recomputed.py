"""Every number of a run's tables once more: from the lines of its logs, with pandas, without code of the product."""

import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

CHECKS = ("r_hat", "ess_bulk", "ess_tail", "divergences", "bfmi", "pareto_k", "elpd_loo")
FAILURES = ("rejected", "build_failed", "incomparable", "crashed", "hopeless", "timed_out", "out_of_memory")
PREDICATES = ("parse", "distribution", "parameter", "dependency", "support", "type", "guards")
AVERAGED = ("checks_passed", "run_rate", "attempts", "accepted", "generated_tokens", "discarded_tokens", "nuts_runs",
            "fit_seconds", "wall_seconds")  # fmt: skip
GROUP = ["model", "dataset"]
NAN = float("nan")


def lines(path: Path) -> pd.DataFrame:
    """One row per line of every log that can be read."""
    K, rows = json.loads((path / "config.json").read_text())["K"], []
    for log in sorted(path.glob("*/*/seed_*/attempts.jsonl")):
        cell = {"model": log.parts[-4], "dataset": log.parts[-3], "seed": int(log.parts[-2].removeprefix("seed_"))}
        for text in log.read_text().splitlines():
            try:
                line = json.loads(text)
            except ValueError:
                rows.append({**cell, "damaged": True})
            else:
                rows.append({**cell, "damaged": False, **_flat(line, K)})
    return pd.DataFrame(rows)


def _flat(line: Mapping[str, Any], K: int) -> dict[str, Any]:
    found, cost = line["assessment"], line["draft"]["cost"]
    fits = [] if line["looked_up"] else [found, *([found["other_fit"]] if found["other_fit"] else [])]
    checks = {check["name"]: check for check in found["checks"]}
    passed, ran = sum(check["passed"] for check in checks.values()), found["outcome"] == "scored"
    thrown = dict.fromkeys((*PREDICATES, "other"), 0)
    for name, tokens in cost["discarded"].items():
        thrown[name if name in PREDICATES else "other"] += tokens
    started = [fit for fit in fits if fit["outcome"] not in ("rejected", "build_failed")]
    return {
        "index": line["index"], "outcome": found["outcome"], "sampler": found["sampler"], "scored": ran,
        "ran": ran or found["outcome"] == "incomparable", "passed": passed, "good": ran and passed >= K,
        "looked_up": line["looked_up"], "elpd_loo": float(found["elpd_loo"]), "elpd_se": float(found["elpd_se"]),
        **{name: float(checks[name]["value"]) if checks else NAN for name in CHECKS if name != "elpd_loo"},
        **{f"{name}_pass": ("no", "yes")[checks[name]["passed"]] if checks else "" for name in CHECKS},
        "nuts_runs": sum(fit["outcome"] != "incomparable" or bool(fit["sampler"]) for fit in started),
        "fallbacks": sum(bool(fit["note"]) for fit in fits),
        "fit_seconds": sum(fit["fit_seconds"] for fit in fits), "cpu_seconds": sum(fit["cpu_seconds"] for fit in fits),
        **{name: cost[name] for name in ("prompt_tokens", "generated_tokens", "forward_passes", "mask_failures",
                                         "model_seconds", "mask_seconds")},
        **{f"discarded_{name}": tokens for name, tokens in thrown.items()},
        "wall_seconds": line["wall_seconds"],
    }  # fmt: skip


def cells(path: Path) -> pd.DataFrame:
    """One row per search that the settings name, begun or not, with the columns of all_seeds_best_programs_summary."""
    config, every = json.loads((path / "config.json").read_text()), lines(path)
    rows = []
    for model in (Path(model).name for model in config["models"]):
        for dataset in config["datasets"]:
            for seed in config["seeds"]:
                mine = (every["model"] == model) & (every["dataset"] == dataset) & (every["seed"] == seed)
                ended = (path / model / dataset / f"seed_{seed}" / "diagnostics.json").exists()
                head = {"model": model, "dataset": dataset, "seed": seed, "finished": ("no", "yes")[ended]}
                rows.append({**head, **_cell(every[mine])})
    return pd.DataFrame(rows)


def _cell(every: pd.DataFrame) -> dict[str, Any]:
    here = every[~every["damaged"].astype(bool)]
    sums = ("nuts_runs", "fallbacks", "prompt_tokens", "generated_tokens", "forward_passes", "mask_failures",
            "fit_seconds", "cpu_seconds", "model_seconds", "mask_seconds", "wall_seconds", "looked_up",
            *(f"discarded_{name}" for name in (*PREDICATES, "other")))  # fmt: skip
    row: dict[str, Any] = {name: here[name].sum() for name in sums}
    row |= {name: (here["outcome"] == name).sum() for name in FAILURES}
    row |= {"attempts": len(here), "programs_run": here["ran"].sum(), "accepted": here["good"].sum()}
    row["discarded_tokens"] = sum(row[f"discarded_{name}"] for name in (*PREDICATES, "other"))
    row["damaged_lines"] = len(every) - len(here)
    row["run_rate"] = _ratio(row["programs_run"], row["attempts"])
    for name, of in (("tokens", "generated_tokens"), ("nuts_runs", "nuts_runs"), ("fit_seconds", "fit_seconds"),
                     ("wall_seconds", "wall_seconds")):  # fmt: skip
        row[f"{name}_per_accepted"] = _ratio(row[of], row["accepted"])
    shown = ("outcome", "sampler", "elpd_loo", "elpd_se", *(n for n in CHECKS if n != "elpd_loo"),
             *(f"{name}_pass" for name in CHECKS))  # fmt: skip
    if here.empty:
        texts = {name: "" for name in shown if name in ("outcome", "sampler") or name.endswith("_pass")}
        return {
            **row,
            **dict.fromkeys(shown, NAN),
            **texts,
            "checks_passed": NAN,
            "best_attempt": NAN,
            "reliable": "no",
        }
    best = ranked(here).iloc[0]
    answer = {"checks_passed": best["passed"], "best_attempt": best["index"], "reliable": ("no", "yes")[best["good"]]}
    return {**row, **{name: best[name] for name in shown}, **answer}


def ranked(rows: pd.DataFrame) -> pd.DataFrame:
    """The best first: reliable ones by ELPD-LOO; others that ran, then all others, by checks passed, then ELPD-LOO."""
    keys = rows.assign(
        checks=rows["passed"].where(~rows["good"].astype(bool), 0), score=rows["elpd_loo"].fillna(-math.inf)
    )
    return keys.sort_values(["good", "scored", "checks", "score"], ascending=False, kind="stable")


def best(table: pd.DataFrame) -> pd.DataFrame:
    """Of the rows of `cells`, the best seed of each model and data set."""
    keys = table.assign(
        passed=table["checks_passed"].fillna(-1), good=table["reliable"] == "yes", scored=table["outcome"] == "scored"
    )
    return pd.concat([ranked(group).head(1) for _, group in keys.groupby(GROUP, sort=False)])[list(table)]


def over_seeds(table: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Of the rows of `cells`, the columns of aggregated_stats."""
    return pd.DataFrame(
        [_over(dict(zip(by, keys, strict=True)), group) for keys, group in table.groupby(by, sort=False)]
    )


def _over(place: dict[str, Any], whole: pd.DataFrame) -> dict[str, Any]:
    done = whole[whole["finished"] == "yes"]
    good, accepted = done[done["reliable"] == "yes"], done["accepted"].sum()
    scores = good["elpd_loo"] if "dataset" in place else good["elpd_loo"][:0]
    row = {"dataset": "all data sets", **place, "seeds": len(done), "unfinished": len(whole) - len(done),
           "reliable_seeds": len(good), "reliable_share": _ratio(len(good), len(done)), "best_elpd_loo": scores.max(),
           "run_rate_pooled": _ratio(done["programs_run"].sum(), done["attempts"].sum()),
           "elpd_loo_mean": scores.mean(), "elpd_loo_sd": scores.std()}  # fmt: skip
    for name, of in (("tokens", "generated_tokens"), ("nuts_runs", "nuts_runs"), ("fit_seconds", "fit_seconds"),
                     ("wall_seconds", "wall_seconds")):  # fmt: skip
        row[f"{name}_per_accepted"] = _ratio(done[of].sum(), accepted)
    for name in AVERAGED:
        row[f"{name}_mean"], row[f"{name}_sd"] = done[name].mean(), done[name].std()
    return row


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else NAN


def numbers(text: str) -> Iterator[str]:
    """The words of a text that are numbers, as they stand there."""
    for word in text.replace("\u2212", "-").replace("/", " ").split():
        bare = word.strip("(),;:.%").replace(",", "")
        if bare.removeprefix("-").replace(".", "", 1).isdigit():
            yield bare
