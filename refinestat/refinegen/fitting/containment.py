"""Which containment level this machine offers, found by trying it in a process that is thrown away."""

import errno
import fcntl
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from refinestat.refinegen.fitting import landlock, lockdown
from refinestat.refinegen.fitting.lockdown import Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Containment:
    """The level, and what programs may read at level A."""

    level: Level
    readable: tuple[Path, ...]


def probe(package_root: Path) -> Containment:
    """The best level whose promises hold here."""
    readable = tuple(landlock.readable_paths(package_root))
    for level in (Level.A, Level.B):
        if _holds(level, readable):
            return Containment(level=level, readable=readable)
    return Containment(level=Level.C, readable=readable)


def _holds(level: Level, readable: tuple[Path, ...]) -> bool:
    """Fork, give up rights, try what must not work: true only if everything is refused and ordinary work goes on."""
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            lockdown.give_up_rights(level, readable)
            status = 0 if all(_refused(attempt) for attempt in _forbidden(level)) else 1
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def _forbidden(level: Level) -> list[Callable[[], object]]:
    attempts: list[Callable[[], object]] = [
        lambda: os.open(os.devnull, os.O_WRONLY),
        lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM),
        lambda: socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM),
        lambda: os.fork() or os._exit(0),
        lambda: os.kill(os.getppid(), 0),
        lambda: fcntl.fcntl(os.pipe()[0], fcntl.F_SETOWN, os.getppid()),
    ]
    return attempts + ([lambda: os.listdir("/")] if level is Level.A else [])


def _refused(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except OSError as error:
        return error.errno in (errno.EPERM, errno.EACCES, errno.EROFS, errno.ENOSYS)
    return False
