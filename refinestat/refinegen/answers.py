"""The answer of a search: its best program with its draws, and the files of a finished cell."""

from dataclasses import replace
from typing import Any

from commons.config import model_label
from commons.data_pymc import DATASETS
from refinestat.refinegen import best_program, effects
from refinestat.refinegen.all_rows import Answer
from refinestat.refinegen.program import is_python
from refinestat.refinegen.records import Attempt, SamplerSettings
from refinestat.refinegen.selection import reliable
from refinestat.refinegen.store import Cell, load_free


def answer_of(cell: Cell, best: Attempt, sampler: SamplerSettings) -> Answer:
    """The best program with the data of the search and its draws."""
    return Answer(
        program=best.draft.program,
        dataset=DATASETS[cell.dataset],
        assessment=best.assessment,
        sampler=replace(sampler, target_accept=best.assessment.target_accept),
        free=load_free(cell.path / "posterior.nc"),
    )


def write_answer(cell: Cell, best: Attempt, answer: Answer, K: int) -> None:
    """A finished cell's files: the best program, ready to run, and its checks. answer: what is shown of it."""
    dataset, model, program = answer.dataset, model_label(cell.model), answer.program
    found = [answer.note] if answer.note else []
    if is_python(program.source):
        found += effects.lines(effects.slopes(program.source, dataset, answer.free), dataset)
    about: dict[str, Any] = {"model": model, "seed": cell.seed, "K": K, "found": found}
    lines = best_program.describe(dataset, answer.assessment, **about)
    if best.draft.accepted and is_python(program.source):
        cell.write("best_program.py", best_program.render(program, dataset, answer.assessment, answer.sampler, **about))
    cell.write("best_program_diagnostics.txt", "\n".join(lines) + "\n")
    assessed = best.assessment
    verdict = {"attempt": best.index, "reliable": reliable(best, K), "outcome": assessed.outcome, "why": assessed.why}
    scores = {"elpd_loo": assessed.elpd_loo, "elpd_se": assessed.elpd_se, "checks": assessed.checks}
    own: dict[str, Any] = {}
    if dataset.log_jacobian:
        own["elpd_loo_on_original_scale"] = answer.assessment.elpd_loo + dataset.log_jacobian
    if answer.note:
        own["all_rows"] = {
            "note": answer.note,
            "elpd_loo": answer.assessment.elpd_loo,
            "checks": answer.assessment.checks,
        }
    limit = {"pareto_k_limit": assessed.pareto_k_limit, "pareto_k_share": assessed.pareto_k_share}
    how = {"sampler": assessed.sampler, "note": assessed.note, "target_accept": assessed.target_accept}
    cell.finish({**verdict, **scores, **limit, **how, **own})
