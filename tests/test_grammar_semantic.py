"""The semantic grammar: correct programs can be written token by token, and what breaks a rule cannot."""

import ast
import json
import runpy
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import integers, sampled_from
from test_grammar_tokenizers import CORPUS, byte_level, sentencepiece, unigram

from commons.data_pymc import DATASETS
from refinestat.refinegen import predicates
from refinestat.refinegen.grammar import GrammarError
from refinestat.refinegen.grammar_semantic import SemanticMask
from refinestat.refinegen.grammar_vocabulary import read_vocabulary
from refinestat.refinegen.language_model import load_tokenizer
from refinestat.refinegen.predicates.gate import Parsed
from refinestat.refinegen.predicates.judgement import judge_parsed
from refinestat.refinegen.predicates.statements import read
from refinestat.refinegen.predicates.symbols import LIBRARIES, Kind, Symbols, Value, concrete, module
from refinestat.refinegen.program import Statement, first_statement, leaves_block, statements

# Correct programs that the dialect leaves out: blocks, functions, doc strings, ** and comprehensions.
OUTSIDE = {
    "customdist_dist",
    "docstring_comments_unicode",
    "if_else_static",
    "nested_priors_keyword_star",
    "nested_submodel_prefix",
    "spline_basis_numpy",
}
# Those of the workload whose variables bear another name in the model than in Python.
OTHER_NAMES = {"dg_bugs", "dg_good", "gp_good", "glm_good", "glm_unif"}


@cache
def masks(made, same_name=True) -> SemanticMask:
    return SemanticMask(made(), same_name=same_name)


@cache
def embedded():
    return load_tokenizer("refinestat-slm")


def large():
    return byte_level(4000)


@cache
def data(name: str) -> dict:
    """What `data` holds in a program of the workload, by the prefix of its name; in the others, by an empty one."""
    if not name:
        return runpy.run_path(str(CORPUS / "data.py"))["make"]()
    rows = json.loads((CORPUS / "workload" / "data.json").read_text())[name]
    return {key: np.array(row) if isinstance(row, list) else row for key, row in rows.items()}


def opened(path: Path) -> tuple[Symbols, str]:
    """Pi behind the line that opens the model block, and the block."""
    known = path.stem.split("_")[0] if path.parent.name == "workload" else ""
    source = path.read_text()
    cut = source.index("\n", source.index("with pm.Model(")) + 1
    *head, block = ast.parse(source[:cut] + "    pass\n").body
    libraries = {**LIBRARIES, "pt": module("pt")}
    symbols = Symbols(values={**libraries, "data": concrete(data(known)), "model": Value(kind=Kind.MODEL)})
    for node in head:
        symbols = read(Parsed(nodes=(node,), offset=0), symbols).symbols
    block.body = []
    body = source[cut:]
    return judge_parsed(Parsed(nodes=(block,), offset=0), symbols)[1], body if body.endswith("\n") else body + "\n"


def masked(mask: SemanticMask, tokenizer, path: Path) -> str:
    """The text at which the next token of this program is masked; empty where none is."""
    symbols, body = opened(path)
    pieces = read_vocabulary(tokenizer).pieces
    mask = mask.fork()
    mask.start("")
    mask.statement(0, symbols)
    waiting, start, raw = statements(body, 1), 0, b""
    for token in [*tokenizer(body, add_special_tokens=False).input_ids, tokenizer.eos_token_id]:
        text = raw.decode("utf-8", "replace")
        while waiting and len(text) >= start + len(waiting[0].source):
            statement = waiting.pop(0)
            symbols = predicates.judge(statement, symbols).symbols
            start += len(statement.source)
            mask.statement(start, symbols)
        try:
            allowed = mask.allowed(text)
        except GrammarError as error:
            return str(error)
        if not allowed[token]:
            return text[start:] + "|" + tokenizer.decode([token])
        raw += pieces[token]
    return ""


