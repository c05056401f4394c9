"""Machine code for log densities: it agrees with PyTensor, and says so where it cannot be made."""

import numpy as np
import pytest
from fitting_programs import IMPORTS, numbers, workload, workload_data, workload_source


@pytest.fixture(scope="module", autouse=True)
def quiet_pytensor(tmp_path_factory):
    """PyTensor reads its flags when it is imported, here for the first time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTENSOR_FLAGS", f"cxx=,blas__ldflags=,base_compiledir={tmp_path_factory.mktemp('pytensor')}")
        import pymc  # noqa: F401

        yield


def model_of(source, data):
    space = {"data": data}
    exec(source, space)
    return space["model"]


def density_of(model):
    from refinestat.refinegen.fitting.model import initial_values
    from refinestat.refinegen.fitting.native import compile_density

    return compile_density(model.logp(), model.value_vars, initial_values(model))


def pytensor_density(model, x):
    """PyTensor's own value and gradient, from the untouched graph, at one point."""
    import pytensor
    from pytensor.compile.mode import Mode

    logp = model.logp()
    mode = Mode(linker="py", optimizer=None)
    function = pytensor.function(model.value_vars, [logp, *pytensor.grad(logp, model.value_vars)], mode=mode)
    point, start = [], 0
    for variable in model.value_vars:
        shape = model.initial_point()[variable.name].shape
        size = int(np.prod(shape))
        point.append(x[start : start + size].reshape(shape))
        start += size
    value, *gradient = function(*point)
    return float(value), np.concatenate([np.ravel(g) for g in gradient])


SMALL = ["es_nc", "es_t", "dg_good", "glm_nb", "glm_unif", "gp_good", "sg_bb"]
REST = [name for name in workload() if name not in (*SMALL, "dg_switch", "sg_mixdisc")]


@pytest.mark.parametrize("name", [*SMALL, *(pytest.param(name, marks=pytest.mark.slow) for name in REST)])
def test_it_agrees_with_pytensor_at_points_that_were_not_checked(name):
    model = model_of(workload_source(name), numbers(workload_data(name)))
    density = density_of(model)
    for seed in range(3):
        x = density.initial + 0.3 * np.random.default_rng(100 + seed).normal(size=density.size)
        value, gradient = pytensor_density(model, x)
        ours, our_gradient = density(x)
        if not np.isfinite(value):  # the point lies outside: there is no gradient to compare
            assert not np.isfinite(ours)
            continue
        assert ours == pytest.approx(value, rel=1e-8)
        np.testing.assert_allclose(our_gradient, gradient, rtol=1e-7, atol=1e-7 * max(1.0, np.abs(gradient).max()))


@pytest.mark.parametrize(
    "body",
    [
        'b = pm.Normal("b", 0, 1, shape=5); pm.Normal("y", pt.cumsum(b), 1, observed=data["y"])',
        'b = pm.Normal("b", 0, 1, shape=(5, 2)); pm.Normal("y", (b.T @ b)[0, 1] + b[:, 0], 1, observed=data["y"])',
        'p = pm.Dirichlet("p", np.ones(3)); pm.Categorical("y", p=p, observed=np.array([0, 1, 2, 1, 0]))',
        'e = pm.Normal("e", 0, 1, shape=3); pm.Categorical("y", logit_p=e, observed=np.array([0, 1, 2, 1, 0]))',
        'a = pm.Normal("a", 0, 1); pm.Normal("y", pt.set_subtensor(pt.zeros(5)[1:3], a), 1, observed=data["y"])',
        'a = pm.Normal("a", 0, 1, shape=3); pm.Normal("y", a[np.array([0, 1, 2, 1, 0])], 1, observed=data["y"])',
        'a = pm.Normal("a", 0, 1); pm.Normal("y", pt.stack([a, a**2, abs(a), a**3, -a]), 1, observed=data["y"])',
        'a = pm.TruncatedNormal("a", 0, 1, lower=-1); pm.Normal("y", pt.minimum(a, 0.2), 1, observed=data["y"])',
        'w = pm.Normal("w", 0, 1, shape=2); pm.NormalMixture("y", w=[0.3, 0.7], mu=w, sigma=1, observed=data["y"])',
        'c, _, _ = pm.LKJCholeskyCov("c", n=2, eta=2, sd_dist=pm.HalfNormal.dist(1)); '
        'pm.Normal("y", c[1, 0], c[0, 0], observed=data["y"])',
    ],
)
def test_it_covers_what_programs_use(body):
    source = IMPORTS + "with pm.Model() as model:\n    " + body.replace("; ", "\n    ") + "\n"
    model = model_of(source, {"y": np.array([0.3, -1.0, 2.0, 0.1, 0.5])})
    density = density_of(model)
    x = density.initial + 0.2 * np.random.default_rng(7).normal(size=density.size)
    value, gradient = pytensor_density(model, x)
    ours, our_gradient = density(x)
    assert ours == pytest.approx(value, rel=1e-8)
    np.testing.assert_allclose(our_gradient, gradient, rtol=1e-6, atol=1e-7)


def test_sums_of_many_terms_are_no_obstacle():
    """NumPy takes at most 32 operands at once, and PyTensor joins sums."""
    head = IMPORTS + 'with pm.Model() as model:\n    t = pm.Normal("t", 0, 1, shape=40)\n'
    one_by_one = head + '    pm.Normal("y", sum(t[i] for i in range(40)), 1, observed=data["y"])\n'
    at_once = head + '    pm.Normal("y", t.sum(), 1, observed=data["y"])\n'
    densities = [density_of(model_of(source, {"y": np.arange(3.0)})) for source in (one_by_one, at_once)]
    x = np.random.default_rng(1).normal(size=40)
    (first, first_gradient), (second, second_gradient) = (density(x) for density in densities)
    assert first == pytest.approx(second)
    np.testing.assert_allclose(first_gradient, second_gradient)


def test_what_it_cannot_translate_it_names():
    from refinestat.refinegen.fitting.ir import UnsupportedError

    body = (
        'with pm.Model() as model:\n    a = pm.Normal("a", 0, 1, shape=5)\n'
        '    pm.Normal("y", pt.sort(a), 1, observed=data["y"])\n'
    )
    model = model_of(IMPORTS + body, {"y": np.arange(5.0)})
    with pytest.raises(UnsupportedError, match="Sort"):
        density_of(model)


def test_wrong_machine_code_is_found_out(monkeypatch):
    from refinestat.refinegen.fitting import scalar_ops
    from refinestat.refinegen.fitting.ir import UnsupportedError

    monkeypatch.setitem(scalar_ops._LIBM, "Exp", "exp2")
    model = model_of(workload_source("glm_lin"), numbers(workload_data("glm_lin")))
    with pytest.raises(UnsupportedError, match="disagree"):
        density_of(model)


def test_a_point_outside_the_support_is_not_a_number():
    source = IMPORTS + (
        'with pm.Model() as model:\n    a = pm.Normal("a", 0, 1)\n    pm.Normal("y", 0, a + 1, observed=data["y"])\n'
    )
    density = density_of(model_of(source, {"y": np.array([0.5, -1.0, 0.2])}))
    assert np.isfinite(density(np.array([0.5]))[0])
    assert np.isnan(density(np.array([-3.0]))[0])
