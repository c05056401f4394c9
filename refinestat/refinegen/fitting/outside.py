"""Where the C functions that machine code calls live in this process: the C library, and SciPy."""

import ctypes
import re

from refinestat.refinegen.fitting.ir import UnsupportedError


def address(symbol: str) -> int:
    """Where an outside function is: `special.gammaln.1` in SciPy, anything else in the C library."""
    if symbol.startswith("special."):
        _, function, count = symbol.split(".")
        found = special_address(function, int(count))
        if found is None:
            raise UnsupportedError(f"no such function: {symbol}")
        return found
    pointer = ctypes.cast(getattr(ctypes.CDLL(None), symbol), ctypes.c_void_p)
    return int(pointer.value or 0)


def special_address(function: str, arguments: int) -> int | None:
    """The C function behind scipy.special's `function` of reals, as SciPy exports it to Cython."""
    from scipy.special import cython_special  # noqa: PLC0415 - with the others, when the first one is needed

    wanted = f"double ({'double, ' * arguments}int __pyx_skip_dispatch)".encode()
    get_name, get_pointer = ctypes.pythonapi.PyCapsule_GetName, ctypes.pythonapi.PyCapsule_GetPointer
    get_name.restype, get_name.argtypes = ctypes.c_char_p, [ctypes.py_object]
    get_pointer.restype, get_pointer.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    for exported, capsule in cython_special.__pyx_capi__.items():
        if re.fullmatch(rf"(__pyx_fuse_\d+)?{function}", exported) and get_name(capsule) == wanted:
            return int(get_pointer(capsule, wanted))
    return None
