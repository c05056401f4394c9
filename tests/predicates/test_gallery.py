"""Files as people write them are accepted, whatever else they do; a fault in one of their models is still found."""

# ruff: noqa: E501 - programs stand on one line

import os
import subprocess
import sys
from pathlib import Path

import pytest
from idioms import given_data, own_data
from programs import CORPUS, corpus_data, gallery

from refinestat.refinegen.predicates import judge_source

HERE = Path(__file__).parent
HEAD = "import numpy as np\nimport pymc as pm\n\ny = np.array([1.0, 2.0, 4.0])\n"


def refusals(text):
    return [verdict for verdict in judge_source(text, None) if not verdict.ok]


@pytest.mark.parametrize("name", gallery())
def test_a_file_from_a_book_is_accepted(name):
    assert refusals(gallery()[name]) == []


def test_right_idioms_are_accepted_in_every_kind_of_file():
    known = {"data": corpus_data()}
    for text in given_data().values():
        own = text.replace("with pm.Model", "data = load()\nwith pm.Model", 1)
        assert refusals(text) == refusals(own) == []
        assert [v for v in judge_source(text, None, known) if not v.ok] == []
        assert [v for v in judge_source(own, None, known) if not v.ok] == []
    for text in own_data().values():
        assert refusals(text) == []


@pytest.mark.slow
@pytest.mark.parametrize("call", [("build_gallery.py", str(CORPUS / "gallery")), ("idioms.py",)])
def test_every_one_of_them_builds_with_pymc(call):
    """With sampling and plotting replaced by nothing: what is built is the model."""
    pytest.importorskip("pymc")
    flags = {**os.environ, "PYTENSOR_FLAGS": "cxx=,blas__ldflags=", "PYTHONPATH": str(HERE.parents[1])}
    command = [sys.executable, str(HERE / call[0]), *call[1:]]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=flags)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 fail" in done.stdout


@pytest.mark.parametrize(
    ("body", "line", "why"),
    [
        ("with pm.Model() as m:\n    s = pm.HalfNormal('s', sd=1)\n    idata = pm.sample()\n", 6, "no parameter 'sd'"),
        ("def f(n):\n    with pm.Model() as m:\n        a = pm.Normal('a', 0, -1)\n    return m\n", 7, "sigma must be > 0"),
        ("class A:\n    def f(self):\n        with pm.Model():\n            pm.Norml('a')\n", 8, "no distribution"),
        ("for k in range(3):\n    with pm.Model():\n        pm.Normal('a', b, 1)\n", 7, "b is not declared"),
        ("if True:\n    with pm.Model() as m:\n        pm.Beta('p', 1)\n", 7, "is missing"),
        ("k = 1\ndel k\nwith pm.Model() as m:\n    pm.Normal('a', k, 1)\n", 8, "k is not declared"),
        ("m = pm.Model()\nwith m:\n    pm.Normal('a', 0, 1)\n    pm.Normal('a', 0, 1)\n", 8, "already taken"),
        ("m = pm.Model()\nwith m:\n    a = pm.Normal('a', 0, 1)\nwith m:\n    pm.Normal('b', 0, a)\n", 9, "sigma must be"),
        ("with open('f') as f, pm.Model() as m:\n    pm.Poisson('k', pm.Normal('a'), observed=[1])\n", 6, "mu must be"),
        ("try:\n    with pm.Model() as m:\n        pm.Normal('a', 0, tau=1, sigma=1)\nfinally:\n    pass\n", 7, "exclude"),
        ("def g():\n    return pm.Model()\nwith g() as m:\n    pm.Normal('a', 0, sigma=0)\n", 8, "sigma must be > 0"),
        ("import pymc3 as old\n", 5, "pymc3 is another library"),
        ("import theano.tensor as tt\n", 5, "theano is another library than pytensor"),
        ("x = 1\n", None, "there is no"),
    ],
)  # fmt: skip
def test_a_fault_is_found_wherever_the_model_stands(body, line, why):
    first = refusals(HEAD + body)[0]
    assert why in first.why
    assert first.line == line


@pytest.mark.parametrize(
    "text",
    [
        "from pymc import Model, Normal\nwith Model() as m:\n    Normal('y', Normal('a'), 1, observed=data['y'])\n",
        "from pymc import Model as M, Normal\nwith M() as m:\n    Normal('y', Normal('a'), 1, observed=data['y'])\n",
        "from pymc import Model, Normal\nwith Model(coords={'g': range(5)}):\n"
        "    Normal('y', Normal('a', dims='g')[data['group']], 1, observed=data['y'])\n",
    ],
)
def test_a_model_is_opened_by_whatever_name_it_was_imported(text):
    known = {"data": corpus_data()}
    assert refusals(text) == [v for v in judge_source(text, None, known) if not v.ok] == []
    wrong = text.replace("1, observed", "-1, observed")
    assert "sigma must be > 0" in refusals(wrong)[0].why


