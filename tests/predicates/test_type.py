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
    ("z = [a, s][:1.0]", "an index must be a whole number, got reals such as 1"),
    ("z = [a, s][len(y) / 40]", "a list takes one plain whole number"),
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
    "z = pm.Normal('z' * 2)", "z = y[round(y[0] * 0)]", "z = [a, s][:len(y) // 40]", "z = y[round(y.mean())] * a",
    "w = pm.GaussianRandomWalk('w', sigma=s, steps=39, init_dist=pm.Normal.dist()); pm.Normal('z', w, 1, observed=y)",
    "w = pm.AR('w', rho=[0.5, 0.2], sigma=1, steps=38, init_dist=pm.Normal.dist()); pm.Normal('z', w, 1, observed=y)",
    "w = pm.AR('w', rho=[0.1, 0.5, 0.2], sigma=1, steps=38, constant=True, init_dist=pm.Normal.dist()); z = w + y",
    "z = pm.math.dot(X, b)", "z = pt.concatenate([[0.0], b])", "z = pm.math.concatenate([np.zeros(1), b, X[0]])",
    "z = pm.gp.Latent(cov_func=2 * pm.gp.cov.ExpQuad(input_dim=1, ls=1.0) + pm.gp.cov.WhiteNoise(0.1))",
    "z = pm.gp.HSGP([10], c=1.5, cov_func=pm.gp.cov.Matern52(1, 1.0))", "z = pt.add(b, 1) + pt.mul(b, 2)",
    "z = pt.stack([pm.Normal('p', shape=4), pm.Normal('q', shape=4)])", "z = pt.stack([b, X[0]])",
]  # fmt: skip
NO_INDICES = [
    "b[pt.floor(k)]", "b[pt.ceil(k) + 1]", "b[pt.round(a)]", "b[k / 1]", "b[pt.clip(k, 0.0, 1)]", "b[pt.sgn(a)]",
    "b[pt.switch(k > 1, pt.floor(a), 0)]", "b[pt.stack([k, 1.0])]", "b[pt.zeros_like(a)]", "b[:2.0]", "b[a:]",
    "y[:len(y) / 2]", "b[np.rint(y)]", "b[np.floor(y)]", "pt.take(b, k / 2)", "b.take(y)",
    "b[pm.Deterministic('f', pt.floor(a))]",
]  # fmt: skip
INDICES = [
    "b[pt.floor(k).astype(int)]", "b[pt.cast(pt.ceil(k), 'int64')]", "b[pt.clip(k, 0, 1)]", "b[pt.sgn(k)]",
    "b[pt.switch(pt.floor(a) > 1, k, 0)]", "b[pt.stack([k, 1])]", "b[pt.zeros_like(a, dtype='int64')]", "b[:k]",
    "b[pt.eq(pt.floor(a), 1).astype(int)]", "y[:len(y) // 2] * a", "b[np.rint(y * 0).astype(int)]", "pt.take(b, k)",
    "b[np.clip(data['cat'], 0, None)]", "b[pt.maximum(k, 1)]", "b[np.floor(data['cat'])]", "b[pt.argmax(b)]",
]  # fmt: skip


