"""The bytes that each token of a tokenizer adds to the text, for byte-level and SentencePiece-like vocabularies."""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

BYTE_TOKEN = re.compile(r"<0x([0-9A-Fa-f]{2})>")
NO_UTF8 = frozenset((0xC0, 0xC1, *range(0xF5, 0x100)))
SPACE_MARK = "\u2581"  # SentencePiece's space


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """pieces: by token id; empty for what must never be sampled: special tokens, unused ids, bytes that no text has.

    end: the id of EOS. digest: differs wherever two tokenizers write different bytes or end differently."""

    pieces: list[bytes]
    end: int | None
    digest: str


def read_vocabulary(tokenizer: Any) -> Vocabulary:
    numbers: dict[str, int] = tokenizer.get_vocab()
    added = {number: token for number, token in tokenizer.added_tokens_decoder.items() if not token.special}
    never = {*tokenizer.all_special_ids, *(tokenizer.added_tokens_decoder.keys() - added.keys())}
    decode = _decoder(tokenizer, numbers)
    pieces = [b""] * (max(numbers.values()) + 1)
    for token, number in numbers.items():
        piece = token.encode() if number in added else decode(token)
        if number not in never and not NO_UTF8.intersection(piece):
            pieces[number] = piece
    end: int | None = tokenizer.eos_token_id
    lengths = json.dumps([end, [len(piece) for piece in pieces]]).encode()
    return Vocabulary(pieces=pieces, end=end, digest=hashlib.sha256(lengths + b"".join(pieces)).hexdigest())


def _decoder(tokenizer: Any, vocabulary: Mapping[str, int]) -> Callable[[str], bytes]:
    backend = getattr(tokenizer, "backend_tokenizer", None)
    decoder = backend.decoder if backend is not None else None
    kinds = _decoder_kinds(json.loads(decoder.__getstate__())) if decoder is not None else set()
    if "ByteLevel" in kinds:
        return _byte_level
    if kinds & {"Metaspace", "ByteFallback", "Replace"} or any(token.startswith(SPACE_MARK) for token in vocabulary):
        return _sentencepiece
    if any("\u0120" in token for token in vocabulary):  # a byte-level space
        return _byte_level
    raise ValueError(f"{type(tokenizer).__name__}: neither a byte-level nor a SentencePiece-like vocabulary")


def _decoder_kinds(decoder: dict[str, Any]) -> set[str]:
    return {decoder["type"]}.union(*(_decoder_kinds(part) for part in decoder.get("decoders", [])))


def _sentencepiece(token: str) -> bytes:
    byte = BYTE_TOKEN.fullmatch(token)
    return bytes([int(byte[1], 16)]) if byte else token.replace(SPACE_MARK, " ").encode()


def _byte_level(token: str) -> bytes:
    try:
        return bytes(map(_byte_level_table().__getitem__, token))
    except KeyError:  # written out as it is
        return token.encode()


@cache
def _byte_level_table() -> dict[str, int]:
    """GPT-2's: printable Latin-1 stands for itself, the other bytes for the characters from U+0100 on."""
    plain = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in set(plain)]
    return {chr(byte): byte for byte in plain} | {chr(0x100 + i): byte for i, byte in enumerate(others)}
