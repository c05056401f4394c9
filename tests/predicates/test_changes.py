"""What changes in place, is gone through once, or is not certain is unknown: both ways of a branch are read."""

import pytest
from test_outcome import LIKELIHOOD, refusals

from refinestat.refinegen.predicates import judge_source

# Whether the test holds cannot be known for certain: each of the two ways is read, and one of them is not allowed.
UNCERTAIN = {
    "set": "z = len({1, 1}) == 1",
    "set comprehension": "z = len({0 for i in range(3)}) == 1",
    "narrow integers": 'z = np.array([300]).astype("int8")[0] == 44',
    "sorted in place": "a = np.array([2, 1])\na.sort()\nz = a[0] == 1",
    "sorted list": "a = [2, 1]\na.sort()\nz = a[0] == 1",
    "array of another name": "a = np.zeros(2)\nb = a\na += 1\nz = b[0] == 1",
    "array under a name that measures": "a = np.zeros(2)\nsd = a\na += 1\nz = sd[0] == 1",
    "list of another name": "a = [1]\nb = a\nb.insert(0, 2)\nz = len(a) == 2",
    "dict of another name": 'd = {"a": 1}\ne = d\ne |= {"b": 1}\nz = d.get("b") is not None',
    "held by a list": "a = np.array([2, 1])\nl = [a]\na.sort()\nz = l[0][0] == 1",
    "held by a dict in a list": 'a = [2, 1]\nl = [{"a": a}]\na.sort()\nz = l[0]["a"][0] == 1',
    "grown in a list": "a = []\nl = [a]\na.append(1)\nz = len(l[0]) == 1",
    "grown where a list holds it": "l = [[], []]\nl[0].append(1)\nz = len(l[0]) == 1",
    "changed where a list holds it": "a = np.array([2, 1])\nl = [a]\nl[0].sort()\nz = a[0] == 1",
    "added in a loop": "a = np.zeros(2)\nb = a\nfor i in range(100):\n    a += 1\nz = b[0] == 1",
    "changed as an element": "a = [2, 1]\nfor e in [a]:\n    e.sort()\nz = a[0] == 1",
    "view": "a = np.zeros((2, 2))\nnp.fill_diagonal(a.T, 1)\nz = a[0, 0] == 1",
    "written by a function": "a = np.zeros(1)\nf = np.add\nf(1, 1, a)\nz = a[0] == 2",
    "written by position": "a = np.zeros(1)\nnp.take([5.0], [0], 0, a)\nz = a[0] == 5",
    "written by a star": "a = np.zeros(1)\nnp.add(*[1, 1, a])\nz = a[0] == 2",
    "enumerate used up": "e = enumerate([1])\nq = list(e)\nz = len(list(e)) == 0",
    "zip used up in a list": "e = [zip([1], [2])]\nq = list(e[0])\nz = len(list(e[0])) == 0",
    "generator used up": "e = (i for i in [1])\nq = list(e)\nz = len(list(e)) == 0",
    "identity of numbers": "z = (500 + 500) is 1000",
    "named in a comprehension": "z = False\nq = [z := True for i in range(1)]",
}
CERTAIN = {
    "list": "z = len([1, 1]) == 1",
    "integers": 'z = np.array([300.5]).astype("int64")[0] == 44',
    "narrow integers that hold it": 'z = np.array([30]).astype("int8")[0] == 44',
    "sorted": "a = np.sort(np.array([2, 1]))\nz = a[0] == 2",
    "copy": "a = np.zeros(2)\nb = a.copy()\na += 1\nz = b[0] == 1",
    "changed itself": "a = np.zeros(2)\na += 1\nz = a[0] == 0",
    "a list that holds a number": "n = 1\nl = [n]\nn += 1\nz = l[0] == 2",
    "another of a list": "a = np.zeros(2)\nl = [np.ones(2)]\na.sort()\nz = l[0][0] == 0",
    "append": "a = [1]\na.append(2)\nz = len(a) == 1",
    "append by another name": "a = [1]\nb = a\nb.append(2)\nz = len(a) == 1",
    "zip": "z = len(list(zip([1], [2]))) == 2",
    "generator": "z = sum(i for i in [1, 2]) == 4",
    "identity of truths": "a = True\nz = a is False",
    "number": "n = 1\nn += 1\nz = n == 1",
}
END = """mu = pm.Normal("mu", 0, 10)
if z:
    pm.Normal("obs", mu=mu, sigma=sigma, observed=y * 2)
else:
    pm.Normal("obs", mu=mu, sigma=sigma, observed=y)"""


