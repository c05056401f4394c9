"""What a run ran on: versions, machine, and the hashes of its models and data."""

import hashlib
import importlib.metadata
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

from huggingface_hub.constants import HF_HUB_CACHE

from commons.config import Settings, model_revision, model_source
from commons.data_pymc import DATASETS

DISTRIBUTIONS = (
    *("refinestat", "torch", "transformers", "tokenizers", "syncode", "pymc", "pytensor", "nutpie", "numba"),
    *("arviz", "numpy", "scipy", "pandas", "xarray"),
)


def describe(settings: Settings, containment: str) -> dict[str, Any]:
    """Everything that a result depends on and the settings do not say. Imports none of the libraries it names.

    containment: how far programs are locked in on this machine (A, B or C)."""
    return {
        "python": platform.python_version(),
        "versions": {name: _version(name) for name in DISTRIBUTIONS},
        "git_commit": _commit(),
        "platform": platform.platform(),
        "machine": platform.machine(),
        "cpu_count": os.cpu_count(),
        "containment": containment,
        "models": {model: model_hash(model) for model in settings.models},
        "datasets": {name: DATASETS[name].sha256 for name in settings.datasets},
        "command": [Path(sys.argv[0]).name, *sys.argv[1:]],
    }


def model_hash(name: str) -> str | None:
    """sha256 over the names and contents of a model folder's files; for a Hugging Face id, the commit downloaded."""
    folder = Path(model_source(name))
    if not folder.is_absolute():
        revision = model_revision(name)
        repository = Path(HF_HUB_CACHE) / f"models--{model_source(name).replace('/', '--')}"
        reference = repository / "refs" / (revision or "main")
        return reference.read_text(encoding="ascii").strip() if reference.is_file() else revision
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts):
        digest.update(f"{path.relative_to(folder).as_posix()} {path.stat().st_size}\n".encode())
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _commit() -> str | None:
    """The commit of the source tree, with + where files differ from it; None outside a repository or without git."""
    root = Path(__file__).resolve().parents[3]
    if not (root / ".git").exists():
        return None
    try:
        commit, changed = _git(root, "rev-parse", "HEAD"), _git(root, "status", "--porcelain", "-uno")
    except (OSError, subprocess.SubprocessError):
        return None
    return commit + ("+" if changed else "")


def _git(root: Path, *words: str) -> str:
    done = subprocess.run(["git", "-C", str(root), *words], capture_output=True, text=True, timeout=20, check=True)
    return done.stdout.strip()
