"""The outcome keeps its mark through lists, dicts, texts, casts, loops and choices; what is free of it stays free."""

import pytest

from commons.data_pymc import DATASETS
from refinestat.refinegen.predicates import judge_source
from refinestat.refinegen.prompts import head

DATASET = DATASETS["eight_schools"]
LIKELIHOOD = 'pm.Normal("obs", mu=mu, sigma=sigma, observed=y)'
PRIOR = 'mu = pm.Normal("mu", z, 10)'
# What makes z of the outcome, where z becomes the mean of a prior.
HELD = {
    "cast": "z = [float(v) for v in [y][0]][0]",
    "list in a loop": "z = [v for v in y]",
    "starred": "z = [*y, 1][0]",
    "starred target": "a, *b = 1, y\nz = b[0]",
    "dict by dict": 'z = dict({"a": y})["a"]',
    "dict by keyword": "z = dict(a=y)[min([1])]",
    "merged dicts": 'z = ({"a": y} | {})["a"]',
    "unknown key": 'd = {"a": y}\nz = d[min(d)]',
    "one of two dicts": 'd = {"a": y} if max(sigma) > 3 else {"a": 1}\nz = d["a"]',
    "text": 'z = float(f"{y}".strip("[]").split()[0])',
    "part of a text": 's = f"{y}"\nz = float(s[1:4])',
    "chosen": "z = [20.0 if v > 10 else 0.0 for v in [y][0]]",
    "counted": "z = len([1 for v in y if v > 7])",
    "left": "z = 0\nfor v in y:\n    if v < 0:\n        break\n    z += 1",
    "looked up": "t = {c: c for c in range(-30, 60)}\nz = [t[v] for v in y]",
    "arguments": "z = np.add(*[v for v in (y, 0.0) if True])",
    "keyword": 'm = pm.Normal("m", sigma=1, **{k: y for k in ["mu"]})\nz = 0',
    "carried from round to round": "z = 0\na = 0\nfor i in range(100):\n    z = a\n    a = y",
    "carried by two": "z = 0\na = 0\nb = 0\nfor i in range(100):\n    z = a\n    a = b\n    b = y",
    "named in a comprehension": "z = 0\nq = [z := y for i in range(1)]",
    "variable of the model": 'pm.Data("d", y)\nz = model["d"]',
    "variables of the model": 'pm.Data("d", y)\nz = model.data_vars[0].get_value()',
    "variable of a model inside": 'with pm.Model(name="a") as m:\n    pm.Data("d", y)\nz = m["a::d"]',
    "the model by a function": 'pm.Data("d", y)\nz = pm.modelcontext(None).data_vars[0]',
    "coordinate": 'model.add_coord("s", y)\nz = np.array(model.coords["s"])',
    "coordinates": 'model.add_coords({"s": y})\nz = 0',
    "coordinates of data": 'pm.Data("d", sigma, dims="s", coords={"s": y})\nz = 0',
    "changed model": 'a = pm.Normal("a", 0, 1)\nn = model.named_vars\nn |= {"a": y}\nz = model["a"]',
    "added to the model": "f = model.potentials\nf += [100]\nz = 0",
    "put into the model": "f = model.potentials\nf.append(100)\nz = 0",
    "name": 'z = pm.Normal(f"n{[y][0]}", 0, 1)',
    "mean of a process": (
        "g = pm.gp.Latent(mean_func=pm.gp.mean.Constant(np.stack([y])[0]), cov_func=pm.gp.cov.ExpQuad(1, 1.0))\n"
        'z = g.prior("f", np.arange(8.0)[:, None])'
    ),
}
FREE = {
    "summaries": "z = float(y.mean()) + int(len(y)) + round(y.max())",
    "branch on a summary": "z = 1.0 if y.min() < 0 else 0.0",
    "statement on a summary": "z = 0.0\nif y.std() > 3:\n    z = 1.0",
    "other keys": 'd = {"y": y, "sigma": sigma}\nz = d["sigma"].mean()',
    "keys of a dict": 'z = 1.0 if "sigma" in data else 0.0\nd = {"a": y}\nz = z if "a" in d else 1.0',
    "rounds": "z = sum([float(i) for i in range(len(y))])",
    "text of its length": 's = f"n{len(y)}"\nz = pm.Normal(s, 0, 1)',
    "list of priors": 'b = [pm.Normal(f"b{i}", 0, 1) for i in range(3)]\na, *c = b\nz = a + sum(c)',
    "carried from round to round": "z = 0\na = 0\nfor i in range(100):\n    z = a\n    a = i + len(y)",
    "variable of the model": 'pm.Data("d", y)\npm.Normal("a", 0, 1)\nz = model["a"]',
    "coordinates": 'model.add_coords({"s": np.arange(J)})\nz = pm.Normal("z", 0, 1, dims="s").mean()',
    "length of a coordinate": 'model.add_coord("s", ["a", "b"])\nz = len(model.coords["s"])',
    "process": (
        "g = pm.gp.Latent(mean_func=pm.gp.mean.Constant(y.mean()), cov_func=pm.gp.cov.ExpQuad(1, 1.0))\n"
        'z = g.prior("f", np.arange(8.0)[:, None])'
    ),
    "known keywords": 'k = {"mu": 0, "sigma": 1}\nz = pm.Normal("k", **k)',
}


