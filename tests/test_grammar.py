"""The mask: what may follow a partial program, what may not, and at what cost."""

import dataclasses
import random
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from test_grammar_tokenizers import PROMPT, byte_level, programs

from refinestat.refinegen.grammar import GrammarError, GrammarMask, build_store
from refinestat.refinegen.grammar_vocabulary import read_vocabulary

ROOT = Path(__file__).resolve().parents[1]
PIECES = {piece: number for number, piece in enumerate(read_vocabulary(byte_level()).pieces) if piece}
LONGEST = max(map(len, PIECES))


@pytest.fixture(scope="module")
def mask(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stores")
    build_store(byte_level(), folder=folder, progress=False)
    return GrammarMask(byte_level(), folder=folder)


def decoded(start: bytes) -> str:
    return start.decode("utf-8", errors="replace")


def masked(mask: GrammarMask, prompt: str, body: str) -> list[tuple[str, bytes]]:
    """Every way to go on with a token at any place of the program that is not allowed."""
    mask.start(prompt)
    data, wrong = body.encode(), []
    for i in range(len(data)):
        allowed = mask.allowed(decoded(data[:i]))
        ahead = (data[i : i + size] for size in range(1, LONGEST + 1) if i + size <= len(data))
        wrong += [(decoded(data[:i])[-30:], piece) for piece in ahead if piece in PIECES and not allowed[PIECES[piece]]]
    return wrong


def allows(mask: GrammarMask, text: str, token: str) -> bool:
    mask.start(PROMPT)
    return bool(mask.allowed(text)[PIECES[token.encode()]])


def may_end(mask: GrammarMask, text: str) -> bool:
    mask.start(PROMPT)
    return bool(mask.allowed(text)[byte_level().eos_token_id])


@pytest.mark.slow
def test_no_token_that_spells_a_correct_program_is_masked_however_it_is_split(mask):
    wrong = {name: found for name, body in programs().items() if (found := masked(mask, PROMPT, body))}
    assert not wrong


VALID = {
    "prefixed strings": """    a = f"b_{i}" + r'\\d' + Rb"x" + u"é" "and" f'more'\n""",
    "escapes": """    a = "say \\"hi\\"" + 'it\\'s' + "\\\\"\n""",
    "a hash in a string": '    a = "a#1"\n',
    "an empty string, then a long one": '    a = "" + """b "" c" """\n',
    "a doc string over two lines": '    """First\n    second."""\n    a = 1\n',
    "numbers": "    a = 1e-3 + 1.5E+10 - .5e2 * 1_000 / 0x1F + 1_0.0_1e1_0 + 0b10 + 2j + 1. + 02.5\n",
    "letters beyond ASCII": "    μ = pm.Normal('μ', 0, 1)  # μ is 平均\n",
    "line breaks in brackets": "    a = pm.Normal(\n        'a'\n        ,\n\n        0, [1,\n    2\n], sigma=(\n1))\n",
    "comments in brackets": "    a = pm.Normal(  # why\n    # this\n        'a',  # name\n        0, 1  # z\n    )\n",
    "a break after a backslash": "    a = 1 + \\\n        2\n",
    "comments less indented than their block": "    a = 1\n  # odd\n# none\n    b = 2\n",
    "blank lines": "\n\n    a = 1\n\n  \n    \n    b = 2\n\n",
    "a comment first": "    # first\n\n    a = 1\n",
    "blocks": "    for i in range(3):\n        if i:\n            a = 1\n        else:\n            a = 2\n    b = 1\n",
    "one line blocks": "    if J > 3: a = 1; b = 2\n    else: a = 2\n",
    "an ellipsis": "    a = y[..., 0]\n",
    "operators": "    a = -y ** 2 // 3 @ x <= 4 != ~5 << 6 and not z is not None or w not in v if u else t\n",
    "spaces": "    a   =  pm . Normal ( 'a' , 0 , sigma = 1 )   \n",
    "carriage returns": "    a = (1,\r\n  2)\r\n    b = 2\r\n",
    "tabs": "    a\t=\t1\n",
    "keyword arguments": "    a = f(*args, b=1, **kw)\n    c = lambda v, w=2: v\n",
}


@pytest.mark.parametrize("body", VALID.values(), ids=VALID.keys())
def test_valid_python_is_never_masked(mask, body):
    assert not masked(mask, PROMPT, body)


@pytest.mark.parametrize(
    ("text", "token"),
    [
        ("", "a"),  # a block must be indented
        ("    ", ")"),
        ("    ", "="),
        ("    a", '"'),
        ("    a = ", "#"),
        ("    a = ", "\n"),
        ("    a = (1, b", ":"),
        ('    a = "b', "\n"),
        ("    for", "="),  # is no name
        ("    a = f()", "init"),  # nor is it `in it`
        ("    a = 1", "a"),
        ("    a = 1\n  ", "a"),
        ("    a = 1\n        ", "a"),
        ("    if J:\n    ", "a"),
    ],
)
def test_what_cannot_follow_is_masked(mask, text, token):
    assert not allows(mask, text, token)


@pytest.mark.parametrize("text", ["", "    ", "    a = f(", "    a = 1", '    a = "', "    # "])
def test_special_tokens_are_always_masked(mask, text):
    mask.start(PROMPT)
    allowed = mask.allowed(text)
    assert not allowed[[i for i in byte_level().all_special_ids if i != byte_level().eos_token_id]].any()


@pytest.mark.parametrize(
    "text",
    [
        "    a = 1",
        "    a = 1\n",
        "    a = 1\n    ",
        "    a = 1  # one",
        "    a = 1\n    # one",
        "    a = f(\n)\n    ",
        "    if J:\n        a = 1",
        "    a = 1\nb = 2",
    ],
)
def test_a_whole_program_may_end_with_or_without_a_last_newline(mask, text):
    assert may_end(mask, text)


@pytest.mark.parametrize(
    "text", ["", "    ", "    a =", "    a = f(1", '    a = "b', "    if J:", "    if J:\n    ", "    a.", "    # b"]
)
def test_an_unfinished_program_may_not_end(mask, text):
    assert not may_end(mask, text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("    a = )", "nothing can follow"),
        ("    a = ) + 1", r"line 10, column 9: '\)' cannot come here"),
        ("    a b c", "line 10, column 7: 'b' cannot come here"),
        ("    a = $", "nothing can follow"),
        ("..", "a line is indented by 0"),
        ("    a = # b", "nothing can follow"),
        ("    a = 1\n  b", "a line is indented by 2"),
        ("a = 1", "a line is indented by 0"),
    ],
)
def test_a_text_that_is_no_program_is_an_error_never_unconstrained(mask, text, why):
    mask.start(PROMPT)
    with pytest.raises(GrammarError, match=why):
        mask.allowed(text)


