"""Tables of `benchmarks/fitting.py`: costs by program, agreement of checks and means."""

import statistics
from collections.abc import Mapping
from typing import Any

Key = tuple[str, int, str]  # program, seed, way
Line = Mapping[str, Any]


def tables(lines: Mapping[Key, Line]) -> str:
    """A row for each program, of its first seed measured both ways; then the figures over all of them."""
    columns = ["program", "sampler", "fresh CPU-s", "pool CPU-s", "times less", "build + compile", "sample", "evaluate"]
    columns += ["checks equal", "worst z"]
    rows = [columns, ["---"] * len(columns)]
    for name in sorted({name for name, _, _ in lines}):
        rows.append(_row(name, lines))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows) + "\n\n" + _totals(lines)


def _row(name: str, lines: Mapping[Key, Line]) -> list[str]:
    seeds = sorted({seed for program, seed, _ in lines if program == name})
    pairs = [pair for seed in seeds if all(pair := _pair(lines, name, seed))]
    first, second = _pair(lines, name, seeds[0])
    same = [equal for pair in pairs for equal in _equal(*pair)]
    apart = [z for pair in pairs for z in _apart(*pair)]
    seconds = second.get("seconds", {}) if second else {}
    return [
        name,
        str(second["sampler"]) if second else "",
        f"{'> ' if first.get('ended') else ''}{first['cpu']:.1f}" if first else "",
        f"{second['cpu']:.2f}" if second else "",
        f"{first['cpu'] / second['cpu']:.0f}" if first and second else "",
        f"{seconds.get('build', 0) + seconds.get('compile', 0):.2f}",
        f"{seconds.get('pilot', 0) + seconds.get('sample', 0):.2f}",
        f"{seconds.get('log_likelihood', 0) + seconds.get('predictive', 0):.2f}",
        f"{sum(same)}/{len(same)}" if same else "",
        f"{max(apart):.1f}" if apart else "",
    ]


def _pair(lines: Mapping[Key, Line], name: str, seed: int) -> tuple[Line | None, Line | None]:
    return lines.get((name, seed, "fresh")), lines.get((name, seed, "pool"))


def _equal(first: Line, second: Line) -> list[bool]:
    """Of each check, whether it comes out the same both ways."""
    if "passed" not in first or "passed" not in second:
        return []
    return [first["passed"][check] == second["passed"][check] for check in first["passed"]]


def _apart(first: Line, second: Line) -> list[float]:
    """Of each free scalar's posterior mean: the difference, in Monte Carlo standard errors of both together."""
    if not all(line.get("passed", {}).get("r_hat") for line in (first, second)):
        return []  # means of chains that disagree mean nothing
    found = []
    for scalar in first["means"].keys() & second["means"].keys():
        (x, x_error), (y, y_error) = first["means"][scalar], second["means"][scalar]
        error = (x_error**2 + y_error**2) ** 0.5
        found.append(abs(x - y) / error if error > 0 else 0.0)
    return found


def _totals(lines: Mapping[Key, Line]) -> str:
    told = []
    pool = [line["cpu"] for (_, _, way), line in lines.items() if way == "pool"]
    if pool:
        told.append(
            f"pool: {len(pool)} fits, median {statistics.median(pool):.2f}, mean {statistics.mean(pool):.2f} CPU-s"
        )
    keys = sorted({(name, seed) for name, seed, _ in lines})
    pairs = [pair for key in keys if all(pair := _pair(lines, *key))]
    if pairs:
        spent, ours = (sum(pair[i]["cpu"] for pair in pairs) for i in (0, 1))  # type: ignore[index]
        told.append(f"{len(pairs)} fits both ways: {spent:.0f} and {ours:.0f} CPU-s, {spent / ours:.1f} times less")
        same = [equal for pair in pairs for equal in _equal(*pair)]  # type: ignore[arg-type]
        apart = [z for pair in pairs for z in _apart(*pair)]  # type: ignore[arg-type]
        told.append(f"checks equal: {sum(same)} of {len(same)}, {sum(same) / max(1, len(same)):.1%}")
        near = sum(z < 4 for z in apart)
        told.append(f"means within 4 standard errors: {near} of {len(apart)}, {near / max(1, len(apart)):.1%}")
    with_pilot = [(name, seed) for name, seed, way in lines if way == "pilot" and (name, seed, "pool") in lines]
    if with_pilot:
        without, cost = (sum(lines[*key, way]["cpu"] for key in with_pilot) for way in ("pool", "pilot"))
        ended = [name for name, seed in with_pilot if lines[name, seed, "pilot"]["sampler"].startswith("hopeless")]
        told.append(f"with a pilot: {cost:.0f} CPU-s, {without:.0f} without; it ends {', '.join(ended) or 'none'}")
    return "\n".join(told)
