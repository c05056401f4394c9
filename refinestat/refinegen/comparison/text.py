"""The comparison as plain text, at most 100 columns wide."""

import textwrap
from collections.abc import Iterator
from math import isnan
from typing import Any

import pandas as pd

from commons.published import ELPD, MODELS
from refinestat.refinegen.comparison.comparison import Comparison
from refinestat.refinegen.comparison.differences import differing
from refinestat.refinegen.tables.rows import ALL
from refinestat.refinegen.tables.text import WIDTH, aligned, measured, spread

HEAD = ("strategy", "run rate %", "reliable %", "ELPD-LOO mean", "best (se)", "tokens", "NUTS", "sec")
NOTE = """\
run rate: programs that ran; reliable: searches with a reliable answer; with 95 % interval (Wilson).
ELPD-LOO: mean ± standard deviation of the reliable answers; the best of them, its standard error.
tokens, NUTS runs, seconds: for each reliable program. [..]: published, of other models and priors."""
LABELS = {
    "run_rate": ("run rate, points", 100, 1),
    "reliable": ("reliable, points", 100, 1),
    "elpd_loo": ("ELPD-LOO", 1, 2),
    "generated_tokens": ("tokens", 1, 0),
}


def comparison_text(found: Comparison) -> str:
    """Every table, with what it does and does not say."""
    parts = []
    for model, figures in found.figures.groupby("model", sort=False):
        parts.append(f"{model}, temperature {found.settings.temperature:g}")
        parts += [_figures(str(dataset), rows) for dataset, rows in figures.groupby("dataset", sort=False)]
        parts.append(NOTE)
        parts += _differences(found.differences[found.differences["model"] == model], found.against)
        parts.append(_sensitivity(found.sensitivity[found.sensitivity["model"] == model], found.against))
    notes = [textwrap.fill(f"Note: {note}", WIDTH, break_long_words=False) for note in found.notes]
    parts.append("\n".join(notes))
    return "\n\n".join(part for part in parts if part)


def _figures(dataset: str, rows: pd.DataFrame) -> str:
    lines = [_line(row) for row in rows.to_dict("records")]
    seeds = sorted(set(rows["seeds"]))
    counted = f"{seeds[0]}" if len(seeds) == 1 else f"{seeds[0]} to {seeds[-1]}"
    title = f"{dataset} (n = {counted} seed{'' if seeds == [1] else 's'})"
    return "\n".join([title, aligned(HEAD, lines), *_published(dataset)])


def _line(row: dict[str, Any]) -> tuple[str, ...]:
    published = "" if isnan(row["published_run_rate"]) else f" [{100 * row['published_run_rate']:.0f}]"
    return (
        row["strategy"],
        _share(row, "run_rate") + published,
        _share(row, "reliable_share"),
        spread(row["elpd_loo_mean"], row["elpd_loo_sd"], 2),
        measured(row["best_elpd_loo"], row["best_elpd_se"]),
        _number(row["tokens_per_accepted"], 0),
        _number(row["nuts_runs_per_accepted"], 1),
        _number(row["seconds_per_accepted"], 1),
    )


def _published(dataset: str) -> Iterator[str]:
    if dataset in ELPD:
        scores = "; ".join(f"{program} {score:.2f}" for program, (score, _) in ELPD[dataset].items())
        yield from textwrap.wrap(f"[published, {MODELS}: {scores}]", WIDTH)


def _share(row: dict[str, Any], name: str) -> str:
    if isnan(row[name]):
        return "-"
    return f"{100 * row[name]:.0f} ({100 * row[f'{name}_low']:.0f}-{100 * row[f'{name}_high']:.0f})"


def _number(value: float, digits: int) -> str:
    return "-" if isnan(value) else f"{value:,.{digits}f}"


def _differences(table: pd.DataFrame, against: str) -> Iterator[str]:
    """Over all data sets; then what differs clearly on a single one."""
    if table.empty:
        return
    rows = []
    for strategy, group in table[table["dataset"] == ALL].groupby("strategy", sort=False):
        by_measure = group.set_index("measure")
        rows.append((str(strategy), *(_difference(by_measure.loc[name], name) for name in LABELS)))
    head = ("minus " + against, *(label for label, _, _ in LABELS.values()))
    yield (
        f"Differences to {against} over all data sets, paired by seed, [95 % bootstrap over seeds]\n"
        + aligned(head, rows)
    )
    clear = [
        f"{row['dataset']}: {row['strategy']} {_difference(pd.Series(row), 'elpd_loo')}, n = {row['n']}"
        for row in differing(table, "elpd_loo")
        if row["dataset"] != ALL
    ]
    if clear:
        yield "\n".join([f"ELPD-LOO differs from that of {against}, the interval on one side of 0:", *clear])


def _difference(row: pd.Series, name: str) -> str:
    _, scale, digits = LABELS[name]
    if isnan(row["difference"]):
        return "-"
    low, high = ("" if isnan(end) else f"{scale * end:+.{digits}f}" for end in (row["low"], row["high"]))
    return f"{scale * row['difference']:+.{digits}f}" + (f" [{low}, {high}]" if low else "")


def _sensitivity(table: pd.DataFrame, strategy: str) -> str:
    """Of the reference alone, over all data sets."""
    rows = table[(table["dataset"] == ALL) & (table["strategy"] == strategy)]
    if rows.empty:
        return ""
    lines = [
        (
            row["rule"],
            f"{row['reliable_answers']}/{row['searches']}",
            f"{row['changed']}/{row['searches']}",
            "-" if isnan(row["elpd_change"]) else f"{row['elpd_change']:+.2f}",
        )
        for row in rows.to_dict("records")
    ]
    head = ("one rule changed", "reliable answers", "other answers", "ELPD-LOO change")
    title = f"Sensitivity of the answers of {strategy}, chosen again among the programs that were drawn"
    return f"{title}\n{aligned(head, lines)}"
