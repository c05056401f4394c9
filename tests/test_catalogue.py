"""The catalogue says what the installed PyMC says."""

import json
import subprocess
import sys

import pytest

from refinestat.refinegen import catalogue

LIBRARY = catalogue.load()


def test_every_usual_distribution_is_there():
    assert {"Normal", "Binomial", "BetaBinomial", "MvNormal", "Mixture", "Truncated", "ZeroSumNormal"} <= set(
        LIBRARY.distributions
    )
    assert len(LIBRARY.distributions) >= 75


@pytest.mark.parametrize(
    ("name", "given", "accepted"),
    [
        ("Normal", {"mu", "sigma"}, True),
        ("Normal", {"sigma", "tau"}, False),
        ("Beta", {"alpha", "beta"}, True),
        ("Beta", {"mu", "sigma"}, True),
        ("Beta", {"alpha"}, False),
        ("NegativeBinomial", {"mu", "alpha"}, True),
        ("NegativeBinomial", {"n", "p"}, True),
        ("NegativeBinomial", {"mu", "p"}, False),
        ("Binomial", {"n", "logit_p"}, True),
        ("Binomial", {"n", "p", "logit_p"}, False),
        ("MvNormal", {"mu", "chol"}, True),
        ("MvNormal", {"mu", "cov", "chol"}, False),
    ],
)
def test_parametrisations(name, given, accepted):
    assert (frozenset(given) in LIBRARY.distributions[name].accepted) is accepted


def test_domains_and_supports():
    poisson, uniform = LIBRARY.distributions["Poisson"], LIBRARY.distributions["Uniform"]
    assert poisson.domains["mu"].text == ">= 0"
    assert poisson.discrete is True
    assert uniform.support == ("lower", "upper")
    assert LIBRARY.distributions["Bernoulli"].domains["p"].high == 1.0
    assert LIBRARY.distributions["Normal"].parameters == ("mu", "sigma", "tau")


def test_every_parameter_that_is_spoken_of_exists():
    for distribution in LIBRARY.distributions.values():
        known = set(distribution.parameters)
        assert set(distribution.domains) | set(distribution.measures) | set(distribution.required) <= known
        assert all(subset <= known for subset in distribution.accepted)
        assert {end for end in distribution.support or () if isinstance(end, str)} <= known


@pytest.mark.parametrize(
    "name", ["fromfile", "savetxt", "f2py", "load", "vectorize", "apply_along_axis", "lib", "testing"]
)
def test_what_reads_writes_or_calls_back_is_closed(name):
    assert name not in LIBRARY.opened["np"]
    assert name in LIBRARY.closed["np"]


def test_no_module_slips_through_what_is_open():
    assert not {"sample", "data", "model", "backends", "Simulator"} & LIBRARY.opened["pm"]
    assert not {"basic", "pytensor", "config", "os", "sys"} & LIBRARY.opened["pt"]


def test_reading_it_loads_no_pymc():
    code = "import sys; from refinestat.refinegen import predicates; print({'pymc', 'pytensor'} & set(sys.modules))"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
        == "set()"
    )


@pytest.mark.slow
def test_the_file_fits_the_installed_version(capsys):
    pytest.importorskip("pymc")
    from refinestat.refinegen import catalogue_build

    assert catalogue_build.main(["--check"]) == 0, capsys.readouterr().err


def test_a_difference_is_named():
    catalogue_build = pytest.importorskip("refinestat.refinegen.catalogue_build")
    old = json.loads(catalogue.PATH.read_text(encoding="utf-8"))
    new = json.loads(json.dumps(old))
    new["distributions"]["Normal"]["parameters"] = ["mu", "scale"]
    (line,) = catalogue_build.differences(old, new)
    assert line.startswith("distributions.Normal: file")
