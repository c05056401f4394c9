"""The hostile corpus, without the allow-list in front: does anything outside the sandbox change?

    python benchmarks/hostile.py                       # every layer that this machine offers
    python benchmarks/hostile.py --without-landlock    # level B
    setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all python benchmarks/hostile.py

Watches a canary folder, the places where programs could leave something, the environment, a process and two sockets of
its own, what is left behind, how long each answer takes, and how much memory. Exit status 1 if anything is not as it
must be. Takes about 50 seconds."""

import argparse
import asyncio
import hashlib
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
from tqdm import tqdm

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "fitting")]

from fitting_programs import CORPUS, corpus_data  # noqa: E402

from refinestat.refinegen.fitting import launch  # noqa: E402
from refinestat.refinegen.fitting.pool import FittingPool  # noqa: E402
from refinestat.refinegen.records import Fit, FitLimits, Outcome, SamplerSettings  # noqa: E402

LIMITS = FitLimits(wall=6.0, cpu=6.0, build=4.0, memory=3 * 2**30)
LATE = 2.0  # seconds after the limit by which the pool must have answered
CANARY = Path("/var/tmp/canary")  # where the programs of the corpus aim
PORT = 9  # where they call, if this user may listen there
NAMES = ("owned", "poison", "zz_lm", "junk", "big")  # what the programs call their files
WITHOUT_LANDLOCK = """
def refused(*_):
    raise OSError("switched off")
import sys
sys.path.insert(0, sys.argv[1])
from refinestat.refinegen.fitting import landlock
landlock.restrict = refused
"""


class Outside:
    """What programs must leave alone, as it was at the beginning."""

    def __init__(self, stack: ExitStack) -> None:
        self.made = not CANARY.exists()
        CANARY.mkdir(exist_ok=True)
        for name in ("precious.txt", "secret.txt"):
            (CANARY / name).write_text(name)
        self._bystander = stack.enter_context(subprocess.Popen(["sleep", "1000"]))
        stack.callback(self._bystander.kill)
        self._sockets = list(_listening(stack))
        self._files, self._environment = _snapshot(), dict(os.environ)

    def changes(self) -> list[str]:
        """What is not as it was, or has been reached."""
        now = _snapshot()
        found = [
            f"file {path}" for path in sorted(now.keys() | self._files.keys()) if now.get(path) != self._files.get(path)
        ]
        if dict(os.environ) != self._environment:
            found.append("the environment")
        if self._bystander.poll() is not None:
            found.append("another process was ended")
        for listener in self._sockets:
            try:
                listener.recv(1) if listener.type == socket.SOCK_DGRAM else listener.accept()
                found.append(f"network: {listener.type.name}")
            except BlockingIOError:
                pass
        return found

    def remove(self) -> None:
        for name in ("precious.txt", "secret.txt"):
            (CANARY / name).unlink(missing_ok=True)
        if self.made:
            CANARY.rmdir()


def _listening(stack: ExitStack) -> Iterator[socket.socket]:
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        listener = stack.enter_context(socket.socket(socket.AF_INET, kind))
        listener.setblocking(False)
        try:
            listener.bind(("127.0.0.1", PORT))
        except OSError:  # a low port needs privilege
            continue
        if kind == socket.SOCK_STREAM:
            listener.listen()
        yield listener


def _snapshot() -> dict[str, str]:
    """Files where programs might write: all of the canary, and what stands directly in the folders that they could use.

    Of folders that other programs write to at any time, only names that the corpus gives."""
    home, packages = Path.home(), Path(np.__file__).parents[1]
    watched = [*CANARY.rglob("*"), *Path("/").iterdir(), *packages.glob("*.p*"), *(ROOT / "commons").glob("*.py")]
    watched += [home / name for name in (".bashrc", ".profile", ".numpy-site.cfg", ".pytensorrc")]
    for folder in (Path(tempfile.gettempdir()), home, home / ".pytensor", Path.cwd()):
        watched += [path for name in NAMES for path in folder.glob(f"*{name}*")] if os.access(folder, os.R_OK) else []
    return {str(path): _state(path) for path in watched}


def _state(path: Path) -> str:
    """What tells that a file has changed: its kind, rights and content; of a folder, its rights."""
    try:
        content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        return f"{path.lstat().st_mode:o} {content}"
    except OSError as error:
        return str(error.strerror)


async def run(programs: dict[str, str]) -> tuple[str, dict[str, tuple[Fit, float]]]:
    """The level, and each program's fit with the wall seconds that it took."""
    data = corpus_data()
    fits: dict[str, tuple[Fit, float]] = {}
    slots = asyncio.Semaphore(2)
    async with FittingPool(workers=2, limits=LIMITS) as pool:
        with tqdm(total=len(programs), unit="program", dynamic_ncols=True) as bar:

            async def one(name: str, text: str) -> None:
                async with slots:  # as many as the pool takes: no wait counts
                    began = time.monotonic()
                    fit = await pool.fit(text, data, SamplerSettings(chains=2, tune=100, draws=100))
                    fits[name] = fit, time.monotonic() - began
                    bar.update()

            await asyncio.gather(*(one(*program) for program in programs.items()))
        return pool.containment, fits


def faults(fits: dict[str, tuple[Fit, float]]) -> Iterator[str]:
    """Programs that took too long, too much, or whose result is not of the model that they hold."""
    for name, (fit, seconds) in sorted(fits.items()):
        if seconds > LIMITS.wall + LATE:
            yield f"{name} was answered after {seconds:.1f} seconds"
        if fit.peak_memory > LIMITS.memory:
            yield f"{name} took {fit.peak_memory / 2**30:.1f} GB"
        if fit.outcome is Outcome.SCORED and not fit.free:
            yield f"{name} was scored without draws"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--without-landlock", action="store_true", help="as on a kernel that lacks it")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only every Nth program")
    arguments = parser.parse_args()
    if arguments.without_landlock:
        launch._BOOT = WITHOUT_LANDLOCK + launch._BOOT
    paths = sorted((CORPUS / "hostile").glob("*.py"))[:: arguments.every]
    programs = {path.stem: path.read_text() for path in paths}
    with ExitStack() as stack:
        outside = Outside(stack)
        level, fits = asyncio.run(run(programs))
        problems = [*(f"changed: {change}" for change in outside.changes()), *faults(fits)]
        left = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()
        problems += [f"left behind: process {pid}" for pid in left if int(pid) != outside._bystander.pid]
        outside.remove()
    outcomes = Counter(fit.outcome.value for fit, _ in fits.values())
    slowest, largest = max(seconds for _, seconds in fits.values()), max(fit.peak_memory for fit, _ in fits.values())
    print(f"level {level}, user {os.getuid()}: {len(fits)} programs: {dict(outcomes)}")
    print(f"slowest answer {slowest:.1f} s (limit {LIMITS.wall:g} s), most memory {largest / 2**30:.1f} GB")
    print("\n".join(problems) or "Nothing outside changed.")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
