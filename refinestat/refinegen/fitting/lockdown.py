"""How a forked worker gives up its rights, for good, before it sees a program.

Layers: limits (rlimits), no_new_privs, Landlock (files, TCP), seccomp (system calls). Containment levels: A has all of
them; B has no Landlock, so programs can read files; C has neither, and refuses to run unless the user insists."""

import ctypes
import os
import resource
import signal
import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

from refinestat.refinegen.fitting import landlock, seccomp

_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
_OPEN_FILES = 64
_CPU_GRACE = 5  # seconds between SIGXCPU, which can be ignored, and the kill that cannot


class Level(StrEnum):
    """How well programs are contained on this machine."""

    A = "A"
    B = "B"
    C = "C"


def libc() -> ctypes.CDLL:
    """The C library that this process runs on."""
    return ctypes.CDLL(None, use_errno=True)


def die_with_parent(library: ctypes.CDLL, parent: int) -> None:
    """SIGKILL this process when its parent dies (Linux; elsewhere the closed socket ends it)."""
    if sys.platform == "linux":
        library.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)


def keep_only(descriptor: int) -> None:
    """Close every file but one; standard input, output and error become /dev/null."""
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    highest = os.sysconf("SC_OPEN_MAX")
    os.closerange(3, descriptor)
    os.closerange(descriptor + 1, highest)


def set_limits(cpu: float, memory: int) -> None:
    """Bound CPU seconds and address space; no files, no core dump, nothing locked in memory."""
    seconds = max(1, int(cpu))
    bounds = {
        resource.RLIMIT_AS: (memory, memory),
        resource.RLIMIT_CPU: (seconds, seconds + _CPU_GRACE),
        resource.RLIMIT_FSIZE: (0, 0),
        resource.RLIMIT_NOFILE: (_OPEN_FILES, _OPEN_FILES),
        resource.RLIMIT_CORE: (0, 0),
        resource.RLIMIT_MEMLOCK: (0, 0),
    }
    for what, (soft, hard) in bounds.items():
        _, most = resource.getrlimit(what)
        capped = hard if most == resource.RLIM_INFINITY else min(hard, most)
        resource.setrlimit(what, (min(soft, capped), capped))


class Late(BaseException):
    """The deadline of the preparation has passed. Not an Exception: libraries catch those and go on."""


def set_deadline(cpu: float) -> None:
    """Raise Late in the main thread after so many CPU seconds, again and again; set it before giving up rights."""

    def late(*_: object) -> None:
        raise Late(f"not ready to be sampled after {cpu:g} seconds of processor time")

    signal.signal(signal.SIGPROF, late)
    signal.setitimer(signal.ITIMER_PROF, cpu, 1.0)


def lift_deadline() -> None:
    """From now on nothing is raised."""
    signal.signal(signal.SIGPROF, signal.SIG_IGN)


def give_up_rights(level: Level, readable: Sequence[Path]) -> None:
    """Apply the layers that this level promises; an OSError if one of them cannot be had."""
    if level is Level.C:
        return
    library = libc()
    if library.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "no_new_privs")
    if level is Level.A:
        landlock.restrict(library, readable)
    seccomp.install(library)
