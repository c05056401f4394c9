"""The mask store on disk: one folder per tokenizer and grammar, memory-mapped, checksummed, written at one stroke."""

import hashlib
import json
import os
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import platformdirs
from tqdm import tqdm

from refinestat.refinegen import grammar_syncode
from refinestat.refinegen.grammar_masks import Masks, build_masks
from refinestat.refinegen.grammar_python import AUTOMATA, refined
from refinestat.refinegen.grammar_syncode import Language
from refinestat.refinegen.grammar_vocabulary import Vocabulary, read_vocabulary

FORMAT = 3
MODE = "grammar_mask"
ARRAYS = ("packed", "rows")
META = "store.json"


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
    return (_path(read_vocabulary(tokenizer), folder) / META).is_file()


def build_store(
    tokenizer: Any, *, folder: Path | None = None, progress: bool = True, rebuild: bool = False
) -> StoreInfo:
    """Builds the store unless it is there; with rebuild, in any case."""
    vocabulary = read_vocabulary(tokenizer)
    path = _path(vocabulary, folder)
    if not rebuild and (path / META).is_file():
        return _info(path, built=False)
    began = time.perf_counter()
    language = grammar_syncode.load_language()
    with tqdm(total=language.automata.dead, desc="mask store", unit="state", disable=not progress) as bar:
        masks = build_masks(language, vocabulary.pieces, bar.update)
    _write(path, masks, language.digest, time.perf_counter() - began)
    return _info(path, built=True)


def load_store(vocabulary: Vocabulary, language: Language, folder: Path | None = None) -> Masks:
    """The masks, memory-mapped. Raises StoreMissing or StoreDamaged."""
    path = _path(vocabulary, folder)
    if not path.is_dir():
        raise StoreMissing(f"no mask store for this tokenizer in {path.parent}: run refinestat/dfa_constructor.py")
    meta = _meta(path)
    if meta["automata"] != language.digest:
        raise StoreDamaged(path, "it was built for other automata than SynCode makes here")
    arrays = {name: _array(path / f"{name}.npy", meta["sha256"].get(name, "")) for name in ARRAYS}
    return Masks(packed=arrays["packed"], rows=arrays["rows"])


def _write(path: Path, masks: Masks, automata: str, seconds: float) -> None:
    """In a new folder beside it that then takes its name, so that no half-written store is ever found."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent))
    try:
        for name in ARRAYS:
            np.save(new / f"{name}.npy", getattr(masks, name), allow_pickle=False)
        sums = {name: _sha256(new / f"{name}.npy") for name in ARRAYS}
        meta = {"format": FORMAT, "key": path.name, "automata": automata, "sha256": sums}
        meta |= {"seconds": round(seconds, 2), "masks": len(masks.packed)}
        (new / META).write_text(json.dumps(meta, indent=1) + "\n", encoding="utf-8")
        new.chmod(0o755)
        shutil.rmtree(path, ignore_errors=True)
        new.replace(path)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _key(vocabulary: Vocabulary) -> str:
    grammar = [refined(grammar_syncode.shipped_grammar()), AUTOMATA]
    parts = [FORMAT, MODE, grammar_syncode.version(), grammar, vocabulary.digest]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]


def _path(vocabulary: Vocabulary, folder: Path | None) -> Path:
    return (folder if folder is not None else store_folder()) / _key(vocabulary)


def _info(path: Path, *, built: bool) -> StoreInfo:
    meta = _meta(path)
    size = sum(file.stat().st_size for file in path.iterdir())
    return StoreInfo(path=path, key=path.name, size=size, seconds=meta["seconds"], built=built, masks=meta["masks"])


def _meta(path: Path) -> dict[str, Any]:
    try:
        meta = json.loads((path / META).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise StoreDamaged(path, f"{META}: {error}") from error
    expected = {"format": FORMAT, "key": path.name}
    if not isinstance(meta, dict) or not {"automata", "seconds", "masks", "sha256"} <= meta.keys():
        raise StoreDamaged(path, f"{META}: fields are missing")
    for name, value in expected.items():
        if meta.get(name) != value:
            raise StoreDamaged(path, f"{META}: {name} is {meta.get(name)!r}, expected {value!r}")
    return meta


def _array(path: Path, expected: str) -> np.ndarray:
    try:
        found = _sha256(path)
        if found != expected:
            raise StoreDamaged(path.parent, f"{path.name}: its checksum is {found[:12]}, expected {expected[:12]}")
        return np.load(path, mmap_mode="r", allow_pickle=False)  # type: ignore[no-any-return]
    except (OSError, ValueError) as error:
        raise StoreDamaged(path.parent, f"{path.name}: {error}") from error


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
