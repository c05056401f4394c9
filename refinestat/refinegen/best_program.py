"""The best program as a file of its own: data included, nothing of this project imported, checks made when it runs.

Nothing of what is embedded can become code: text goes into comments without line breaks or control characters, and
values go in as literals."""

import ast
import builtins
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from math import isfinite
from typing import Any

import numpy as np

from commons import config
from commons.data_pymc import Dataset, Variable
from commons.diagnostics import CHECKS as CHECK_NAMES
from commons.utils import one_line
from refinestat.refinegen.records import Assessment, Program, SamplerSettings

HEAD = """\
{header}

import numpy as np

data = {{
{values}
}}

# ---- the program, as it was written ----
"""

FOOT = """
# ---- the seven checks, on draws made afresh ----
{restored}import arviz as az
import numpy as np
import pymc as pm

SAMPLER = {sampler}
RECORDED = {recorded}


def sample_posterior():
    \"\"\"Draws with nutpie where it is installed and all unknowns are continuous, else with PyMC's own sampler.\"\"\"
    try:
        import nutpie
    except ImportError:
        nutpie = None
    sampler = "nutpie" if nutpie is not None and not model.discrete_value_vars else "pymc"
    with model:
        draws = pm.sample(**SAMPLER, nuts_sampler=sampler, progressbar=False)
        pm.compute_log_likelihood(draws, progressbar=False)
    return draws


def check(draws):
    \"\"\"Name, value, rule, verdict of each check; R-hat and sample sizes: the worst over the free variables.\"\"\"
    free = draws.posterior[[variable.name for variable in model.free_RVs]]
    r_hat, bulk, tail = (
        np.concatenate([table[name].values.ravel() for name in free])
        for table in (az.rhat(free), az.ess(free), az.ess(free, method="tail"))
    )
    statistics = draws.sample_stats
    divergences = float(statistics["diverging"].sum()) if "diverging" in statistics else 0.0
    bfmi = float(np.min(az.bfmi(draws))) if "energy" in statistics else np.nan
    loo = az.loo(draws, pointwise=True, var_name=model.observed_RVs[0].name)
    share = float((loo.pareto_k < {k}).mean())
    elpd = float(loo.elpd_loo)
    return [
        ("r_hat", r_hat.max(), "< {r_hat:g}", r_hat.max() < {r_hat}),
        ("ess_bulk", bulk.min(), ">= {bulk:g}", bulk.min() >= {bulk}),
        ("ess_tail", tail.min(), ">= {tail:g}", tail.min() >= {tail}),
        ("divergences", divergences, "<= {divergences:g}", divergences <= {divergences}),
        ("bfmi", bfmi, "> {bfmi:g}", bfmi > {bfmi}),
        ("pareto_k", share, ">= {share:g}", share >= {share}),
        ("elpd_loo", elpd, "finite", np.isfinite(elpd)),
    ]


if __name__ == "__main__":
    rows = check(sample_posterior())
    print(f"{{'check':12}} {{'value':>10}}  {{'rule':8}} {{'':4}} {{'recorded':>10}}")
    for name, value, rule, passed in rows:
        verdict = "pass" if passed else "FAIL"
        print(f"{{name:12}} {{value:10.4g}}  {{rule:8}} {{verdict}} {{RECORDED.get(name, np.nan):10.4g}}")
{original}    print(f"{{sum(bool(row[3]) for row in rows)}} of {{len(rows)}} checks pass")
"""


_ORIGINAL = """\
    # The outcome was scaled: on the scale of the file, log densities are larger by this.
    print(f"ELPD-LOO on the scale of the file: {{rows[-1][1] + {jacobian}:.2f}}")
"""


def render(  # noqa: PLR0913
    program: Program,
    dataset: Dataset,
    assessment: Assessment,
    settings: SamplerSettings,
    *,
    model: str,
    seed: int,
    K: int,
    found: Sequence[str] = (),
) -> str:
    """A file that samples the program and prints its seven checks: `python best_program.py`.

    seed: of the cell. K: the checks that it had to pass. found: see `describe`. Raises SyntaxError for a program that
    is not Python."""
    about = describe(dataset, assessment, model=model, seed=seed, K=K, found=found)
    usage = ["A Bayesian model found by RefineStat. To sample it and see its checks: python best_program.py"]
    head = HEAD.format(
        header="\n".join(f"# {line}".rstrip() for line in (*usage, "", *about)),
        values="\n".join(_value(variable) for variable in dataset.variables),
    )
    return head + program.source.rstrip("\n") + "\n" + _checks(program, dataset, assessment, settings)