ONE, NOISE = "pm.gp.cov.ExpQuad(1, ls=1.0)", "pm.gp.cov.WhiteNoise(0.1)"
VECTORS = [
    f"pm.gp.Latent(cov_func={ONE}).prior('f', X=y)",
    f"pm.gp.Latent(cov_func=s * {ONE} + {NOISE}).prior('f', y)",
    f"pm.gp.Marginal(cov_func={ONE}).marginal_likelihood('f', X=y, y=y, sigma=s)",
    f"pm.gp.HSGP(m=[10], c=1.5, cov_func={ONE}).prior('f', X=pm.Data('d', y))",
    f"pm.gp.TP(scale_func={ONE} ** 2, nu=3).prior('f', X=y)",
    f"pm.gp.Latent(cov_func={ONE}).conditional('f', Xnew=y)",
]
TABLES = [
    f"pm.gp.Latent(cov_func={ONE}).prior('f', X=y[:, None])",
    f"pm.gp.Latent(cov_func={NOISE}).prior('f', X=y)",
    f"pm.gp.Marginal(cov_func={ONE}).marginal_likelihood('f', X=y[:, None], y=y, sigma=s)",
    f"pm.gp.Latent(cov_func={ONE}).prior('f', y.reshape(-1, 1))",
    f"pm.gp.Latent(cov_func={ONE}).prior('f', X=X)",
]
NO_AXES = [
    "pm.math.softmax(b, axis=1)", "pm.math.softmax(b, 1)", "pm.math.softmax(a, axis=0)", "b.sum(-2)",
    "b.sum(axis=1)", "pt.sum(b, axis=(0, 1))", "a.sum(axis=1)", "np.mean(y, axis=1)", "X.mean(axis=2) * a",
    "b.cumsum(axis=1)", "pm.math.cumprod(b, axis=1)", "pm.math.concatenate([b, b], axis=1)",
    "pt.concatenate([X, X], 2)", "pt.special.softmax(b, axis=1)",
    "np.concatenate([y, y], axis=1)", "pm.math.stack([b, b], axis=2)", "pt.argmax(b, axis=1)",
    "pt.stack([b, b], axis=-3)", "np.stack([y, y], axis=2)", "pm.math.logsumexp(b, axis=1)", "pt.expand_dims(b, 2)",
    "pt.any(b > 0, axis=1)", "np.percentile(y, 50, axis=1)", "np.linalg.norm(y, axis=1)", "pt.diff(b, axis=1)",
    "np.repeat(y, 2, axis=1)", "pm.math.sum(pm.math.dot(X, b), axis=1)", "pt.squeeze(b, axis=1)",
]  # fmt: skip
AXES = [
    "pm.math.softmax(b, axis=-1)", "pm.math.softmax(X * a, axis=1)", "pt.sum(b, axis=[0])", "a.sum(axis=0)",
    "a.sum(axis=-1)", "pt.stack([a, s], axis=1)", "pt.sort(b)",
    "np.sum(5.0, axis=0) * a", "X.mean(axis=-2) * b", "pt.cumsum(X * b, axis=1)", "pm.math.concatenate([X, X], axis=1)",
    "pt.concatenate([b, b], axis=-1)", "pm.math.stack([b, b], axis=1)", "pt.stack([a, s], axis=-1)",
    "pt.expand_dims(b, 1)", "np.expand_dims(y, -2) * a",
    "np.percentile(X, 50, axis=1) * a",
    "pt.sum(y[:, None] * b, axis=1)", "pt.max(b[None, :], axis=1)", "pm.math.sum(b, axis=None)",
    "np.repeat(X, 2, axis=1)",
    "sum(b, 1)", "pt.squeeze(b[:, None], axis=1)", "pt.sum(pt.stack([b, b]), axis=1)",
]  # fmt: skip
NO_SHAPES = [
    "y[:10].reshape((3, 4))", "y[:10].reshape(3, 4)", "np.reshape(y[:10], (3, 4))", "pt.reshape(y[:10], (3, 4))",
    "b.reshape((2, 2))", "pt.reshape(b, [2, -1])", "y[:10].reshape(-1, 3)", "a.reshape((2, 1))",
    "(a * y).reshape((8, 6))", "pt.reshape(y, (8, 6, -1))", "y.reshape(np.array([8, 6]))", "b.reshape((0, -1))",
    "b.reshape(-1)", "pt.reshape(b, 3)", "(a * y).reshape(8, 5)",
]  # fmt: skip
RESHAPED = [
    "y[:10].reshape((2, 5)) @ np.ones(5) * a", "y.reshape(8, -1)[:, :5] * a", "pt.reshape(b, (3, 1)) * b",
    "a.reshape((1, 1))",
    "np.reshape(y, (8, 5), 'F')[:, :3] * b", "y.reshape(-1) * a", "(a * y).reshape((-1, 4), ndim=2).sum(axis=1)",
    "b.reshape(b.shape) + X[0]", "y.reshape(len(y), 1) * b", "y[y > 0].reshape((-1, 1)) * b", "y[:0].reshape(0, 3) * b",
    "pt.reshape(b, (pt.constant(3), 1))", "np.arange(6).reshape(2, 3) * b", "y.reshape(8, 5, order='F').sum(0) * a",
]  # fmt: skip


