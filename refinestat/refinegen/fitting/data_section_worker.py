"""The contained process that executes a data section: it imports, gives up its rights, runs line by line, tells, ends.

Plotting is replaced by nothing; a statement that fails is told, and what it would have made stays unknown."""

import ast
import os
import shutil
import socket
import sys
import tempfile
import warnings
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from refinestat.refinegen.fitting import containment, lockdown, protocol
from refinestat.refinegen.fitting.data_section_values import described

_ROOT = Path(__file__).resolve().parents[3]
_PLOTTING = ("matplotlib.pyplot", "seaborn")


def main(descriptor: int) -> None:
    """Entry point of the process; it never returns."""
    status = 1
    try:
        lockdown.die_with_parent(lockdown.libc(), os.getppid())
        connection = socket.socket(fileno=descriptor)
        _serve(connection)
        status = 0
    finally:
        os._exit(status)


def _serve(connection: socket.socket) -> None:
    length = protocol.header_length(_exactly(connection, protocol.LENGTH.size))
    fields = protocol.read_header(_exactly(connection, length)).fields
    source = _exactly(connection, fields["source_bytes"]).decode()
    _import_ahead(source)
    level = _contain(connection, fields)
    namespace: dict[str, Any] = {}
    if level is lockdown.Level.C:
        notes: list[list[Any]] = [[1, "this machine cannot contain programs (level C): the data section was not run"]]
    else:
        namespace, notes = _run(source)
    values, arrays = described(namespace)
    told = {"nonce": fields["nonce"], "level": str(level), "values": values, "notes": notes}
    for part in protocol.pack(told, [("value", f"v{i}", array) for i, array in enumerate(arrays)]):
        connection.sendall(part)


def _contain(connection: socket.socket, fields: Any) -> lockdown.Level:
    """Give up every right but reading the installation and the folder of the file."""
    folder = Path(fields["folder"])
    here = containment.probe(_ROOT)
    os.chdir(folder)
    lockdown.keep_only(connection.fileno())
    lockdown.set_limits(fields["cpu"], fields["memory"])
    lockdown.give_up_rights(here.level, [*here.readable, folder])
    return here.level


def _import_ahead(source: str) -> None:
    """What needs to write while it is imported; PyTensor insists on a folder, which is gone afterwards."""
    warnings.simplefilter("ignore")
    if "pymc" in source or "pytensor" in source or "arviz" in source:
        folder = tempfile.mkdtemp(prefix="refinestat-")
        os.environ["PYTENSOR_FLAGS"] = f"cxx=,blas__ldflags=,base_compiledir={folder}"
        try:
            import pymc  # noqa: F401, PLC0415 - after its folder exists
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    sys.modules.update({name: _Silent(name) for name in _PLOTTING if name not in sys.modules})


class _Silent(ModuleType):
    """A module that plots nothing: whatever is asked of it is there and does nothing."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Silent(name)

    def __call__(self, *_: Any, **__: Any) -> Any:
        return self

    def __getitem__(self, _: Any) -> Any:
        return self

    def __setitem__(self, *_: Any) -> None:
        pass

    def __iter__(self) -> Any:
        return iter((self, self))  # fig, axes


def _run(source: str) -> tuple[dict[str, Any], list[list[Any]]]:
    """Executes the statements one by one; what they made, and [line, why] of those that failed."""
    namespace: dict[str, Any] = {"__name__": "__main__", "get_ipython": _Silent("get_ipython"), "display": _Silent("d")}
    notes: list[list[Any]] = []
    for node in ast.parse(source).body:
        try:
            with np.errstate(all="ignore"):
                exec(compile(ast.Module(body=[node], type_ignores=[]), "<data section>", "exec"), namespace)
        except BaseException as error:  # the boundary: whatever a section raises, exits included, is data
            if not isinstance(node, ast.Expr):
                notes.append([node.lineno, protocol.printable(f"{type(error).__name__}: {error}")])
    return namespace, notes[:100]


def _exactly(connection: socket.socket, count: int) -> bytes:
    chunks = bytearray()
    while len(chunks) < count:
        chunk = connection.recv(min(1 << 20, count - len(chunks)))
        if not chunk:
            raise EOFError("the parent closed the connection")
        chunks += chunk
    return bytes(chunks)
