"""The mask and the language: no valid Python is masked however it is cut into tokens; what cannot follow is."""

import pytest
from test_grammar_tokenizers import PROMPT, byte_level, programs

from refinestat.refinegen.grammar import GrammarMask, build_store
from refinestat.refinegen.grammar_brackets import NEVER, closed
from refinestat.refinegen.grammar_vocabulary import read_vocabulary

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
        ("    a = f(1", "))\n    "),
        ("    a = [f(1", "], "),
        ("    a = f('b'", "]"),
        ('    a = f("b', '"]'),
        ('    a = f(b"b', '"], '),
        ("    a = 1\n  ", "a"),
        ("    a = 1\n        ", "a"),
        ("    if J:\n    ", "a"),
    ],
)
def test_what_cannot_follow_is_masked(mask, text, token):
    assert not allows(mask, text, token)


@pytest.mark.parametrize(
    ("piece", "quote", "brackets"),
    [
        (b"))\n    ", b"", b"))"),
        (b"(1)], [(", b"", b"]"),
        (b"(]", b"", NEVER),
        (b'), "])', b"", b")"),
        (b"),  # ]", b"", b")"),
        (b'a)"]', b'"', b"]"),
        (b"a)\\'])'}", b"'", b"}"),
        (b"a)]", b'"', b""),
    ],
)
def test_a_token_closes_what_is_before_it(piece, quote, brackets):
    assert closed(piece, quote) == brackets


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