PROGRAMS = [path for folder in ("valid", "workload") for path in sorted((CORPUS / folder).glob("*.py"))]


SLOW = [pytest.param(made, marks=pytest.mark.slow) for made in (embedded, large, sentencepiece, unigram)]


@pytest.mark.parametrize("made", [byte_level, *SLOW])
def test_no_next_token_of_a_correct_program_is_masked(made):
    covered = [path for path in PROGRAMS if path.stem not in OUTSIDE]
    assert len([path for path in covered if path.parent.name == "valid"]) >= 0.8 * 47
    assert {path.name: why for path in covered if (why := masked(masks(made, False), made(), path))} == {}


def test_only_a_program_that_names_a_variable_otherwise_needs_the_wider_dialect():
    workload = [path for path in PROGRAMS if path.parent.name == "workload"]
    assert {path.stem for path in workload if masked(masks(byte_level), byte_level(), path)} == OTHER_NAMES


SCHOOLS = """    mu = pm.Normal("mu", 0, 5)
    tau = pm.HalfNormal("tau", 5)
    eta = pm.Normal("eta", 0, 1, shape=J)
"""
LIKELIHOOD = '    pm.Normal("y_obs", mu, sigma, observed=y)\n'


class Pen:
    """Writes a program for a data set byte by byte; a statement that the predicates refuse is an error."""

    def __init__(self, before: str = "", dataset: str = "eight_schools") -> None:
        self.mask = masks(byte_level).fork()
        self.symbols = predicates.start(DATASETS[dataset])
        vocabulary = byte_level().get_vocab()
        self.tokens = {byte: vocabulary[word] for byte, word in _alphabet(vocabulary)}
        for statement in statements(before, 1):
            judgement = predicates.judge(statement, self.symbols)
            assert judgement.ok, judgement.refusal
            self.symbols = judgement.symbols
        self.before = before
        self.mask.start("")
        self.mask.statement(len(before), self.symbols)

    def writes(self, statement: str) -> str:
        """How much of the statement the mask lets through."""
        for i, byte in enumerate(statement.encode()):
            allowed = self.mask.allowed(self.before + statement[:i])
            if not allowed[self.tokens[byte]]:
                return statement[:i]
        return statement

    def may_end(self, statement: str) -> bool:
        assert self.writes(statement) == statement
        return bool(self.mask.allowed(self.before + statement)[byte_level().eos_token_id])


def _alphabet(vocabulary):
    from refinestat.refinegen.grammar_vocabulary import _byte_level_table

    return [(byte, word) for word, byte in _byte_level_table().items() if word in vocabulary]


@pytest.mark.parametrize(
    "statement",
    [
        '    theta = pm.Normal("theta", mu, tau, shape=J)\n',
        "    theta = pm.Normal('theta', mu=mu, tau=1 / tau**2)\n",
        '    theta = pm.Deterministic("theta", mu + tau * eta)\n',
        "    # what the schools share\n\n    a = mu + eta[0] - eta[-1:]  # the first and the last\n",
        '    a = pm.Gamma(\n        "a",  # its name\n        alpha=2,\n        # a rate\n        beta=0.1,\n    )\n',
        "    scale = pm.math.sqrt(tau**2 + sigma ** 2)\n",
        "    z = (sigma - sigma.mean()) / np.std(sigma)\n",
        "    half = len(y) / 2 + y.shape[0] * y.mean()\n",
        "    mu += eta * tau\n",
        "    weights = np.array([[1, 0.5], [1e-3, J]])\n",
        '    pm.StudentT("y_obs", nu=pm.Exponential("nu", 1 / 30), mu=mu, sigma=sigma, observed=data["y"])\n',
        '    y_obs = pm.Normal("y_obs", observed=y, mu=mu, sigma=sigma)\n',
        '    m = pm.Mixture("m", w=[0.5, 0.5], comp_dists=[pm.Normal.dist(0, 1), pm.Cauchy.dist(alpha=0, beta=1)])\n',
        '    chol, corr, sds = pm.LKJCholeskyCov("chol", eta=2, n=3, sd_dist=pm.Exponential.dist(1.0))\n',
        '    b = pm.Beta("b", mu=0.5, nu=2)\n',
        '    w = pm.GaussianRandomWalk("w", 0, 1, steps=7, init_dist=pm.Normal.dist(0, 1))\n',
        "    group = np.arange(J) % 2\n",
        '    mu = mu + pm.Normal("shift", 0, 1)\n',
    ],
)
def test_statements_as_people_write_them(statement):
    assert Pen(SCHOOLS).writes(statement) == statement


