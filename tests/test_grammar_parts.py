"""Building a store part by part: on several cores, after a stop, over a damaged part; always the same masks."""

import numpy as np
import pytest
from test_grammar_tokenizers import byte_level

from refinestat.refinegen import grammar_parts
from refinestat.refinegen.grammar_masks import Builder
from refinestat.refinegen.grammar_parts import build_masks
from refinestat.refinegen.grammar_syncode import load_language
from refinestat.refinegen.grammar_vocabulary import read_vocabulary

PIECES = read_vocabulary(byte_level(300)).pieces


class Stopped(Exception):
    pass


def same(one, other) -> bool:
    return np.array_equal(one.rows, other.rows) and np.array_equal(one.packed, other.packed)


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    folder = tmp_path_factory.mktemp("alone") / "parts"
    masks = build_masks(load_language(), PIECES, folder, lambda states: None)
    assert not folder.exists()  # a small vocabulary needs no parts
    return masks


def test_workers_build_the_same_and_leave_no_parts(alone, tmp_path):
    done = []
    masks = build_masks(load_language(), PIECES, tmp_path / "parts", done.append, workers=2)
    assert same(masks, alone)
    assert sum(done) == load_language().automata.dead
    assert not (tmp_path / "parts").exists()


def test_a_build_that_was_stopped_goes_on(alone, tmp_path, monkeypatch):
    done = []

    def stop(states: int) -> None:
        done.append(states)
        if sum(done) > 100:
            raise Stopped

    with pytest.raises(Stopped):
        build_masks(load_language(), PIECES, tmp_path / "parts", stop, workers=1)
    kept = sorted((tmp_path / "parts").glob("*.npz"))
    assert len(kept) > 3
    kept[0].write_bytes(kept[0].read_bytes()[:-50])
    kept[1].write_bytes(b"")
    made = []
    masks_of = Builder.masks
    monkeypatch.setattr(Builder, "masks", lambda self, part: made.append(part) or masks_of(self, part))
    masks = build_masks(load_language(), PIECES, tmp_path / "parts", lambda states: None, workers=1)
    assert same(masks, alone)
    assert len(made) == len(grammar_parts._parts(load_language().automata.dead)) - len(kept) + 2
