"""The mask: special tokens, the end, errors, rewinding, programs side by side, and its cost."""

import dataclasses
import random
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from test_grammar_tokenizers import PROMPT, byte_level, programs

from refinestat.refinegen.grammar import GrammarError, GrammarMask, build_store

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def mask(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stores")
    build_store(byte_level(), folder=folder, progress=False)
    return GrammarMask(byte_level(), folder=folder)


def may_end(mask: GrammarMask, text: str) -> bool:
    mask.start(PROMPT)
    return bool(mask.allowed(text)[byte_level().eos_token_id])


@pytest.mark.parametrize("text", ["", "    ", "    a = f(", "    a = 1", '    a = "', "    # "])
def test_special_tokens_are_always_masked(mask, text):
    mask.start(PROMPT)
    allowed = mask.allowed(text)
    assert not allowed[[i for i in byte_level().all_special_ids if i != byte_level().eos_token_id]].any()


@pytest.mark.parametrize(
    "text",
    [
        "    a = 1",
        "    a = 1\n",
        "    a = 1\n    ",
        "    a = 1  # one",
        "    a = 1\n    # one",
        "    a = f(\n)\n    ",
        "    if J:\n        a = 1",
        "    a = 1\nb = 2",
    ],
)
def test_a_whole_program_may_end_with_or_without_a_last_newline(mask, text):
    assert may_end(mask, text)


@pytest.mark.parametrize(
    "text", ["", "    ", "    a =", "    a = f(1", '    a = "b', "    if J:", "    if J:\n    ", "    a.", "    # b"]
)
def test_an_unfinished_program_may_not_end(mask, text):
    assert not may_end(mask, text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("    a = )", "nothing can follow"),
        ("    a = ) + 1", r"line 10, column 9: '\)' cannot come here"),
        ("    a b c", "line 10, column 7: 'b' cannot come here"),
        ("    a = $", "nothing can follow"),
        ("..", "a line is indented by 0"),
        ("    a = # b", "nothing can follow"),
        ("    a = 1\n  b", "a line is indented by 2"),
        ("a = 1", "a line is indented by 0"),
    ],
)
def test_a_text_that_is_no_program_is_an_error_never_unconstrained(mask, text, why):
    mask.start(PROMPT)
    with pytest.raises(GrammarError, match=why):
        mask.allowed(text)


def test_a_prompt_that_is_no_python_is_an_error(mask):
    with pytest.raises(GrammarError, match="line 1, column 7: 'are' cannot come here"):
        mask.start("These are words.\n")


def test_a_mask_depends_on_the_text_only_not_on_what_was_asked_before(mask):
    body = programs()["lkj_cholesky"]
    mask.start(PROMPT)
    forward = [mask.allowed(body[:i]).tobytes() for i in range(len(body))]
    places = list(range(len(body)))
    random.Random(0).shuffle(places)
    for i in places:
        if i % 3 == 0:
            with suppress(GrammarError):
                mask.allowed(body[:i] + "'$")
        assert mask.allowed(body[:i]).tobytes() == forward[i], body[:i][-30:]


def test_forks_are_written_at_the_same_time(mask):
    bodies = [programs()[name] for name in ("lkj_cholesky", "zip", "es_nc")]
    alone = [[] for _ in bodies]
    for body, rows in zip(bodies, alone, strict=True):
        mask.start(PROMPT)
        rows += [mask.allowed(body[:i]).tobytes() for i in range(100)]
    forks = [mask.fork() for _ in bodies]
    for fork in forks:
        fork.start(PROMPT)
    for i in range(100):
        for fork, body, rows in zip(forks, bodies, alone, strict=True):
            assert fork.allowed(body[:i]).tobytes() == rows[i]


def test_the_cost_of_a_token_does_not_grow_with_the_program(mask, monkeypatch):
    """Counted, not timed: how much text is cut into tokens again for one more character."""
    line = '    beta = pm.Normal("beta", 0, 1)  # slope\n'
    calls = []
    language = mask._language
    counting = dataclasses.replace(language, match=lambda text, at: calls.append(at) or language.match(text, at))
    monkeypatch.setattr(mask._parser, "_language", counting)
    mask.start(PROMPT)
    body, costs = line * 40, []
    for i in range(len(body)):
        calls.clear()
        mask.allowed(body[:i])
        costs.append(len(calls))
    first, last = costs[len(line) : 10 * len(line)], costs[-10 * len(line) :]
    assert max(last) <= max(first) <= 45


def test_loading_starts_neither_torch_nor_the_rest_of_syncode():
    code = (
        "import logging, sys\n"
        "before = list(logging.getLogger().handlers), logging.getLogger().level\n"
        "from refinestat.refinegen import grammar, grammar_syncode\n"
        "assert 'syncode' not in sys.modules\n"
        "grammar_syncode.load_language()\n"
        "assert before == (logging.getLogger().handlers, logging.getLogger().level)\n"
        "print(sorted({'torch', 'transformers', 'datasets', 'fire'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
