"""Which system calls a worker may make: a list of what is allowed, by architecture; whatever is not on it fails.

Numbers: x86-64 from arch/x86/entry/syscalls/syscall_64.tbl, aarch64 from include/uapi/asm-generic/unistd.h of Linux."""

from collections.abc import Mapping
from types import MappingProxyType

# Value of `arch` that the kernel shows the filter (AUDIT_ARCH_*).
AUDIT_ARCH: Mapping[str, int] = MappingProxyType({"x86_64": 0xC000003E, "aarch64": 0xC00000B7})

# name: (x86-64, aarch64); None where the architecture does not have it.
_ALLOWED: Mapping[str, tuple[int | None, int | None]] = {
    # memory
    "mmap": (9, 222),
    "mprotect": (10, 226),
    "munmap": (11, 215),
    "brk": (12, 214),
    "mremap": (25, 216),
    "mincore": (27, 232),
    # reading files; writing to what is open: /dev/null and the one socket
    "read": (0, 63),
    "write": (1, 64),
    "close": (3, 57),
    "stat": (4, None),
    "fstat": (5, 80),
    "lstat": (6, None),
    "lseek": (8, 62),
    "pread64": (17, 67),
    "readv": (19, 65),
    "writev": (20, 66),
    "access": (21, None),
    "dup": (32, 23),
    "dup2": (33, None),
    "dup3": (292, 24),
    "getcwd": (79, 17),
    "readlink": (89, None),
    "getdents64": (217, 61),
    "newfstatat": (262, 79),
    "readlinkat": (267, 78),
    "faccessat": (269, 48),
    "faccessat2": (439, 439),
    "statx": (332, 291),
    "sendto": (44, 206),
    "recvfrom": (45, 207),
    "sendmsg": (46, 211),
    "recvmsg": (47, 212),
    "shutdown": (48, 210),
    "getsockname": (51, 204),
    "getpeername": (52, 205),
    "getsockopt": (55, 209),
    # waiting
    "poll": (7, None),
    "ppoll": (271, 73),
    "select": (23, None),
    "pselect6": (270, 72),
    "epoll_create1": (291, 20),
    "epoll_ctl": (233, 21),
    "epoll_wait": (232, None),
    "epoll_pwait": (281, 22),
    "eventfd2": (290, 19),
    "pipe2": (293, 59),
    "pipe": (22, None),
    "futex": (202, 98),
    "nanosleep": (35, 101),
    "clock_nanosleep": (230, 115),
    "sched_yield": (24, 124),
    "restart_syscall": (219, 128),
    # time
    "gettimeofday": (96, 169),
    "time": (201, None),
    "times": (100, 153),
    "clock_gettime": (228, 113),
    "clock_getres": (229, 114),
    # signals to itself, threads, end
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "rt_sigtimedwait": (128, 137),
    "sigaltstack": (131, 132),
    "set_tid_address": (218, 96),
    "set_robust_list": (273, 99),
    "rseq": (334, 293),
    "membarrier": (324, 283),
    "arch_prctl": (158, None),
    "exit": (60, 93),
    "exit_group": (231, 94),
    "wait4": (61, 260),
    # who and where am I
    "getpid": (39, 172),
    "getppid": (110, 173),
    "gettid": (186, 178),
    "getuid": (102, 174),
    "geteuid": (107, 175),
    "getgid": (104, 176),
    "getegid": (108, 177),
    "uname": (63, 160),
    "sysinfo": (99, 179),
    "getrusage": (98, 165),
    "getrlimit": (97, 163),
    "getcpu": (309, 168),
    "sched_getaffinity": (204, 123),
    "sched_getparam": (143, 121),
    "sched_getscheduler": (145, 120),
    "getrandom": (318, 278),
}

# Calls whose arguments decide; `seccomp` writes the rule of each.
_JUDGED: Mapping[str, tuple[int | None, int | None]] = {
    "open": (2, None),
    "openat": (257, 56),
    "clone": (56, 220),
    "clone3": (435, 435),
    "kill": (62, 129),
    "tgkill": (234, 131),
    "fcntl": (72, 25),
    "madvise": (28, 233),
    "prctl": (157, 167),
    "prlimit64": (302, 261),
    "ioctl": (16, 29),
    "seccomp": (317, 277),
}


def allowed(machine: str) -> frozenset[int]:
    """Numbers of the calls that a worker may make with any arguments."""
    column = tuple(AUDIT_ARCH).index(machine)
    return frozenset(number for row in _ALLOWED.values() if (number := row[column]) is not None)


def judged(machine: str) -> Mapping[str, int]:
    """Numbers, by name, of the calls whose arguments decide."""
    column = tuple(AUDIT_ARCH).index(machine)
    return {name: number for name, row in _JUDGED.items() if (number := row[column]) is not None}
