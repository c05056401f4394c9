"""No text of up to 64 kB takes more than 100 ms of processor time or 50 MB."""

import gc
import time
import tracemalloc

import pytest
from large_texts import TEXTS, filled
from speed import within

from commons.data_pymc import DATASETS
from refinestat.refinegen.linter import findings_of
from refinestat.refinegen.predicates import judge_source
from refinestat.refinegen.predicates.gate import MOST_BYTES

DATASET = DATASETS["dugongs"]
SECONDS = 0.2  # the bar is 0.1 on a machine that has nothing else to do
TRIES = 5
BYTES = 50_000_000


def seconds(text, dataset):
    began = time.process_time()
    judge_source(text, dataset)
    return time.process_time() - began


@pytest.mark.parametrize("dataset", [None, DATASET], ids=["file", "program"])
@pytest.mark.parametrize("name", TEXTS)
def test_the_dearest_texts_are_judged_in_time(name, dataset):
    assert len(TEXTS[name].encode()) <= MOST_BYTES
    assert any(within(seconds(TEXTS[name], dataset), SECONDS) for _ in range(TRIES))


@pytest.mark.parametrize("name", ["not Python", "deep lists", "models", "numbers", "comments", "one model"])
def test_the_largest_texts_take_little_memory(name):
    gc.collect()
    tracemalloc.start()
    judge_source(TEXTS[name], None)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < BYTES


def test_a_file_is_not_refused_for_being_long_and_is_read_to_its_end():
    text = filled("", lambda i: f"x{i} = [1.0, 2.0, 3.0]  # measured on day {i}\n")
    text += "".join(f"with pm.Model() as m{i}:\n    pm.Normal('a', 0, 1)\n" for i in range(700))
    assert len(text) > MOST_BYTES
    assert findings_of("model.py", text) == []
    wrong = findings_of("model.py", text + "with pm.Model():\n    pm.Normal('a', 0, -1)\n")
    assert [(found.rule, found.line) for found in wrong] == [("support", text.count("\n") + 2)]
