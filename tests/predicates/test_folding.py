"""What is known is computed; what would be large, long or written to is not, and nothing is computed to find out."""

import ast
import time

import numpy as np
import pytest
from speed import within

from refinestat.refinegen.predicates import constants, folding
from refinestat.refinegen.predicates.symbols import MISSING

SECONDS = 0.1
ONES = np.ones(3)
COLUMN, ROW = np.ones((8000, 1)), np.ones((1, 8000))
LARGE = [
    ("diff", (ONES, 10**12), {}), ("diff", (ONES,), {"n": 10**12}), ("ones_like", (ONES,), {"shape": (6000, 6000)}),
    ("zeros_like", (ONES,), {"shape": 10**9}), ("full_like", (ONES, 1.0), {"shape": (6000, 6000)}),
    ("diag", (ONES, 7500), {}), ("diag", (ONES,), {"k": -7500}), ("tril", (np.ones(20_000),), {}),
    ("linspace", (np.ones(3000), np.ones(3000), 2000), {}), ("linspace", (0, 1), {"num": 10**9}),
    ("logspace", (0, 1), {"num": 10**9}), ("geomspace", (1, np.ones(9000)), {}), ("arange", (0, 1, 1e-9), {}),
    ("arange", (), {"start": 0, "stop": 1e9}), ("repeat", (ONES,), {"repeats": 2 * 10**7}),
    ("repeat", (ONES, (2 * 10**7, 1, 1)), {}), ("tile", (ONES,), {"reps": 2 * 10**7}), ("tile", (ONES, (500, 500)), {}),
    ("eye", (1, 10**8), {}), ("eye", (1,), {"M": 10**8}), ("identity", (10**4,), {}), ("full", (10**9, 1.0), {}),
    ("full", (), {"shape": (7000, 7000), "fill_value": 1.0}), ("zeros", ((100, 100, 100, 10),), {}),
    ("bincount", ((1,),), {"minlength": 5 * 10**7}), ("bincount", ((5 * 10**7,),), {}),
    ("outer", (np.ones(9000), np.ones(9000)), {}), ("quantile", (COLUMN, np.ones(8000) / 2), {"axis": 1}),
    ("dot", (COLUMN, ROW), {}), ("isin", (np.ones(9000), np.ones(9000)), {}), ("round", (1.5, 2 * 10**9), {}),
    *((name, (COLUMN, ROW), {}) for name in ("add", "power", "isclose", "arctan2", "maximum", "logical_or")),
    ("clip", (COLUMN, ROW, 2.0), {}), ("clip", (COLUMN,), {"min": ROW}), ("where", (COLUMN > 0, ROW, 0.0), {}),
    ("power", (10**39, 10**39), {}), ("multiply", (10**39, 10**39), {}), ("prod", ((10**39,) * 999,), {}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "arguments", "keywords"), LARGE)
def test_a_large_result_is_not_computed(name, arguments, keywords):
    began = time.process_time()
    assert folding.call(name, arguments, keywords) is MISSING
    assert within(time.process_time() - began, SECONDS)


@pytest.mark.parametrize(
    ("name", "arguments", "keywords"),
    [
        ("add", (1, 1, ONES), {}), ("cumsum", (ONES, 0, None, ONES), {}), ("clip", (ONES, 0, 0, ONES), {}),
        ("concatenate", ((ONES,), 0, ONES), {}), ("dot", (1, 1, ONES), {}), ("exp", (ONES, ONES), {}),
        ("nan_to_num", (ONES, False), {"nan": 2.0}), ("nan_to_num", (ONES,), {"copy": False}),
        ("median", (ONES, None, ONES), {}), ("sum", (ONES,), {"out": ONES}), ("sum", (ONES,), {"a": ONES}),
    ],
)  # fmt: skip
def test_no_argument_is_written_to(name, arguments, keywords):
    assert folding.call(name, arguments, keywords) is MISSING
    assert (ONES == 1).all()