def refusals(body: str) -> list[str]:
    return model_refusals(DRAWN + body)


@pytest.mark.parametrize(("body", "why"), FAIL, ids=[body for body, _ in FAIL])
def test_what_surely_fails_is_refused(body, why):
    assert any(why in refusal for refusal in refusals(body))


@pytest.mark.parametrize("body", BUILD)
def test_what_builds_is_accepted(body):
    assert not refusals(body)


@pytest.mark.parametrize("index", NO_INDICES)
def test_reals_are_no_index_even_if_they_are_whole(index):
    (why,) = refusals(f"k = pm.Categorical('k', [0.2, 0.3, 0.5]); z = {index}")
    assert "an index must be a whole number, got reals" in why


@pytest.mark.parametrize("index", INDICES)
def test_whole_numbers_are_an_index(index):
    assert not refusals(f"k = pm.Categorical('k', [0.2, 0.3, 0.5]); z = {index}")


@pytest.mark.parametrize("value", NO_AXES)
def test_an_axis_that_an_array_does_not_have_is_refused(value):
    (why,) = refusals(f"z = {value}")
    assert "is out of range for shape" in why


@pytest.mark.parametrize("value", NO_SHAPES)
def test_a_new_shape_that_does_not_hold_the_values_is_refused(value):
    (why,) = refusals(f"z = {value}")
    told = ("values do not make the shape", "the new shape of a tensor is a list or a tuple", "takes at most one")
    assert any(text in why for text in told)


@pytest.mark.parametrize("value", [*AXES, *RESHAPED])
def test_an_axis_or_a_new_shape_that_there_may_be_is_accepted(value):
    assert not refusals(f"z = {value}")


@pytest.mark.parametrize("value", VECTORS)
def test_a_gaussian_process_at_a_vector_of_points_is_refused(value):
    (why,) = refusals(f"z = {value}")
    assert "have no columns, which the kernel takes" in why


@pytest.mark.parametrize("value", TABLES)
def test_a_gaussian_process_at_a_table_of_points_is_accepted(value):
    assert not refusals(f"z = {value}")


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
        ("z = np.where(a > 0, 1, 2)", "np.where does not take random variables"),
        ("z = np.where(b > 0, b, 2)", "np.where does not take random variables"),
        ("pm.Normal('z', shape=(3, None))", "shape must be whole numbers"),
        ("pm.Normal('z', shape=3, size=3)", "shape and size say the same"),
        ("pm.Normal('z', mu={'x': 1})", "mu must be a number, got a dict"),
        ("pm.Normal('z', mu=model)", "mu must be a number, got"),
        ("pm.Normal('z', mu=pm.math.exp)", "mu must be a number, got"),
        ("pm.Normal('z', observed=model)", "observed must be numbers, got a model"),
        ("pm.Normal('z', initval='a')", "initval must be numbers or one of"),
    ],
)  # fmt: skip
def test_what_pymc_cannot_take_is_refused(statements, why):
    assert why in model_refusals(DRAWN + statements)[0]


