"""What surely has no density is refused, and what may have one is not: values outside a support, parameters that do
not go together. Each line is a model block, statements with `; ` between."""

import pytest
from programs import model_refusals

DRAWN = 'a = pm.Normal("a"); s = pm.HalfNormal("s"); b = pm.Normal("b", shape=2); y = data["y"]; '
ORDERED = "transform=pm.distributions.transforms.ordered"
N = "pm.Normal.dist(a, 1)"

NO_DENSITY = [
    (f"pm.Truncated('y', {N}, lower=0, upper=1, observed=y)", "observed must lie in its support [0, 1]"),
    (f"pm.Truncated('y', {N}, lower=0, observed=y)", "observed must lie in its support [0, inf]"),
    (f"pm.Censored('y', {N}, lower=0, upper=1, observed=y)", "observed must lie in its support [0, 1]"),
    (f"pm.Censored('y', {N}, None, 1.0, observed=y)", "observed must lie in its support [-inf, 1]"),
    ("pm.Multinomial('y', n=11, p=[0.2, 0.3, 0.5], observed=data['multi'])", "each row of observed must add up to n"),
    ("pm.DirichletMultinomial('y', n=11, a=[1., 1., 1.], observed=data['multi'])", "must add up to n"),
    ("pm.HyperGeometric('y', N=50, k=3, n=10, observed=[1, 4])", "observed must lie in its support [0, 3]"),
    ("pm.HyperGeometric('y', N=12, k=6, n=10, observed=[3, 5])", "observed must lie in its support [4, 6]"),
    ("pm.NormalMixture('y', w=[0.5, 0.6], mu=b, sigma=1, observed=y)", "must add up to 1, got 1.1"),
    (f"pm.Mixture('y', w=[0.2, 0.3], comp_dists=[{N}, {N}], observed=y)", "must add up to 1, got 0.5"),
    ("pm.Beta('y', mu=0.5, sigma=0.6)", "sigma must be below sqrt(mu * (1 - mu)), here 0.5"),
    ("pm.Beta('y', mu=0.1, sigma=0.31)", "sigma must be below"),
    ("pm.Beta('y', mu=pm.math.sigmoid(a), sigma=0.5)", "sigma must be below"),
    ("pm.HalfNormal('y', initval=-1.0)", "initval must lie in its support [0, inf]"),
    ("pm.Uniform('y', 0., 1., initval=2)", "initval must lie in its support [0, 1]"),
    (f"pm.Normal('y', 0, 1, shape=3, {ORDERED})", "an ordered vector needs a start that increases"),
    (f"pm.Normal('y', a, s, shape=2, {ORDERED})", "an ordered vector needs a start that increases"),
    ("pm.MvNormal('y', np.zeros(2), cov=-np.eye(2))", "cov must be positive definite"),
    ("pm.Interpolated('y', x_points=[2, 1, 0], pdf_points=[0, 1, 0])", "x_points must increase"),
    ("pm.Triangular('y', lower=0, upper=1, c=2)", "c must be at most upper, got 2 and 1"),
    ("pm.HyperGeometric('y', N=5, k=6, n=2)", "k must be at most N, got 6 and 5"),
    ("pm.Normal('y', np.nan, 1)", "mu must be a number, got NaN"),
    ("pm.Bernoulli('y', p=pm.math.probit(a))", "p must lie in [0, 1], got [-inf, inf]"),
    ("pm.Gamma('y', alpha=2, beta=2 / a)", "beta must be > 0, got [-inf, inf]"),
    ("pm.Gamma('y', alpha=s, beta=s / (a + b[0] * data['y']))", "beta must be > 0"),
    ("pm.Normal('y', 0, np.inf)", "sigma must be finite, and is not everywhere"),
    ("pm.Normal('y', a * np.log(np.array([-1.0, 2.0])), 1)", "mu must be finite, and is not everywhere"),
    ("m = b[0] + b[1] * np.log(np.arange(3)); pm.Normal('y', m, 1)", "mu must be finite"),
    ("m = pm.Deterministic('m', a / np.arange(3)); pm.Normal('y', m, 1)", "mu must be finite"),
    ("pm.Normal('y', a - np.sqrt(np.linspace(-1, 1, 5)) * s, 1)", "mu must be finite"),
]
SOME_DENSITY = [
    f"pm.Truncated('y', {N}, lower=-1, upper=4, observed=y)", f"pm.Truncated('y', {N}, lower=a - 9, observed=y)",
    "pm.Truncated('y', pm.Poisson.dist(3), lower=1, observed=data['count'] + 1)",
    f"pm.Censored('y', {N}, lower=-1, upper=None, observed=y)", f"pm.Censored('y', {N}, -1, 4, observed=y)",
    f"pm.Censored('y', {N}, lower=-1, upper=y, observed=y)",
    "pm.Censored('y', pm.Exponential.dist(s), lower=None, upper=9, observed=data['pos'])",
    "pm.Multinomial('y', n=data['multi'].sum(axis=1), p=[0.2, 0.3, 0.5], observed=data['multi'])",
    "pm.Multinomial('y', n=12, p=[0.2, 0.3, 0.5], observed=[[2, 4, 6], [1, 1, 10]])",
    "pm.DirichletMultinomial('y', n=3, a=[1., 1.], observed=[1, 2])",
    "pm.HyperGeometric('y', N=50, k=3, n=10, observed=[1, 3])",
    "pm.HyperGeometric('y', N=12, k=6, n=10, observed=[4, 6])",
    "pm.NormalMixture('y', w=[0.4, 0.6], mu=b, sigma=1, observed=y)",
    "pm.NormalMixture('y', w=np.ones(3) / 3, mu=np.arange(3.0), sigma=1, observed=y)",
    "pm.Beta('y', mu=0.5, sigma=0.4)", "pm.Beta('y', mu=0.1, sigma=0.29)",
    "pm.Beta('y', mu=pm.math.sigmoid(a), sigma=0.3)",
    "pm.HalfNormal('y', initval=1.0)", "pm.Uniform('y', -1., 1., initval=0.0)", "pm.Normal('y', initval=-1.0)",
    "pm.Uniform('y', a - 5, a + 5, initval=2)", f"pm.Normal('y', [-1, 0, 1], 1, shape=3, {ORDERED})",
    "pm.MvNormal('y', np.zeros(2), cov=[[1, 0.5], [0.5, 1]])", "pm.HyperGeometric('y', N=5, k=5, n=5)",
    "pm.Interpolated('y', x_points=[0, 1, 2], pdf_points=[0, 1, 0])", "pm.Triangular('y', lower=0, upper=1, c=1)",
    "pm.TruncatedNormal('y', a, 1, lower=-np.inf, upper=np.inf)", "pm.Normal('y', a * np.log(np.arange(1, 4)), 1)",
    "pm.Normal('y', pm.math.switch([False, True], a * np.log(np.array([-1.0, 2.0])), 0), 1)",
    "pm.Normal('y', (a * np.log(np.arange(3)))[1:], 1)", "pm.Normal('y', pm.math.exp(a / np.arange(3)), 1)",
    "pm.Gamma('y', alpha=2, beta=(a - 1) / a)", "pm.Gamma('y', alpha=2, beta=2 / pm.math.exp(a))",
    "pm.Gamma('y', alpha=2, beta=a / (a * 2))", "pm.Normal('y', pm.math.probit(0.3), 1)",
    "r = np.divide(1, np.arange(3), where=np.arange(3) > 0); pm.Normal('y', a * r, 1)",
    "pm.Normal('y', a / np.array([np.inf, 2.0]), 1)", "pm.Normal('y', np.arange(3) / (a + 9), 1)",
    f"pm.Normal('y', 0, 1, shape=3, {ORDERED}, initval=[-1, 0, 1])", f"pm.Normal('y', 0, 1, shape=1, {ORDERED})",
]  # fmt: skip


def refusals(body: str) -> list[str]:
    return model_refusals(DRAWN + body)


@pytest.mark.parametrize(("body", "why"), NO_DENSITY, ids=[body for body, _ in NO_DENSITY])
def test_what_surely_has_no_density_is_refused(body, why):
    assert any(why in refusal for refusal in refusals(body))


@pytest.mark.parametrize("body", SOME_DENSITY)
def test_what_may_have_one_is_accepted(body):
    assert not refusals(body)
