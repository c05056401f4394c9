"""The folder of a trained model: where it is, what it holds, and whether it may be written."""

import json
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
    """The output folder holds something that is not this model."""


def check_folder(folder: Path, *, overwrite: bool) -> None:
    """Refuse a folder that holds another model, or anything else."""
    if folder.exists() and not folder.is_dir():
        raise OtherModelError(f"argument --output: not a folder: {folder}")
    if overwrite or not folder.exists():
        return
    record = folder / "training.json"
    others = sorted(path.name for path in folder.iterdir() if path.name not in FILES)
    is_ours = record.exists() and json.loads(record.read_text()).get("name") == NAME
    if others or (any(folder.iterdir()) and not is_ours):
        raise OtherModelError(f"argument --output: {folder} holds another model; pass --overwrite to replace it")


def read_record(folder: Path) -> dict[str, Any]:
    """What `training.json` says of a model."""
    return dict(json.loads((folder / "training.json").read_text()))
