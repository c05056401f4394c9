"""Mutants that PyMC refuses are refused before any fit; so are those that it accepts although they are wrong."""

import json
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from mutant_truth import jobs, key
from mutations import OPERATORS
from programs import corpus_data

from commons.data_pymc import DATASETS
from refinestat.refinegen.predicates import judge_source

TRUTH = json.loads((Path(__file__).parent / "mutant_truth.json").read_text(encoding="utf-8"))["truth"]
# PyMC samples these without a word.
ALWAYS_WRONG = {"Normal prior of a scale", "variance for sd"}
ALWAYS_WRONG_WHERE_SCORED = {operator.name for operator in OPERATORS if operator.predicates == ("guards",)}
# Refused although PyMC builds them, on purpose: arguments that it drops in silence, data that are no counts.
STRICTER = {"too many positional", "Poisson likelihood", "Bernoulli likelihood", "Beta likelihood", "Gamma likelihood"}
STRICTER |= ALWAYS_WRONG


@cache
def verdicts() -> list[tuple[str, str, tuple[str, ...], str, str, bool]]:
    """(program, operator, predicates that may name it, PyMC's answer, ours, scored), for mutants of right programs."""
    data = corpus_data()
    rows, right = [], True
    for name, operator, text, dataset in jobs():
        said = TRUTH[key(dataset, text)]
        if operator is None:
            right = said == "right"
            continue
        if not right:  # a program that fails on some draw by itself shows nothing about its mutants
            continue
        if dataset == "corpus":
            found = judge_source(text, None, {"data": data})
        else:
            found = judge_source(text, DATASETS[dataset])
        ours = next((verdict.predicate for verdict in found if not verdict.ok), "")
        rows.append((name, operator.name, operator.predicates, said, ours, dataset != "corpus"))
    return rows


@pytest.mark.slow
def test_there_are_enough_operators_and_mutants():
    assert len(OPERATORS) >= 25
    assert len(verdicts()) > 1500


@pytest.mark.slow
def test_what_pymc_refuses_is_refused_before_any_fit():
    broken = [row for row in verdicts() if row[3] in {"build", "density"}]
    missed = [row for row in broken if not row[4]]
    assert len(missed) <= 0.03 * len(broken), Counter(row[:2] for row in missed)


@pytest.mark.slow
def test_the_predicate_that_names_the_fault_refuses_it():
    broken = [row for row in verdicts() if row[3] in {"build", "density"}]
    named = [row for row in broken if row[4] in row[2]]
    assert len(named) >= 0.9 * len(broken), Counter((row[1], row[4]) for row in broken if row[4] not in row[2])


@pytest.mark.slow
def test_what_pymc_accepts_in_silence_is_refused_all_the_same():
    wrong = [r for r in verdicts() if r[1] in ALWAYS_WRONG or (r[5] and r[1] in ALWAYS_WRONG_WHERE_SCORED)]
    assert [row for row in wrong if not row[4]] == []


@pytest.mark.slow
def test_mutants_that_are_still_right_are_accepted():
    right = [r for r in verdicts() if r[3] == "right" and not (r[5] and r[2] == ("guards",)) and r[1] not in STRICTER]
    assert [row for row in right if row[4]] == []
