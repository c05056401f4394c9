"""No text makes the predicates raise or hang."""

# ruff: noqa: E501, SIM905 - words and texts are read more easily in one line

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from programs import hostile, scored, valid
from speed import within

from commons.data_pymc import DATASETS
from refinestat.refinegen.predicates import Judgement, judge, judge_source, start
from refinestat.refinegen.program import Statement

DATASET = DATASETS["dugongs"]
HEAD = "import numpy as np\nimport pymc as pm\nwith pm.Model() as model:\n"
# Of processor time. Generous: what is measured is that nothing hangs.
SECONDS = 1.0
CORPUS = [
    *valid().values(),
    *(text for _, text in scored().values()),
    *(t for t in hostile().values() if len(t) < 4000),
]
# Places where a person's file may hold it: in a function, above the model, in the block.
PLACES = (
    "import numpy as np\nimport pymc as pm\ndef f(a, *b, c=1):\n  with pm.Model() as m:\n    {}\n  return m\n",
    "import numpy as np\nimport pymc as pm\nif 1:\n    {}\nwith pm.Model() as m:\n    pm.Normal('a')\n",
    "import numpy as np\nimport pymc as pm\nclass A:\n  def f(self):\n    {}\n    with self.m:\n      pm.Normal('a', b)\n",
)
LARGE = {
    "elif": "if a:\n        pass\n" + "    elif a:\n        pass\n" * 2400,
    "handlers": "try:\n        pass\n" + "    except A:\n        pass\n" * 2400,
    "models": "with pm.Model() as m:\n        pm.Normal('a')\n    " * 1150 + "pass",
    "functions": "def f():\n        with pm.Model():\n            pm.Normal('a')\n    " * 780 + "pass",
    "loops in loops": "\n".join(" " * (i + 4 * (i > 0)) + f"for i{i} in x:" for i in range(60))
    + "\n"
    + " " * 70
    + "pass",
    "assignments": "\n    ".join(f"a{i} = 1" for i in range(4000)),
    "aliases": "a0 = {}\n    " + "\n    ".join(f"a{i + 1} = a{i}" for i in range(2500)) + "\n    a0['x'] = 1",
    "stores": "a = [1]\n    " + "a[0] = 1\n    " * 4500 + "pass",
    "commas": "x = [" + "1," * 31000 + "]",
    "sum": "x = " + "1+" * 31900 + "1",
    "parentheses": "x = " + "(" * 31000 + ")" * 31000,
    "unary": "x = " + "-" * 63000 + "1",
    "not": "x = " + "not " * 15000 + "1",
    "names": "x = [" + ",".join(f"abc{i}" for i in range(8000)) + "]",
    "attributes": "x = a" + ".b" * 31000,
    "power": "x = 9" + "**9" * 15000,
    "statements": "a=1\n    " * 7000 + "a=1",
    "variables": "\n    ".join(f'a{i} = pm.Normal("a{i}", 0, 1)' for i in range(1500)),
    "loops": 'for i in range(64):\n        for j in range(64):\n            for k in range(64):\n                x = pm.Normal(f"a{i}{j}{k}", 0, 1)',
    "comprehensions": "x = [[[[i for i in range(60)] for j in range(60)] for k in range(60)] for l in range(60)]",
    "f-string": "x = f'" + "{1}" * 15000 + "'",
    "comparison": "x = 1" + "<1" * 20000,
    "broken brackets": "x = " + "[{(" * 20,
    "calls": "x = a" + "()" * 20000,
    "matrices": "z = np.eye(141)\n    " + "w = z@z@z@z@z\n    " * 300 + "w = 1",
    "arrays": "z = np.ones(20000)\n    " + "w = z+z*z-z/z\n    " * 300 + "w = 1",
    "keywords": "pm.Normal('a'," + ",".join(f"k{i}=1" for i in range(5000)) + ")",
    "products": "z = 2\n    " + "z = z*z\n    " * 300 + "z = 1",
    "lists in lists": "z = [1,2]\n    " + "z = [z,z]\n    " * 60 + "pm.Normal('a', np.array(z), 1)",
}


