"""PyMC's compound step on machine code of ours: its functions agree with PyTensor's, and say so where they cannot."""

import numpy as np
import pytest
from fitting_programs import IMPORTS, numbers, workload_data, workload_source
from test_native import model_of, quiet_pytensor  # noqa: F401 - a fixture of this module, too

PROGRAMS = {
    "a switch": (workload_source("dg_switch"), numbers(workload_data("dg_switch"))),
    "an index": (workload_source("sg_mixdisc"), numbers(workload_data("sg_mixdisc"))),
    "rows under one index": (
        IMPORTS + "with pm.Model() as model:\n"
        '    c = pm.Categorical("c", p=[0.2, 0.3, 0.5])\n'
        '    m = pm.Normal("m", 0, 1, shape=(3, 4))\n'
        '    pm.Normal("y", m[c], 1, observed=data["y"])\n',
        {"y": np.array([0.3, -1.0, 2.0, 0.1])},
    ),
}


def functions_of(model):
    """The log density and its gradient as the compound step makes them, on machine code and interpreted."""
    from refinestat.refinegen.fitting.linker import MACHINE_CODE
    from refinestat.refinegen.fitting.model import INTERPRETED

    return [model.logp_dlogp_function(ravel_inputs=True, mode=mode) for mode in (MACHINE_CODE, INTERPRETED)]


@pytest.mark.parametrize("name", PROGRAMS)
def test_value_and_gradient_are_pytensors_whatever_the_discrete_unknowns_are(name):
    model = model_of(*PROGRAMS[name])
    ours, theirs = functions_of(model)
    start = model.initial_point()
    continuous = np.concatenate([np.ravel(start[v.name]) for v in model.continuous_value_vars])
    random = np.random.default_rng(3)
    for seed in range(4):
        discrete = {
            v.name: np.asarray(random.integers(0, 2, np.shape(start[v.name])), dtype=v.dtype) + (name == "a switch")
            for v in model.discrete_value_vars
        }
        x = continuous + 0.3 * np.random.default_rng(seed).normal(size=continuous.size)
        (value, gradient), (expected, expected_gradient) = (f([x], extra_vars=discrete) for f in (ours, theirs))
        assert np.isfinite(expected)
        assert value == pytest.approx(expected, rel=1e-8)
        np.testing.assert_allclose(gradient, expected_gradient, rtol=1e-6, atol=1e-7)


def test_an_index_that_points_outside_is_not_a_number():
    model = model_of(*PROGRAMS["an index"])
    ours, _ = functions_of(model)
    inside = model.initial_point()["c"]
    x = np.array([0.0, -2.0, -1.0])
    assert np.isfinite(ours([x], extra_vars={"c": inside})[0])
    assert not np.isfinite(ours([x], extra_vars={"c": np.full_like(inside, 7)})[0])


def test_wrong_machine_code_is_found_out(monkeypatch):
    from refinestat.refinegen.fitting import scalar_ops
    from refinestat.refinegen.fitting.ir import UnsupportedError

    monkeypatch.setitem(scalar_ops._LIBM, "Exp", "exp2")
    model = model_of(*PROGRAMS["a switch"])
    ours, _ = functions_of(model)
    with pytest.raises(UnsupportedError, match="disagree"):
        ours([np.ones(4)], extra_vars={"tau": np.array(9)})


def test_what_cannot_be_translated_is_sampled_on_numba_and_the_note_says_why(monkeypatch):
    from refinestat.refinegen.fitting import samplers
    from refinestat.refinegen.records import SamplerSettings

    source = IMPORTS + (
        'with pm.Model() as model:\n    k = pm.Poisson("k", 3)\n    a = pm.Normal("a", 0, 1, shape=3)\n'
        '    pm.Normal("y", pt.sort(a) + k, 1, observed=data["y"])\n'
    )
    model = model_of(source, {"y": np.arange(3.0)})
    modes = []
    sample = samplers.pm.sample

    def watched(**options):
        modes.append(options["compile_kwargs"]["mode"])
        return sample(**{**options, "compile_kwargs": {"mode": modes[0] if len(modes) == 1 else "FAST_COMPILE"}})

    monkeypatch.setattr(samplers.pm, "sample", watched)
    draws = samplers.prepare(model, [], []).draw(SamplerSettings(chains=1, tune=5, draws=5), 1)
    assert modes[1:] == ["NUMBA"]
    assert draws.sampler == "pymc"
    assert draws.note.startswith("discrete free variables; ")
    assert "Sort" in draws.note
