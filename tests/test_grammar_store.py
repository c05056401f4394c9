"""The mask store's file: where it is, what it survives, and what is said of a damaged one."""

import json
import os
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import platformdirs
import pytest
from test_grammar_tokenizers import byte_level

from refinestat.refinegen import grammar_store
from refinestat.refinegen.grammar import (
    GrammarMask,
    StoreDamaged,
    StoreMissing,
    build_store,
    build_stores,
    has_store,
    store_folder,
    store_key,
)
from refinestat.refinegen.grammar_parts import build_masks
from refinestat.refinegen.grammar_store import HEADER, load_store
from refinestat.refinegen.grammar_syncode import load_language
from refinestat.refinegen.grammar_vocabulary import read_vocabulary

TOKENIZER = byte_level(300)


@pytest.fixture
def built(tmp_path):
    return build_store(TOKENIZER, folder=tmp_path, progress=False)


def test_a_store_says_what_it_is(built, tmp_path):
    assert built.built
    assert built.path == tmp_path / f"{store_key(TOKENIZER)}.masks"
    assert built.key == store_key(TOKENIZER)
    assert built.size == built.path.stat().st_size
    assert built.seconds > 0
    assert 100 < built.masks < 2000
    assert [path.name for path in tmp_path.iterdir()] == [built.path.name]


def test_a_store_that_is_there_is_not_built_again(built, tmp_path, monkeypatch):
    monkeypatch.setattr(grammar_store, "build_masks", None)
    again = build_store(TOKENIZER, folder=tmp_path)
    assert not again.built
    assert (again.path, again.masks, again.seconds) == (built.path, built.masks, built.seconds)


def test_building_again_writes_the_same_bytes_but_for_the_time(built, tmp_path):
    before = built.path.read_bytes()
    again = build_store(TOKENIZER, folder=tmp_path, progress=False, rebuild=True)
    assert again.built
    assert again.path.read_bytes()[HEADER:] == before[HEADER:]


def test_what_is_loaded_is_what_was_built(built, tmp_path):
    vocabulary = read_vocabulary(TOKENIZER)
    loaded = load_store(vocabulary, load_language(), tmp_path)
    masks = build_masks(load_language(), vocabulary.pieces, tmp_path / "parts", lambda states: None)
    assert np.array_equal(loaded.rows, masks.rows)
    assert np.array_equal(loaded.packed, masks.packed)
    assert isinstance(loaded.packed, np.memmap)


@pytest.mark.parametrize("seed", ["1", "2"])
def test_another_process_numbers_the_states_alike(seed):
    code = "from refinestat.refinegen.grammar_syncode import load_language; print(load_language().digest)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[1],
        env=os.environ | {"PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == load_language().digest


def test_distinct_masks_are_stored_once(built, tmp_path):
    packed = load_store(read_vocabulary(TOKENIZER), load_language(), tmp_path).packed
    assert len(np.unique(packed, axis=0)) == len(packed)


def test_a_missing_store_is_named(tmp_path):
    assert not has_store(TOKENIZER, tmp_path)
    with pytest.raises(StoreMissing, match="dfa_constructor"):
        GrammarMask(TOKENIZER, folder=tmp_path)


def header(path: Path) -> dict:
    return json.loads(path.read_bytes()[:HEADER])


def with_header(path: Path, **changes) -> bytes:
    return json.dumps(header(path) | changes).encode().ljust(HEADER) + path.read_bytes()[HEADER:]


DAMAGES = {
    "cut off": (lambda path: path.read_bytes()[:-1], "sha256 is"),
    "longer": (lambda path: path.read_bytes() + b"\0", "sha256 is"),
    "one bit": (
        lambda path: path.read_bytes()[:-9] + bytes([path.read_bytes()[-9] ^ 1]) + path.read_bytes()[-8:],
        "sha256",
    ),
    "empty": (lambda path: b"", "its header is not JSON"),
    "a pickle": (lambda path: pickle.dumps({"masks": []}), "its header is not JSON"),
    "another JSON": (lambda path: b"[]", "does not have the fields"),
    "another shape": (lambda path: with_header(path, rows=[1, 2]), r"do not hold arrays of shapes \[1, 2\]"),
    "another format": (lambda path: with_header(path, format=0), "format is 0, expected"),
    "another tokenizer's": (lambda path: with_header(path, key="0"), "key is '0', expected"),
    "other automata": (lambda path: with_header(path, automata="0"), "automata is '0', expected"),
}


@pytest.mark.parametrize(("damage", "what"), DAMAGES.values(), ids=DAMAGES.keys())
def test_a_damaged_store_is_named_and_can_be_built_again(built, tmp_path, damage, what):
    built.path.write_bytes(damage(built.path))
    for use in (GrammarMask, build_store):
        with pytest.raises(StoreDamaged, match=what) as raised:
            use(TOKENIZER, folder=tmp_path)
        assert raised.value.path == built.path
    build_store(TOKENIZER, folder=tmp_path, progress=False, rebuild=True)
    GrammarMask(TOKENIZER, folder=tmp_path)


def test_a_write_that_fails_leaves_the_old_store_and_nothing_else(built, tmp_path, monkeypatch):
    def full(number: int) -> None:
        raise OSError(28, "No space left on device")

    before = built.path.read_bytes()
    monkeypatch.setattr(grammar_store.os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        build_store(TOKENIZER, folder=tmp_path, progress=False, rebuild=True)
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [before]


def test_builders_at_the_same_time_do_not_disturb_each_other(tmp_path):
    with ThreadPoolExecutor(4) as pool:
        jobs = [pool.submit(build_store, TOKENIZER, folder=tmp_path, progress=False, rebuild=True) for _ in range(4)]
    assert len({job.result().path for job in jobs}) == 1
    GrammarMask(TOKENIZER, folder=tmp_path)


def test_the_folder_is_the_users_cache_or_syncode_cache(monkeypatch, tmp_path):
    monkeypatch.delenv("SYNCODE_CACHE", raising=False)
    assert store_folder() == Path(platformdirs.user_cache_dir("refinestat")) / "syncode"
    monkeypatch.setenv("SYNCODE_CACHE", str(tmp_path / "new"))
    assert store_folder() == tmp_path / "new"
    assert build_store(TOKENIZER, progress=False).path.parent == tmp_path / "new"
    assert has_store(TOKENIZER)


def test_each_model_gets_one_line(tmp_path):
    lines: list[str] = []
    for built in (True, False):
        infos = build_stores(["org/small"], lambda model: TOKENIZER, tmp_path, False, lines.append)
        assert [info.built for info in infos] == [built]
    assert lines[0].startswith("org/small: mask store built: ")
    assert lines[1].startswith("org/small: mask store is there already: ")
    assert all(" MB, " in line and " s to build, " in line and str(tmp_path) in line for line in lines)


def test_a_damaged_store_is_said_and_built_again(built, tmp_path):
    built.path.write_bytes(b"")
    lines: list[str] = []
    assert build_stores(["org/small"], lambda model: TOKENIZER, tmp_path, False, lines.append)[0].built
    assert lines[0].startswith("org/small: damaged mask store ")
    assert lines[1].startswith("org/small: mask store built: ")
