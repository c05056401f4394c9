"""Builds the masks of a large vocabulary part by part, on all cores. What is finished survives a stop.

A part is a file with the masks of some states of the automata, written under another name that is then changed. The
parts are joined in order, so that the store is the same however it was built."""

import multiprocessing
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

import numpy as np

from commons.utils import cores
from refinestat.refinegen.grammar_masks import Builder, Masks
from refinestat.refinegen.grammar_syncode import Language

STATES = 16  # in one part
LARGE = 8192  # tokens: below, a store is built in seconds, in this process and without parts
_builder: Builder | None = None  # of a worker: it is forked with it


def build_masks(
    language: Language, pieces: Sequence[bytes], folder: Path, step: Callable[[int], object], workers: int | None = None
) -> Masks:
    """folder: where the parts are kept until all are there. step: called with the number of states that are done."""
    builder = Builder(language, pieces)
    total = language.automata.dead
    if len(pieces) < LARGE and workers is None:
        return joined(_each(builder, _parts(total), step))
    folder.mkdir(parents=True, exist_ok=True)
    found = {part: masks for part in _parts(total) if (masks := _read(folder, part, builder)) is not None}
    step(sum(len(part) for part in found))
    missing = [part for part in _parts(total) if part not in found]
    for part, masks in _in_workers(builder, missing, workers or cores()):
        _write(folder, part, masks)
        found[part] = masks
        step(len(part))
    answer = joined(found[part] for part in _parts(total))
    shutil.rmtree(folder, ignore_errors=True)  # another build of the same store may have been as fast
    return answer


def _parts(total: int) -> list[range]:
    return [range(start, min(start + STATES, total)) for start in range(0, total, STATES)]


def _each(builder: Builder, parts: Sequence[range], step: Callable[[int], object]) -> Iterator[Masks]:
    for part in parts:
        yield builder.masks(part)
        step(len(part))


def _in_workers(builder: Builder, parts: Sequence[range], workers: int) -> Iterator[tuple[range, Masks]]:
    """Each part as it is finished. Without fork, or with one core, in this process."""
    if workers < 2 or "fork" not in multiprocessing.get_all_start_methods():
        yield from ((part, builder.masks(part)) for part in parts)
        return
    global _builder  # noqa: PLW0603 - what is forked need not be sent
    _builder = builder
    try:
        with ProcessPoolExecutor(workers, multiprocessing.get_context("fork")) as pool:
            waiting = {pool.submit(_work, part): part for part in parts}
            for done in as_completed(waiting):
                yield waiting[done], done.result()
    finally:
        _builder = None


def _work(part: range) -> Masks:
    assert _builder is not None
    return _builder.masks(part)


def joined(parts: Iterator[Masks]) -> Masks:
    """The masks of all states; each distinct one is kept once, in the order in which it is first needed."""
    numbers: dict[bytes, int] = {}
    rows = []
    for part in parts:
        new = [numbers.setdefault(mask.tobytes(), len(numbers)) for mask in part.packed]
        rows.append(np.array(new, dtype=np.int32)[part.rows])
    packed = np.frombuffer(b"".join(numbers), dtype=np.uint8).reshape(len(numbers), -1)
    return Masks(packed=packed, rows=np.concatenate(rows))


def _path(folder: Path, part: range) -> Path:
    return folder / f"{part.start}-{part.stop}.npz"


def _write(folder: Path, part: range, masks: Masks) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, suffix=".new", delete=False) as file:
        np.savez(file, packed=masks.packed, rows=masks.rows)
    Path(file.name).replace(_path(folder, part))


def _read(folder: Path, part: range, builder: Builder) -> Masks | None:
    """A part of an earlier build; None where it is missing or damaged (each array has a checksum)."""
    try:
        with np.load(_path(folder, part), allow_pickle=False) as file:
            masks = Masks(packed=file["packed"], rows=file["rows"])
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    sound = masks.rows.shape == (len(part), builder.columns) and masks.packed.shape[1:] == (builder.bytes,)
    return masks if sound and masks.rows.max() < len(masks.packed) else None
