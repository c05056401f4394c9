"""The mask store: one file per tokenizer and grammar, memory-mapped and checksummed, that appears at one stroke.

A file is a header of 4,096 bytes, JSON and spaces, and then the two arrays of `grammar_masks.Masks`, little-endian:
`rows` (int32), `packed` (uint8)."""

import hashlib
import json
import math
import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import platformdirs
from tqdm import tqdm

from refinestat.refinegen import grammar_syncode
from refinestat.refinegen.grammar_masks import Masks
from refinestat.refinegen.grammar_parts import build_masks
from refinestat.refinegen.grammar_python import AUTOMATA, refined
from refinestat.refinegen.grammar_syncode import Language
from refinestat.refinegen.grammar_vocabulary import Vocabulary, read_vocabulary

FORMAT = 5
MODE = "grammar_mask"
HEADER = 4096
FIELDS = {"format": int, "key": str, "automata": str, "rows": list, "packed": list, "seconds": float, "sha256": str}


class StoreMissing(Exception):
    """There is no mask store for this tokenizer yet."""


class StoreDamaged(Exception):
    def __init__(self, path: Path, what: str) -> None:
        super().__init__(f"damaged mask store {path}: {what}")
        self.path, self.what = path, what


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreInfo:
    """size: bytes on disk. seconds: that building took. built: now, not found there already. masks: distinct ones."""

    path: Path
    key: str
    size: int
    seconds: float
    built: bool
    masks: int


def store_folder() -> Path:
    """SYNCODE_CACHE, or the user's cache folder."""
    named = os.environ.get("SYNCODE_CACHE")
    return Path(named).expanduser() if named else Path(platformdirs.user_cache_dir("refinestat")) / "syncode"


def store_key(tokenizer: Any) -> str:
    """Names a store: no two tokenizers, grammars, versions of SynCode or of our format share one."""
    return _key(read_vocabulary(tokenizer))


def has_store(tokenizer: Any, folder: Path | None = None) -> bool:
    return _path(read_vocabulary(tokenizer), folder).is_file()


def build_store(
    tokenizer: Any, *, folder: Path | None = None, progress: bool = True, rebuild: bool = False
) -> StoreInfo:
    """Builds the store unless a sound one is there; with rebuild, in any case. Raises StoreDamaged unless rebuild.

    A large one is built on all cores, and goes on where an earlier build was stopped."""
    vocabulary = read_vocabulary(tokenizer)
    path = _path(vocabulary, folder)
    language = grammar_syncode.load_language()
    if not rebuild and path.is_file():
        return _info(path, _header(path, language), built=False)
    began = time.perf_counter()
    with tqdm(total=language.automata.dead, desc="mask store", unit="state", disable=not progress) as bar:
        parts = path.with_suffix(f".{language.digest[:8]}.parts")
        masks = build_masks(language, vocabulary.pieces, parts, bar.update)
    _write(path, masks, {"automata": language.digest, "seconds": time.perf_counter() - began})
    return _info(path, _header(path, language), built=True)


def load_store(vocabulary: Vocabulary, language: Language, folder: Path | None = None) -> Masks:
    """The masks, memory-mapped. Raises StoreMissing or StoreDamaged."""
    path = _path(vocabulary, folder)
    if not path.is_file():
        raise StoreMissing(f"no mask store for this tokenizer in {path.parent}: run refinestat/dfa_constructor.py")
    header = _header(path, language)
    rows = np.memmap(path, dtype="<i4", mode="r", offset=HEADER, shape=tuple(header["rows"]))
    packed = np.memmap(path, dtype="u1", mode="r", offset=HEADER + rows.nbytes, shape=tuple(header["packed"]))
    return Masks(packed=packed, rows=rows)


def _key(vocabulary: Vocabulary) -> str:
    grammar = [refined(grammar_syncode.shipped_grammar()), AUTOMATA]
    parts = [FORMAT, MODE, grammar_syncode.version(), grammar, vocabulary.digest]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]


def _path(vocabulary: Vocabulary, folder: Path | None) -> Path:
    return (folder if folder is not None else store_folder()) / f"{_key(vocabulary)}.masks"


def _info(path: Path, header: dict[str, Any], *, built: bool) -> StoreInfo:
    seconds, masks = header["seconds"], header["packed"][0]
    return StoreInfo(path=path, key=path.stem, size=path.stat().st_size, seconds=seconds, built=built, masks=masks)


def _write(path: Path, masks: Masks, about: dict[str, Any]) -> None:
    """Under another name that is then changed, so that no half-written store is ever found."""
    body = [np.ascontiguousarray(masks.rows, dtype="<i4").data, np.ascontiguousarray(masks.packed).data]
    digest = hashlib.sha256()
    for array in body:
        digest.update(array)
    shapes = {"rows": masks.rows.shape, "packed": masks.packed.shape}
    header = {"format": FORMAT, "key": path.stem, **about, **shapes, "sha256": digest.hexdigest()}
    path.parent.mkdir(parents=True, exist_ok=True)
    number, name = tempfile.mkstemp(prefix=f".{path.stem}-", dir=path.parent)
    new = Path(name)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(json.dumps(header).encode().ljust(HEADER - 1) + b"\n")
            for array in body:
                file.write(array)
            file.flush()
            os.fsync(file.fileno())
        new.chmod(0o644)
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)


def _header(path: Path, language: Language) -> dict[str, Any]:
    """Raises StoreDamaged unless the whole file is as it was written, for this language."""
    with path.open("rb") as file:
        try:
            header = json.loads(file.read(HEADER))
        except ValueError as error:
            raise StoreDamaged(path, f"its header is not JSON ({error})") from error
        if not isinstance(header, dict) or any(not isinstance(header.get(k), kind) for k, kind in FIELDS.items()):
            raise StoreDamaged(path, f"its header does not have the fields {', '.join(FIELDS)}")
        found = hashlib.file_digest(file, "sha256").hexdigest()
        size = file.tell()
    expected = {"format": FORMAT, "key": path.stem, "automata": language.digest, "sha256": found}
    for name, value in expected.items():
        if header[name] != value:
            raise StoreDamaged(path, f"{name} is {header[name]!r}, expected {value!r}")
    if size != HEADER + 4 * math.prod(header["rows"]) + math.prod(header["packed"]):
        raise StoreDamaged(path, f"{size} bytes do not hold arrays of shapes {header['rows']} and {header['packed']}")
    return header
