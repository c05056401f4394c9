"""Statements of awkward parts: judging them neither raises nor takes long, and lists grow only so far."""

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from speed import within

from commons.data_pymc import DATASETS
from refinestat.refinegen.predicates import judge_source
from refinestat.refinegen.predicates.folding import FOLDED
from refinestat.refinegen.predicates.vocabulary import words
from refinestat.refinegen.prompts import head

DATASET = DATASETS["eight_schools"]
HEAD = head(DATASET).rstrip("\n") + "\n"
SECONDS = 1.0


def refusal(*lines):
    """What is said of the first statement that is refused; empty where none is."""
    block = "".join(f"    {line}\n" for line in lines)
    text = HEAD + block
    began = time.process_time()
    found = [verdict.why for verdict in judge_source(text, DATASET) if not verdict.ok]
    judge_source(text, None, {"y": [1.0, 2.0], "sigma": [1.0, 2.0], "J": 2}, "y")
    assert within(time.process_time() - began, SECONDS)
    return next((why for why in found if not why.startswith("the program ends")), "")


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ('pm.Normal("q", 0, 1, dims=sigma)', "dims must be the name of a dimension"),
        ('pm.Data("n", 1.0, sigma)', "dims must be the name of a dimension"),
        ('pm.Data("n", 1.0, "a", dims="a")', "dims is given twice"),
        ('pm.Data("n", 1.0, dims="n")', "must not have the same name"),
        ('pm.Deterministic("n", pm.math.exp(J), model, model=model)', "model is given twice"),
        ('z = {"a": 1}[sigma]', ""),
        ("z = pow(range(2), range(3))", "shapes (2,) and (3,) do not fit"),
        ("z = pow(np.ones(2), np.ones(2))", ""),
        ("z = sum([np.ones(2), np.ones(3)])", "shapes (2,) and (3,) do not fit"),
        ("z = sum([np.ones(2), np.ones(2)])", ""),
        ("z = int(1e308)[range(0)]", "too many indices"),
        ("z = np.ones((1, 20000))[np.zeros(20000).astype(int)]", ""),
    ],
)
def test_no_argument_of_an_odd_kind_raises(statement, words):
    found = refusal(statement)
    assert words in found if words else not found


LONG = ["z = [0, 1]", "for i in range(13): z = [*z, *z]"]
NESTED = ["z = [1.0]", *["for i in range(64): z = [z]"] * 6]


@pytest.mark.parametrize(
    "use",
    [
        "w = sum(z)", "w = np.sum(z)", "w = -z", "w = z + 1.5", "w = [*z, *z]", "w = zip(z, z)", "w = list(z)",
        "w = z[1:]", "w = np.array(z)", "w = max(z)", "z.append(1)", "w = len(z)", "a, *b = z", "w = z == z",
        'w = pm.Normal(f"n{i}", z, 1, initval=z)', 'w = {"a": z, "b": z}', "w = [*[*z, *z], *[*z, *z]]",
    ],
)  # fmt: skip
@pytest.mark.parametrize("made", [LONG, NESTED], ids=["long", "nested"])
def test_lists_that_grow_are_followed_only_so_far(made, use):
    refusal(*made, f"for i in range(64): {use}")


def test_lists_of_usual_length_are_still_known():
    assert "index 99 is out of range for a length of 8" in refusal("z = [*[99], 1]", "w = sigma[z[0]]")
    assert "sigma must be > 0" in refusal(
        "z = [1, 2]", "for i in range(6): z = [*z, *z]", 'q = pm.Normal("q", 0, -sum(z))'
    )


@pytest.mark.parametrize(
    "lines",
    [
        ('z = "a" * 900', "for i in range(30): z = z + z", 'w = f"{z}{z}"'),
        ("z = 1", *["for i in range(64): z = z + z"] * 40, 'w = f"{z}"', "w = float(z)", "w = np.array([z])"),
        ("z = int(1e308)", "w = [round(z), abs(z), z / 3, z * 1.5, z + z, range(z), np.exp(z)]"),
        ('z = "%0999999999d"', "w = z % 5"),
        ('z = "ab" * -(10**39)',),
        ("z = np.int64(10**9)", 'w = "a" * z'),
    ],
)
def test_texts_and_whole_numbers_grow_only_so_far(lines):
    refusal(*lines)


