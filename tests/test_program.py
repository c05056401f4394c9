import pytest
from hypothesis import given
from hypothesis import strategies as st

from refinestat.refinegen.program import (
    canonical,
    fingerprint,
    first_statement,
    leaves_block,
    split,
    statements,
)

LINE = '    mu = pm.Normal("mu", 0, 1)\n'


@pytest.mark.parametrize(
    "unfinished",
    [
        "",
        "    ",
        LINE[:-1],
        "    # a comment\n",
        "    x = f(\n        1,\n",
        "    x = (1 +\n",
        '    x = "(\n'[:-1],
        "    x = 1 + \\\n",
        '    x = """a\n    b\n',
        "    for i in range(3):\n",
        "    for i in range(3):\n        a = 1\n",
        "    if n > 1:\n        a = 1\n    el",
        "    if n > 1:\n        a = 1\n    else:\n        a = 2\n",
    ],
)
def test_a_statement_that_is_still_being_written_is_not_whole(unfinished):
    assert first_statement(unfinished) is None


@pytest.mark.parametrize(
    "whole",
    [
        LINE,
        "\n    # why\n" + LINE,
        "    x = f(  # )\n        1,\n    )\n",
        '    x = "# not a comment ("\n',
        "    x = {1: 'a:'}\n",
        "    x = 1 + \\\n        2\n",
        '    x = """a\n(b"""\n',
    ],
)
def test_a_statement_is_whole_at_the_end_of_its_logical_line(whole):
    assert first_statement(whole) == len(whole)
    assert first_statement(whole + LINE) == len(whole)


@pytest.mark.parametrize(
    "block",
    [
        "    for i in range(3):\n        a = 1\n",
        "    for i in range(3):\n        a = 1\n\n        b = 2\n",
        "    if n > 1:\n        a = 1\n    else:\n        a = 2\n",
        "    with pm.Model(name='s'):\n        for i in x:\n            a = 1\n",
    ],
)
def test_a_compound_statement_is_whole_when_its_block_has_ended(block):
    assert first_statement(block + LINE) == len(block)
    assert first_statement(block + "    m") == len(block)
    assert first_statement(block, final=True) == len(block)


def test_the_end_of_a_text_makes_its_last_statement_whole():
    assert first_statement(LINE[:-1], final=True) == len(LINE) - 1


@pytest.mark.parametrize(
    ("text", "left"),
    [("print(1)", True), ("  x", True), ("\n\nwith", True), (LINE, False), ("    ", False), ("# c\n    x", False)],
)
def test_code_that_is_indented_less_leaves_the_model_block(text, left):
    assert leaves_block(text) is left


@given(st.lists(st.sampled_from([LINE, "\n", "    # c\n", "    for i in x:\n        y = 1\n", "    z = [\n  1]\n"])))
def test_the_statements_together_are_the_text(parts):
    body = "".join(parts)
    found = statements(body, 5)
    assert body.startswith("".join(s.source for s in found))
    assert [s.line for s in found] == [5 + "".join(x.source for x in found[:i]).count("\n") for i in range(len(found))]


@given(st.text(alphabet="ab=()[]\"'#\\\n :", max_size=60))
def test_any_text_is_taken_apart_without_an_error(text):
    found = statements(text, 1)
    assert "".join(s.source for s in found) == text[: sum(len(s.source) for s in found)]


def test_the_mark_decides_where_the_likelihood_starts():
    sources = ["    a = x\n", "    # Likelihood\n    b = 1\n", "    c = y\n"]
    assert split(sources, ["y", "x"]) == 1


def test_without_a_mark_the_likelihood_starts_where_data_is_used():
    assert split(["    alpha_x = 1\n", "    b = 2 * x\n", "    c = y\n"], ["y", "x"]) == 1
    assert split(["    a = 1\n"], ["y"]) == 1


def test_layout_and_comments_do_not_change_the_fingerprint():
    assert fingerprint("x = f('a',1) # c\n") == fingerprint('\nx = f("a", 1)\n') != fingerprint("x = f('b', 1)\n")
    assert canonical("x  =  1 # c") == "x = 1"