@pytest.mark.parametrize(
    "statements",
    [
        "pm.Deterministic('z', pm.math.stack([a, s])); pm.Deterministic('w', b.shape[0] * a)",
        "pm.Normal('z', shape=3, dims='g'); pm.Normal('v', dims='g')",
        "pm.Normal('z', dims=None); pm.Normal('w', mu=[0, 1, 2], sigma=[[1], [2]])",
        "z = [1.0, 2.0][1] * a; w = b.shape[0]; v = sum([a, s]) + sum(b[i] for i in range(3))",
        "pm.Normal('z', shape=None, size=None); pm.Normal('w', initval='prior'); z = np.where(y > 0, 1, 2) * a",
        "pm.CustomDist('z', a, dist=pm.Normal.dist, observed=y)",
        "z = 0 < 1 < 2; w = 1 if 0 < len(y) < 90 else a", "z = f'{3}' + 'x'; pm.Normal(z)",
        "pm.Normal('z', np.zeros((40, 1)), np.ones(3)); pm.Data('w', y, dims=None)",
        "pm.NormalMixture('z', w=[0.5, 0.5], mu=np.zeros(2), sigma=1, observed=y)",
    ],
)  # fmt: skip
def test_what_pymc_takes_is_accepted(statements):
    assert model_refusals(DRAWN + statements) == []


LKJ_3 = "chol, corr, sds = pm.LKJCholeskyCov('c', n=3, eta=2, sd_dist=pm.Exponential.dist(1)); "
PACKED = "packed = pm.LKJCholeskyCov('c', n=3, eta=2, sd_dist=pm.Exponential.dist(1), compute_corr=False); "
PAIRS = "W = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]]); "
WEIGHTS = "w = pm.Dirichlet('w', np.ones(3)); "


@pytest.mark.parametrize(
    ("statements", "why"),
    [
        (LKJ_3 + "pm.MvNormal('z', np.zeros(2), chol=chol)", "chol has length 3, mu has 2"),
        (LKJ_3 + "z = pm.math.dot(chol, pm.Normal('n', shape=(2, 5)))", "shapes"),
        (PACKED + "pm.MvNormal('z', np.zeros(3), chol=packed)", "chol"),
        ("R = pm.LKJCorr('R', n=2, eta=2); pm.MvNormal('z', np.zeros(2), cov=R)", "cov"),
        ("R = pm.LKJCorr('R', n=3, eta=2, return_matrix=True); pm.MvNormal('z', np.zeros(2), cov=R)", "cov has length"),
        ("pm.MvNormal('z', np.zeros(2), cov=np.ones((3, 2)))", "cov must be square"),
        (WEIGHTS + "pm.Mixture('z', w, pm.Normal.dist(np.zeros(2), 1))", "comp_dists has 2 components, w has 3"),
        ("pm.ZeroSumNormal('z', sigma=1)", "it needs shape= or dims="),
        ("pm.ZeroSumNormal('z', sigma=1, shape=3, n_zerosum_axes=2)", "2 axes are to sum to zero, of shape (3,)"),
        ("pm.ZeroSumNormal('z', sigma=np.ones(3), shape=3)", "sigma must have length 1"),
        ("pm.ICAR('z', W=np.ones((3, 2)))", "W must be square"),
        ("pm.ICAR('z', W=np.array([[0, 1], [0, 0]]))", "W must be symmetric"),
        ("pm.ICAR('z', W=np.array([[0, 2], [2, 0]]))", "W must hold 0 and 1 only"),
        ("pm.ICAR('z', W=[[0, 1], [1, 0]])", "W must be an array"),
        (PAIRS + "pm.CAR('z', mu=np.zeros(2), W=W, alpha=0.5, tau=1)", "mu must have length 3"),
        (PAIRS + "pm.CAR('z', mu=0.0, W=W, alpha=0.5, tau=1)", "mu must have length 3"),
        ("pm.OrderedLogistic('z', eta=a, cutpoints=s, observed=[0, 1])", "cutpoints must be a vector"),
        ("pm.Categorical('z', p=0.5)", "p must be a vector"),
        ("pm.Wishart('z', nu=1, V=np.eye(3))", "nu must be above 2"),
        ("pm.MatrixNormal('z', np.zeros((3, 2)), rowcov=np.eye(2), colcov=np.eye(2))", "rowcov has 2 rows"),
        ("pm.KroneckerNormal('z', mu=np.zeros(5), covs=[np.eye(2), np.eye(3)])", "mu has length 5, covs make 6"),
        ("pm.MvGaussianRandomWalk('z', mu=np.zeros(2), cov=np.eye(3), steps=5)", "cov has length 3, mu has 2"),
        ("pm.GaussianRandomWalk('z', sigma=s, steps=9, shape=5)", "9 steps make 10 values, the variable has 5"),
        ("pm.GaussianRandomWalk('z', mu=np.zeros(3), sigma=s, shape=5)", "mu is of steps, of which there are 4"),
    ],
)  # fmt: skip
def test_vectors_and_matrices_of_sizes_that_do_not_fit_are_refused(statements, why):
    assert why in model_refusals(DRAWN + statements)[0]


