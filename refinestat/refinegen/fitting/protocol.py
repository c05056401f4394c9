"""What crosses the border to a worker: one JSON header, then raw bytes of exactly the announced length. No pickle.

A message is a length (4 bytes, big-endian), a header of at most 64 kB, and the arrays it announces, one after the
other, in C order. What comes out of a worker was made by untrusted code: whatever does not fit is a ProtocolError."""

import json
import re
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any

import numpy as np

MAX_HEADER = 64 * 1024
MAX_SOURCE = 64 * 1024
MAX_RESULT = 256 * 2**20  # bytes of arrays that one worker may send back
MAX_WHY = 500
LENGTH = struct.Struct(">I")
RECORD = 512  # bytes of one record on the control socket
_NAME = re.compile(r"[^\W\d][\w.:-]{0,63}")
_CONTROL = re.compile(r"[^\x20-\x7e\u00a1-\ud7ff\ue000-\ufefe]+")  # and halves of surrogate pairs, which UTF-8 lacks
_MAX_DIMENSIONS = 8


class ProtocolError(Exception):
    """A message that is too long, cut, or not what was announced."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One array of a message: what it is for, its name, shape and type."""

    role: str
    name: str
    shape: tuple[int, ...]
    dtype: str = "<f8"

    @property
    def nbytes(self) -> int:
        return prod(self.shape) * np.dtype(self.dtype).itemsize


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The announcement: scalar fields, and the arrays that follow."""

    fields: Mapping[str, Any]
    blocks: tuple[Block, ...] = field(default=())

    @property
    def payload(self) -> int:
        return sum(block.nbytes for block in self.blocks)


def pack(fields: Mapping[str, Any], arrays: Sequence[tuple[str, str, np.ndarray]]) -> list[bytes]:
    """A message in parts, ready to be sent one after the other. arrays: (role, name, values)."""
    values = [np.ascontiguousarray(a, dtype=np.asarray(a).dtype.newbyteorder("<")) for _, _, a in arrays]
    blocks = [
        [role, name, list(np.shape(source)), array.dtype.str]
        for (role, name, source), array in zip(arrays, values, strict=True)
    ]
    header = json.dumps({**fields, "blocks": blocks}).encode()
    if len(header) > MAX_HEADER:
        raise ProtocolError(f"the header has {len(header)} bytes, more than {MAX_HEADER}: too many variables")
    return [LENGTH.pack(len(header)), header, *(array.tobytes() for array in values)]


def header_length(prefix: bytes) -> int:
    """How long the header is, from the first four bytes."""
    (length,) = LENGTH.unpack(prefix)
    if length > MAX_HEADER:
        raise ProtocolError(f"announces a header of {length} bytes, more than {MAX_HEADER}")
    return int(length)


def read_header(text: bytes, *, dtypes: frozenset[str] = frozenset({"<f8"})) -> Header:
    """Read and check a header: names by pattern, shapes of non-negative integers, known types, at most MAX_RESULT."""
    try:
        fields = json.loads(text.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise ProtocolError("the header is not JSON") from error
    if not isinstance(fields, dict) or not isinstance(fields.get("blocks"), list):
        raise ProtocolError("the header has no list of blocks")
    blocks = tuple(_block(entry, dtypes) for entry in fields.pop("blocks"))
    header = Header(fields=fields, blocks=blocks)
    if header.payload > MAX_RESULT:
        raise ProtocolError(f"announces {header.payload} bytes, more than {MAX_RESULT}")
    return header


def _refuse_constant(text: str) -> float:
    raise ValueError(f"{text} in a header")


def _block(entry: object, dtypes: frozenset[str]) -> Block:
    match entry:
        case [str(role), str(name), list(shape), str(dtype)] if (
            _NAME.fullmatch(name)
            and dtype in dtypes
            and len(shape) <= _MAX_DIMENSIONS
            and all(type(size) is int and 0 <= size <= MAX_RESULT for size in shape)
        ):
            return Block(role=role, name=name, shape=tuple(shape), dtype=dtype)
    raise ProtocolError(f"not a block: {printable(repr(entry))[:80]}")


def read_arrays(header: Header, payload: bytes) -> list[tuple[Block, np.ndarray]]:
    """Cut the payload into the announced arrays: views on immutable bytes, so nobody can write to them."""
    if len(payload) != header.payload:
        raise ProtocolError(f"{len(payload)} bytes of arrays, announced {header.payload}")
    arrays, start = [], 0
    for block in header.blocks:
        flat = np.frombuffer(payload, dtype=block.dtype, count=prod(block.shape), offset=start)
        arrays.append((block, flat.reshape(block.shape)))
        start += block.nbytes
    return arrays


def safe_names(names: Sequence[str]) -> dict[str, str]:
    """Names that the protocol carries, by the names that the program gave: `log rate` becomes `log_rate`."""
    safe: dict[str, str] = {}
    for name in names:
        base = re.sub(r"[^\w.:-]+", "_", name)[:56]
        base = base if _NAME.fullmatch(base) else f"v_{base}"
        taken, candidate, count = set(safe.values()), base, 2
        while candidate in taken:
            candidate, count = f"{base}_{count}", count + 1
        safe[name] = candidate
    return safe


def printable(text: str) -> str:
    """Error text as it may be shown: one line, cut, without control and bidirectional characters."""
    line = " ".join(_CONTROL.sub(" ", re.sub(r"[\u2028-\u202e\u2066-\u2069\u200b-\u200f]", " ", text)).split())
    return line if len(line) <= MAX_WHY else line[: MAX_WHY - 3] + "..."


def record(**fields: Any) -> bytes:
    """One fixed-size record for the control socket between the pool and the zygote, both trusted."""
    text = json.dumps(fields).encode()
    if len(text) > RECORD:
        raise ProtocolError(f"a record of {len(text)} bytes, more than {RECORD}")
    return text.ljust(RECORD)