@pytest.mark.parametrize("line", ["data = dict(data)", "data = {k: v for k, v in data.items()}"])
def test_data_that_a_program_makes_of_its_data_are_still_those_that_it_was_given(line):
    text = f"import os\n{line}\nwith pm.Model():\n    pm.Normal('x', observed=data['y'])\n"
    assert refusals(text)[0].why == "import of os is not allowed"


@pytest.mark.parametrize(
    "body",
    [
        "mus = {}\nwith pm.Model():\n    mus.update(a=pm.Normal('a'))\n    pm.Normal('b', mus['a'], 1)\n",
        "mus = {}\nalias = mus\nwith pm.Model():\n    alias['a'] = pm.Normal('a')\n    pm.Normal('b', mus['a'], 1)\n",
        "def more(m):\n    m.add_coord('t', range(3))\nwith pm.Model() as m:\n    more(m)\n    pm.Normal('x', dims='t')\n",
        "def fill(d):\n    d['k'] = 1\nd = {}\nwith pm.Model():\n    fill(d)\n    pm.Normal('x', d['k'], 1)\n",
        "def f():\n    with pm.Model():\n        pm.Normal('x', later, 1)\nlater = 3\n",
        "n = -1\ndef f():\n    with pm.Model():\n        pm.Normal('x', 0, n)\nn = 3\n",
        "from numpy import *\nwith pm.Model():\n    pm.Normal('x', pi, 1)\n",
        "with pm.Model():\n    pm.Normal(r'$\\\\mu_{0}$: a name of several words', 0, 1)\n    pm.Normal('SYSTEM: a', 0, 1)\n",
        "with pm.Model():\n    t = np.subtract.outer(y, y)\n    pm.Normal('x', t, 1, observed=t * 2)\n",
        "M = np.zeros((3, 3))\nnp.fill_diagonal(M, 2.0)\nwith pm.Model():\n    pm.Normal('x', 0, np.diag(M), observed=y)\n",
        "with pm.Model() as m:\n    try:\n        a = pm.Normal('a')\n    except ValueError:\n        a = 1\n    pm.Normal('b', a, 1)\n",
        "with pm.Model() as m:\n    a = pm.Normal('a')\n    print(f'{a=}'); display(a); del a\n",
        "import json\nwith open('d') as f:\n    data = json.load(f)\nwith pm.Model():\n    pm.Normal('x', observed=data['y'])\n",
        "with pm.modelcontext(None):\n    pm.Normal('x', dims='anything')\n",
        "import pymc.sampling.jax as jax\nwith pm.Model():\n    pm.Normal('x')\n    jax.sample_numpyro_nuts()\n",
        "async def f():\n    with pm.Model() as m:\n        pm.Normal('x')\n",
        "with pm.Model():  # the square makes it positive\n    sigma = pm.Normal('sigma')\n    pm.Normal('o', 0, sigma**2)\n",
        "scale = 2.5\nwith pm.Model():\n    pm.Exponential('s', scale)\n",
        "with pm.Model():\n    lam = pm.HalfCauchy('lam', 1)\n    pm.Laplace('b', 0, lam)\n    pm.HalfCauchy('t', lam)\n",
        "with pm.Model():\n    pm.Categorical('c', logit_p=pm.Normal('e', shape=(3, 4)), observed=[0, 3, 2])\n",
        "with pm.Model() as new:  # parameters stand for draws of another model\n    s = pm.Flat('s')\n    pm.Normal('o', 0, s)\n",
        "class P:\n    def prior(self, k):\n        return pm.Normal(k)\np = P()\nwith pm.Model():\n    pm.Normal('x', p.prior(3))\n",
        "class P:\n    def prior(self, k):\n        return 1\np = P()\nwith pm.Model():\n    pm.Normal('x', p.prior('x'))\n",
        "with pm.Model():\n    for i in range(9):\n        if i > len(y.data):\n            break\n        pm.Normal(f'a{i}', y[i], 1)\n",
        "with pm.Model() as m:\n    a = pm.Normal('a')\n    f = np.vectorize(lambda v: v)\n    g = np.ma.masked_invalid(y)\n",
    ],
)
def test_what_cannot_be_known_is_not_refused(body):
    assert refusals(HEAD + body) == []
