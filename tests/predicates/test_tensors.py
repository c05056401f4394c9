"""Functions of NumPy, SciPy and Python on random variables: what fails with PyMC is refused, what builds is not.

Each line is a model block, statements with `; ` between."""

import pytest
from programs import model_refusals

from refinestat.refinegen.predicates import judge_source

IMPORTS = "import math\nimport numpy as np\nimport pymc as pm\nimport pytensor.tensor as pt\n"
IMPORTS += "from scipy import special\nfrom scipy.special import expit\n\n"
DRAWN = 'a = pm.Normal("a"); b = pm.Normal("b", shape=3); s = pm.HalfNormal("s"); X = data["X"]; x = data["x"]; '

FAIL = [
    "m = np.mean(b)", "m = np.std(b)", "m = np.prod(b)", "m = np.max(b)", "m = np.min(b, axis=0)", "m = np.sum(X * b)",
    "m = np.matmul(X, b)", "m = np.concatenate([[0.0], b])", "m = np.concatenate([np.zeros(1), b])", "m = np.diag(b)",
    "m = np.linalg.inv([[1, a], [a, 1]])", "m = np.linalg.inv(b)", "m = np.arctan2(a, 1)", "m = np.logaddexp(a, 0.0)",
    "m = np.round(a)", "m = np.heaviside(a, 0.5)", "m = math.exp(a)", "m = math.sqrt(s)", "m = expit(a)",
    "m = special.expit(a)", "m = special.gammaln(s)", "m = np.clip(a, 0, 1)", "m = np.einsum('i,i->', x[:3], b)",
]  # fmt: skip
ARRAYS_OF_OBJECTS = [
    "m = np.dot(X, b); y = pm.Normal('y', m, 1)", "m = np.array([a, s]); y = pm.Normal('y', m[data['sub']], 1)",
    "m = np.where(x > 0, a, -a); y = pm.Normal('y', m, 1)", "m = np.stack([a, s]); y = pm.Normal('y', m, 1)",
    "y = pm.Normal('y', np.cumsum(b), 1)", "y = pm.Normal('y', np.tile(a, 40), 1)",
    "y = pm.Deterministic('y', np.array([a, s]))",
    "y = pm.MvNormal('y', np.zeros(2), cov=np.array([[1, a], [a, 1]]))", "y = pm.math.exp(np.array([a, s]))",
    "y = pt.sum(np.vstack([a, s]))", "m = np.array([a, s]) * 2; y = pm.Normal('y', m, 1)",
    "y = np.array([a, s]) + a", "y = pm.Normal('y', np.multiply(x, a), 1)", "y = pm.Normal('y', np.zeros_like(b), 1)",
    "y = pm.Potential('y', np.outer(b, b))",
    "y = pm.Normal('y', np.outer(b, [1, 2])[data['sub'], data['sub']], 1)",
]  # fmt: skip
BUILD = [
    "m = np.exp(a) + np.log(s) + np.sqrt(s) + np.power(a, 2) + np.square(b) + np.abs(a)", "m = np.repeat(b, 2)",
    "m = np.sum([a, s])", "m = np.array([a, s])[0] * a", "m = np.array([a, s]).sum() * a", "m = sum(np.array([a, s]))",
    "m = np.dot([1.0, 2.0], [a, s])", "m = np.dot(a, 2.0)", "m = np.mean(X) * a", "m = np.array([1.0, 2.0]) * a",
    "m = np.concatenate([[0.0], x[1:]]) * a", "m = np.where(x > 0, 1.0, -1.0) * a", "m = X @ b",
    "m = pm.Normal('m', [a, s], 1)", "p, q = np.array([a, s]); m = p * q", "m = np.max([len(X), 2]) * a",
    "m = math.sqrt(2) * math.exp(0.5) * a", "m = special.expit(x) * a", "m = expit(0.3) * a", "m = math.floor(2.5) * a",
    "m = (np.zeros_like(a) + 1.0) * a", "m = np.where(True, a, s) + 1", "m = a * np.array([a, s])", "m = np.nanmean(b)",
    "m = [a, 2.0][data['n_groups'] % 2]; z = np.mean(m) if False else a", "m = np.finfo(a.dtype).eps * a",
    "m = pt.stack(list(np.array([a, s])))", "m = np.exp(np.log(np.array([a, s])))[1] + a", "m = math.prod([a, s])",
    "r = [1.0, 2.0]; m = np.mean(r) * a", "r = a if len(x) > 3 else 2.0; m = a", "m = np.linalg.norm(b)",
]  # fmt: skip


def refusals(body: str) -> list[str]:
    return model_refusals(DRAWN + body, IMPORTS)


@pytest.mark.parametrize("body", FAIL)
def test_a_function_that_fails_on_tensors_is_refused(body):
    (why,) = refusals(body)
    assert "does not take random variables" in why


@pytest.mark.parametrize("body", ARRAYS_OF_OBJECTS)
def test_an_array_of_random_variables_is_refused_where_a_tensor_is_needed(body):
    assert any("a NumPy array of random variables is no tensor" in why for why in refusals(body))


@pytest.mark.parametrize("body", BUILD)
def test_what_builds_is_accepted(body):
    assert not refusals(body)


def test_the_message_says_what_to_use_instead():
    assert refusals("m = np.mean(b)") == ["np.mean(b): np.mean does not take random variables; use pm.math.mean"]
    assert refusals("m = expit(a)")[0].endswith(
        "scipy.special.expit does not take random variables; use pm.math.sigmoid"
    )
    assert refusals("m = np.round(a)")[0].endswith("use pm.math.round")


def test_what_one_s_own_function_makes_of_a_tensor_need_not_be_one():
    text = f"{IMPORTS}def parts(t):\n    return [1.0, 2.0]\n\n"
    text += 'with pm.Model():\n    a = pm.Normal("a")\n    m = np.mean(parts(a))\n    pm.Normal("y", m, 1)\n'
    assert all(verdict.ok for verdict in judge_source(text, None))


@pytest.mark.parametrize("store", ["b[0] = 1.0", "b[0] += 1.0"])
def test_elements_of_a_tensor_are_not_set(store):
    model = f'{IMPORTS}with pm.Model():\n    b = pm.Normal("b", shape=3)\n    c = np.zeros(3)\n'
    assert all(verdict.ok for verdict in judge_source(f"{model}    c[0] = 1.0\n", None))
    refused = [verdict.why for verdict in judge_source(f"{model}    {store}\n", None) if not verdict.ok]
    assert "use pt.set_subtensor" in refused[0]
