"""The bytes that each token of a tokenizer adds to the text, for byte-level and SentencePiece-like vocabularies."""

import hashlib
import json
import re
from functools import cache
from typing import Any

BYTE_TOKEN = re.compile(r"<0x([0-9A-Fa-f]{2})>")
SPACE_MARK = "\u2581"  # SentencePiece's space


def pieces(tokenizer: Any) -> list[bytes]:
    """By token id. Empty for what adds nothing or must never be sampled: special tokens (EOS too), unused ids."""
    vocabulary: dict[str, int] = tokenizer.get_vocab()
    added = {token.content: token.special for token in tokenizer.added_tokens_decoder.values()}
    special = set(tokenizer.all_special_ids) | {i for i, t in tokenizer.added_tokens_decoder.items() if t.special}
    decode = _decoder(tokenizer, vocabulary)
    found = [b""] * (max(vocabulary.values()) + 1)
    for token, number in vocabulary.items():
        if number not in special:
            found[number] = token.encode() if token in added else decode(token)
    return found


def vocabulary_hash(tokenizer: Any) -> str:
    """Differs wherever two tokenizers write different bytes, have other special tokens or another end of text."""
    content = [[piece.hex() for piece in pieces(tokenizer)], tokenizer.eos_token_id]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def _decoder(tokenizer: Any, vocabulary: dict[str, int]) -> Any:
    backend = getattr(tokenizer, "backend_tokenizer", None)
    kinds = _decoder_kinds(json.loads(backend.to_str())["decoder"]) if backend is not None else set()
    if "ByteLevel" in kinds:
        return _byte_level
    if kinds & {"Metaspace", "ByteFallback", "Replace"} or any(token.startswith(SPACE_MARK) for token in vocabulary):
        return _sentencepiece
    if any("\u0120" in token for token in vocabulary):  # a byte-level space
        return _byte_level
    raise ValueError(f"{type(tokenizer).__name__}: neither a byte-level nor a SentencePiece-like vocabulary")


def _decoder_kinds(decoder: dict[str, Any] | None) -> set[str]:
    if decoder is None:
        return set()
    return {decoder["type"]}.union(*(_decoder_kinds(part) for part in decoder.get("decoders", [])))


def _sentencepiece(token: str) -> bytes:
    byte = BYTE_TOKEN.fullmatch(token)
    return bytes([int(byte[1], 16)]) if byte else token.replace(SPACE_MARK, " ").encode()


def _byte_level(token: str) -> bytes:
    table = _byte_level_table()
    if any(character not in table for character in token):
        return token.encode()
    return bytes(table[character] for character in token)


@cache
def _byte_level_table() -> dict[str, int]:
    """GPT-2's: printable Latin-1 stands for itself, the other bytes for the characters from U+0100 on."""
    plain = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in set(plain)]
    return {chr(byte): byte for byte in plain} | {chr(0x100 + i): byte for i, byte in enumerate(others)}