@pytest.mark.parametrize(
    "text",
    [
        "diff(np.arange(9.0), 2)", "diff((1, 4, 9))", "ones_like(np.arange(3), shape=(2, 2))",
        "full_like(np.ones(3), 2)",
        "diag((1.0, 2.0))", "diag(np.eye(3), 1)", "linspace(0, 1, 5)", "linspace(start=0, stop=1, num=5)",
        "linspace((0, 1), 2, 4, axis=1)", "arange(5)", "arange(2, 9, 3)", "arange(0, 1, 0.25)", "arange(5, 0, -1)",
        "repeat((1, 2), 3)", "repeat(np.arange(8), np.arange(8))", "repeat((1, 2), repeats=2, axis=0)",
        "tile(np.ones(2), (2, 2))", "eye(3)", "eye(2, 3, 1)", "identity(2)", "zeros((2, 3))", "full((2,), 1.5)",
        "bincount((0, 1, 1), minlength=4)", "outer(np.ones(100), np.ones(200))", "quantile(np.arange(9), (0.1, 0.9))",
        "percentile(np.arange(9), 50, axis=0)", "dot(np.eye(3), np.ones(3))", "matmul(np.eye(3), np.eye(3))",
        "where(np.arange(3) > 1, 1.0, np.zeros(3))", "clip(np.arange(9), 2, 4)", "clip(np.arange(9), min=3, max=4)",
        "add(np.ones((100, 1)), np.ones((1, 100)))", "mean(np.eye(3), axis=0, keepdims=True)", "std((1, 2), ddof=1)",
        "sum(np.eye(3), 0)", "concatenate((np.ones(2), np.zeros(2)), axis=0)", "stack((np.ones(2), np.zeros(2)), 1)",
        "column_stack((np.ones(2), np.zeros(2)))", "round(1.2345, 2)", "round((1.5, 2.5), decimals=0)",
        "searchsorted((1, 2, 3), 2)", "digitize((0.5, 1.5), (0, 1, 2))", "isin((1, 2), (2, 3))", "polyval((1, 2), 3)",
        "unique((1, 1, 2))", "array((1, 2), ndmin=2)", "reshape(np.arange(6), (2, 3))", "triu(np.ones((3, 3)), 1)",
        "expand_dims(np.ones(3), 1)", "transpose(np.ones((2, 3)))", "trace(np.eye(3))", "nan_to_num(np.nan)", "sqrt(2)",
        "log1p((0.1, 0.2))", "argsort((3, 1, 2))", "cumsum((1, 2, 3))", "float64(3)", "shape(np.ones((2, 3)))",
    ],
)  # fmt: skip
def test_what_is_small_is_computed_as_numpy_does(text):
    made = ast.parse(text, mode="eval").body
    arguments = [eval(ast.unparse(a)) for a in made.args]
    keywords = {k.arg: eval(ast.unparse(k.value)) for k in made.keywords}
    found = folding.call(made.func.id, arguments, keywords)
    assert found is not MISSING
    assert np.array_equal(found, eval(f"np.{text}"))


@pytest.mark.parametrize(
    ("op", "left", "right"),
    [
        (ast.Add, "a" * 900, "a" * 900), (ast.Mod, "%0999999999d", 5), (ast.Mult, "a", np.int64(10**9)),
        (ast.Mult, 10**400, 10**400), (ast.Pow, 9, 10**6), (ast.LShift, 1, 10**9), (ast.Add, 2**1000, 2**1000),
        (ast.Mult, 10**39, ONES), (ast.Add, COLUMN, ROW), (ast.MatMult, COLUMN, ROW), (ast.Add, "a", 1),
    ],
)  # fmt: skip
def test_an_operation_does_not_grow_without_end(op, left, right):
    assert constants.operate(op, left, right) is MISSING


@pytest.mark.parametrize(
    ("op", "left", "right", "found"),
    [
        (ast.Add, "a", "b", "ab"), (ast.Mult, "ab", 2, "abab"), (ast.Eq, "a", "a", True), (ast.Lt, "a", "b", True),
        (ast.Mult, 10**39, 10**39, 10**78), (ast.Add, 10**200, 1, 10**200 + 1), (ast.Pow, 2, 8, 256),
        (ast.Mult, 3, np.float64(2), 6.0), (ast.LShift, 1, 4, 16),
    ],
)  # fmt: skip
def test_a_small_operation_is_computed(op, left, right, found):
    assert constants.operate(op, left, right) == found
