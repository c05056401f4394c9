"""One process at a time writes a run. The lock goes when its process does, however that ends."""

import fcntl
import os
import socket
from pathlib import Path
from typing import IO

from commons.utils import UserError, cannot_write

NAME = ".lock"


def hold(folder: Path) -> IO[str]:
    """Holds a run folder until the file returned is closed, or this process ends. UserError where it is held."""
    path = folder / NAME
    try:
        file = path.open("a+", encoding="utf-8")
    except OSError as error:
        raise cannot_write(path, error) from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # What follows is for whoever is refused; the lock itself is the kernel's, so that none is ever stale.
        file.truncate(0)
        file.write(f"process {os.getpid()} on {socket.gethostname()}")
        file.flush()
    except BlockingIOError as error:
        file.seek(0)
        holder = file.read(200) or "another process"
        file.close()
        raise UserError(f"{folder} is being written by {holder}") from error
    except OSError as error:
        file.close()
        raise cannot_write(path, error) from error
    return file