@pytest.mark.parametrize(
    ("written", "rest"),
    [
        ("    a = pm.", 'Norm2("a")'),
        ("    a = pm.math.ex", "q(1)"),
        ("    a = pm.", "sample()"),
        ("    a = np.", "load(1)"),
        ("    a = ", "pt.exp(1)"),
        ('    a = pm.Normal("a", ', "sd=1)"),
        ('    a = pm.Normal("a", mu=0, ', "mu=1)"),
        ('    a = pm.Normal("a", 0, ', "mu=1)"),
        ('    a = pm.Normal("a", 0, 1', ", 2)"),
        ('    a = pm.Normal("a", sigma=1, ', "2)"),
        ('    a = pm.Normal("a", sigma=1, t', "au=1)"),
        ('    a = pm.Gamma("a", alpha=1', ")"),
        ('    a = pm.Gamma("a", alpha=1', ",)"),
        ('    a = pm.Binomial("a", p=0.5', ")"),
        ('    a = pm.Binomial("a", 3', ")"),
        ('    a = pm.NegativeBinomial("a", mu=1, ', "p=0.5)"),
        ('    a = pm.GaussianRandomWalk("a", 0, 1', ")"),
        ('    a = pm.Mixture("a", w=1, comp_dists=', "[1, 2])"),
        ('    a = pm.Normal("a', 'b", 0, 1)'),
        ('    a = pm.Normal("', 'b", 0, 1)'),
        ('    pm.Normal("mu', '", 0, 1)'),
        ('    pm.Normal("', '", 0, 1)'),
        ("    mu = pm.", 'Normal("mu", 0, 1)'),
        ("    a = mu + ", "nu"),
        ("    a = mu + et", "o"),
        ("    a = ", "a + 1"),
        ('    a = data["', 'z"]'),
        ("    sigma", " = 1"),
        ("    y", " = 1"),
        ("    J", " = 1"),
        ("    pm", " = 1"),
        ("    for", " i in range(3):"),
        ("    len", " = 1"),
        ("    sigma", " += 1"),
        ("    a = ", "y\n"),
        ('    a = pm.Normal("a", ', "y)"),
        ('    a = pm.Normal("a", mu=1, observed=', "mu)"),
        ('    a = pm.Normal("a", mu=1, observed=y, ', "observed=y)"),
        ('    a = pm.Normal("a", mu=1, observed=y', "[1:])"),
        ("    a = mu", ")"),
        ("    a = (mu", "\n    b = 1"),
        ("    a = 0", "1"),
        ("    a = mu", " b"),
        ("    a = mu", "[0]"),
        ("    a = eta", "[0.5]"),
        ("    a = eta[", "mu]"),
        ("    a = J", "(1)"),
        ("    a = 1", "\n   b = 2"),
        ('    a = pm.Normal("a", 0, pm.HalfNormal("', 'a", 1))'),
        ('    a = pm.Normal("a", pm.Normal("b", 0, 1), pm.HalfNormal("b', '", 1))'),
        ('    a = pm.Normal("a", ', 'dims="school")'),
        ("    pm.", 'Potential("p", mu)'),
        ("    pm.", 'CustomDist("p", mu)'),
        ("    a = np.", "random.normal()"),
    ],
)
def test_what_breaks_a_rule_is_masked(written, rest):
    pen = Pen(SCHOOLS)
    assert pen.writes(written) == written
    assert pen.writes(written + rest) != written + rest