def test_a_prompt_that_is_no_python_is_an_error(mask):
    with pytest.raises(GrammarError, match="line 1, column 7: 'are' cannot come here"):
        mask.start("These are words.\n")


def test_a_mask_depends_on_the_text_only_not_on_what_was_asked_before(mask):
    body = programs()["lkj_cholesky"]
    mask.start(PROMPT)
    forward = [mask.allowed(body[:i]).tobytes() for i in range(len(body))]
    places = list(range(len(body)))
    random.Random(0).shuffle(places)
    for i in places:
        if i % 3 == 0:
            with suppress(GrammarError):
                mask.allowed(body[:i] + "'$")
        assert mask.allowed(body[:i]).tobytes() == forward[i], body[:i][-30:]


def test_forks_are_written_at_the_same_time(mask):
    bodies = [programs()[name] for name in ("lkj_cholesky", "zip", "es_nc")]
    alone = [[] for _ in bodies]
    for body, rows in zip(bodies, alone, strict=True):
        mask.start(PROMPT)
        rows += [mask.allowed(body[:i]).tobytes() for i in range(100)]
    forks = [mask.fork() for _ in bodies]
    for fork in forks:
        fork.start(PROMPT)
    for i in range(100):
        for fork, body, rows in zip(forks, bodies, alone, strict=True):
            assert fork.allowed(body[:i]).tobytes() == rows[i]


def test_a_character_begun_must_be_finished(mask):
    mask.start(PROMPT)
    text = "    a = '"
    first, last = "µ".encode()[:1], "µ".encode()[1:]
    assert allows(mask, text, "a")
    mask.start(PROMPT)
    assert mask.allowed(text)[PIECES[first]]
    assert not mask.allowed(text)[PIECES[last]]
    begun = mask.allowed(text + decoded(first))
    assert begun[PIECES[last]]
    assert not begun[[PIECES[b"a"], PIECES[b"'"], byte_level().eos_token_id]].any()
    assert mask.allowed(text + "µ")[PIECES[b"'"]]


def test_the_cost_of_a_token_does_not_grow_with_the_program(mask, monkeypatch):
    """Counted, not timed: how much text is cut into tokens again for one more character."""
    line = '    beta = pm.Normal("beta", 0, 1)  # slope\n'
    calls = []
    language = mask._language
    counting = dataclasses.replace(language, match=lambda text, at: calls.append(at) or language.match(text, at))
    monkeypatch.setattr(mask._parser, "_language", counting)
    mask.start(PROMPT)
    body, costs = line * 40, []
    for i in range(len(body)):
        calls.clear()
        mask.allowed(body[:i])
        costs.append(len(calls))
    first, last = costs[len(line) : 10 * len(line)], costs[-10 * len(line) :]
    assert max(last) <= max(first) <= 45


def test_loading_starts_neither_torch_nor_the_rest_of_syncode():
    code = (
        "import logging, sys\n"
        "before = list(logging.getLogger().handlers), logging.getLogger().level\n"
        "from refinestat.refinegen import grammar, grammar_syncode\n"
        "assert 'syncode' not in sys.modules\n"
        "grammar_syncode.load_language()\n"
        "assert before == (logging.getLogger().handlers, logging.getLogger().level)\n"
        "print(sorted({'torch', 'transformers', 'datasets', 'fire'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
