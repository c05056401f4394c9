import numpy as np
import pytest

from commons.diagnostics import CHECKS, Diagnosis, diagnose, pareto_k_limit

CHAINS, DRAWS, N = 4, 1000, 20


def drawn(seed: int = 0, **changes: object) -> Diagnosis:
    """A normal model with a known mean: independent draws, which pass all seven checks."""
    stream = np.random.default_rng(seed)
    y = stream.normal(size=N)
    mu = stream.normal(y.mean(), 1 / np.sqrt(N), size=(CHAINS, DRAWS))
    log_likelihood = -0.5 * (y - mu[..., None]) ** 2 - 0.5 * np.log(2 * np.pi)
    given = {
        "free": {"mu": mu},
        "log_likelihood": log_likelihood,
        "diverging": np.zeros((CHAINS, DRAWS), dtype=bool),
        "energy": stream.normal(size=(CHAINS, DRAWS)),
    }
    return diagnose(**{**given, **{name: change(given[name]) for name, change in changes.items()}})  # type: ignore[operator]


def failing(diagnosis: Diagnosis) -> list[str]:
    return [check.name for check in diagnosis.checks if not check.passed]


def test_independent_draws_pass_all_seven_checks_in_their_order():
    found = drawn()
    assert tuple(check.name for check in found.checks) == CHECKS
    assert failing(found) == []


def test_the_values_are_those_of_arviz():
    import arviz as az

    stream = np.random.default_rng(3)
    mu = stream.normal(size=(CHAINS, DRAWS))
    log_likelihood = -0.5 * (stream.normal(size=N) - mu[..., None]) ** 2
    energy = np.cumsum(stream.normal(size=(CHAINS, DRAWS)), axis=1)
    data = az.from_dict(posterior={"mu": mu}, log_likelihood={"y": log_likelihood}, sample_stats={"energy": energy})
    loo = az.loo(data, pointwise=True)
    found = diagnose(free={"mu": mu}, log_likelihood=log_likelihood, diverging=np.zeros((4, 1000)), energy=energy)
    values = {check.name: check.value for check in found.checks}
    assert values["r_hat"] == pytest.approx(float(az.rhat(data).mu))
    assert values["ess_bulk"] == pytest.approx(float(az.ess(data).mu))
    assert values["ess_tail"] == pytest.approx(float(az.ess(data, method="tail").mu))
    assert values["bfmi"] == pytest.approx(float(np.min(az.bfmi(data))))
    assert found.elpd_loo == pytest.approx(float(loo.elpd_loo))
    assert found.elpd_se == pytest.approx(float(loo.se))
    assert found.pareto_k == pytest.approx(loo.pareto_k.values)


def apart(mu):
    return {"mu": mu["mu"] + np.arange(CHAINS)[:, None]}


def slow(mu):
    return {"mu": np.repeat(mu["mu"][:, ::100], 100, axis=1)}


@pytest.mark.parametrize(
    ("changes", "fails"),
    [
        ({"free": apart}, {"r_hat", "ess_bulk"}),
        ({"free": slow}, {"ess_bulk"}),
        ({"diverging": lambda a: np.arange(a.size).reshape(a.shape) == 7}, {"divergences"}),
        ({"energy": lambda a: np.cumsum(a, axis=1)}, {"bfmi"}),
        ({"energy": lambda a: None}, {"bfmi"}),
        ({"log_likelihood": lambda a: np.random.default_rng(0).standard_cauchy(a.shape) * 30}, {"pareto_k"}),
        ({"log_likelihood": lambda a: np.where(np.arange(N) == 3, np.nan, a)}, {"pareto_k", "elpd_loo"}),
        ({"log_likelihood": lambda a: np.where(np.arange(N) == 3, -np.inf, a)}, {"pareto_k", "elpd_loo"}),
        ({"free": lambda a: {**a, "c": np.ones((CHAINS, DRAWS))}}, {"r_hat", "ess_bulk", "ess_tail"}),
        ({"free": lambda a: {"mu": np.full((CHAINS, DRAWS), np.nan)}}, {"r_hat", "ess_bulk", "ess_tail"}),
    ],
    ids=[
        *("chains apart", "sticky", "one divergence", "low energy", "no energy"),
        *("heavy tails", "nan likelihood", "no likelihood", "constant", "nan draws"),
    ],
)
def test_each_fault_fails_its_check(changes, fails):
    assert set(failing(drawn(**changes))) >= fails


def test_a_check_that_cannot_be_computed_says_why_and_where():
    found = drawn(free=lambda a: {**a, "theta": np.ones((CHAINS, DRAWS, 3))})
    assert found.checks[0].why == "theta[0] is constant"
    assert drawn(free=lambda a: {"mu": a["mu"] * np.inf}).checks[0].why == "mu has draws that are not finite"
    assert "observation 0" in drawn(log_likelihood=lambda a: a * np.nan).checks[-1].why


def test_the_share_of_good_pareto_k_decides():
    def heavy(share):
        return lambda a: np.where(np.arange(N) < share * N, np.random.default_rng(0).standard_cauchy(a.shape) * 30, a)

    assert "pareto_k" not in failing(drawn(log_likelihood=heavy(0.2)))
    assert "pareto_k" in failing(drawn(log_likelihood=heavy(0.25)))


@pytest.mark.parametrize(("draws", "limit"), [(100, 0.5), (1000, 2 / 3), (4000, 0.7), (100_000, 0.7)])
def test_the_limit_of_pareto_k_depends_on_the_number_of_draws(draws, limit):
    assert pareto_k_limit(draws) == pytest.approx(limit)


def test_the_share_below_that_limit_is_reported_beside_the_check():
    found = drawn()
    assert found.pareto_k_limit == pareto_k_limit(CHAINS * DRAWS)
    assert found.pareto_k_share == np.mean(found.pareto_k < found.pareto_k_limit) == 1
    assert np.isnan(drawn(log_likelihood=lambda a: a * np.nan).pareto_k_share)
