"""The names of language models: where each is loaded from, and what it is called in folders and tables."""

import re
from collections.abc import Iterable
from pathlib import Path

from commons.utils import UserError

DEFAULT_MODEL = "refinestat-slm"  # the embedded one: refinestat/models/refinestat-slm
PAPER_MODELS = (
    "meta-llama/Meta-Llama-3-8B",
    "google/codegemma-7b",
    "Qwen/Qwen2.5-Coder-7B",
    "deepseek-ai/DeepSeek-R1-Distill-Qwen-7B",
)


_HUB = re.compile(r"(?P<id>[A-Za-z0-9][\w.-]*/[\w.-]+)(@(?P<revision>[\w.-]+))?")


def model_source(name: str) -> str:
    """Where a model is loaded from: its folder, or its Hugging Face id (without the revision)."""
    embedded = Path(__file__).resolve().parents[1] / "refinestat" / "models" / name
    folder = embedded if re.fullmatch(r"[\w-]+", name) and embedded.is_dir() else Path(name).expanduser()
    if folder.is_dir():
        missing = _missing_files(folder)
        if missing:
            raise UserError(f"model folder {folder} has no {missing}")
        return str(folder.resolve())
    hub = _HUB.fullmatch(name)
    if hub:
        return hub["id"]
    if name == DEFAULT_MODEL:
        raise UserError(f"the embedded model is missing from this installation: {embedded}")
    known = ", ".join((DEFAULT_MODEL, "paper", *PAPER_MODELS))
    raise UserError(f"unknown model {name!r}: no folder, no Hugging Face id (organisation/name). Known: {known}")


def model_revision(name: str) -> str | None:
    """The branch, tag or commit of a Hugging Face model that is named `id@revision`; None: the newest."""
    hub = None if Path(name).expanduser().is_dir() else _HUB.fullmatch(name)
    return hub["revision"] if hub else None


def model_label(name: str) -> str:
    """A model's name in tables: a Hugging Face id as it is, a folder by its last part."""
    return Path(name).name if Path(name).is_absolute() else name


def model_folder(name: str) -> str:
    """The name of the folder of a model's results."""
    return model_label(name).replace("/", "_")


def _missing_files(folder: Path) -> str:
    """What keeps a folder from being a Hugging Face model; empty if nothing does."""
    if not (folder / "config.json").is_file():
        return "config.json"
    if not any((folder / name).is_file() for name in ("tokenizer.json", "tokenizer.model", "vocab.json")):
        return "tokenizer (tokenizer.json, tokenizer.model or vocab.json)"
    if not any(folder.glob("*.safetensors")) and not any(folder.glob("*.bin")):
        return "weights (*.safetensors or *.bin)"
    return ""


def known_models(names: Iterable[str]) -> tuple[str, ...]:
    """Checked names, each once; "paper" stands for PAPER_MODELS, a folder of the user's is known by its full path."""
    each = dict.fromkeys(one for name in names for one in (PAPER_MODELS if name == "paper" else (name,)))
    models = []
    for name in each:
        source = model_source(name)
        models.append(source if Path(source).is_absolute() and name != DEFAULT_MODEL else name)
    folders = [model_folder(model) for model in models]
    twice = sorted({folder for folder in folders if folders.count(folder) > 1})
    if twice:
        raise UserError(f"two models are called {twice[0]!r}: their results would be mixed up")
    return tuple(models)
