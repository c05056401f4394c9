"""Executes the data section of a person's file in a contained process, and tells what it made.

The process may read the Python installation and the folder of the file, write nothing and reach no network. What comes
back is data: numbers, texts, lists, dicts and arrays by name. A line that fails is told; the others go on."""

import secrets
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from refinestat.refinegen.fitting import protocol
from refinestat.refinegen.fitting.launch import BOOT_PATH, ENVIRONMENT
from refinestat.refinegen.fitting.protocol import ProtocolError
from refinestat.refinegen.records import FitLimits

LIMITS = FitLimits(wall=120.0, cpu=60.0, memory=4 * 2**30)
DTYPES = frozenset({"<f8", "<i8", "|b1"})
_MOST_NOTES = 20
_BOOT = BOOT_PATH + "from refinestat.refinegen.fitting.data_section_worker import main\nmain(int(descriptor))\n"


class Table(dict[str, Any]):
    """The columns of a table, by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A line of the section that was not executed, and why."""

    line: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """What a data section made, by name, and what of it failed. level: how well it was contained."""

    values: Mapping[str, Any] = field(default_factory=dict)
    notes: Sequence[Note] = ()
    level: str = ""


def execute(source: str, folder: Path, limits: FitLimits = LIMITS) -> Section:
    """Runs the text in a process of its own. Never raises for what the text does: a note says so."""
    ours, theirs = socket.socketpair()
    nonce = secrets.token_hex(16)
    text = source.encode("utf-8", errors="replace")
    fields = {"nonce": nonce, "source_bytes": len(text), "folder": str(folder.resolve())}
    fields |= {"cpu": limits.cpu, "memory": limits.memory}
    with ours, theirs:
        process = subprocess.Popen(
            [sys.executable, "-I", "-c", _BOOT, str(Path(__file__).resolve().parents[3]), str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            env={**ENVIRONMENT, "MPLBACKEND": "Agg"},
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            theirs.close()
            ours.settimeout(limits.wall)
            length, header = protocol.pack(fields, [])
            ours.sendall(length + header + text)
            return _answer(ours, nonce)
        except TimeoutError:
            return Section(notes=(Note(line=1, why=f"the data section took more than {limits.wall:g} seconds"),))
        except (OSError, EOFError, ProtocolError) as error:
            why = f"the data section was stopped: it used up its limits, or ended its process ({error})"
            return Section(notes=(Note(line=1, why=why),))
        finally:
            process.kill()
            process.wait()


def _answer(connection: socket.socket, nonce: str) -> Section:
    header = protocol.read_header(
        _exactly(connection, protocol.header_length(_exactly(connection, protocol.LENGTH.size))), dtypes=DTYPES
    )
    if header.fields.get("nonce") != nonce:
        raise ProtocolError("answered without the nonce of its job")
    arrays = [values for _, values in protocol.read_arrays(header, _exactly(connection, header.payload))]
    told, notes = header.fields.get("values"), header.fields.get("notes")
    if not isinstance(told, dict) or not isinstance(notes, list):
        raise ProtocolError("answered without values and notes")
    pairs = [note for note in notes if isinstance(note, list) and len(note) == 2 and isinstance(note[0], int)]
    return Section(
        values={name: _value(kind, arrays) for name, kind in told.items()},
        notes=tuple(Note(line=line, why=protocol.printable(str(why))) for line, why in pairs[:_MOST_NOTES]),
        level=str(header.fields.get("level"))[:1],
    )


def _value(kind: object, arrays: Sequence[np.ndarray]) -> Any:
    """The thing that a description describes; None where it is of no known kind."""
    match kind:
        case ["array", int(index)] if 0 <= index < len(arrays):
            return arrays[index][()] if arrays[index].ndim == 0 else arrays[index]
        case ["float", str(digits)] if len(digits) < 30:
            return float(digits)
        case ["plain", bool() | int() | str() as plain]:
            return plain
        case ["list", list(items)]:
            return [_value(item, arrays) for item in items]
        case ["dict" | "table" as kind_, dict(items)]:
            values = {name: _value(item, arrays) for name, item in items.items()}
            return Table(values) if kind_ == "table" else values
    return None


def _exactly(connection: socket.socket, count: int) -> bytes:
    chunks = bytearray()
    while len(chunks) < count:
        chunk = connection.recv(min(1 << 20, count - len(chunks)))
        if not chunk:
            raise EOFError("no answer")
        chunks += chunk
    return bytes(chunks)
