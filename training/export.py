"""Writes the trained model as an ordinary Hugging Face folder, with its card."""

import hashlib
import json
from itertools import islice
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer
from transformers import GenerationConfig, LlamaForCausalLM

from training.card import write_card
from training.corpus import examples
from training.folder import NAME
from training.rates import Rates
from training.tokenizer import BOS_ID, EOS_ID, PAD_ID, save_tokenizer

CORPUS_SAMPLE = 1000


def sha256(data: bytes) -> str:
    """Hexadecimal SHA-256."""
    return hashlib.sha256(data).hexdigest()


def corpus_sha256(rates: Rates) -> str:
    """Of the first examples of the corpus, prompts and programs."""
    digest = hashlib.sha256()
    for example in islice(examples(0, rates), CORPUS_SAMPLE):
        digest.update((example.prompt + example.program).encode())
    return digest.hexdigest()


def export(
    network: LlamaForCausalLM, tokenizer: Tokenizer, settings: dict[str, Any], tokens: int, folder: Path
) -> None:
    """Write configuration, weights in half precision, tokenizer, `training.json` and the card."""
    folder.mkdir(parents=True, exist_ok=True)
    save_tokenizer(tokenizer, folder)
    network.config.use_cache = True
    network.generation_config = GenerationConfig(
        bos_token_id=BOS_ID,
        eos_token_id=EOS_ID,
        pad_token_id=PAD_ID,
        do_sample=True,
        temperature=0.3,
        max_new_tokens=400,
    )
    network.cpu().half().save_pretrained(folder)
    record = {
        "name": NAME,
        "parameters": sum(parameter.numel() for parameter in network.parameters()),
        "tokens": tokens,
        "settings": settings,
        "sha256": {
            "corpus": corpus_sha256(Rates(**settings["rates"])),
            "tokenizer": sha256((folder / "tokenizer.json").read_bytes()),
            "weights": sha256((folder / "model.safetensors").read_bytes()),
        },
    }
    (folder / "training.json").write_text(json.dumps(record, indent=2) + "\n")
    write_card(folder, record)
