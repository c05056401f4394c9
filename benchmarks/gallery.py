"""Ten data sets of ten kinds with a known truth, drawn three times, three seeds each, and the page
docs/gallery.md about what came out:

    python benchmarks/gallery.py --run results/gallery

One draw is one run, results/gallery, results/gallery_2, results/gallery_3; each is continued where it was stopped.
Other flags go to the runs: `--grammar semantic`."""

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]

from benchmarks.gallery_page import Result, page, summary  # noqa: E402
from benchmarks.reference_fits import reference  # noqa: E402
from benchmarks.ten_datasets import ten  # noqa: E402
from commons.data_pymc import DATASETS, data_section  # noqa: E402
from commons.utils import parse_seeds  # noqa: E402
from refinestat.refinegen import effects  # noqa: E402
from refinestat.refinegen.cli import refinestat_main  # noqa: E402
from refinestat.refinegen.selection import best_attempt, reliable  # noqa: E402
from refinestat.refinegen.store import RunFolder, load_free  # noqa: E402

PAGE = ROOT / "docs" / "gallery.md"
SEEDS = "1-3"
DRAWS = (1, 2, 3)  # of the data; the first is the one whose programs are shown


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--run", type=Path, default=ROOT / "results" / "gallery", help="folder of the run, new or begun"
    )
    parser.add_argument("--draws", type=parse_seeds, default=DRAWS, help="of the data: 1-3")
    arguments, flags = parser.parse_known_args()
    found: list[Result] = []
    for draw in arguments.draws:
        folder = arguments.run if draw == 1 else arguments.run.with_name(f"{arguments.run.name}_{draw}")
        run_all(folder, draw, flags)
        found += results(folder, draw)
    PAGE.write_text(page(found), encoding="utf-8")
    print(summary(found))
    print(f"Written to {PAGE}")


def run_all(folder: Path, draw: int, flags: list[str]) -> None:
    """Runs what is not finished."""
    if (folder / "config.json").exists():
        status = refinestat_main(["--resume", str(folder)])
    else:
        data = folder.with_name(f"{folder.name}_data")
        data.mkdir(parents=True, exist_ok=True)
        files = [str(made.write(data, name)) for name, made in ten(draw).items()]
        status = refinestat_main(["--data", *files, "--seeds", SEEDS, "--output", str(folder), *flags])
    if status:
        raise SystemExit(status)


def results(folder: Path, draw: int) -> Iterator[Result]:
    """One for each cell, in the order of the run."""
    run, made = RunFolder.read(folder), ten(draw)
    references = {name: reference(each) for name, each in made.items()}
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
            section=data_section(DATASETS[cell.dataset]),
            reference=references[cell.dataset],
            draw=draw,
            seed=cell.seed,
            best=best,
            reliable=reliable(best, run.settings.K),
            family=observed[-1] if observed else "-",
            slope=next((slope for slope in slopes if slope.predictor == truth.predictor), None),
        )


if __name__ == "__main__":
    main()