@pytest.mark.parametrize(
    "statements",
    [
        LKJ_3 + "pm.MvNormal('z', np.zeros(3), chol=chol, shape=(5, 3)); u = corr[0, 1] * sds[2] * pt.diag(chol)[0]",
        LKJ_3 + "z = pm.math.dot(chol, pm.Normal('n', shape=(3, 5))).T; u = z[:, 0] + z[:, 2]",
        PACKED + "pm.MvNormal('z', np.zeros(3), chol=pm.expand_packed_triangular(3, packed)); u = packed[5]",
        "R = pm.LKJCorr('R', n=3, eta=2); u = R[0] + R[2]",
        "R = pm.LKJCorr('R', n=3, eta=2, return_matrix=True); pm.MvNormal('z', np.zeros(3), cov=R)",
        "pm.MvNormal('z', mu=0, cov=np.eye(2), shape=2); pm.MvNormal('v', np.zeros((5, 2)), cov=[[1, 0.5], [0.5, 1]])",
        WEIGHTS + "pm.Mixture('z', w, pm.Normal.dist(b, 1)); pm.Mixture('v', w, pm.Normal.dist(np.zeros((5, 3)), 1))",
        WEIGHTS + "pm.Mixture('z', w, pm.Dirichlet.dist(np.ones((3, 4))))",
        WEIGHTS + "pm.Mixture('z', w, pm.ZeroSumNormal.dist(1, shape=(3, 2)))",
        "pm.ZeroSumNormal('z', sigma=s, shape=(3, 4), n_zerosum_axes=2); pm.ZeroSumNormal('v', s, shape=3)",
        PAIRS + "pm.ICAR('z', W=W); pm.CAR('v', mu=np.zeros(3), W=2 * W, alpha=0.5, tau=1)",
        "pm.OrderedLogistic('z', eta=a, cutpoints=[0.0], observed=[0, 1]); pm.Categorical('v', p=np.ones(3) / 3)",
        "pm.Wishart('z', nu=3, V=np.eye(3)); pm.MatrixNormal('v', 0, rowcov=np.eye(3), colcov=np.eye(2), shape=(3, 2))",
        "pm.KroneckerNormal('z', mu=np.zeros(6), covs=[np.eye(2), np.eye(3)])",
        "pm.MvGaussianRandomWalk('z', mu=np.zeros(2), cov=np.eye(2), steps=5)",
        "pm.GaussianRandomWalk('z', mu=np.zeros(4), sigma=s, shape=5); pm.GaussianRandomWalk('v', sigma=s, steps=4)",
    ],
)  # fmt: skip
def test_vectors_and_matrices_of_sizes_that_fit_are_accepted(statements):
    assert model_refusals(DRAWN + statements) == []


POINTS = "x = np.linspace(0, 1, 10)[:, None]; k = pm.gp.cov.ExpQuad(1, ls=a); g = pm.gp.Latent(cov_func=k); "
MARGINAL = "pm.gp.Marginal(cov_func=k).marginal_likelihood"


