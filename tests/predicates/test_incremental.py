"""Symbol tables are values: going back is keeping the older one, and nothing is judged twice."""

import statistics
import time

import pytest
from programs import scored

from commons.data_pymc import DATASETS
from refinestat.refinegen.predicates import ORDER, finish, judge, judge_source, start
from refinestat.refinegen.program import Statement
from refinestat.refinegen.prompts import head

SCHOOLS = DATASETS["eight_schools"]


def said(source, symbols, line=11):
    return judge(Statement(source=f"    {source}\n", line=line), symbols)


def test_a_refused_statement_leaves_the_table_as_it_was():
    before = start(SCHOOLS)
    judgement = said('mu = pm.Normal("mu", 0, sd=5)', before)
    assert not judgement.ok
    assert judgement.symbols is before
    assert "mu" not in before.values


def test_one_table_can_be_continued_in_two_ways():
    before = said('mu = pm.Normal("mu", 0, 5)', start(SCHOOLS)).symbols
    one = said('tau = pm.HalfNormal("tau", 5)', before)
    other = said('tau = pm.Normal("tau", 0, 5)', before)
    assert said('z = pm.Normal("z", mu, tau)', one.symbols).ok
    assert not said('z = pm.Normal("z", mu, tau)', other.symbols).ok
    assert "tau" not in before.declared


def test_the_place_counts_in_the_whole_program():
    judgement = judge(
        Statement(source='\n    # a comment\n    mu = pm.Normal("mu", 0, sd=5)\n', line=20), start(SCHOOLS)
    )
    assert (judgement.refusal.line, judgement.refusal.column) == (22, 32)


def test_verdicts_come_in_order_and_stop_at_the_first_refusal():
    judgement = said("mu = pm.Normal('mu', nu, sigma=-1)", start(SCHOOLS))
    names = [verdict.predicate for verdict in judgement.verdicts]
    assert names == list(ORDER[: len(names)])
    assert judgement.refusal is judgement.verdicts[-1]
    assert judgement.refusal.predicate == "dependency"


def test_an_accepted_program_gets_one_verdict_per_predicate():
    verdicts = judge_source(scored()["es_nc"][1], SCHOOLS)
    assert [verdict.predicate for verdict in verdicts] == list(ORDER)


@pytest.mark.parametrize(
    "source",
    [
        'for i in range(3):\n        b = pm.Normal(f"b_{i}", 0, 1)',
        'parts = [pm.Normal(f"b_{i}", 0, 1) for i in range(3)]',
        'if J > 3:\n        b = pm.Normal("b", 0, 1)\n    else:\n        b = 0.0',
        'with pm.Model(name="inner"):\n        b = pm.Normal("b", 0, 1)',
        "# only a comment",
        'x, z = (pm.Normal(name, 0, 1) for name in ("x", "z"))',
        'y_obs = pm.Data("y_obs", y)\n    pm.Normal("obs", 0, pm.HalfNormal("s", 1), observed=y_obs)',
        'y = pm.Normal("y", 0, pm.HalfNormal("s", 5), observed=y)',
        'mu = pm.Normal("mu", y.mean(), 2 * y.std(), shape=len(y))',
        'model.add_coord("school", range(J)); z = pm.Normal("z", 0, 1, dims="school")',
        's = pm.HalfNormal("s", 1); v = s**2; z = pm.Normal("z", 0, pm.math.sqrt(v))',
        'tau = pm.Gamma("tau", 2, 1); z = pm.Normal("z", 0, tau=tau); w = pm.Normal("w", 0, 1 / pm.math.sqrt(tau))',
        'a = pm.Normal("a", 0, 1); p = pm.math.invlogit(a); k = pm.Bernoulli("k", 1 - p)',
        'w = pm.Dirichlet("w", np.ones(2)); m = pm.Mixture("m", w, [pm.Normal.dist(0, 1), pm.Normal.dist(0, 2)])',
        's = pm.Normal("s", 0, 1, transform=pm.distributions.transforms.log); z = pm.Normal("z", 0, s)',
        's = pm.TruncatedNormal("s", 0, 1, lower=0); z = pm.Normal("z", 0, s)',
        's = pm.Truncated("s", pm.Normal.dist(0, 1), lower=0); z = pm.Normal("z", 0, s)',
        'a = pm.Normal("a", 0, 1); z = pm.Normal("z", 0, a**2 + 0.1); w = pm.Normal("w", 0, abs(a))',
    ],
)
def test_right_statements_are_accepted(source):
    judgement = said(source, start(SCHOOLS))
    assert judgement.ok, judgement.refusal


def test_a_name_declared_in_a_loop_is_taken_afterwards():
    after = said('for i in range(3):\n        b = pm.Normal(f"b_{i}", 0, 1)', start(SCHOOLS)).symbols
    assert "'b_1' is already taken" in said('c = pm.Normal("b_1", 0, 1)', after).refusal.why


def test_finish_wants_the_outcome_observed():
    assert "not observed" in finish(start(SCHOOLS)).why


@pytest.mark.slow
def test_a_statement_costs_less_than_a_millisecond():
    times = []
    for dataset, text in scored().values():
        symbols, before = start(DATASETS[dataset]), head(DATASETS[dataset])
        for line in text.removeprefix(before).splitlines(keepends=True):
            begun = time.process_time()
            symbols = judge(Statement(source=line, line=9), symbols).symbols
            times.append(time.process_time() - begun)
    assert statistics.median(times) < 0.001  # 0.1 ms on a quiet core; the bar is 0.3


def test_a_column_of_ones_own_table_may_have_any_name():
    head_ = "import pandas as pd\nimport pymc as pm\nd = pd.read_csv('d.csv')\nwith pm.Model() as m:\n"
    text = head_ + "    a = pm.Normal('a', 0, 1)\n"
    assert all(v.ok for v in judge_source(text + "    pm.Normal('y', a * d.weight, 1, observed=d.height)\n", None))
