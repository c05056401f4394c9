import ast

import pytest

from commons.data_pymc import DATASETS
from refinestat.refinegen import predicates
from refinestat.refinegen.program import statements
from refinestat.refinegen.prompt_examples import EXAMPLES
from refinestat.refinegen.prompts import opening, plain, request

SCHOOLS = DATASETS["eight_schools"]


def no_chat(message: str) -> str:
    raise AssertionError(f"no chat is asked for: {message}")


def test_a_plain_prompt_has_nothing_before_the_program():
    assert opening("plain", SCHOOLS, no_chat) == ""


def test_a_chat_asks_for_the_program_and_says_what_the_data_are():
    assert opening("chat", SCHOOLS, lambda message: f"[user] {message} [assistant] ").endswith("[assistant] ")
    assert SCHOOLS.description.strip() in request(SCHOOLS)
    assert "`y`" in request(SCHOOLS)


def test_worked_examples_are_whole_programs_on_other_data():
    text = opening("few_shot", SCHOOLS, no_chat)
    assert ast.parse(text)
    assert text.count("# Likelihood\n") == len(EXAMPLES) >= 2
    assert text == opening("few_shot", DATASETS["glm"], no_chat)
    names = {variable.name for dataset in DATASETS.values() for variable in dataset.variables}
    assert not names & {variable.name for example in EXAMPLES for variable in example.dataset.variables}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.dataset.name)
def test_all_predicates_accept_a_worked_example(example):
    symbols = predicates.start(example.dataset)
    for statement in statements(example.body, plain(example.dataset).count("\n") + 1):
        judgement = predicates.judge(statement, symbols)
        assert judgement.refusal is None
        symbols = judgement.symbols
    assert predicates.finish(symbols).ok
