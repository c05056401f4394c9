import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commons.diagnostics import Check
from refinestat.refinegen.records import Assessment, Attempt, Draft, Outcome, Program
from refinestat.refinegen.refine import Limits, refine


def scored(passed: int, elpd: float = 0.0) -> Assessment:
    checks = tuple(Check(name=str(i), value=0.0, threshold=0.0, rule="", passed=i < passed) for i in range(7))
    return Assessment(outcome=Outcome.SCORED, checks=checks, elpd_loo=elpd)


REJECTED = Assessment(outcome=Outcome.REJECTED, why="parse")


class Script:
    """A writer and a judge in one: numbers the blocks it draws, answers from a list (then repeats the last answer)."""

    def __init__(self, answers: list[Assessment]) -> None:
        self.answers = answers
        self.judged = 0
        self.drawn = ""

    def _draft(self, priors: str) -> Draft:
        likelihood = f"L{self.drawn.count('L')}|{priors}"
        answer = self.answers[min(len(self.drawn.replace("P", "")) - 1, len(self.answers) - 1)]
        program = Program(data="D", priors=priors, likelihood=likelihood)
        return Draft(program=program, accepted=answer.outcome is not Outcome.REJECTED)

    async def program(self) -> Draft:
        self.drawn += "PL"
        return self._draft(f"P{self.drawn.count('P')}")

    async def likelihood(self, draft: Draft) -> Draft:
        self.drawn += "L"
        return self._draft(draft.program.priors)

    async def judge(self, draft: Draft, r: int, l: int) -> Attempt:  # noqa: E741
        answer = self.answers[min(self.judged, len(self.answers) - 1)]
        self.judged += 1
        return Attempt(index=self.judged - 1, r=r, l=l, redrawn="", draft=draft, assessment=answer)


def played(answers: list[Assessment], **limits: int) -> tuple[Script, list[Attempt]]:
    script = Script(answers)
    return script, asyncio.run(refine(script, script.judge, Limits(**limits)))


def test_likelihoods_are_redrawn_before_priors():
    script, attempts = played([scored(2)], R_max=2)
    assert script.drawn == "PLLLPLLL"
    assert [(a.r, a.l) for a in attempts] == [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)]


def test_a_redrawn_likelihood_stands_with_the_priors_it_was_drawn_for():
    _, attempts = played([scored(2)], R_max=2)
    assert all(a.draft.program.likelihood.endswith(a.draft.program.priors) for a in attempts)


def test_the_loop_ends_when_beta_programs_are_reliable():
    script, attempts = played([scored(7), scored(5), scored(6)])
    assert script.drawn == "PL" * 3
    assert len(attempts) == 3


def test_k_decides_what_is_reliable():
    script, _ = played([scored(4)], K=4, beta=1)
    assert script.drawn == "PL"


def test_a_reliable_program_gives_the_next_priors_all_their_redraws():
    script, _ = played([scored(2), scored(7), scored(2), scored(2), scored(2)], R_max=1)
    assert script.drawn == "PLLPLLL"


def test_a_refused_draft_costs_an_iteration_and_is_not_redrawn_in_part():
    script, attempts = played([REJECTED], R_max=3)
    assert script.drawn == "PL" * 3
    assert [a.r for a in attempts] == [0, 1, 2]


def test_a_program_that_does_not_run_counts_as_no_check_passed():
    script, _ = played([Assessment(outcome=Outcome.CRASHED, why="signal 9"), scored(7)], beta=1)
    assert script.drawn == "PLL"


@pytest.mark.parametrize("alpha", [0, 1, 3])
def test_alpha_is_the_number_of_redraws_after_the_first_likelihood(alpha):
    script, _ = played([scored(0)], alpha=alpha, R_max=1)
    assert script.drawn == "PL" + "L" * alpha


@given(st.lists(st.sampled_from([REJECTED, scored(0), scored(4), scored(7)]), min_size=1, max_size=60))
def test_whatever_the_judge_says_the_budgets_hold(answers):
    limits = Limits(R_max=4, alpha=2, beta=3)
    _, attempts = played(answers, R_max=4, alpha=2, beta=3)
    assert sum(a.assessment.passed >= limits.K for a in attempts) <= limits.beta
    assert attempts[-1].r <= limits.R_max
    assert len(attempts) <= (limits.R_max + limits.beta) * (limits.alpha + 1)