def refusals(text, end=f"{PRIOR}\n{LIKELIHOOD}"):
    block = "".join(f"    {line}\n" for line in f"{text}\n{end}".splitlines())
    verdicts = judge_source(head(DATASET).rstrip("\n") + "\n" + block, DATASET)
    return [f"{verdict.predicate}: {verdict.why}" for verdict in verdicts if not verdict.ok]


@pytest.mark.parametrize("name", HELD)
def test_what_is_made_of_the_outcome_is_no_parameter(name):
    assert refusals(HELD[name])[0].startswith("guards: ")


@pytest.mark.parametrize("name", FREE)
def test_what_is_free_of_the_outcome_is_accepted(name):
    assert refusals(FREE[name]) == []


N = "N = [pm.Normal for i in range(100)][0]\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f'{N}z = N("z", 0, 1)', "nobody knows what is called"),
        (
            'C = [pm.CustomDist for i in range(99)][0]\nC("c", 1.0, observed=[y][0])\nz = 0',
            "nobody knows what is called",
        ),
        ("f = [np.random.normal for i in range(99)][0]\nz = f()", "nobody knows what is called"),
        ("z = sorted([1, 2], key=np.random.uniform)[0]", "random"),
        ('z = pm.Normal("z", **{k: 1 for k in ["sigma"]})', "nobody knows what * or ** passes"),
        ('z = pm.Normal("z", *[v for v in (0, 1) if v is not None])', "nobody knows what * or ** passes"),
        ('k = {"sigma": 1} | {}\nz = pm.Normal("z", **k)', "nobody knows what * or ** passes"),
    ],
)
def test_where_it_is_scored_a_call_is_plain(text, words):
    assert words in refusals(text)[0]


@pytest.mark.parametrize(
    "text",
    [
        'N = pm.Normal\nz = N("z", 0, 1)',
        'z = sum([D(n, 1) for n, D in [("e", pm.HalfNormal), ("f", pm.Exponential)]])',
        'z = {"n": pm.Normal}["n"]("z", 0, 1)',
        'D = pm.Normal if J > 3 else pm.Laplace\nz = D("z", 0, 1)',
        'z = pm.Normal("z", *[0, 1], **{"shape": J})',
        'k = dict(mu=0)\nz = pm.Normal("z", **{**k, "sigma": 2})',
        "c = pm.gp.cov.ExpQuad(1, 1.0) * 2.0 + pm.gp.cov.WhiteNoise(0.1)\nz = c(np.arange(8.0)[:, None], diag=True)",
        "c = pm.gp.cov.ExpQuad(1, 1.0)\nx = np.arange(8.0)[:, None]\nz = (-1 * c + c**2)(x, x)[0]",
        "z = pm.gp.mean.Zero()(np.arange(8.0)[:, None])",
    ],
)
def test_a_call_that_can_be_followed_is_plain(text):
    assert refusals(text) == []