def describe(  # noqa: PLR0913
    dataset: Dataset, assessment: Assessment, *, model: str, seed: int, K: int, found: Sequence[str] = ()
) -> list[str]:
    """What the program is and how it fared, line by line: the text of best_program_diagnostics.txt.

    found: lines about what the program says of the data."""
    passed, total = assessment.passed, len(CHECK_NAMES)
    verdict = "reliable" if passed >= K else "NOT RELIABLE"
    lines = [
        f"data set:  {dataset.name}: {dataset.description}",
        *([f"source:    {dataset.source}"] if dataset.source else []),
        f"model:     {model}",
        f"seed:      {seed}",
        f"verdict:   {verdict}: {passed} of {total} checks pass, {K} are needed",
    ]
    if not assessment.checks:
        return [one_line(line) for line in (*lines, f"outcome:   {assessment.outcome}: {assessment.why}")]
    lines += [f"ELPD-LOO:  {assessment.elpd_loo:.2f} (standard error {assessment.elpd_se:.2f})"]
    if dataset.log_jacobian:
        lines += [
            f"           {assessment.elpd_loo + dataset.log_jacobian:.2f} on the scale of {dataset.outcome.column!r}"
        ]
    lines += [*found, ""]
    for check in assessment.checks:
        result = "pass" if check.passed else "FAIL"
        lines.append(f"{check.name:12} {check.value:10.4g}  {check.rule:8} {result}  {check.why}".rstrip())
    if isfinite(assessment.pareto_k_limit):
        share, limit = assessment.pareto_k_share, assessment.pareto_k_limit
        lines += ["", f"Pareto k is below {limit:.2f}, the limit for this number of draws, for {share:.0%}"]
    if assessment.other_fit is not None:
        other = assessment.other_fit
        lines.append(
            f"fitted twice: at target_accept {other.target_accept:g} {_failing(other)}, "
            f"at {assessment.target_accept:g} {_failing(assessment)}"
        )
    return [one_line(line) for line in lines]


def _failing(assessment: Assessment) -> str:
    names = [check.name for check in assessment.checks if not check.passed]
    return f"fails {', '.join(names)}" if names else "passes" if assessment.checks else assessment.outcome.value


def _value(variable: Variable) -> str:
    """One line of the data: a variable that is offered scaled is written as it is in the file, with the formula."""
    about = one_line(", ".join(part for part in (variable.column, variable.unit) if part))
    said = f"  # {about}" if about and about != variable.name else ""
    if variable.raw is None or variable.scaling is None:
        return f"    {variable.name!r}: {literal(variable.values)},{said}"
    raw, shift = literal(variable.raw), variable.scaling.shift
    shifted = f"({raw} - {number(shift)})" if shift else raw
    return f"    {variable.name!r}: {shifted} / {number(variable.scaling.scale)},{said}"


def literal(values: np.ndarray) -> str:
    """An array as Python that makes the same array: same numbers, same type."""
    numbers = number(values.tolist())
    lines = textwrap.wrap(numbers, width=100, break_long_words=False, break_on_hyphens=False)
    return f"np.array({(chr(10) + ' ' * 8).join(lines)}, dtype=np.{values.dtype.name})"


def number(value: Any) -> str:
    """A number, or nested lists of numbers, as Python; the shortest text that gives the same number back."""
    if isinstance(value, list):
        return f"[{', '.join(number(each) for each in value)}]"
    return repr(value).replace("nan", "np.nan").replace("inf", "np.inf")


def _checks(program: Program, dataset: Dataset, assessment: Assessment, settings: SamplerSettings) -> str:
    """The part of the file after the program."""
    sampler = {
        "draws": settings.draws,
        "tune": settings.tune,
        "chains": settings.chains,
        "target_accept": settings.target_accept,
        "random_seed": settings.seed,
    }
    recorded = {check.name: float(f"{check.value:.6g}") for check in assessment.checks}
    return FOOT.format(
        restored=_restored(program.source),
        sampler=_dictionary(sampler),
        original=_ORIGINAL.format(jacobian=number(dataset.log_jacobian)) if dataset.log_jacobian else "",
        recorded=_dictionary(recorded),
        r_hat=config.R_HAT_BELOW,
        bulk=config.ESS_BULK_AT_LEAST,
        tail=config.ESS_TAIL_AT_LEAST,
        divergences=config.DIVERGENCES_AT_MOST,
        bfmi=config.BFMI_ABOVE,
        k=config.PARETO_K_BELOW,
        share=config.PARETO_K_SHARE_AT_LEAST,
    )


def _dictionary(values: Mapping[str, float]) -> str:
    return "{\n" + "".join(f'    "{key}": {number(value)},\n' for key, value in values.items()) + "}"


def _restored(source: str) -> str:
    """An import that gives back the builtins whose names the program uses for variables of its own."""
    hidden = sorted(_bound(source) & set(dir(builtins)))
    return f"from builtins import {', '.join(hidden)}\n" if hidden else ""


def _bound(source: str) -> set[str]:
    nodes: Iterable[ast.AST] = ast.walk(ast.parse(source))
    return {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