def test_the_outcome_is_observed_once():
    again = '    pm.Normal("again", mu, 1, observed=y)\n'
    assert Pen(SCHOOLS).writes(again) == again
    assert Pen(SCHOOLS + LIKELIHOOD).writes(again) != again


@pytest.mark.parametrize(
    ("before", "statement", "ends"),
    [
        ("", "", False),
        (SCHOOLS, "", False),
        (SCHOOLS, "    a = mu", False),
        (SCHOOLS, LIKELIHOOD[:-1], True),
        (SCHOOLS, LIKELIHOOD, True),
        ("", LIKELIHOOD.replace("mu", "0"), False),
        ("", LIKELIHOOD.replace("mu", 'pm.Normal("mu", 0, 1)'), True),
        (SCHOOLS + LIKELIHOOD, "", True),
        (SCHOOLS + LIKELIHOOD, "    ", True),
        (SCHOOLS + LIKELIHOOD, "    a = mu", True),
        (SCHOOLS + LIKELIHOOD, "    a = mu +", False),
    ],
)
def test_a_program_ends_only_after_the_outcome_is_observed(before, statement, ends):
    assert Pen(before).may_end(statement) is ends


def test_a_dedent_ends_a_program_as_the_end_does():
    assert Pen(SCHOOLS + LIKELIHOOD).writes("\nwith model:") == "\nwith model:"
    assert Pen(SCHOOLS).writes("\nwith model:") == "\n"


def test_other_names_need_no_other_grammars():
    first, second = Pen(SCHOOLS), Pen(SCHOOLS.replace("mu", "centre").replace("tau", "spread").replace("eta", "raw"))
    text = '    theta = pm.Normal("theta", mu=mu, sigma=tau, shape=J)\n'
    assert first.writes(text) == text
    compiled = second.mask.seconds_compiling
    text = text.replace("theta", "effect").replace("=mu", "=centre").replace("tau", "spread")
    assert second.writes(text) == text
    assert second.mask.seconds_compiling == compiled


def test_going_back_in_a_statement_gives_the_same_masks():
    pen = Pen(SCHOOLS)
    text = '    theta = pm.Normal("theta", mu=mu, sigma=tau, shape=J)\n'
    once = [pen.mask.allowed(SCHOOLS + text[:i]) for i in range(len(text))]
    back = [pen.mask.allowed(SCHOOLS + text[:i]) for i in reversed(range(len(text)))]
    assert all((a == b).all() for a, b in zip(once, reversed(back), strict=True))


def test_programs_written_side_by_side_do_not_disturb_each_other():
    one, other = Pen(SCHOOLS), Pen("")
    other.mask = one.mask.fork()
    other.mask.statement(0, other.symbols)
    statement = "    a = mu + tau\n"
    assert one.writes(statement) == statement
    assert other.writes(statement) == "    a = m"  # of min
    assert one.writes(statement) == statement


def test_a_statement_that_cannot_be_is_an_error_never_unconstrained():
    with pytest.raises(GrammarError, match="cannot go on after"):
        Pen(SCHOOLS).mask.allowed(SCHOOLS + "    a = nu")


def test_without_a_statement_there_is_no_mask():
    mask = masks(byte_level).fork()
    mask.start("")
    with pytest.raises(RuntimeError, match="statement was not called"):
        mask.allowed("")


@pytest.mark.parametrize("text", ["", "    a = mu", '    a = pm.Normal("', "    # "])
def test_special_tokens_are_always_masked(text):
    allowed = Pen(SCHOOLS).mask.allowed(SCHOOLS + text)
    assert not allowed[[i for i in byte_level().all_special_ids if i != byte_level().eos_token_id]].any()


