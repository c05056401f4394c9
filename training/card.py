"""The model card."""

from pathlib import Path
from typing import Any

from training.corpus.families import FAMILIES, HELD_OUT_FAMILIES

_CARD = """---
license: mit
library_name: transformers
tags: [pymc, bayesian-statistics, code, demonstration]
---
# refinestat-slm

A Llama of {millions:.2f} M parameters that continues the prompt of RefineStat with a PyMC program: priors, the line
`    # Likelihood`, likelihood, end. It ships with RefineStat so that the first run needs no GPU and no download.

**What it is not.** It is a demonstration model. It knows PyMC's idioms and nothing of the world: it has read only
programs that a generator made up, for data sets that do not exist. It does not read English beyond the phrases of
its prompts, and its priors follow the stated range of the data, not knowledge. Programs that it writes are to be
checked, fitted and diagnosed, which is what RefineStat does.

## Training
`python training/train.py` made it: {steps:,} steps of {rows} examples, each seen once, seed {seed}, from random
weights; then {finish_steps:,} steps at a lower rate on what it had learnt badly: data names that programs like for
parameters (`mu`, `sigma`), and rare families; then {last_steps:,} on words that do not exist. {tokens:.1f} M tokens in
all, in 40 to 80 minutes on two cores; vocabulary {vocabulary}, hidden {hidden}, {layers} layers,
{heads} heads, feed-forward {feed_forward}. Muon trains the matrices of the layers, AdamW the rest. Names of the data,
and names that a program declared before, weigh {copied} times as much in the loss ({last_copied} times in the last
steps). A processor that computes bf16 directly trains in it, another one in float32, for hours. The
weights depend on the kind of processor and on the number of threads.

The corpus (`training/corpus/`) has {families} families of models: means, meta-analysis, regression of every outcome by
up to seven predictors, polynomials, interactions, growth curves, binomials with trials, counts with exposure and with
many zeros, Gaussian processes and their basis approximation, splines, groups, time series, survival, ordered
categories, mixtures. `training.json` keeps every setting. Rates per program (of `made up` and `reserved` names, and of
`unknown` topics, per column): {rates}; then {finish_rates}; in the last steps {last_rates}. Of 80 statements in public
repositories, the first ten that a search found for each of eight spellings (`pm.Normal('y`, `pm.HalfNormal("sigma`,
...), 11 have PyMC3's `sd=` and 15 pass parameters by position. The corpus has less of both: what no longer runs is
there so that the model makes such mistakes at times, as models that read public code do.

The five built-in data sets of RefineStat were never seen: their topics and their sets of names are excluded. One
seventh of the corpus's topics, and of the syllables of made-up names, were kept for the held-out sets below, and
{held_out_families} families of models besides.

| SHA-256 of | |
|---|---|
| the corpus's first 1,000 examples | `{corpus}` |
| `tokenizer.json` | `{tokenizer}` |
| `model.safetensors` | `{weights}` |

## How good its programs are
{table}

## Limits
- Prompts of RefineStat's plain style only, at most about 400 tokens and seven predictors; programs of up to about 30
  lines.
- It copies names that mean nothing piece by piece, and now and then loses a piece. Short names (`y`, `x`, `n`), like
  those of the built-in data sets, are copied well.
- A column that is named like a parameter (`mu`, `sigma`) may be taken for one: most of the shadowed names are such.
- It makes the mistakes of a small model: names it did not declare, shapes that do not fit, likelihoods that do not
  suit.
- Around {faulty:.0%} of the corpus has a fault on purpose (PyMC3's `sd=`, a novice's slip): it may write one.
- English names only; of what they mean it knows the words of its corpus, and copies others. Numbers of the data are
  read by their digits, roughly.
"""

_NO_TABLE = "Not evaluated yet: `python training/evaluate.py --card` fills this in."
_TABLE = """`python training/evaluate.py --card` printed this: several programs per data set on the five built-in data
sets, one per data set on fresh ones of held-out topics, a tenth of whose columns have made-up names; 95 % Wilson
intervals. *free*: no grammar, no predicates (the fresh ones as well); *constrained*: with both, as RefineStat uses it,
and shares are of the programs that were finished. *Held-out families*: models that the corpus never has
(`training/corpus/families/held_out.py`). A program *builds* if the process that fits programs takes it: it observes the
whole outcome and nothing else, and its log density at the start is finite. Its *family* is its likelihood and what its
mean is made of (`training/structure.py`).

{table}

Tokens per second of processor time that one thread writes without grammar and predicates: {speed}."""


def card(record: dict[str, Any], table: str = "", speed: str = "") -> str:
    """The card's text. record: of `training.json`; table: in Markdown, if evaluated."""
    settings, rates = record["settings"], record["settings"]["rates"]
    return _CARD.format(
        millions=record["parameters"] / 1e6,
        tokens=record["tokens"] / 1e6,
        steps=settings["steps"],
        rows=settings["rows"],
        seed=settings["seed"],
        copied=settings["weights"]["copied"],
        rates=_told(rates),
        finish_steps=settings["finish"]["steps"],
        finish_rates=_told(_changed(settings["finish"]["rates"], rates)),
        last_steps=settings["last"]["steps"],
        last_copied=settings["last"]["weights"]["copied"],
        last_rates=_told(_changed(settings["last"]["rates"], rates)),
        faulty=rates["legacy"] + rates["fault"],
        families=len(FAMILIES),
        held_out_families=len(HELD_OUT_FAMILIES),
        table=_TABLE.format(table=table, speed=speed) if table else _NO_TABLE,
        **settings["shape"],
        **record["sha256"],
    )


def _changed(rates: dict[str, float], first: dict[str, float]) -> dict[str, float]:
    return {name: rate for name, rate in rates.items() if rate != first[name]}


def _told(rates: dict[str, float]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {rate:.0%}" for name, rate in rates.items())


def write_card(folder: Path, record: dict[str, Any], table: str = "", speed: str = "") -> None:
    """Write the card of a model's folder."""
    (folder / "README.md").write_text(card(record, table, speed))