@pytest.mark.parametrize("name", UNCERTAIN)
def test_both_ways_are_read_where_nobody_knows_which_is_taken(name):
    assert "the outcome y" in refusals(UNCERTAIN[name], END)[0]


@pytest.mark.parametrize("name", CERTAIN)
def test_only_the_way_that_is_taken_is_read(name):
    assert refusals(CERTAIN[name], END) == []


@pytest.mark.parametrize(
    "change",
    [
        "l.insert(0, y)",
        "l.extend([y])",
        "for i in range(100): l.append(y)",
        "k = l\nk.append(y)",
        "k = l\nk.insert(0, y)",
    ],
)
def test_a_list_keeps_the_mark_of_what_is_put_into_it(change):
    made = f'l = []\n{change}\nmu = pm.Normal("mu", l[0], 1)'
    assert refusals(made, LIKELIHOOD)[0].startswith("guards: ")
    assert refusals(made.replace("y)", "2.0)").replace("y]", "2.0]"), LIKELIHOOD) == []


@pytest.mark.parametrize("column", ["sigma", "y"])
def test_a_dict_that_is_an_alias_of_the_data_changes_the_data(column):
    change = f'd = data\nd |= {{"{column}": [1.0]}}\nmu = pm.Normal("mu", 0, 1)'
    assert refusals(change, f'pm.Normal("obs", mu, data["{column}"], observed=data["y"])')[0].startswith("guards: ")


@pytest.mark.parametrize(
    "change",
    ["a.sort()", "l[0].sort()", "l[0][0] = 2", "l[0] -= 1", "for i in range(100): l[0][0] *= 0", "a -= 1"],
)
def test_an_array_that_a_list_of_a_file_holds_is_changed_by_either_name(change):
    lines = ["a = np.array([3, 1])", "l = [a]", change, "b = pm.Normal('b', shape=3)", "z = b[a[0]] + b[l[0][0]]"]
    text = "import numpy as np\nimport pymc as pm\n\nwith pm.Model():\n    " + "\n    ".join(lines)
    assert all(verdict.ok for verdict in judge_source(text, None))
    held = text.replace(change, "l[0] = a")
    assert "index 3 is out of range" in next(verdict.why for verdict in judge_source(held, None) if not verdict.ok)


CHANGED = ["z = x; z += 1", "x.sort()", "x -= x.mean()"]
MADE_ANEW = [
    "z = x.copy(); z += 1", "z = np.sort(x); z += 1", "z = x * 1; z -= 1", "z = x.astype(float); z += 1",
    "z = np.array(x); z.sort()", "z = pm.Data('z', x); z += 1", "z = x.sum(); z += 1",
]  # fmt: skip


@pytest.mark.parametrize("statements", CHANGED)
def test_data_are_not_changed_where_they_are(statements):
    (why,) = _of_given_data(statements)
    assert why.endswith("is data and cannot be changed: make something new of it")


@pytest.mark.parametrize("statements", MADE_ANEW)
def test_what_is_made_of_data_may_be_changed(statements):
    assert _of_given_data(statements) == []


def _of_given_data(statements):
    lines = ["x = data['x']", *statements.split("; "), "a = pm.Normal('a')", "pm.Normal('o', a, observed=data['y'])"]
    text = "import numpy as np\nimport pymc as pm\n\nwith pm.Model() as model:\n    " + "\n    ".join(lines)
    return [verdict.why for verdict in judge_source(text, None) if not verdict.ok]