@pytest.mark.parametrize(
    ("statements", "why"),
    [
        ("f = g.prior('f', X=x); pm.Normal('z', f, 1, observed=np.zeros(9))", "mu has shape (10,), observed has (9,)"),
        (MARGINAL + "('z', X=x, y=np.zeros(9), sigma=s)", "y has length 9, X has 10 rows"),
        ("pm.gp.Latent(cov_func=s**2)", "cov_func must be a covariance of pm.gp.cov"),
        ("pm.gp.Latent(cov_func=k, mean_func=0)", "mean_func must be a mean of pm.gp.mean"),
        ("pm.gp.cov.Matern52(1)", "one of ls and ls_inv"), ("pm.gp.cov.Matern52(1, a, a)", "one of ls and ls_inv"),
        ("pm.gp.cov.ExpQuad(1, ls=None)", "one of ls and ls_inv"),
        ("pm.gp.HSGP(m=[10], cov_func=k)", "one of c and L"),
        ("pm.gp.HSGP(m=[10], L=[2], c=1.5, cov_func=k)", "one of c and L"),
        ("pm.gp.HSGP(m=[10, 10], c=1.5, cov_func=k)", "m has length 2, and the kernel's input_dim is 1"),
        ("pm.gp.Latent(cov_func=pm.gp.cov.ExpQuad(2, ls=a)).prior('f', X=x)",
         "fewer columns than the kernel's input_dim=2"),
        ("q = pm.gp.cov.ExpQuad(input_dim=3, ls=a); pm.gp.Marginal(cov_func=q).marginal_likelihood('f', x, s, 1)",
         "points of shape (10, 1) have fewer columns"),
    ],
)  # fmt: skip
def test_what_a_gaussian_process_does_not_take_is_refused(statements, why):
    assert why in model_refusals(DRAWN + POINTS + statements)[0]


@pytest.mark.parametrize(
    "statements",
    [
        "f = g.prior('f', X=x); pm.Normal('z', f, 1, observed=np.zeros(10))",
        "f = g.prior('f', x, 3); pm.Normal('z', f.T, 1, observed=np.zeros((10, 3)))",
        MARGINAL + "('z', X=x, y=np.zeros(10), sigma=s)",
        "pm.gp.Latent(cov_func=s**2 * k + pm.gp.cov.WhiteNoise(0.1)); pm.gp.cov.Cosine(1, ls_inv=a)",
        "pm.gp.Latent(mean_func=pm.gp.mean.Constant(a), cov_func=pm.gp.cov.Linear(1, c=a))",
        "pm.gp.HSGP([10], [2.0], cov_func=k).prior('f', x); pm.gp.HSGP(m=[10], c=1.5, cov_func=k)",
        "pm.gp.cov.Periodic(1, 2.0, a) * pm.gp.cov.Periodic(1, period=2.0, ls=a)",
        "pm.gp.Latent(cov_func=pm.gp.cov.ExpQuad(2, ls=a, active_dims=[0])).prior('f', X=x)",
        "pm.gp.Latent(cov_func=pm.gp.cov.ExpQuad(1, ls=a)).prior('f', X=np.ones((5, 2)))",
        "pm.gp.HSGP(m=[9], c=1.5, cov_func=pm.gp.cov.ExpQuad(2, ls=a, active_dims=[1]))",
        "pm.gp.Latent(cov_func=pm.gp.cov.Linear(2, a, [0])).prior('f', X=x)",
        "pm.gp.Latent(cov_func=pm.gp.cov.ExpQuad(2, a, None, [0])).prior('f', X=x)",
        "pm.gp.cov.Matern32(1, ls=None, ls_inv=a); pm.gp.HSGP([9], L=None, c=1.5, cov_func=k)",
    ],
)  # fmt: skip
def test_what_a_gaussian_process_takes_is_accepted(statements):
    assert model_refusals(DRAWN + POINTS + statements) == []