def test_tokens_that_hold_several_things_are_judged_whole():
    """`= pm.Normal("b"`, all in one token, where the name must be `a`."""
    from tokenizers import Tokenizer
    from transformers import PreTrainedTokenizerFast

    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=Tokenizer.from_str(byte_level().backend_tokenizer.to_str()), eos_token="</s>"
    )
    words = [' = pm.Normal("b', ' = pm.Normal("a', " = np.exp(mu)", " = np.exq(", 'mal("a", sd', 'mal("a", mu']
    tokenizer.add_tokens(words)
    mask = SemanticMask(tokenizer)
    pen = Pen(SCHOOLS)
    mask.statement(0, pen.symbols)
    ids = [tokenizer.convert_tokens_to_ids(word) for word in words]
    assert mask.allowed("    a")[ids].tolist() == [False, True, True, False, False, False]
    assert mask.allowed("    a = pm.Nor")[ids].tolist() == [False, False, False, False, False, True]
    mask.statement(0, replace(pen.symbols, declared={**pen.symbols.declared, "a": 1}))
    assert mask.allowed("    a")[ids].tolist() == [False, False, True, False, False, False]


def test_a_name_that_is_no_number_is_offered_where_it_fits():
    before = "    cov = pm.gp.cov.ExpQuad(1, ls=2.0)\n    gp = pm.gp.Latent(cov_func=cov)\n"
    statement = '    f = gp.prior("f", X=sigma[:, None])\n'
    assert Pen(before).writes(statement) == statement
    assert Pen(before).writes('    f = gp.prior("g", X=sigma)\n') == '    f = gp.prior("'


FOUR = {"parse", "distribution", "parameter", "dependency"}


class Walk:
    """A random program: every token that the mask allows may come, those that close something sooner or later."""

    def __init__(self, seed: int, dataset: str) -> None:
        self.stream = np.random.default_rng(seed)
        self.pieces = read_vocabulary(byte_level()).pieces
        closes = [any(c in piece for c in b")]\"'\n") and b"(" not in piece for piece in self.pieces]
        comments = [b"#" in piece or piece.isspace() for piece in self.pieces]
        self.closes, self.comments = np.array(closes), np.array(comments)
        self.mask, self.symbols = masks(byte_level).fork(), predicates.start(DATASETS[dataset])
        self.start, self.text, self.length, self.accepted = 0, "", 0, list[str]()
        self.mask.start("")
        self.mask.statement(0, self.symbols)

    def step(self) -> bool:
        """One token, and what it completes is judged. Returns whether the program has ended."""
        allowed = self.mask.allowed(self.text)  # raises where nothing can follow
        weights = allowed * np.where(self.closes, 1.0 + self.length**2 / 10, 1.0)
        weights[self.comments] *= 0.02
        token = int(self.stream.choice(len(weights), p=weights / weights.sum()))
        self.text, self.length = self.text + self.pieces[token].decode(errors="ignore"), self.length + 1
        ended = token == byte_level().eos_token_id
        length = first_statement(self.text[self.start :], final=ended)
        if length is not None and not leaves_block(self.text[self.start :]):
            self.judge(self.text[self.start : self.start + length])
        if ended:
            assert predicates.finish(self.symbols).ok or self.length
        return ended or leaves_block(self.text[self.start :])

    def judge(self, source: str) -> None:
        whole = source if source.endswith("\n") else source + "\n"
        judgement = predicates.judge(Statement(source=whole, line=1), self.symbols)
        if judgement.ok:
            self.accepted.append(source)
            self.symbols, self.length = judgement.symbols, 0
            self.start += len(source)
            self.mask.statement(self.start, self.symbols)
        else:
            refusal = judgement.refusal
            assert refusal.predicate not in FOUR or "too large" in refusal.why, (source, refusal)
        self.text = self.text[: self.start]  # what a token holds beyond a statement is dropped here


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=integers(0, 2**32), dataset=sampled_from(sorted(DATASETS)))
def test_whatever_the_mask_lets_through_has_names_and_parameters_that_fit(seed, dataset):
    walk = Walk(seed, dataset)
    for _ in range(150):
        if walk.step():
            break
