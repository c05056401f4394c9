"""The text of docs/gallery.md: what came out of the gallery's searches, beside the truth and a reference fit."""

from dataclasses import dataclass

from benchmarks.reference_fits import Reference
from benchmarks.ten_datasets import Made
from refinestat.refinegen.effects import Slope
from refinestat.refinegen.records import Attempt


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came out of one cell. slope: of the predictor with the known truth, where the program has one. draw: of the
    data; reference: what they say themselves. section: as the model read
    them."""

    name: str
    made: Made
    section: str
    reference: Reference
    draw: int
    seed: int
    best: Attempt
    reliable: bool
    family: str
    slope: Slope | None

    @property
    def family_found(self) -> bool:
        return self.family == self.made.family

    @property
    def slope_found(self) -> bool:
        return self.slope is not None and self.slope.low <= self.made.slope <= self.slope.high

    @property
    def unlucky(self) -> bool:
        """Whether the data themselves speak against the truth, at 90 %."""
        return not self.reference.low <= self.made.slope <= self.reference.high


def best_of_seeds(found: list[Result]) -> list[Result]:
    """The answer for each data set: the reliable program with the highest ELPD-LOO over the seeds."""
    answers: dict[tuple[int, str], Result] = {}
    for result in found:
        held = answers.get((result.draw, result.name))
        key = (result.reliable, result.best.assessment.elpd_loo)
        if held is None or key > (held.reliable, held.best.assessment.elpd_loo):
            answers[result.draw, result.name] = result
    return list(answers.values())


def summary(found: list[Result]) -> str:
    """How many data sets, and how many searches, hold each bar, by draw of the data and in all."""
    rows = ["| draw of the data | | reliable | true family | true slope in the 90 % interval | reference fit |"]
    rows += ["|---|---|---|---|---|---|"]
    draws = sorted({result.draw for result in found})
    for label, of in (*((str(draw), (draw,)) for draw in draws), *([("all", tuple(draws))] if len(draws) > 1 else [])):
        cells = [result for result in found if result.draw in of]
        for what, some in (("data sets", best_of_seeds(cells)), ("searches", cells)):
            counts = [
                sum(each.reliable for each in some),
                sum(each.family_found for each in some),
                sum(each.slope_found for each in some),
                sum(not each.unlucky for each in some),
            ]
            rows.append(f"| {label} | {what} | {' | '.join(f'{count} of {len(some)}' for count in counts)} |")
    return "\n".join(rows)


def page(found: list[Result]) -> str:
    """The text of docs/gallery.md."""
    answers = best_of_seeds(found)
    first = min(result.draw for result in found)
    parts = [
        "# Gallery",
        "Ten data sets of ten kinds, made with a known truth (`benchmarks/ten_datasets.py`) and drawn three times, each"
        "\ngiven to RefineStat as a CSV file with no word about its columns; the embedded model, three seeds. This page"
        "\nis written by `python benchmarks/gallery.py`.",
        summary(found),
        "A data set counts by its best program over the seeds. The reference fit is the maximum-likelihood fit of the"
        "\nfamily and form that made the data (`benchmarks/reference_fits.py`): where its own 90 % interval misses the"
        "\ntruth, as one in ten should, that is a miss of the draw.",
        "| draw | data set | kind | reliable | family (true) | true slope | slope, 90 % | reference, 90 % | misses |"
        "\n|---|---|---|---|---|---|---|---|---|\n" + "\n".join(_row(answer, found) for answer in answers),
        "The slope is the change of the outcome (for counts and skewed outcomes of its logarithm, for proportions of"
        "\nits log odds) for one unit more of the predictor, in units of the file; of a curve, that of"
        "\nthe line that fits it best."
        "\nBelow are the best programs of the first draw.",
        *(_program(result) for result in answers if result.draw == first),
    ]
    return "\n\n".join(parts) + "\n"


def _row(answer: Result, found: list[Result]) -> str:
    same = [result for result in found if (result.draw, result.name) == (answer.draw, answer.name)]
    family = f"{answer.family} ({answer.made.family})"
    passed = f"{sum(result.reliable for result in same)} of {len(same)} seeds"
    missed = "" if answer.slope_found else "the draw" if answer.unlucky else "the program"
    cells = [
        str(answer.draw),
        answer.name,
        answer.made.kind,
        passed,
        family,
        f"{answer.made.slope:.3g}",
        _interval(answer.slope),
        _interval(answer.reference),
        missed,
    ]
    return f"| {' | '.join(cells)} |"


def _interval(slope: Slope | Reference | None) -> str:
    return f"{slope.middle:.3g} ({slope.low:.3g} to {slope.high:.3g})" if slope else "-"


def _program(result: Result) -> str:
    found, program = result.best.assessment, result.best.draft.program
    section = result.section.rstrip()
    body = program.source[program.source.index("with pm.Model()") :].rstrip()
    return (
        f"## {result.name}: {result.made.kind}\n"
        f"Seed {result.seed}: {found.passed} of 7 checks, ELPD-LOO {found.elpd_loo:.1f} in the program's units.\n\n"
        f"```python\n{section}\n\n{body}\n```"
    )
