"""One conversation with a worker: the job goes out, a result comes back and is checked before anybody uses it."""

import asyncio
import socket
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import inf

import numpy as np

from commons.data_pymc import Dataset
from refinestat.refinegen.fitting import protocol
from refinestat.refinegen.fitting.protocol import Block, Header, ProtocolError
from refinestat.refinegen.records import Fit, Outcome, SamplerSettings

# What a worker may say of itself.
_FAILURES = frozenset(
    {Outcome.BUILD_FAILED, Outcome.INCOMPARABLE, Outcome.HOPELESS, Outcome.TIMED_OUT, Outcome.OUT_OF_MEMORY}
)
_SAMPLERS = frozenset({"nutpie", "nutpie-numba", "pymc", "none"})
_PHASES = ("build", "compile", "pilot", "sample", "log_likelihood", "predictive")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What a worker is asked to do, as text and data; only the worker ever runs it."""

    source: bytes
    dataset: Dataset
    settings: SamplerSettings
    nonce: str

    def message(self) -> list[bytes]:
        fields = {
            "nonce": self.nonce,
            "source_bytes": len(self.source),
            "outcome": self.dataset.outcome.name,
            "settings": asdict(self.settings),
        }
        length, header, *arrays = protocol.pack(
            fields, [("data", name, values) for name, values in self.dataset.values.items()]
        )
        return [length, header, self.source, *arrays]


async def converse(connection: socket.socket, job: Job) -> Fit:
    """Send the job, read the result. Raises ProtocolError, EOFError or OSError where the worker does not answer."""
    reader, writer = await asyncio.open_connection(sock=connection)
    try:
        writer.writelines(job.message())
        await writer.drain()
        length = protocol.header_length(await reader.readexactly(protocol.LENGTH.size))
        header = protocol.read_header(await reader.readexactly(length))
        if header.fields.get("nonce") != job.nonce:
            raise ProtocolError("answered without the nonce of its job")
        payload = await reader.readexactly(header.payload)
        if await reader.read(1):
            raise ProtocolError("sent more than it announced")
    finally:
        writer.transport.abort()
    return _fit(header, protocol.read_arrays(header, payload), job)


def _fit(header: Header, arrays: list[tuple[Block, np.ndarray]], job: Job) -> Fit:
    outcome, why, sampler, note = (header.fields.get(field, "") for field in ("outcome", "why", "sampler", "note"))
    if not all(isinstance(text, str) for text in (outcome, why, sampler, note)):
        raise ProtocolError("answered with something other than text")
    seconds = _seconds(header.fields.get("seconds"))
    if outcome in _FAILURES:
        return Fit(outcome=Outcome(outcome), why=protocol.printable(why), seconds=seconds)
    if outcome != Outcome.SCORED or sampler not in _SAMPLERS:
        raise ProtocolError("answered with an unknown outcome or sampler")
    draws = (job.settings.chains, job.settings.draws)
    free, deterministic = _by_name(arrays, "free", draws), _by_name(arrays, "deterministic", draws)
    observed = job.dataset.outcome.values
    if not free:
        raise ProtocolError("sent no free variable")
    if not np.array_equal(_one(arrays, "observed", observed.shape), observed):
        raise ProtocolError("observed other values than the outcome")
    told = {block.role for block, _ in arrays}
    return Fit(
        outcome=Outcome.SCORED,
        free=free,
        deterministic=deterministic,
        log_likelihood=_one(arrays, "log_likelihood", (*draws, observed.size)),
        diverging=_one(arrays, "diverging", draws) != 0,
        energy=_one(arrays, "energy", draws) if "energy" in told else None,
        observed=observed.ravel(),
        predictive=_one(arrays, "predictive", (*draws, observed.size)) if "predictive" in told else None,
        sampler=sampler,
        note=protocol.printable(note),
        seconds=seconds,
    )


def _by_name(arrays: list[tuple[Block, np.ndarray]], role: str, draws: tuple[int, int]) -> dict[str, np.ndarray]:
    """All variables of a role, each with the draws that were asked for."""
    named = {block.name: values for block, values in arrays if block.role == role}
    for name, values in named.items():
        if values.shape[:2] != draws:
            raise ProtocolError(f"{name} has shape {values.shape}, not {draws} and what follows")
    return named


def _one(arrays: list[tuple[Block, np.ndarray]], role: str, shape: tuple[int, ...]) -> np.ndarray:
    """The one array of a role, if it has the shape that it must have."""
    found = [values for block, values in arrays if block.role == role]
    if len(found) != 1 or found[0].shape != shape:
        raise ProtocolError(f"sent {[values.shape for values in found]} as {role}, not one of shape {shape}")
    return found[0]


def _seconds(told: object) -> dict[str, float]:
    """The phases' wall seconds, which only inform: what is not a duration is dropped."""
    if not isinstance(told, Mapping):
        return {}
    return {phase: told[phase] for phase in _PHASES if isinstance(told.get(phase), float) and 0 <= told[phase] < inf}
