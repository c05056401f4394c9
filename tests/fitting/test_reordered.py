"""Models that look at what they are to predict are found by building them again, the outcome in another order."""

import numpy as np
import pytest
from fitting_programs import EIGHT, GOOD, eight_schools, workload, workload_data, workload_source

from refinestat.refinegen.fitting.model import IncomparableError, observed_values
from refinestat.refinegen.fitting.reordered import reordered
from refinestat.refinegen.fitting.sample import Job, build, check_reordered
from refinestat.refinegen.records import SamplerSettings


def judged(source, dataset):
    """Raises where the program is incomparable."""
    data = {variable.name: np.asarray(variable.values) for variable in dataset.variables}
    model = build(source, data)
    outcome = dataset.outcome.name
    observed_values(model, data[outcome])
    check_reordered(model, Job(source=source, data=data, outcome=outcome, settings=SamplerSettings()))


def ends(*lines):
    """A program with one free variable, `mu`, that ends so."""
    return eight_schools('    mu = pm.Normal("mu", 0, 5)\n' + "".join(f"    {line}\n" for line in lines))


HONEST = (
    'pm.Normal("obs", mu, sigma, observed=y)',
    'pm.Normal("obs", mu + y.mean(), sigma * y.std(), observed=y)',
    'pm.Normal("obs", mu + pm.math.mean(y), sigma, observed=y)',
    'pm.Uniform("u", y.min() - 1, y.max() + 1); pm.Normal("obs", mu, sigma, observed=y)',
    'z = pm.Normal("z", 0, 1, shape=len(y)); pm.Normal("obs", mu + z, sigma, observed=y)',
    'd = pm.Data("d", y); z = pm.Normal("z", 0, 1, shape=d.shape[0]); pm.Normal("obs", mu + z, sigma, observed=d)',
    'pm.Normal("obs", mu, sigma, observed=pm.math.stack([v for v in y]))',
    'pm.Mixture("obs", w=[0.5, 0.5], comp_dists=[pm.Normal.dist(mu, 9), pm.Normal.dist(0, 99)], observed=y)',
    'pm.Flat("flat"); pm.Normal("obs", mu, sigma, observed=y)',
    'g = pm.gp.Marginal(cov_func=pm.gp.cov.ExpQuad(1, 2)); g.marginal_likelihood("obs", sigma[:, None], y, mu**2 + 1)',
)
LEAKING = (
    'pm.Normal("obs", y, 0.01, observed=y)',
    'pm.Normal("obs", mu + y / 10, sigma, observed=y)',
    'pm.Normal("obs", mu + y[0], sigma, observed=y)',
    'd = pm.Data("d", y); pm.Normal("obs", mu + 0.5 * d, sigma, observed=y)',
    'z = [float(v) for v in y]; pm.Normal("obs", mu + np.array(z), sigma, observed=y)',
    'z = [1.0 if v > 8 else 0.0 for v in y]; pm.Normal("obs", mu * np.array(z), sigma, observed=y)',
    'n = 1 + int(y[0] > y[1]); z = pm.Normal("z", 0, 1, shape=n); pm.Normal("obs", mu + z.sum(), sigma, observed=y)',
    'pm.Normal("obs", mu, sigma, observed=y) if y[0] > y[1] else pm.Normal("obs", 0, sigma, observed=y)',
    'pm.Normal("a" if y[0] > y[1] else "b", 0, 1); pm.Normal("obs", mu, sigma, observed=y)',
    'pm.Mixture("obs", w=[0.5, 0.5], comp_dists=[pm.Normal.dist(mu, 9), pm.Normal.dist(y, 1)], observed=y)',
    'np.array([1.0])[0 if y[0] > y[1] else 1]; pm.Normal("obs", mu, sigma, observed=y)',
)


@pytest.mark.parametrize("line", HONEST)
def test_what_does_not_depend_on_the_rows_order_may_be_used(line):
    judged(ends(*line.split("; ")), EIGHT)


@pytest.mark.parametrize("line", LEAKING)
def test_what_depends_on_the_rows_order_is_incomparable(line):
    with pytest.raises(IncomparableError, match="order"):
        judged(ends(*line.split("; ")), EIGHT)


@pytest.mark.parametrize("name", workload())
def test_no_program_of_the_workload_looks_at_its_outcome(name):
    judged(workload_source(name), workload_data(name))


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('pm.Flat("obs", observed=y)', "improper"),
        ('pm.HalfFlat("obs", observed=y)', "improper"),
        ('pm.Censored("obs", pm.Flat.dist(), lower=None, upper=None, observed=y)', "improper"),
        ('pm.Mixture("obs", w=[0.5, 0.5], comp_dists=[pm.Normal.dist(mu, 9), pm.Flat.dist()], observed=y)', "improper"),
        ('pm.Normal("obs", mu, sigma, observed=y, total_size=1)', "total_size"),
        (
            't = pm.distributions.transforms.Interval(-99, 99); pm.Normal("obs", mu, sigma, observed=y, transform=t)',
            "tr",
        ),
    ],
)
def test_a_density_that_is_no_score_is_incomparable(line, why):
    with pytest.raises(IncomparableError, match=why):
        judged(ends(*line.split("; ")), EIGHT)


def test_an_outcome_is_moved_by_one_row_and_cannot_be_written_to():
    moved = reordered(np.arange(4))
    assert moved.tolist() == [3, 0, 1, 2]
    assert not moved.flags.writeable


def test_the_program_with_everything_is_honest():
    judged(eight_schools(GOOD), EIGHT)
