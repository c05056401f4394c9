"""Asks PyMC itself about every mutant: does it build, and is its log density finite at 20 draws of the prior?

    PYTHONPATH=. python tests/predicates/mutant_truth.py    # about 25 minutes on one core; writes mutant_truth.json

The mutants are changed copies of the project's own test programs, so they are simply executed."""

import hashlib
import json
import os
import signal
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import FrameType
from typing import Any

from mutations import OPERATORS, Operator, mutants
from programs import corpus_data, scored, valid

from commons.data_pymc import DATASETS

PATH = Path(__file__).with_suffix(".json")
SECONDS = 25
DRAWS = 20


def jobs() -> Iterator[tuple[str, Operator | None, str, str]]:
    """(program, operator, mutated text, data set): each right program itself, then its mutants."""
    for name, (dataset, text) in scored().items():
        yield name, None, text, dataset
        yield from ((name, operator, text_, dataset) for operator in OPERATORS for text_ in mutants(text, operator))
    for name, text in valid().items():
        if "def " not in text:
            yield name, None, text, "corpus"
            yield from (
                (name, operator, text_, "corpus") for operator in OPERATORS for text_ in mutants(text, operator, 1)
            )


def key(dataset: str, text: str) -> str:
    return hashlib.sha256(f"{dataset}\n{text}".encode()).hexdigest()[:16]


def data_of(dataset: str) -> dict[str, Any]:
    if dataset == "corpus":
        return dict(corpus_data())
    return {name: v if v.ndim else v[()].item() for name, v in DATASETS[dataset].values.items()}


def truth(text: str, data: Mapping[str, Any]) -> str:
    """What PyMC says: right, unobserved, build (it refuses the model), density (some draw has none)."""
    import numpy as np
    import pymc as pm
    import pytensor.tensor as pt
    from pymc.model.transform.conditioning import remove_value_transforms

    names: dict[str, Any] = {"pm": pm, "np": np, "pt": pt, "data": data}
    try:
        exec(compile(text, "mutant", "exec"), names)
    except Exception:
        return "build"
    model = names["model"]
    if not model.observed_RVs:
        return "unobserved"
    if not model.free_RVs:
        return "right"
    try:
        model.point_logps()
        plain = remove_value_transforms(model)
        draws = pm.draw(plain.free_RVs, draws=DRAWS, random_seed=1, mode="FAST_COMPILE")
        density = plain.compile_logp(mode="FAST_COMPILE")
        points = [{rv.name: draw[i] for rv, draw in zip(plain.free_RVs, draws, strict=True)} for i in range(DRAWS)]
        return "right" if all(np.isfinite(density(point)) for point in points) else "density"
    except Exception:
        return "density"


def _stop(_: int, __: FrameType | None) -> None:
    raise TimeoutError


def main() -> None:
    os.environ["PYTENSOR_FLAGS"] = "cxx=,linker=py,optimizer=fast_compile"
    warnings.filterwarnings("ignore")
    signal.signal(signal.SIGALRM, _stop)
    found = {}
    for _, _, text, dataset in jobs():
        signal.alarm(SECONDS)
        found[key(dataset, text)] = truth(text, data_of(dataset))
        signal.alarm(0)
    provenance = (
        "PyMC 5.28.5, tests/predicates/mutant_truth.py, seed 1: built, then the log density at 20 draws of the prior"
    )
    rows = ",\n".join(f'  "{name}": "{said}"' for name, said in sorted(found.items()))
    PATH.write_text(f'{{\n "provenance": {json.dumps(provenance)},\n "truth": {{\n{rows}\n }}\n}}\n', encoding="utf-8")


if __name__ == "__main__":
    main()
