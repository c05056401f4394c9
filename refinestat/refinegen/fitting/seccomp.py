"""The system-call filter of a worker, as classic BPF installed through ctypes: what is not listed does not exist.

See seccomp(2) and Documentation/userspace-api/seccomp_filter.rst. Unlisted calls give ENOSYS, which C libraries take as
an old kernel and work around; a call from another architecture ends the process."""

import ctypes
import errno
import os
import platform
import struct
from collections.abc import Sequence

from refinestat.refinegen.fitting.syscalls import AUDIT_ARCH, allowed, judged

_LOAD, _EQUAL, _ANY_BIT, _RETURN = 0x20, 0x15, 0x45, 0x06  # BPF opcodes: ld abs, jeq, jset, ret
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_NUMBER, _ARCH, _ARGUMENTS = 0, 4, 16  # offsets in struct seccomp_data
_SET_MODE_FILTER, _TSYNC = 1, 1
_CLONE_THREAD = 0x10000
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND | 0x400000  # the last: __O_TMPFILE
_PRCTL = (15, 16, 0x53564D41)  # PR_SET_NAME, PR_GET_NAME, PR_SET_VMA: names for people
_IOCTL = (0x5401, 0x5421, 0x541B, 0x5450, 0x5451)  # TCGETS, FIONBIO, FIONREAD, FIONCLEX, FIOCLEX
# F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD_CLOEXEC. Never F_SETOWN and F_SETSIG: by those the kernel sends
# any signal to any process of the same user whenever a pipe becomes readable.
_FCNTL = (0, 1, 2, 3, 4, 1030)
_MADVISE = (0, 1, 2, 3, 4, 8, 14, 15, 16, 17)  # hints; never MADV_HWPOISON, which takes pages from the whole machine
_MOST_JUMP = 200  # jumps are one byte long

Instruction = tuple[int, int, int, int]


def _load(offset: int) -> Instruction:
    return (_LOAD, 0, 0, offset)


def _return(value: int) -> Instruction:
    return (_RETURN, 0, 0, value)


def _fail(code: int) -> Instruction:
    return _return(_ERRNO | code)


def _argument(index: int, high: bool = False) -> Instruction:
    """Load 32 bits of an argument (little-endian machines)."""
    return _load(_ARGUMENTS + 8 * index + 4 * high)


def _only(index: int, values: Sequence[int], code: int) -> list[Instruction]:
    """Allow where the argument is one of the values, else fail. Its upper half is ignored, as the kernel does."""
    tests = [(_EQUAL, len(values) - i, 0, value) for i, value in enumerate(values)]
    return [_argument(index), *tests, _fail(code), _return(_ALLOW)]


def _rules(pid: int) -> dict[str, list[Instruction]]:
    """What decides about each judged call; every rule ends with a return."""
    opening = [(_ANY_BIT, 0, 1, _WRITING), _fail(errno.EROFS), _return(_ALLOW)]
    itself = _only(0, [pid], errno.EPERM)
    return {
        "open": [_argument(1), *opening],
        "openat": [_argument(2), *opening],
        "clone": [_argument(0), (_ANY_BIT, 1, 0, _CLONE_THREAD), _fail(errno.EPERM), _return(_ALLOW)],
        "clone3": [_fail(errno.ENOSYS)],
        "kill": itself,
        "tgkill": itself,
        "fcntl": _only(1, _FCNTL, errno.EPERM),
        "madvise": _only(2, _MADVISE, errno.EINVAL),
        "prctl": _only(0, _PRCTL, errno.EPERM),
        "ioctl": _only(1, _IOCTL, errno.ENOTTY),
        "prlimit64": [  # reading limits only: the pointer to new ones is null
            _argument(2),
            (_EQUAL, 0, 3, 0),
            _argument(2, high=True),
            (_EQUAL, 0, 1, 0),
            _return(_ALLOW),
            _fail(errno.EPERM),
        ],
        "seccomp": [_fail(errno.ENOSYS)],
    }


def program(machine: str, pid: int) -> list[Instruction]:
    """The whole filter for one architecture and one process."""
    filter_ = [_load(_ARCH), (_EQUAL, 1, 0, AUDIT_ARCH[machine]), _return(_KILL), _load(_NUMBER)]
    rules = _rules(pid)
    for name, number in judged(machine).items():
        rule = rules[name]
        filter_ += [(_EQUAL, 0, len(rule), number), *rule]
    numbers = sorted(allowed(machine))
    for start in range(0, len(numbers), _MOST_JUMP):
        part = numbers[start : start + _MOST_JUMP]
        filter_ += [(_EQUAL, len(part) - i, 0, number) for i, number in enumerate(part)]
        filter_ += [(0x05, 0, 0, 1), _return(_ALLOW)]  # 0x05: jump over the next
    return [*filter_, _fail(errno.ENOSYS)]


class _FilterProgram(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]


def install(libc: ctypes.CDLL) -> None:
    """Put every thread of this process under the filter, for good. Raises OSError where the kernel has no seccomp."""
    machine = platform.machine()
    if machine not in AUDIT_ARCH:
        raise OSError(errno.ENOSYS, f"no system-call filter for {machine}")
    instructions = program(machine, os.getpid())
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *i) for i in instructions))
    filter_ = _FilterProgram(len(instructions), ctypes.addressof(code))
    number = judged(machine)["seccomp"]
    if libc.syscall(number, _SET_MODE_FILTER, _TSYNC, ctypes.byref(filter_)) != 0:
        raise OSError(ctypes.get_errno(), "seccomp")
