"""Landlock: a worker can read the Python environment and nothing else, write nothing, connect to nothing.

See landlock(7). It binds the calling thread and the threads it starts later: restrict right after a fork."""

import ctypes
import os
import struct
import sys
from collections.abc import Iterable
from pathlib import Path

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same on every architecture
_VERSION_FLAG, _RULE_PATH_BENEATH = 1, 1
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
# What each ABI version can forbid: file-system rights, then TCP bind and connect, then abstract sockets and signals.
_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1}
_NEWEST_RIGHTS = (1 << 16) - 1
_ABI_NETWORK, _ABI_SCOPE = 4, 6


def abi(libc: ctypes.CDLL) -> int:
    """The version of Landlock that the kernel offers; 0 without."""
    return max(0, int(libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _VERSION_FLAG)))


def readable_paths(package_root: Path) -> list[Path]:
    """What a worker may read: the Python installation, shared libraries, and this project's own packages."""
    installed = {Path(p) for p in (sys.prefix, sys.base_prefix, sys.exec_prefix, *sys.path) if p}
    installed.discard(package_root)
    system = {Path(p) for p in ("/usr/lib", "/usr/lib64", "/lib", "/lib64", "/usr/local/lib")}
    own = {package_root / "refinestat", package_root / "commons"}
    return sorted(path for path in installed | system | own if path.is_absolute() and path.exists())


def restrict(libc: ctypes.CDLL, readable: Iterable[Path]) -> None:
    """Forbid everything but reading below the given paths, for good. Raises OSError where Landlock is missing."""
    version = abi(libc)
    if version == 0:
        raise OSError(ctypes.get_errno(), "landlock")
    rights = _RIGHTS.get(version, _NEWEST_RIGHTS)
    network = 3 if version >= _ABI_NETWORK else 0
    scope = 3 if version >= _ABI_SCOPE else 0
    size = 8 * (1 + (version >= _ABI_NETWORK) + (version >= _ABI_SCOPE))
    attributes = struct.pack("QQQ", rights, network, scope)[:size]
    ruleset = _call(libc, _CREATE_RULESET, attributes, ctypes.c_size_t(size), 0)
    try:
        for path in readable:
            _allow_reading(libc, ruleset, path)
        _call(libc, _RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _allow_reading(libc: ctypes.CDLL, ruleset: int, path: Path) -> None:
    descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        rights = _READ_FILE | _READ_DIR if path.is_dir() else _READ_FILE
        _call(libc, _ADD_RULE, ruleset, _RULE_PATH_BENEATH, struct.pack("=Qi", rights, descriptor), 0)
    finally:
        os.close(descriptor)


def _call(libc: ctypes.CDLL, number: int, *arguments: object) -> int:
    result = int(libc.syscall(number, *arguments))
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result