ATOMS = """
0|1|-1|1.5|True|None|"a"|"ab" * 3|[]|[1, 2]|()|(1, "a")|{}|{"a": 1}|np.inf|np.nan|np.ones(3)|np.zeros((2, 3))
np.ones(0)|np.ones((0, 3))|sigma|J|y|y.max()|len(y)|range(3)|range(0)|...|np.array(["a", "b"])
np.array([True, False])|1e308|10**39|int(1e308)|q|q[0]|np|pm.Normal|pm.Normal.dist(0, 1)|model|data|slice(1, 2)
{1, 2}|f"{J}"|np.float64(3)|np.int64(3)|np.array(5)|np.array([[1, 2], [3]])|"a" < "b"|np.array([1e308, -1e308])
np.array([2**62, 1])|enumerate([1])|[q, q]|[*range(60)]|np.ones((8000, 1))|np.ones((1, 8000))|10**12|np.eye(3)
zip([1], [2])|{"a": q, "b": [1]}|"%99999999d"
"""
ARITHMETIC = ["+", "-", "*", "/", "**", "@"]
OPERATORS = [*ARITHMETIC, *sorted(words("// % << >> & | ^ < <= == != is in and or"))]
CALLED = [
    *(f"np.{name}" for name in sorted(FOLDED)),
    *sorted(words("abs len sum min max round float int bool list tuple set dict enumerate zip range pow slice str")),
    *(f"pm.math.{name}" for name in ("exp", "dot", "stack", "sum", "clip", "switch", "maximum", "logsumexp", "round")),
]
AFTER = """
.shape .T .sum() .mean() .std() .copy() .tolist() .ravel() .reshape(-1) .astype(int) .astype("int8") .cumsum() .sort()
.take(0) .get("a") .keys() .values() .items() .append(1) .upper() .split() .clip(0,1) .round() .repeat(2) .item() .size
[0] [-1] [::2] [None] [...] [1:] [0,1] [[0,1]] ["a"] .join(["a"]) .insert(0,1) .extend([1]) .pop() .values .real
"""
MADE = sorted(
    words("""
Normal HalfNormal Gamma Beta Binomial Uniform MvNormal Dirichlet Categorical Truncated Mixture NormalMixture Data
LKJCholeskyCov GaussianRandomWalk Interpolated Deterministic DiscreteUniform BetaBinomial Multinomial OrderedLogistic
""")
)
KEYWORDS = ["axis", "shape", "k", "n", "num", "repeats", "reps", "q", "keepdims", "decimals", "fill_value", "M"]


def _grown(inner):
    pair = st.tuples(inner, inner)
    return st.one_of(
        st.tuples(inner, st.sampled_from(OPERATORS), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(st.sampled_from(CALLED), st.lists(inner, max_size=3)).map(lambda t: f"{t[0]}({', '.join(t[1])})"),
        st.tuples(st.sampled_from(CALLED), inner, st.sampled_from(KEYWORDS), inner).map(
            lambda t: f"{t[0]}({t[1]}, {t[2]}={t[3]})"
        ),
        st.tuples(inner, st.sampled_from(sorted(words(AFTER)))).map(lambda t: f"({t[0]}){t[1]}"),
        pair.map(lambda t: f"({t[0]})[{t[1]}]"),
        pair.map(lambda t: f"[{t[0]} for v in {t[1]}]"),
        pair.map(lambda t: f"[*{t[0]}, {t[1]}]"),
        st.tuples(inner, inner, inner).map(lambda t: f"({t[0]} if {t[1]} else {t[2]})"),
        inner.map(lambda e: f"(-{e})"),
    )


PARTS = st.recursive(st.sampled_from(ATOMS.strip().replace("\n", "|").split("|")), _grown, max_leaves=5)
STATEMENTS = st.one_of(
    PARTS.map(lambda e: f"z = {e}"),
    st.tuples(PARTS, PARTS).map(lambda t: f"for a in {t[0]}: z = {t[1]}"),
    PARTS.map(lambda e: f"a, *b = {e}"),
    st.tuples(PARTS, st.sampled_from(ARITHMETIC), PARTS).map(lambda t: f"q {t[1]}= {t[2]}"),
    st.tuples(st.sampled_from(MADE), st.lists(PARTS, max_size=3), st.sampled_from(["shape", "dims", "observed"]), PARTS)
    .map(lambda t: f'pm.{t[0]}({", ".join(["chr(110)", *t[1]])}, {t[2]}={t[3]})'.replace("chr(110)", '"n"')),
)  # fmt: skip


@given(STATEMENTS, STATEMENTS)
@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow])
def test_any_statements_of_awkward_parts(one, other):
    refusal('q = pm.Normal("q", 0, 1, shape=3)', one, other)
