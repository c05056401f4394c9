"""The final fit of the best program on all rows, where the search saw a sample of many."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from commons.data_pymc import Dataset
from refinestat.refinegen import prompts
from refinestat.refinegen.assessment import Fits, assess
from refinestat.refinegen.records import Assessment, Outcome, Program, SamplerSettings

MOST_VALUES = 8_000_000  # draws by rows; a worker may send back several arrays of that size
_FEWEST_DRAWS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A program as it is shown to the user, with the data that it was fitted to.

    free: draws by name, shape (chains, draws, *shape). note: what became of the fit on all rows; empty without one."""

    program: Program
    dataset: Dataset
    assessment: Assessment
    sampler: SamplerSettings
    free: Mapping[str, np.ndarray] = field(default_factory=dict)
    note: str = ""


async def with_all_rows(answer: Answer, fits: Fits) -> Answer:
    """The answer on all rows; the answer as it is, with a note, where the program cannot be fitted to them."""
    whole = answer.dataset.whole
    if whole is None or answer.assessment.outcome is not Outcome.SCORED:
        return answer
    rows, seen = whole.outcome.values.size, answer.dataset.outcome.values.size
    most = max(_FEWEST_DRAWS, MOST_VALUES // (rows * answer.sampler.chains))
    sampler = replace(answer.sampler, draws=min(answer.sampler.draws, most))
    program = replace(answer.program, data=prompts.head(whole))
    fit = await fits.fit(program.source, whole, sampler)
    found = assess(fit)
    told = f"searched on {seen:,} of {rows:,} rows"
    if found.outcome is not Outcome.SCORED:
        note = f"{told}; the fit on all of them failed ({found.outcome}: {found.why}): what follows is of the {seen:,}"
        return replace(answer, note=note)
    fewer = f", {sampler.draws} draws a chain" if sampler.draws < answer.sampler.draws else ""
    note = f"{told}, then fitted to all of them{fewer}"
    return Answer(program=program, dataset=whole, assessment=found, sampler=sampler, free=fit.free, note=note)
