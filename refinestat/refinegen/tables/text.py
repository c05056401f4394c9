"""Tables as plain text, at most 100 columns wide."""

from collections.abc import Iterable, Sequence
from math import isnan

import pandas as pd

from commons.diagnostics import CHECKS
from refinestat.refinegen.tables.rows import ratio

WIDTH = 100


def summary_table(frame: pd.DataFrame) -> str:
    """The best program per model and data set, from the rows of `Results.best`."""
    parts = []
    for model, group in frame.groupby("model", sort=False):
        rows = [
            (
                row["dataset"],
                "reliable" if row["reliable"] == "yes" else "NOT RELIABLE",
                "-" if pd.isna(row["checks_passed"]) else f"{row['checks_passed']}/{len(CHECKS)}",
                measured(row["elpd_loo"], row["elpd_se"]),
                str(row["seed"]),
                failing(row),
            )
            for row in group.to_dict("records")
        ]
        parts.append(f"{model}\n" + aligned(("data set", "verdict", "checks", "ELPD-LOO (se)", "seed", "fails"), rows))
    return "\n\n".join(parts)


def failing(row: dict[str, object]) -> str:
    """The checks that the best program fails; why there are none where it did not run."""
    if row["outcome"] != "scored":
        return str(row["outcome"]) or "no program yet"
    return ", ".join(name for name in CHECKS if row[f"{name}_pass"] == "no") or "-"


def measured(value: float, error: float) -> str:
    return "-" if isnan(value) else f"{value:.2f} ({error:.2f})"


def totals(frame: pd.DataFrame) -> str:
    """Two sentences on what all cells cost together, from the rows of `seed_table`."""
    total = frame.sum(numeric_only=True)
    programs, accepted, fits = int(total["attempts"]), int(total["accepted"]), int(total["nuts_runs"])
    share = ratio(total["programs_run"], programs)
    ran = "" if isnan(share) else f", {share:.0%} of them ran"
    lines = [f"{programs:,} programs drawn{ran}; {accepted:,} reliable; {fits:,} NUTS runs."]
    written, discarded = int(total["generated_tokens"]), int(total["discarded_tokens"])
    lines.append(f"{written:,} tokens written, {discarded:,} of them discarded.")
    if accepted:
        lines.append(f"For each reliable program: {written / accepted:,.0f} tokens, {fits / accepted:.1f} NUTS runs.")
    if fallbacks := int(total["fallbacks"]):
        lines.append(f"{fallbacks:,} of the NUTS runs fell back to a slower sampler; attempts.jsonl says why (note).")
    damaged, unfinished = int(total["damaged_lines"]), int((frame["finished"] == "no").sum())
    if damaged:
        what = (
            "1 damaged line of attempts.jsonl was"
            if damaged == 1
            else f"{damaged} damaged lines of attempts.jsonl were"
        )
        lines.append(f"{what} skipped.")
    if unfinished:
        lines.append(f"{unfinished} of {len(frame)} searches have not ended: the figures are of what there is so far.")
    return "\n".join(lines)


def aggregated_text(frame: pd.DataFrame) -> str:
    """Mean and standard deviation over seeds, from the rows of `aggregated_table`."""
    rows = [
        (
            row["dataset"],
            str(row["seeds"]),
            f"{row['reliable_seeds']}/{row['seeds']}",
            spread(row["elpd_loo_mean"], row["elpd_loo_sd"], 2),
            spread(row["checks_passed_mean"], row["checks_passed_sd"], 1),
            spread(100 * row["run_rate_mean"], 100 * row["run_rate_sd"], 0),
            spread(row["generated_tokens_mean"], row["generated_tokens_sd"], 0),
            spread(row["nuts_runs_mean"], row["nuts_runs_sd"], 1),
        )
        for row in frame.to_dict("records")
    ]
    head = ("data set", "n", "reliable", "ELPD-LOO", "checks", "run rate %", "tokens", "NUTS runs")
    parts = [
        f"{model}\n" + aligned(head, [row for row, of in zip(rows, frame["model"], strict=True) if of == model])
        for model in dict.fromkeys(frame["model"])
    ]
    note = "Mean ± standard deviation over n finished searches; ELPD-LOO over those with a reliable program."
    alone = "n = 1: no standard deviation." if (frame["seeds"] == 1).any() else ""
    return "\n\n".join([*parts, f"{note} {alone}".rstrip()])


def spread(mean: float, deviation: float, digits: int) -> str:
    if isnan(mean):
        return "-"
    return f"{mean:,.{digits}f}" + ("" if isnan(deviation) else f" ± {deviation:,.{digits}f}")


def aligned(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Columns two spaces apart; a line that would be wider than WIDTH is cut, and says so."""
    lines = [head, *rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    texts = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    return "\n".join(text if len(text) <= WIDTH else text[: WIDTH - 1] + "…" for text in texts)
