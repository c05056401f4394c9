"""Kinds, lengths and indices that surely fail with PyMC are refused, and what builds is not.

Each line is a model block, statements with `; ` between."""

import pytest
from programs import model_refusals

DRAWN = 'a = pm.Normal("a"); b = pm.Normal("b", shape=3); s = pm.HalfNormal("s"); y = data["y"]; X = data["X"]; '
LKJ = "pm.LKJCholeskyCov('c', n=2, eta=1, sd_dist=pm.Exponential.dist(1))"
N, P = "pm.Normal.dist(0, 1)", "pm.Poisson.dist(1)"

FAIL = [
    ("pm.Normal('z', shape='5')", "shape must be a whole number or a tuple of them, got a text"),
    ("pm.Normal('z', shape=3, transform='ordered')", "transform must be one of pm.distributions.transforms"),
    ("pm.Normal('z', a, 1, observed=data)", "observed must be numbers, got a dict"),
    ("pm.Normal('z', a, 1, observed=b)", "observed must be data, got the random variable b"),
    ("z = pm.Normal('z', a, 1, observed=y); pm.Normal('w', a, 1, observed=z)", "got the random variable z"),
    ("model.add_coords({'g': 5})", "coords: the labels of 'g' must be a list or an array, got one number"),
    (f"c = {LKJ}; pm.MvNormal('z', np.zeros(2), chol=c)", "pm.LKJCholeskyCov gives three: chol, corr, stds = ..."),
    (f"chol, corr = {LKJ}", "3 values for 2 names"),
    (f"pm.Mixture('z', w=[0.5, 0.5], comp_dists=[{N}, {P}])", "all discrete or all continuous"),
    ("pm.NormalMixture('z', w=np.ones(3) / 3, mu=pm.Normal('m', shape=2), sigma=1)", "mu has length 2, w has 3"),
    ("pm.Interpolated('z', np.arange(3.0), np.ones(2))", "pdf_points has length 2, x_points has 3"),
    ("pm.Normal('z', shape=5, initval=np.zeros(4))", "initval has shape (4,), the variable (5,)"),
    ("p, q = pm.Normal('z', shape=3)", "3 values for 2 names"),
    ("p, q = a", "one value cannot be gone through or taken apart"),
    ("p, q = X.T", "3 values for 2 names"),
    ("for z in a: pm.Normal('z', z, 1)", "a: one value cannot be gone through or taken apart"),
    ("z = [a, s][2]", "index 2 is out of range for a list of 2"),
    ("z = [a, s][data['sub']]", "a list takes one plain whole number"),
    ("k = pm.Bernoulli('k', 0.5); z = [a, s][k]", "a list takes one plain whole number"),
    ("k = pm.Poisson('k', 3); z = [a * i for i in range(k)]", "a random variable is no plain number here"),
    ("z = pm.Normal('z' + 3)", "a text and a number do not go together"),
    ("w = pm.GaussianRandomWalk('w', sigma=s, steps=40, init_dist=pm.Normal.dist()); pm.Normal('z', w, 1, observed=y)",
     "mu has shape (41,), observed has (40,)"),
    ("w = pm.AR('w', rho=[0.5, 0.2], sigma=1, steps=40, init_dist=pm.Normal.dist()); pm.Normal('z', w, 1, observed=y)",
     "mu has shape (42,), observed has (40,)"),
    ("z = pm.math.dot(b)", "pm.math.dot takes two arguments, got one"),
    ("z = pt.concatenate([0.0, b])", "pt.concatenate joins vectors, and one of these is a single value"),
    ("z = pt.concatenate(b)", "pt.concatenate takes a list of vectors"),
    ("z = pm.gp.Latent(cov_func=pm.gp.cov.ExpQuad(ls=1.0))", "input_dim is missing"),
    ("z = pm.gp.HSGP(c=1.5, cov_func=pm.gp.cov.ExpQuad(1, ls=1.0))", "m is missing"),
    ("z = pm.gp.HSGP(m=10, c=1.5, cov_func=pm.gp.cov.ExpQuad(1, ls=1.0))", "m must be a list"),
    ("z = pt.stack([pm.Normal('p', shape=4), pm.Normal('q', shape=5)])", "shapes (4,) and (5,) do not fit"),
]  # fmt: skip
BUILD = [
    "pm.Normal('z', shape=(2, 3), transform=None)", "z = pm.Data('z', y); pm.Normal('w', a, 1, observed=z)",
    "model.add_coords({'g': range(5), 'h': ['p', 'q']}); pm.Normal('z', dims='g')",
    f"chol, corr, stds = {LKJ}; pm.MvNormal('z', np.zeros(2), chol=chol)",
    f"c = {LKJ}; pm.MvNormal('z', np.zeros(2), chol=c[0])",
    f"chol, *rest = {LKJ}; pm.MvNormal('z', np.zeros(2), chol=chol)",
    f"pm.Mixture('z', w=[0.5, 0.5], comp_dists=[pm.DiracDelta.dist(0), {P}])",
    f"pm.Mixture('z', w=[0.5, 0.5], comp_dists=[{N}, pm.StudentT.dist(3, mu=0, sigma=1)])",
    "pm.NormalMixture('z', w=np.ones(3) / 3, mu=0, sigma=pm.HalfNormal('m', shape=3))",
    "pm.NormalMixture('z', w=np.ones(2) / 2, mu=pm.Normal('m', shape=(40, 2)), sigma=1, observed=y)",
    "pm.Interpolated('z', np.arange(3.0), np.ones(3))", "pm.Normal('z', shape=5, initval=np.zeros(5))",
    "pm.Normal('z', initval=0.5)", "p, q, r = b; z = p + q + r",
    "p, *q = pm.Normal('z', shape=3)",
    "p, q, r = X.T; z = p * a", "for i, z in enumerate([a, s]): pm.Normal(f'z{i}', z, 1)",
    "for i in range(3): pm.Normal(f'z{i}', b[i], 1)", "z = [a, s][1] + [a, s][-2]", "z = pt.stack([a, s])[data['sub']]",
    "z = [[a, s], [s, a]][1][0]", "z = [a, s][:1]", "z = sum(a * i for i in range(3))", "z = pm.Normal('z' + str(3))",
    "z = pm.Normal('z' * 2)",
    "w = pm.GaussianRandomWalk('w', sigma=s, steps=39, init_dist=pm.Normal.dist()); pm.Normal('z', w, 1, observed=y)",
    "w = pm.AR('w', rho=[0.5, 0.2], sigma=1, steps=38, init_dist=pm.Normal.dist()); pm.Normal('z', w, 1, observed=y)",
    "w = pm.AR('w', rho=[0.1, 0.5, 0.2], sigma=1, steps=38, constant=True, init_dist=pm.Normal.dist()); z = w + y",
    "z = pm.math.dot(X, b)", "z = pt.concatenate([[0.0], b])", "z = pm.math.concatenate([np.zeros(1), b, X[0]])",
    "z = pm.gp.Latent(cov_func=2 * pm.gp.cov.ExpQuad(input_dim=1, ls=1.0) + pm.gp.cov.WhiteNoise(0.1))",
    "z = pm.gp.HSGP([10], c=1.5, cov_func=pm.gp.cov.Matern52(1, 1.0))", "z = pt.add(b, 1) + pt.mul(b, 2)",
    "z = pt.stack([pm.Normal('p', shape=4), pm.Normal('q', shape=4)])", "z = pt.stack([b, X[0]])",
]  # fmt: skip


