"""The folder of a trained model: where it is, what it holds, and whether it may be written."""

import json
import os
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
NAME = "refinestat-slm"
OUTPUT = ROOT / "refinestat" / "models" / NAME
FILES = frozenset(
    {
        "README.md",
        "config.json",
        "generation_config.json",
        "model.safetensors",
        "special_tokens_map.json",
        "tokenizer.json",
        "tokenizer_config.json",
        "training.json",
    }
)


class OtherModelError(Exception):
    """The output folder holds something that is not this model, or cannot be written."""


def check_folder(folder: Path, *, overwrite: bool) -> None:
    """Refuse a folder that holds another model, or anything else, or that cannot be made."""
    first = next(path for path in [folder, *folder.absolute().parents] if path.exists())
    if not first.is_dir():
        raise OtherModelError(f"argument --output: not a folder: {first}")
    if not os.access(first, os.W_OK):
        raise OtherModelError(f"argument --output: {first} may not be written")
    if overwrite or not folder.exists():
        return
    others = sorted(path.name for path in folder.iterdir() if path.name not in FILES)
    if others or (any(folder.iterdir()) and not _is_ours(folder / "training.json")):
        raise OtherModelError(f"argument --output: {folder} holds another model; pass --overwrite to replace it")


def _is_ours(record: Path) -> bool:
    try:
        told = json.loads(record.read_text())
    except (OSError, ValueError):
        return False
    return isinstance(told, dict) and told.get("name") == NAME


def read_record(folder: Path) -> dict[str, Any]:
    """What `training.json` says of a model."""
    return dict(json.loads((folder / "training.json").read_text()))