def holds(text):
    begun = time.process_time()
    assert judge_source(text, None)
    assert judge_source(text, None, {"a": 1, "x": [1.0, 2.0]}, "y")
    assert judge_source(text, DATASET)
    assert isinstance(judge(Statement(source=text, line=3), start(DATASET)), Judgement)
    assert within(time.process_time() - begun, SECONDS)


def holds_in_any_place(text):
    for place in PLACES:
        file = place.format(text.replace("{", "(").replace("}", ")"))
        begun = time.process_time()
        assert judge_source(file, None)
        assert judge_source(file, None, {"a": 1, "x": [1.0, 2.0]}, "y")
        assert within(time.process_time() - begun, SECONDS)


@given(st.text(max_size=400))
def test_any_characters(text):
    holds(text)
    holds(HEAD + "    " + text)
    holds_in_any_place(text)


@given(st.data())
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_programs_cut_and_pasted_anywhere(data):
    one, other = data.draw(st.sampled_from(CORPUS)), data.draw(st.sampled_from(CORPUS))
    cut, paste = data.draw(st.integers(0, len(one))), data.draw(st.integers(0, len(other)))
    holds(one[:cut] + other[paste:])


WORDS = st.sampled_from(
    "pm np data mu sigma x y Y a b ( ) [ ] { } , : . = == + - * ** / @ < > ~ 0 1 2.5 -1 1e9 'a' \"b\" None True for in if "
    "else not and lambda range(3) pm.Normal( pm.Normal.dist( pm.math.exp( np.array( np.ones( observed= shape= dims= \n "
    "sigma= **kw *args x[ y[ .mean() .T .shape f'{x}' pm.Mixture( pm.Uniform( pm.Data( float( len( zip(".split(" ")
)


@given(st.lists(WORDS, max_size=40))
@settings(deadline=None, max_examples=300)
def test_words_in_any_order(words):
    text = " ".join(words).replace("\n ", "\n    ")
    holds(HEAD + "    " + text)
    holds_in_any_place(text)


EXPRESSIONS = st.recursive(
    st.sampled_from(
        ["x", "Y", "N", "a", "b", "1", "0", "-2.5", "'t'", "None", "1.5", "True", "[1, 2]", "(3,)", "{}", "..."]
    ),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+ - * / // % ** @ < == & | << and or".split()), inner).map(
            lambda t: f"({t[0]} {t[1]} {t[2]})"
        ),
        st.tuples(
            st.sampled_from(
                "pm.math.exp np.log np.sum np.stack np.where pm.math.dot np.ones np.arange abs len list sum zip".split()
            ),
            inner,
        ).map(lambda t: f"{t[0]}({t[1]})"),
        st.tuples(inner, inner).map(lambda t: f"{t[0]}[{t[1]}]"),
        st.tuples(inner, inner).map(lambda t: f"[{t[0]}, {t[1]}]"),
        st.tuples(inner, inner, inner).map(lambda t: f"({t[0]} if {t[1]} else {t[2]})"),
        st.tuples(inner, inner).map(lambda t: f"[{t[0]} for q in {t[1]}]"),
        inner.map(lambda e: f"{e}.mean(axis=0)"),
        st.tuples(
            st.sampled_from("Normal Uniform Gamma Mixture Dirichlet MvNormal Binomial Truncated".split()), inner, inner
        ).map(lambda t: f"pm.{t[0]}.dist({t[1]}, {t[2]})"),
    ),
    max_leaves=8,
)


@given(EXPRESSIONS, EXPRESSIONS)
@settings(deadline=None, max_examples=400)
def test_any_expression_in_any_place(one, other):
    body = [
        'a = pm.Normal("a", 0, 1, shape=3)',
        'b = pm.HalfNormal("b", 1)',
        f"c = {one}",
        f'd = pm.Normal("d", {other}, c)',
    ]
    holds(HEAD + "".join(f"    {line}\n" for line in [*body, f'pm.Poisson("o", {one}, observed={other})']))


@pytest.mark.parametrize("name", LARGE)
def test_a_large_text_is_answered_soon(name):
    holds(HEAD + "    " + LARGE[name] + "\n")
    holds_in_any_place(LARGE[name][:63_000])
    assert isinstance(judge(Statement(source=f"    {LARGE[name]}\n", line=9), start(DATASET)), Judgement)
