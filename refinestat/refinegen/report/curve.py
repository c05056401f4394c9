"""The curve of a search: the ELPD-LOO of each attempt, and the best reliable one so far."""

from collections.abc import Sequence
from math import isfinite, log1p

from refinestat.refinegen.report.records import Curve, Dot, Label, Number, Step

LEFT, RIGHT, TOP = 62.0, 14.0, 12.0  # margins, in units of the drawing, which are pixels where there is room
SPACE, FOOT = 62.0, 18.0  # height of the scores; of the line for what has none
NARROW, WIDE, WHOLE = 20.0, 52.0, 480.0  # between two attempts, at least and at most; the width to fill
MOST_NUMBERS = 24  # of attempts, below the curve


def curve(steps: Sequence[Step]) -> Curve:
    """Attempts from left to right; height: the distance to the best ELPD-LOO, on a logarithmic scale."""
    scored = [step.elpd for step in steps if isfinite(step.elpd.value)]
    failed = len(scored) < len(steps)
    floor = TOP + (SPACE if scored else 0.0) + (FOOT if failed else 0.0)
    between = min(WIDE, max(NARROW, WHOLE / max(1, len(steps))))
    top = max((score.value for score in scored), default=0.0)
    widest = max((log1p(top - score.value) for score in scored), default=0.0) or 1.0

    def height(score: float) -> float:
        return round(TOP + SPACE * log1p(top - score) / widest, 1) if isfinite(score) else floor

    dots, path = [], ""
    for place, step in enumerate(steps):
        x = round(LEFT + between * place, 1)
        kind = "failed" if not isfinite(step.elpd.value) else "reliable" if step.reliable else "weak"
        says = f"attempt {step.number}: " + (f"ELPD-LOO {step.elpd.text}" if kind != "failed" else step.outcome)
        dots.append(Dot(x=x, y=height(step.elpd.value), kind=kind, says=says))
        if step.best_so_far is not None and isfinite(step.best_so_far.value):
            y = height(step.best_so_far.value)
            path += f"H{x}V{y}" if path else f"M{x} {y}"
    ends = {
        score.text: score.value for find in (max, min) for score in [find(scored, key=_value, default=None)] if score
    }
    labels = [Label(x=LEFT - 12, y=height(value), text=text) for text, value in ends.items()]
    labels += [Label(x=LEFT - 12, y=floor, text="no score")] if failed else []
    every = -(-len(steps) // MOST_NUMBERS) or 1
    numbers = tuple(Label(x=dot.x, y=floor + 22, text=str(step.number)) for dot, step in zip(dots, steps, strict=True))
    width = LEFT + between * max(0, len(steps) - 1) + RIGHT
    return Curve(
        width=round(width, 1),
        height=floor + 28,
        dots=tuple(dots),
        path=f"{path}H{width - RIGHT:.1f}" if path else "",
        labels=tuple(labels),
        numbers=numbers[::every],
    )


def _value(score: Number) -> float:
    return score.value
