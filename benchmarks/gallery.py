"""Ten data sets of ten kinds with a known truth, three seeds each, and the page docs/gallery.md about what came out:

    python benchmarks/gallery.py --run results/gallery

The run is continued where it was stopped. Other flags go to the run: `--grammar semantic`."""

import argparse
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]

from benchmarks.ten_datasets import Made, ten  # noqa: E402
from commons.data_pymc import DATASETS, data_section  # noqa: E402
from refinestat.refinegen import effects  # noqa: E402
from refinestat.refinegen.cli import refinestat_main  # noqa: E402
from refinestat.refinegen.records import Attempt  # noqa: E402
from refinestat.refinegen.selection import best_attempt, reliable  # noqa: E402
from refinestat.refinegen.store import RunFolder, load_free  # noqa: E402

PAGE = ROOT / "docs" / "gallery.md"
SEEDS = "1-3"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came out of one cell. slope: of the predictor with the known truth, where the program has one."""

    name: str
    made: Made
    seed: int
    best: Attempt
    reliable: bool
    family: str
    slope: effects.Slope | None

    @property
    def family_found(self) -> bool:
        return self.family == self.made.family

    @property
    def slope_found(self) -> bool:
        return self.slope is not None and self.slope.low <= self.made.slope <= self.slope.high


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--run", type=Path, default=ROOT / "results" / "gallery", help="folder of the run, new or begun"
    )
    arguments, flags = parser.parse_known_args()
    run_all(arguments.run, flags)
    found = list(results(arguments.run))
    PAGE.write_text(page(found), encoding="utf-8")
    print(summary(found))
    print(f"Written to {PAGE}")


def run_all(folder: Path, flags: list[str]) -> None:
    """Runs what is not finished."""
    if (folder / "config.json").exists():
        status = refinestat_main(["--resume", str(folder)])
    else:
        data = folder.with_name(f"{folder.name}_data")
        data.mkdir(parents=True, exist_ok=True)
        files = [str(made.write(data, name)) for name, made in ten().items()]
        status = refinestat_main(["--data", *files, "--seeds", SEEDS, "--output", str(folder), *flags])
    if status:
        raise SystemExit(status)


def results(folder: Path) -> Iterator[Result]:
    """One for each cell, in the order of the run."""
    run, made = RunFolder.read(folder), ten()
    for cell in run.cells():
        best = best_attempt(cell.log().attempts.values(), run.settings.K, run.settings.select)
        if best is None:
            continue
        source, truth = best.draft.program.source, made[cell.dataset]
        observed = re.findall(r"pm\.(\w+)\([^\n]*observed=", source)
        slopes = effects.slopes(source, DATASETS[cell.dataset], load_free(cell.path / "posterior.nc"))
        yield Result(
            name=cell.dataset,
            made=truth,
            seed=cell.seed,
            best=best,
            reliable=reliable(best, run.settings.K),
            family=observed[-1] if observed else "-",
            slope=next((slope for slope in slopes if slope.predictor == truth.predictor), None),
        )


def best_of_seeds(found: list[Result]) -> dict[str, Result]:
    """The answer for each data set: the reliable program with the highest ELPD-LOO over the seeds."""
    answers: dict[str, Result] = {}
    for result in found:
        held = answers.get(result.name)
        key = (result.reliable, result.best.assessment.elpd_loo)
        if held is None or key > (held.reliable, held.best.assessment.elpd_loo):
            answers[result.name] = result
    return answers


def summary(found: list[Result]) -> str:
    """How many data sets, and how many cells, hold each bar."""
    answers = best_of_seeds(found).values()
    lines = []
    for words, holds in (
        ("a reliable program", lambda r: r.reliable),
        ("the true family of the outcome", lambda r: r.family_found),
        ("the true slope in the 90 % interval", lambda r: r.slope_found),
    ):
        lines.append(
            f"- {words}: {sum(map(holds, answers))} of {len(answers)} data sets (the best program over the seeds),"
            f" {sum(map(holds, found))} of {len(found)} searches"
        )
    return "\n".join(lines)


def page(found: list[Result]) -> str:
    """The text of docs/gallery.md."""
    answers = best_of_seeds(found)
    parts = [
        "# Gallery",
        "Ten data sets of ten kinds, made with a known truth (`benchmarks/ten_datasets.py`), each given to RefineStat"
        "\nas a CSV file with no word about its columns; the embedded model, three seeds. This page is written by"
        "\n`python benchmarks/gallery.py`.",
        summary(found),
        "| data set | kind | reliable | family (true) | slope, 90 % | true slope |\n|---|---|---|---|---|---|\n"
        + "\n".join(_row(answers[name], found) for name in answers),
        "The slope is the change of the outcome (for counts and skewed outcomes of its logarithm, for proportions of"
        "\nits log odds) for one unit more of the predictor, in units of the file. Family and slope are those of the"
        "\nbest program over the seeds.",
        *(_program(result) for result in answers.values()),
    ]
    return "\n\n".join(parts) + "\n"


def _row(answer: Result, found: list[Result]) -> str:
    same = [result for result in found if result.name == answer.name]
    slope = answer.slope
    shown = f"{slope.middle:.3g} ({slope.low:.3g} to {slope.high:.3g})" if slope else "-"
    family = f"{answer.family} ({answer.made.family})"
    passed = f"{sum(result.reliable for result in same)} of {len(same)} seeds"
    return f"| {answer.name} | {answer.made.kind} | {passed} | {family} | {shown} | {answer.made.slope:.3g} |"


def _program(result: Result) -> str:
    found, program = result.best.assessment, result.best.draft.program
    section = data_section(DATASETS[result.name]).rstrip()
    body = program.source[program.source.index("with pm.Model()") :].rstrip()
    return (
        f"## {result.name}: {result.made.kind}\n"
        f"Seed {result.seed}: {found.passed} of 7 checks, ELPD-LOO {found.elpd_loo:.1f} in the program's units.\n\n"
        f"```python\n{section}\n\n{body}\n```"
    )


if __name__ == "__main__":
    main()
