"""How far programs come, judged in another process: none of their text is run in this one."""

import json
import subprocess
import sys
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Self

from commons.data_pymc import Dataset

SECONDS = 30
ROOT = Path(__file__).resolve().parent.parent


class Stage(StrEnum):
    """Where a program stopped. OK: it builds, and its log density at the start is finite."""

    PARSE = "parse"
    BUILD = "build"
    DENSITY = "density"
    OK = "ok"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Where a program stopped, and why."""

    stage: Stage
    why: str


class Judge:
    """A worker process that forks one child per program, limited in time and memory (`training.judge_worker`)."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "training.judge_worker"]
        self._worker = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._worker.stdin is not None
        self._worker.stdin.close()
        self._worker.wait()

    def judge(self, program: str, dataset: Dataset, seconds: int = SECONDS) -> Finding:
        """The finding on one whole program, which may take this long."""
        assert self._worker.stdin is not None
        assert self._worker.stdout is not None
        data = {name: values.tolist() for name, values in dataset.values.items()}
        self._worker.stdin.write(json.dumps({"program": program, "data": data, "seconds": seconds}) + "\n")
        self._worker.stdin.flush()
        line = self._worker.stdout.readline()
        if not line:
            raise RuntimeError("the process that judges programs ended; its last words are above")
        answer = json.loads(line)
        return Finding(stage=Stage(answer["stage"]), why=answer["why"])
