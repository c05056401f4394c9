"""Equal cost: what a search may use, and that it is used up and hardly exceeded."""

import asyncio
from dataclasses import replace
from functools import partial

import pytest
from fabricate import attempt, failed, scored
from hypothesis import given
from hypothesis import strategies as st

from refinestat.refinegen.best_of import Budget, best_of, once
from refinestat.refinegen.records import Assessment, Attempt, Draft, Outcome
from refinestat.refinegen.refine import Limits, refine

REFUSED = failed(Outcome.REJECTED)


class Script:
    """A writer and judge in one: the draws cost what the list says (then the last of it) and fare alike."""

    def __init__(self, tokens: list[int], answer: Assessment, *, looked_up: bool = False) -> None:
        self.tokens, self.answer, self.looked_up = tokens, answer, looked_up
        self.drawn = ""
        self.places: list[tuple[int, int]] = []

    async def program(self) -> Draft:
        self.drawn += "P"
        return attempt(0, self.answer, generated_tokens=self.tokens[min(len(self.drawn), len(self.tokens)) - 1]).draft

    async def likelihood(self, draft: Draft) -> Draft:
        self.drawn += "L"
        return draft

    async def judge(self, draft: Draft, r: int, l: int) -> Attempt:  # noqa: E741
        self.places.append((r, l))
        made = attempt(len(self.places) - 1, self.answer, looked_up=self.looked_up)
        return replace(made, draft=draft, r=r, l=l)


def played(script: Script, search=once, **budget) -> list[Attempt]:
    limit = Budget(**{"unit": "tokens", "most_programs": 100, **budget}) if budget else None
    return asyncio.run(best_of(search, script, script.judge, limit))


def test_without_a_budget_one_search_is_made():
    script = Script([50], scored(7))
    assert len(played(script)) == 1
    assert len(played(Script([50], scored(7)), partial(refine, limits=Limits(beta=2)))) == 2


def test_programs_are_drawn_until_the_tokens_are_used_up():
    assert len(played(Script([50], scored(7)), amount=149)) == 3
    assert len(played(Script([50], scored(7)), amount=150)) == 3
    assert len(played(Script([50], scored(7)), amount=151)) == 4


def test_one_program_is_drawn_however_small_the_budget():
    assert len(played(Script([500], scored(7)), amount=1)) == 1


def test_a_refinement_is_begun_anew_while_tokens_are_left_and_stops_where_they_end():
    script = Script([50], scored(7))
    attempts = played(script, partial(refine, limits=Limits(beta=3)), amount=350)
    assert script.drawn == "PPPPPPP"
    assert len(attempts) == 7
    script = Script([50], scored(2))
    played(script, partial(refine, limits=Limits(alpha=2, R_max=2)), amount=350)
    assert script.drawn == "PLLPLLP"
    assert script.places[-1] == (0, 0)


def test_only_what_was_sampled_counts_as_a_fit():
    assert len(played(Script([50], scored(0)), unit="fits", amount=4)) == 4
    assert len(played(Script([50], failed(Outcome.TIMED_OUT)), unit="fits", amount=4)) == 4
    for never in (failed(), REFUSED):
        assert len(played(Script([50], never), unit="fits", amount=4)) == 100
    assert len(played(Script([50], scored(7), looked_up=True), unit="fits", amount=4)) == 100


def test_seconds_are_those_of_writing_and_fitting():
    # 0.5 s in the model and 1.5 s in the fit
    assert len(played(Script([50], scored(7)), unit="seconds", amount=5.9)) == 3
    assert len(played(Script([50], scored(7), looked_up=True), unit="seconds", amount=5.9)) == 12


@given(
    st.lists(st.integers(1, 400), min_size=1, max_size=20),
    st.integers(1, 3000),
    st.sampled_from([REFUSED, failed(), scored(3), scored(7)]),
    st.sampled_from([once, partial(refine, limits=Limits(R_max=3))]),
)
def test_a_budget_is_used_up_and_exceeded_by_one_program_at_most(tokens, amount, answer, search):
    attempts = played(Script(tokens, answer), search, amount=amount)
    spent = [each.draft.cost.generated_tokens for each in attempts]
    assert sum(spent) >= amount or len(attempts) == 100
    assert sum(spent[:-1]) < amount


@pytest.mark.parametrize("search", [once, partial(refine, limits=Limits())])
def test_a_bug_in_the_judge_is_not_taken_for_the_end_of_the_budget(search):
    async def broken(*_: object) -> Attempt:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        asyncio.run(best_of(search, Script([1], REFUSED), broken, Budget(unit="tokens", amount=9, most_programs=9)))
