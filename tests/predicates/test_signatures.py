"""Functions of the library and methods of tensors are called as their signatures allow; what builds is accepted."""

import pytest
from programs import model_refusals

DRAWN = 'a = pm.Normal("a"); b = pm.Normal("b", shape=3); X = data["X"]; '
LATENT = "gp = pm.gp.Latent(cov_func=pm.gp.cov.ExpQuad(3, ls=1.0)); "
MARGINAL = "gp = pm.gp.Marginal(cov_func=pm.gp.cov.ExpQuad(3, ls=1.0)); "

FAIL = [
    ("z = pm.math.switch(a > 0, 1)", "pm.math.switch takes three arguments, got two"),
    ("z = pm.math.maximum(a)", "pm.math.maximum takes two arguments, got one"),
    ("z = pm.math.logit(0.5, 1, 2)", "pm.math.logit takes at most one positional argument, got three"),
    ("z = pm.math.softmax(b, dim=0)", "pm.math.softmax has no parameter 'dim'; it has c, axis"),
    ("z = pt.sum(b, axes=0)", "pt.sum has no parameter 'axes' (did you mean 'axis'?)"),
    ("z = np.mean(X, dim=0)", "np.mean has no parameter 'dim'"),
    ("z = pt.stack(a, pm.Normal('c'))", "pt.stack takes a list of tensors"),
    ("z = b.sum(dim=0)", ".sum has no parameter 'dim'"),
    ("z = b.dot()", ".dot takes one argument, got none"),
    ("z = b.append(3)", "a tensor has no attribute 'append'"),
    ("z = b.union(b)", "a tensor has no attribute 'union'"),
    ("z = (a + 1).maximum", "a tensor has no attribute 'maximum'|not among the attributes"),
    ("gp = pm.gp.Latent(pm.gp.cov.ExpQuad(1, 1.0))", "pm.gp.Latent takes no positional arguments, got one"),
    ("gp = pm.gp.cov.ExpQuad(1, lengthscale=1.0)", "has no parameter 'lengthscale'"),
    ("gp = pm.gp.HSGP([9], c=1.5)", "cov_func is missing"),
    (f"{LATENT}f = gp.prior('f')", "X is missing"),
    (f"{LATENT}f = gp.conditional('f')", "Xnew is missing"),
    (f"{MARGINAL}gp.marginal_likelihood('z', X=X, y=data['y'])", "sigma is missing"),
]
BUILD = [
    "z = pm.math.switch(a > 0, 1, 2) + pm.math.clip(a, 0, 1) + pm.math.where(a > 0, a, 0)",
    "z = pm.math.softmax(b, axis=0) + pt.exp(b, name='e') + pt.add(b, 1, 2)",
    "z = b.sum(axis=0, keepdims=True) + b.dot(b) + b.T.mean() + b.shape[0] + b.ndim",
    "z = np.mean(X, 0) + np.mean(X, axis=0, keepdims=False) + np.arange(stop=3, start=0) + np.exp(b)",
    "z = pm.Data('d', X).get_value() + pm.Data('e', X).ndim",
    "args = (a > 0, 1, 2); z = pm.math.switch(*args)",
    "gp = pm.gp.HSGP([9], c=1.5, cov_func=pm.gp.cov.ExpQuad(1, 1.0)); f = gp.prior('f', X[:, :1])",
    f"{LATENT}f = gp.prior('f', X=X)",
    f"{MARGINAL}gp.marginal_likelihood('z', X, data['y'], 0.1)",
    "gp = pm.gp.MarginalApprox(cov_func=pm.gp.cov.ExpQuad(3, 1)); gp.marginal_likelihood('z', X, X[:5], data['y'], 1)",
    "gp = pm.gp.LatentKron(cov_funcs=[pm.gp.cov.ExpQuad(1, 1.0)]); f = gp.prior('f', Xs=[X[:, :1]])",
    "gp = pm.gp.TP(cov_func=pm.gp.cov.ExpQuad(3, 1.0), nu=3); f = gp.prior('f', X)",
]


@pytest.mark.parametrize(("statements", "why"), FAIL)
def test_a_call_that_the_signature_does_not_allow_is_refused(statements, why):
    refusal = model_refusals(DRAWN + statements)[0]
    assert any(each in refusal for each in why.split("|"))


@pytest.mark.parametrize("statements", BUILD)
def test_a_call_that_builds_is_accepted(statements):
    assert model_refusals(DRAWN + statements) == []
