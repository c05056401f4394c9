"""Start the zygote and keep in touch with it, from the pool's side."""

import asyncio
import itertools
import json
import socket
import subprocess
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from refinestat.refinegen.fitting import protocol
from refinestat.refinegen.records import FitLimits

_PACKAGE_ROOT = Path(__file__).resolve().parents[3]
_START_SECONDS = 180.0  # imports and the first compilation, on a slow and busy machine
_END_SECONDS = 2.0
BOOT_PATH = """
import sys
root, descriptor = sys.argv[1:]
if root not in sys.path:
    sys.path.insert(0, root)
"""
_BOOT = f"{BOOT_PATH}from refinestat.refinegen.fitting.zygote import main\nmain(int(descriptor))\n"
ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMBA_NUM_THREADS": "1",
    "RAYON_NUM_THREADS": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
}


class ZygoteDied(Exception):
    """The process that starts the workers is gone, and all workers with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a worker ended, by the kernel's account. signal: 0 if it exited. killed: the pool asked for its end."""

    signal: int
    cpu_seconds: float
    peak_memory: int
    killed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """A worker at work: its number, the pool's end of its socket, and the news of its end."""

    number: int
    connection: socket.socket
    ended: asyncio.Future[Ended] = field(compare=False)


class Zygote:
    """A running zygote. level: the containment that it found."""

    def __init__(self, process: "subprocess.Popen[bytes]", control: socket.socket, level: str) -> None:
        self.level = level
        self._process = process
        self._control = control
        self._workers: dict[int, Worker] = {}
        self._numbers = itertools.count(1)
        self._listener = asyncio.create_task(self._listen())

    @property
    def dead(self) -> bool:
        return self._listener.done()

    def start_worker(self, limits: FitLimits) -> Worker:
        """Have a worker forked; it reads its job from the other end of `connection`."""
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        number = next(self._numbers)
        with theirs:
            request = protocol.record(do="fit", job=number, limits=asdict(limits))
            try:
                socket.send_fds(self._control, [request], [theirs.fileno()])
            except OSError as error:
                ours.close()
                raise ZygoteDied from error
        worker = Worker(number=number, connection=ours, ended=asyncio.get_running_loop().create_future())
        self._workers[number] = worker
        return worker

    async def end_worker(self, worker: Worker, *, patience: float) -> Ended:
        """How the worker ended; it is killed if it does not end by itself within `patience` seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(patience):
                return await asyncio.shield(worker.ended)
        self._kill(worker)
        return replace(await asyncio.shield(worker.ended), killed=True)

    def _kill(self, worker: Worker) -> None:
        try:
            self._control.send(protocol.record(do="kill", job=worker.number))
        except OSError as error:
            raise ZygoteDied from error

    async def _listen(self) -> None:
        """Deliver the news of ended workers until the zygote is gone; then every worker is lost."""
        try:
            while (news := await _record(self._control)) is not None:
                worker = self._workers.pop(news["job"])
                if not worker.ended.done():
                    worker.ended.set_result(
                        Ended(signal=news["signal"], cpu_seconds=news["cpu_seconds"], peak_memory=news["peak_memory"])
                    )
        finally:
            for worker in self._workers.values():
                if not worker.ended.done():
                    worker.ended.set_exception(ZygoteDied())
                    worker.ended.exception()  # somebody may no longer wait for it
            self._workers.clear()

    async def close(self) -> None:
        """End the zygote, which kills its workers; nothing remains afterwards."""
        self._listener.cancel()
        await asyncio.gather(self._listener, return_exceptions=True)
        self._control.close()
        await asyncio.to_thread(_end, self._process)


async def launch() -> Zygote:
    """Start a zygote and wait until it has imported everything. Raises RuntimeError if it cannot."""
    control, theirs = socket.socketpair()
    control.setblocking(False)
    with theirs:
        process = subprocess.Popen(  # noqa: ASYNC220 - returns as soon as the process exists
            [sys.executable, "-I", "-c", _BOOT, str(_PACKAGE_ROOT), str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            env=ENVIRONMENT,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
    try:
        async with asyncio.timeout(_START_SECONDS):
            ready = await _record(control)
        if ready is None:
            raise RuntimeError("the fitting process ended while starting; its own message is above")
    except BaseException:
        control.close()
        _end(process)
        raise
    return Zygote(process, control, ready["level"])


async def _record(control: socket.socket) -> dict[str, Any] | None:
    """The next record from the zygote; None when it is gone."""
    text = b""
    while len(text) < protocol.RECORD:
        try:
            part = await asyncio.get_running_loop().sock_recv(control, protocol.RECORD - len(text))
        except ConnectionError:
            return None
        if not part:
            return None
        text += part
    return dict(json.loads(text))


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Wait for the zygote to notice that the pool is gone; kill it if it does not."""
    try:
        process.wait(_END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
