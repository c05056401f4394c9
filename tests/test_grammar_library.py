"""The mask beside the library's own (SynCode, Python grammar, `grammar_mask` mode), token by token.

The library runs on the same tokenizer: a byte-level one, the kind that it reads correctly."""

import logging
import warnings

import numpy as np
import pytest
from test_grammar_tokenizers import byte_level, programs

from refinestat.refinegen.grammar import GrammarError, GrammarMask, build_store
from refinestat.refinegen.grammar_syncode import without_package_init
from refinestat.refinegen.grammar_vocabulary import read_vocabulary

pytestmark = pytest.mark.slow
TOKENIZER = byte_level(400)
PIECES = read_vocabulary(TOKENIZER).pieces
PROMPT = "with pm.Model() as model:\n"
INCOMPLETE_INPUT = 0x4000 | 0x200  # of the interpreter's own parser: a program may be cut off anywhere


class Library:
    """SynCode as released. `__init__` builds its store, in a cache folder of the test."""

    def __init__(self) -> None:
        with without_package_init():
            from syncode.mask_store.mask_store import MaskStore
            from syncode.parsers import create_parser
            from syncode.parsers.grammars import Grammar

        python = Grammar("python")
        self._store = MaskStore.init_mask_store(python, TOKENIZER, use_cache=False, mode="grammar_mask", indent=True)
        self._parser = create_parser(python, ignore_whitespace=True)

    def allowed(self, text: str) -> np.ndarray:
        result = self._parser.get_acceptable_next_terminals(text)
        result.remainder = result.remainder.encode()
        return self._store.get_accept_mask(result).numpy().copy()


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SYNCODE_CACHE", f"{tmp_path_factory.mktemp('library')}/")
        logging.getLogger("syncode").setLevel(logging.ERROR)
        return Library()


@pytest.fixture(scope="module")
def mask(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stores")
    build_store(TOKENIZER, folder=folder, progress=False)
    return GrammarMask(TOKENIZER, folder=folder)


def begins_a_program(text: str) -> bool:
    """What Python itself says."""
    with warnings.catch_warnings(action="ignore"):
        try:
            compile(text, "program", "exec", INCOMPLETE_INPUT, dont_inherit=True)
        except SyntaxError as error:
            return "incomplete input" in str(error)
    return True


def can_go_on(mask: GrammarMask, text: str) -> bool:
    try:
        mask.allowed(text)
    except GrammarError:
        return False
    return True


@pytest.fixture(scope="module")
def compared(library, mask):
    """At each token of some programs: the text; what only the library allows; what only we do; the share in common."""
    rows = []
    for name in ("es_nc", "sg_pool"):
        body = programs()[name]
        mask.start(PROMPT)
        tokens = TOKENIZER(body, add_special_tokens=False).input_ids
        for i in range(len(tokens) + 1):
            text = b"".join(PIECES[token] for token in tokens[:i]).decode()
            theirs, ours = library.allowed(PROMPT + text), mask.allowed(text).copy()
            unlike = [i for i, piece in enumerate(PIECES) if not piece.isascii() or not piece]  # and special tokens
            theirs[unlike] = ours[unlike] = False
            rows.append((text, theirs & ~ours, ours & ~theirs, np.mean(theirs == ours)))
    return rows


def test_the_library_agrees_on_most_tokens(compared):
    assert len(compared) > 100
    assert np.mean([same for *_, same in compared]) > 0.9


def test_what_only_the_library_allows_leads_nowhere(compared, mask):
    mask.start(PROMPT)
    for text, only_theirs, _, _ in compared:
        for token in np.flatnonzero(only_theirs):
            longer = text + PIECES[token].decode()
            deprecated = text[-1:].isdigit() and longer[len(text)].isalpha()  # `1if`: Python warns, we refuse
            if deprecated or longer.endswith("\f"):
                continue
            assert not can_go_on(mask, longer), longer[-40:]
            assert not begins_a_program(PROMPT + longer), longer[-40:]


def test_what_only_we_allow_can_go_on_but_for_tokens_of_many_terminals(compared, mask):
    mask.start(PROMPT)
    allowed, wrong = 0, []
    for text, _, only_ours, _ in compared:
        for token in np.flatnonzero(only_ours):
            allowed += 1
            if not can_go_on(mask, text + PIECES[token].decode()):
                wrong.append(PIECES[token])
    assert allowed > 200
    assert len(wrong) < 0.1 * allowed
    assert all(sum(not chr(byte).isalnum() for byte in piece) > 1 for piece in wrong), wrong
