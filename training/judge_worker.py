"""Runs program texts, one forked child each, for `training.judge`. Never imported by the process that judges.

Reads one JSON object per line, {"program": text, "data": {name: values}, "seconds": limit}, and answers one,
{"stage": ..., "why": ...}."""

import contextlib
import json
import logging
import os
import resource
import select
import signal
import sys
import warnings
from typing import Any

os.environ["PYTENSOR_FLAGS"] = "cxx=,linker=py,optimizer=None"
os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np
import pymc as pm

MEMORY = 4 * 2**30


def stage_reached(program: str, data: dict[str, np.ndarray]) -> tuple[str, str]:
    """How far a program comes: parse, build, density (its log density at the start is finite), or ok."""
    try:
        code = compile(program, "program", "exec")
    except (SyntaxError, ValueError) as error:
        return "parse", f"{type(error).__name__}: {error}"
    names = {"data": data}
    try:
        exec(code, names)
    except Exception as error:  # whatever a program raises is its result
        return "build", f"{type(error).__name__}: {error}"
    model = names["model"]
    if not isinstance(model, pm.Model) or not model.observed_RVs or not model.free_RVs:
        return "build", "no observed or no free variable"
    try:
        densities = model.point_logps()
    except Exception as error:  # likewise
        return "density", f"{type(error).__name__}: {error}"
    infinite = [name for name, value in densities.items() if not np.isfinite(value)]
    return ("density", f"not finite: {', '.join(infinite)}") if infinite else ("ok", "")


def _answer_in_child(request: dict[str, Any], write: int) -> None:
    """The forked child: limits, the program, one line of JSON; never returns."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (request["seconds"], request["seconds"]))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    os.setpgid(0, 0)
    data = {name: np.array(values) for name, values in request["data"].items()}
    with open(os.devnull) as null:
        os.dup2(null.fileno(), 0)
    sink = os.open(os.devnull, os.O_WRONLY)
    os.dup2(sink, 1)
    os.dup2(sink, 2)
    stage, why = stage_reached(request["program"], data)
    os.write(write, json.dumps({"stage": stage, "why": why[:300]}).encode())
    os._exit(0)


def _judge(request: dict[str, Any]) -> dict[str, Any]:
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        _answer_in_child(request, write)
    os.close(write)
    ready, _, _ = select.select([read], [], [], request["seconds"])
    text = os.read(read, 65536) if ready else b""
    os.close(read)
    with contextlib.suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    if text:
        return dict(json.loads(text))
    return {"stage": "build", "why": "crashed" if ready else f"no answer in {request['seconds']} s"}


def main() -> None:
    """Answer line by line until standard input closes."""
    warnings.filterwarnings("ignore")
    logging.disable(logging.WARNING)
    for line in sys.stdin:
        print(json.dumps(_judge(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
