"""What the person at the terminal sees while a run is going on."""

import sys
from typing import Self

from tqdm import tqdm

from refinestat.refinegen.records import Attempt
from refinestat.refinegen.selection import reliable


def say(line: str) -> None:
    """A line for the person at the terminal, which does not tear the progress bar."""
    tqdm.write(line, file=sys.stderr)
    sys.stderr.flush()


class Progress:
    """The bar that shows how far the cells of one model are, with programs drawn, fitted and found reliable."""

    def __init__(self, title: str, cells: int, K: int) -> None:
        self._bar = tqdm(total=cells, desc=title, unit="cell", dynamic_ncols=True, file=sys.stderr)
        self._counts = {"drawn": 0, "fitted": 0, "reliable": 0}
        self._K = K

    def made(self, attempt: Attempt) -> None:
        """An attempt has been made, or read from the log."""
        self._counts["drawn"] += 1
        self._counts["fitted"] += attempt.draft.accepted and not attempt.looked_up
        self._counts["reliable"] += reliable(attempt, self._K)
        self._bar.set_postfix(self._counts)

    def ended(self, dataset: str, seed: int, best: Attempt) -> None:
        """A cell has its answer."""
        found = "reliable" if reliable(best, self._K) else "NOT RELIABLE"
        assessment = best.assessment
        score = (
            f"{assessment.passed}/7 checks, ELPD-LOO {assessment.elpd_loo:.2f}" if assessment.checks else assessment.why
        )
        say(f"{dataset}, seed {seed}: {found}: {score}")
        self._bar.update()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()
