"""The life of one worker: forked from the zygote, it gives up its rights, fits one program, sends the result, ends."""

import os
import socket
from collections.abc import Mapping
from typing import Any, NoReturn

import numpy as np

from refinestat.refinegen.fitting import lockdown, protocol, sample
from refinestat.refinegen.fitting.containment import Containment
from refinestat.refinegen.fitting.model import BuildError, IncomparableError
from refinestat.refinegen.fitting.pilot import Hopeless
from refinestat.refinegen.records import Outcome, SamplerSettings

_JOB_TYPES = frozenset({"<f8", "<i8"})


def live(connection: socket.socket, containment: Containment, limits: Mapping[str, Any], *, zygote: int) -> NoReturn:
    """All of it; never returns to the zygote's code."""
    status = 1
    try:
        os.setsid()
        lockdown.die_with_parent(lockdown.libc(), zygote)
        lockdown.keep_only(connection.fileno())
        lockdown.set_limits(limits["cpu"], limits["memory"])
        lockdown.set_deadline(limits["build"])
        lockdown.give_up_rights(containment.level, containment.readable)
        _serve(connection)
        status = 0
    finally:
        os._exit(status)


def _serve(connection: socket.socket) -> None:
    fields, job = _receive(connection)
    watch = sample.Stopwatch()
    try:
        try:
            sampled = sample.run(job, watch)
        finally:
            lockdown.lift_deadline()
        parts = _success(sampled, watch, fields["nonce"])
    except Hopeless as error:
        parts = _failure(Outcome.HOPELESS, protocol.printable(str(error)), watch, fields["nonce"])
    except lockdown.Late as error:
        parts = _failure(Outcome.TIMED_OUT, str(error), watch, fields["nonce"])
    except MemoryError:
        parts = _failure(Outcome.OUT_OF_MEMORY, "needs more memory than a program may use", watch, fields["nonce"])
    except IncomparableError as error:
        parts = _failure(Outcome.INCOMPARABLE, _describe(error), watch, fields["nonce"])
    except BaseException as error:  # the boundary: whatever a program raises, exits included, is data
        parts = _failure(Outcome.BUILD_FAILED, _describe(error), watch, fields["nonce"])
    for part in parts:
        connection.sendall(part)
    connection.shutdown(socket.SHUT_WR)


def _receive(connection: socket.socket) -> tuple[Mapping[str, Any], sample.Job]:
    length = protocol.header_length(_exactly(connection, protocol.LENGTH.size))
    header = protocol.read_header(_exactly(connection, length), dtypes=_JOB_TYPES)
    source = _exactly(connection, header.fields["source_bytes"]).decode()
    arrays = protocol.read_arrays(header, _exactly(connection, header.payload))
    job = sample.Job(
        source=source,
        data={block.name: values for block, values in arrays},
        outcome=header.fields["outcome"],
        settings=SamplerSettings(**header.fields["settings"]),
    )
    return header.fields, job


def _exactly(connection: socket.socket, count: int) -> bytes:
    chunks = bytearray()
    while len(chunks) < count:
        chunk = connection.recv(min(1 << 20, count - len(chunks)))
        if not chunk:
            raise protocol.ProtocolError("the pool closed the connection")
        chunks += chunk
    return bytes(chunks)


def _success(sampled: sample.Sampled, watch: sample.Stopwatch, nonce: str) -> list[bytes]:
    """The result message; deterministic variables only as long as there is room for them."""
    draws, at = sampled.draws, sampled.at
    safe = protocol.safe_names([*at.free, *at.deterministic])
    arrays = [("free", safe[name], values) for name, values in at.free.items()]
    arrays.append(("observed", "observed", sampled.observed))
    arrays.append(("log_likelihood", "log_likelihood", at.log_likelihood))
    arrays.append(("diverging", "diverging", draws.diverging))
    if draws.energy is not None:
        arrays.append(("energy", "energy", draws.energy))
    room = protocol.MAX_RESULT - sum(8 * values.size for _, _, values in arrays)
    if room < 0:
        raise BuildError(f"the draws take more than {protocol.MAX_RESULT} bytes")
    if sampled.predictive is not None and 8 * sampled.predictive.size <= room:
        room -= 8 * sampled.predictive.size
        arrays.append(("predictive", "predictive", sampled.predictive))
    for name, values in at.deterministic.items():
        room -= 8 * values.size
        if room >= 0:
            arrays.append(("deterministic", safe[name], values))
    told = {"outcome": Outcome.SCORED, "sampler": draws.sampler, "note": protocol.printable(draws.note)}
    fields = {"nonce": nonce, **told, "seconds": watch.seconds}
    return protocol.pack(fields, [(role, name, np.asarray(a, dtype=np.float64)) for role, name, a in arrays])


def _failure(outcome: Outcome, why: str, watch: sample.Stopwatch, nonce: str) -> list[bytes]:
    return protocol.pack({"nonce": nonce, "outcome": outcome, "why": why, "seconds": watch.seconds}, [])


def _describe(error: BaseException) -> str:
    """An exception as one line; a missing key names the keys there are by itself only in our own text."""
    if isinstance(error, BuildError):
        return protocol.printable(str(error))
    if isinstance(error, SyntaxError):
        return protocol.printable(f"SyntaxError: line {error.lineno}: {error.msg}")
    return protocol.printable(f"{type(error).__name__}: {error}")
