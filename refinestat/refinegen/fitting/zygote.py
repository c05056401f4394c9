"""The process that all workers are forked from: it imports everything once, forks on request, buries the dead.

It talks with the pool in fixed-size records over one socket and never sees a program: each worker reads its own from
the socket that came with the request. When the pool is gone, the zygote kills its workers and ends."""

import json
import os
import select
import shutil
import signal
import socket
import sys
import tempfile
import warnings
from contextlib import suppress
from pathlib import Path
from typing import Any

from refinestat.refinegen.fitting import lockdown, protocol

_PACKAGE_ROOT = Path(__file__).resolve().parents[3]


def main(control_descriptor: int) -> None:
    """Entry point of the process that the pool starts; it ends here, without the interpreter's slow farewell."""
    lockdown.die_with_parent(lockdown.libc(), os.getppid())
    control = socket.socket(fileno=control_descriptor)
    _import_everything()
    Zygote(control).serve()
    os._exit(0)


def _import_everything() -> None:
    """Import and warm PyMC. The libraries insist on folders of their own: they get one that is gone afterwards."""
    folder = tempfile.mkdtemp(prefix="refinestat-")
    warnings.simplefilter("ignore")
    try:
        # No C, and no memory of which line made which node: that takes a fifth of the time to make a graph.
        os.environ["PYTENSOR_FLAGS"] = f"cxx=,blas__ldflags=,traceback__limit=0,base_compiledir={folder}"
        os.environ["HOME"] = os.environ["XDG_CACHE_HOME"] = os.environ["MPLCONFIGDIR"] = folder
        from refinestat.refinegen.fitting import sample  # noqa: PLC0415 - after its folder exists

        sample.warm()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Zygote:
    """Forks a worker for each request and reports how it ended, with what it used by the kernel's account."""

    def __init__(self, control: socket.socket) -> None:
        from refinestat.refinegen.fitting import containment  # noqa: PLC0415 - needs what was imported just now

        self._control = control
        self._workers: dict[int, int] = {}  # process id: job number
        self._wake_reader, wake_writer = socket.socketpair()
        self._wake_writer = wake_writer
        for end in (self._wake_reader, wake_writer):
            end.setblocking(False)
        self._containment = containment.probe(_PACKAGE_ROOT)

    def serve(self) -> None:
        """Answer requests until the pool is gone."""
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._wake_writer.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the pool, which then closes the socket
        self._report(event="ready", level=self._containment.level, pid=os.getpid())
        try:
            while self._turn():
                pass
        finally:
            for pid in self._workers:
                _kill(pid)

    def _turn(self) -> bool:
        ready, _, _ = select.select([self._control, self._wake_reader], [], [])
        if self._wake_reader in ready:
            self._wake_reader.recv(4096)
            self._bury()
        return self._answer() if self._control in ready else True

    def _answer(self) -> bool:
        text, descriptors, _, _ = socket.recv_fds(self._control, protocol.RECORD, 1, socket.MSG_WAITALL)
        if len(text) < protocol.RECORD:
            return False
        request = json.loads(text)
        match request["do"]:
            case "fit":
                self._fork(request, socket.socket(fileno=descriptors[0]))
            case "kill":
                for pid, job in self._workers.items():
                    if job == request["job"]:
                        _kill(pid)
        return True

    def _fork(self, request: dict[str, Any], connection: socket.socket) -> None:
        from refinestat.refinegen.fitting import worker  # noqa: PLC0415

        zygote = os.getpid()
        pid = os.fork()
        if pid == 0:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            worker.live(connection, self._containment, request["limits"], zygote=zygote)
        connection.close()
        self._workers[pid] = request["job"]

    def _bury(self) -> None:
        """Reap every worker that has ended and tell the pool what it used."""
        for pid in list(self._workers):
            if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
                continue
            _kill(pid)  # what it left behind where it could fork (level C), while its id is still its own
            _, status, usage = os.wait4(pid, 0)
            self._report(
                event="ended",
                job=self._workers.pop(pid),
                signal=os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0,
                cpu_seconds=usage.ru_utime + usage.ru_stime,
                peak_memory=usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024),
            )

    def _report(self, **fields: Any) -> None:
        self._control.sendall(protocol.record(**fields))


def _kill(pid: int) -> None:
    """Kill a worker that has not been reaped, and its process group, which exists once it has called setsid."""
    for kill in (os.kill, os.killpg):
        with suppress(ProcessLookupError):
            kill(pid, signal.SIGKILL)
