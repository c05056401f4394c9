"""Programs that ran, and whose score means nothing."""

import pytest

from commons.data_pymc import DATASETS
from refinestat.refinegen import prompts
from refinestat.refinegen.predicates import incomparable

SCHOOLS = DATASETS["eight_schools"]
MU = '    mu = pm.Normal("mu", 0, 10)\n'
Y = '    pm.Normal("y_obs", mu=mu, sigma=sigma, observed=y)\n'


def judged(body: str) -> str:
    return incomparable(prompts.plain(SCHOOLS) + body, SCHOOLS)


def test_an_honest_program_is_comparable():
    assert judged(MU + Y) == ""


def test_what_the_other_predicates_would_refuse_is_no_matter():
    """A wrong name of a parameter is not the guards' business: the fit has decided already."""
    assert judged('    mu = pm.Normal("mu", 0, sd=10)\n' + Y) == ""


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (MU + '    pm.Normal("y_obs", mu=mu + 0.9 * y, sigma=sigma, observed=y)\n', "the outcome y"),
        ('    mu = pm.Normal("mu", y, 1, shape=8)\n' + Y, "the outcome y"),
        (MU + Y + '    pm.Normal("again", mu=mu, sigma=sigma, observed=y)\n', "more than once"),
        (MU + '    pm.Potential("p", mu)\n' + Y, "Potential"),
        (MU + '    pm.Normal("y_obs", mu=mu, sigma=sigma, observed=y[:4])\n', "whole and as it is"),
        (MU, "is not observed"),
        (MU + "    f = lambda x: x\n" + Y, "cannot be followed"),
    ],
)
def test_leaks_and_what_cannot_be_followed_are_named(body: str, why: str):
    assert why in judged(body)


@pytest.mark.parametrize("text", ["x = (", "import os\n", ""])
def test_whatever_the_text_there_is_an_answer(text: str):
    assert incomparable(text, SCHOOLS)
