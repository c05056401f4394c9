"""How slow this machine is at the moment, so that limits of time mean the same everywhere."""

import ast
import time

TEXT = "".join(f"x{i} = [1.0, 2.0, 3.0]  # measured on day {i}\n" for i in range(1000))
# Of processor time, for TEXT, where the limits were set: 0.012 to 0.018 were measured there.
SECONDS = 0.0137


def within(spent: float, seconds: float) -> bool:
    """Whether so much processor time is less than the limit, or would be on the machine where the limits were set."""
    return spent < seconds or spent < seconds * slowness()


def slowness() -> float:
    """How many times longer than there the same takes here, at least 1."""
    taken = []
    for _ in range(5):
        began = time.process_time()
        ast.parse(TEXT)
        taken.append(time.process_time() - began)
    return max(1.0, min(taken) / SECONDS)
