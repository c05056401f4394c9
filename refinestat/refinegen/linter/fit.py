"""`refinestat check --fit`: samples the models of a file that was accepted, and shows the seven checks."""

import asyncio
import sys
from collections.abc import Mapping
from typing import Any

from tqdm import tqdm

from commons.utils import UserError
from refinestat.refinegen.assessment import fit_and_assess
from refinestat.refinegen.fitting.pool import FittingPool, UnsafeMachineError
from refinestat.refinegen.linter.fit_program import models, program
from refinestat.refinegen.records import Assessment, Outcome, SamplerSettings


def fit(shown: str, text: str, known: Mapping[str, Any]) -> bool:
    """Samples every model at the top of the file and prints its checks; whether all could be sampled.

    known: what the data section was seen to make, with what each model observes. Raises UserError where programs
    cannot be contained."""
    found = models(text)
    if not found:
        print(f"{shown}: no model at the top of the file to sample (one in a function needs its arguments)")
        return False
    try:
        assessments = asyncio.run(_assessed(shown, text, known))
    except UnsafeMachineError as error:
        raise UserError(str(error)) from error
    for model, told in zip(found, assessments, strict=True):
        print(f"{shown}:{model.line}: {model.name}")
        for line in [f"not sampled: {told}"] if isinstance(told, str) else _lines(told):
            print(f"  {line}")
    return all(not isinstance(told, str) and told.outcome is Outcome.SCORED for told in assessments)


async def _assessed(shown: str, text: str, known: Mapping[str, Any]) -> list[Assessment | str]:
    """An assessment of each model, or why there is none."""
    told: list[Assessment | str] = []
    async with FittingPool(workers=1) as pool:
        for model in tqdm(models(text), desc=f"Sampling {shown}", unit="model", file=sys.stderr):
            made = program(text, model, known)
            if isinstance(made, str):
                told.append(made)
            else:
                assessment, _ = await fit_and_assess(pool, *made, SamplerSettings(), refit=0.99)
                told.append(assessment)
    return told


def _lines(told: Assessment) -> list[str]:
    """The seven checks as people read them."""
    if not told.checks:
        return [f"{told.outcome}: {told.why}"]
    rows = []
    for check in told.checks:
        result = "pass" if check.passed else "FAIL"
        rows.append(f"{check.name:12} {check.value:10.4g}  {check.rule:8} {result}  {check.why}".rstrip())
    return [*rows, f"{told.passed} of {len(told.checks)} checks pass"]
