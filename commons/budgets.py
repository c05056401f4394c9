"""What a baseline may use up in one search: amounts by model and data set, from a run that they are compared with."""

import json
from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from pathlib import Path
from typing import Any

from commons.models import model_label
from commons.utils import UserError

# Unit of a budget: the file of a run folder that holds it. Tokens are generated ones, discarded ones included; fits
# are NUTS runs; seconds are those in the language model, in the mask and in fits.
BUDGET_FILES = {"tokens": "token_budget.json", "fits": "fit_budget.json", "seconds": "second_budget.json"}
BUDGET_UNITS = tuple(BUDGET_FILES)


def read_budgets(path: Path, unit: str) -> Mapping[str, Mapping[str, float]]:
    """The amounts in a file, or in the file of this unit of a run folder. Raises UserError.

    A run's own token_budget.json stands for its run: with another unit, the file of that unit beside it is read."""
    file = path / BUDGET_FILES[unit] if path.is_dir() else path
    if file.name in BUDGET_FILES.values():
        file = file.with_name(BUDGET_FILES[unit])
    try:
        amounts = json.loads(file.read_bytes())
    except FileNotFoundError as error:
        raise UserError(f"there is no budget {file}: a run of refinestat/main.py writes it when it ends") from error
    except OSError as error:
        raise UserError(f"cannot read the budget {file}: {error.strerror}") from error
    except ValueError as error:
        raise UserError(f"the budget {file} is damaged: {error}") from error
    wrong = next(_faults(amounts), None)
    if wrong:
        raise UserError(f"the budget {file} {wrong}")
    found: Mapping[str, Mapping[str, float]] = amounts
    return found


def faults_of_budgets(amounts: Any, models: Sequence[str], datasets: Sequence[str]) -> list[str]:
    """What is wrong with the amounts, one line each; every model and data set needs one. None: there is no budget."""
    if amounts is None:
        return []
    wrong = [f"budgets {fault}" for fault in _faults(amounts)]
    if wrong:
        return wrong
    return [
        f"the budget has no amount for {dataset} with {model_label(model)}; it has: {_known(amounts)}"
        for model in models
        for dataset in datasets
        if dataset not in amounts.get(model_label(model), {})
    ]


def _faults(amounts: Any) -> Iterator[str]:
    if not isinstance(amounts, Mapping) or not all(isinstance(each, Mapping) for each in amounts.values()):
        yield f"must be {{model: {{data set: amount}}}}, got {amounts!r:.80}"
        return
    for model, by_dataset in amounts.items():
        for dataset, amount in by_dataset.items():
            if type(amount) not in (int, float) or not isfinite(amount) or amount <= 0:
                yield f"must hold numbers above 0, got {amount!r:.40} for {dataset} with {model}"


def _known(amounts: Mapping[str, Mapping[str, float]]) -> str:
    return "; ".join(f"{model}: {', '.join(datasets)}" for model, datasets in amounts.items()) or "nothing"