def refusals(body: str) -> list[str]:
    return model_refusals(DRAWN + body)


@pytest.mark.parametrize(("body", "why"), FAIL, ids=[body for body, _ in FAIL])
def test_what_surely_fails_is_refused(body, why):
    assert any(why in refusal for refusal in refusals(body))


@pytest.mark.parametrize("body", BUILD)
def test_what_builds_is_accepted(body):
    assert not refusals(body)


@pytest.mark.parametrize(
    ("statements", "why"),
    [
        ("pm.Deterministic('z', [a, s])", "needs a tensor, got a list"),
        ("pm.Potential('z', (a, s))", "needs a tensor, got a list"),
        ("pm.GaussianRandomWalk('z', sigma=s, init_dist=0.0, shape=9)", "init_dist must be an unnamed distribution"),
        ("pm.Normal('z', dims=3)", "dims must be the name of a dimension"),
        ("k = pm.Bernoulli('k', 0.5); z = [1.0, 2.0][k]", "a list takes one plain whole number"),
        ("z = sum(a)", "one value cannot be gone through"), ("z = list(s)", "one value cannot be gone through"),
        ("z = [i * 2 for i in a]", "one value cannot be gone through"),
        ("z = 1 if 0 < a < 1 else 2", "Python cannot branch"), ("z = 0 < a < 1", "Python cannot branch"),
        ("z = a + 'x'", "a text and a number"), ("model.add_coords(['g', 'h'])", "coords must be a dict"),
        ("pm.Normal('z', mu=[0, 1, 2], sigma=[1, 2])", "sigma has shape (2,), the others have (3,)"),
        ("z = pm.Normal.dist(b, np.ones(4))", "sigma has shape (4,), the others have (3,)"),
        ("pm.Data('z', y, mutable=True)", "no parameter 'mutable'"),
    ],
)  # fmt: skip
def test_what_pymc_cannot_take_is_refused(statements, why):
    assert why in model_refusals(DRAWN + statements)[0]


@pytest.mark.parametrize(
    "statements",
    [
        "pm.Deterministic('z', pm.math.stack([a, s])); pm.Deterministic('w', b.shape[0] * a)",
        "pm.Normal('z', dims=None); pm.Normal('w', mu=[0, 1, 2], sigma=[[1], [2]])",
        "z = [1.0, 2.0][1] * a; w = b.shape[0]; v = sum([a, s]) + sum(b[i] for i in range(3))",
        "z = 0 < 1 < 2; w = 1 if 0 < len(y) < 90 else a", "z = f'{3}' + 'x'; pm.Normal(z)",
        "pm.Normal('z', np.zeros((40, 1)), np.ones(3)); pm.Data('w', y, dims=None)",
        "pm.NormalMixture('z', w=[0.5, 0.5], mu=np.zeros(2), sigma=1, observed=y)",
    ],
)  # fmt: skip
def test_what_pymc_takes_is_accepted(statements):
    assert model_refusals(DRAWN + statements) == []
