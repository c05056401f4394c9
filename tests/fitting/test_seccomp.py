"""The system-call filter, run by an interpreter of classic BPF: what it allows and refuses, on both machines."""

import errno
import os
import re
from pathlib import Path

import pytest

from refinestat.refinegen.fitting import seccomp
from refinestat.refinegen.fitting.syscalls import _ALLOWED, _JUDGED, AUDIT_ARCH, allowed, judged

PID = 4242
ALLOW, KILL = 0x7FFF0000, 0x80000000


def verdict(machine: str, number: int, *arguments: int, arch: int | None = None) -> int:
    """What the filter returns for one call; an error as its errno."""
    words = {0: number, 4: AUDIT_ARCH[machine] if arch is None else arch}
    for i, argument in enumerate(arguments):
        words[16 + 8 * i], words[20 + 8 * i] = argument & 0xFFFFFFFF, argument >> 32
    program, at, register = seccomp.program(machine, PID), 0, 0
    while True:
        code, yes, no, k = program[at]
        at += 1
        if code == 0x20:
            register = words.get(k, 0)
        elif code == 0x15:
            at += yes if register == k else no
        elif code == 0x45:
            at += yes if register & k else no
        elif code == 0x05:
            at += k
        else:
            return k if k in (ALLOW, KILL) else k & 0xFFFF


@pytest.fixture(params=list(AUDIT_ARCH))
def machine(request):
    return request.param


def test_every_listed_call_is_allowed(machine):
    assert {verdict(machine, number) for number in allowed(machine)} == {ALLOW}


def test_every_other_call_does_not_exist(machine):
    others = set(range(600)) - allowed(machine) - set(judged(machine).values())
    assert {verdict(machine, number) for number in others} == {errno.ENOSYS}


def test_a_call_from_another_architecture_ends_the_process(machine):
    assert verdict(machine, 0, arch=0x40000003) == KILL


def test_files_open_for_reading_only(machine):
    openat = judged(machine)["openat"]
    assert verdict(machine, openat, 0, 0, os.O_RDONLY | os.O_CLOEXEC | os.O_DIRECTORY) == ALLOW
    for flags in (os.O_WRONLY, os.O_RDWR, os.O_CREAT, os.O_TRUNC, os.O_APPEND, 0x400000):
        assert verdict(machine, openat, 0, 0, flags) == errno.EROFS


def test_threads_but_no_processes(machine):
    calls = judged(machine)
    assert verdict(machine, calls["clone"], 0x3D0F00) == ALLOW  # what pthread_create passes
    assert verdict(machine, calls["clone"], 17) == errno.EPERM  # what fork passes: SIGCHLD
    assert verdict(machine, calls["clone3"]) == errno.ENOSYS


def test_signals_to_itself_only(machine):
    for name in ("kill", "tgkill"):
        assert verdict(machine, judged(machine)[name], PID) == ALLOW
        for other in (1, 0, 2**32 - 1):
            assert verdict(machine, judged(machine)[name], other) == errno.EPERM


def test_the_kernel_is_not_asked_to_signal_others_either(machine):
    """A pipe with an owner (F_SETOWN) and a signal (F_SETSIG) kills any process of the same user when it is written."""
    fcntl = judged(machine)["fcntl"]
    for command in (0, 1, 2, 3, 4, 1030):
        assert verdict(machine, fcntl, 3, command) == ALLOW
    for command in (8, 10, 15, 1024, 1026, 1033):  # F_SETOWN, F_SETSIG, F_SETOWN_EX, F_SETLEASE, F_NOTIFY, F_ADD_SEALS
        assert verdict(machine, fcntl, 3, command) == errno.EPERM


def test_memory_is_advised_on_but_not_poisoned(machine):
    madvise = judged(machine)["madvise"]
    for advice in (4, 8, 14):  # MADV_DONTNEED, MADV_FREE, MADV_HUGEPAGE
        assert verdict(machine, madvise, 0, 4096, advice) == ALLOW
    for advice in (100, 101):  # MADV_HWPOISON, MADV_SOFT_OFFLINE
        assert verdict(machine, madvise, 0, 4096, advice) == errno.EINVAL


def test_limits_are_read_never_set(machine):
    call = judged(machine)["prlimit64"]
    assert verdict(machine, call, 0, 7, 0) == ALLOW
    assert verdict(machine, call, 0, 7, 0x1000) == errno.EPERM
    assert verdict(machine, call, 0, 7, 1 << 40) == errno.EPERM


def test_it_cannot_outlive_its_parent_by_prctl(machine):
    assert verdict(machine, judged(machine)["prctl"], 1) == errno.EPERM  # PR_SET_PDEATHSIG
    assert verdict(machine, judged(machine)["prctl"], 15) == ALLOW


@pytest.mark.parametrize(
    ("column", "header"),
    [(0, "x86_64-linux-gnu/asm/unistd_64.h"), (1, "asm-generic/unistd.h")],
)
def test_numbers_are_those_of_the_kernel_headers(column, header):
    path = Path("/usr/include") / header
    if not path.exists():
        pytest.skip(f"{path} is not installed")
    names = dict(re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", path.read_text()))
    same = {"newfstatat": "fstatat"}
    for name, row in {**_ALLOWED, **_JUDGED}.items():
        known = names.get(name) or names.get(same.get(name, name))
        if row[column] is not None:
            assert known is not None, f"{name} is not in {path}"
            assert int(known) == row[column], name
