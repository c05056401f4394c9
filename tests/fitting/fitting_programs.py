"""Programs and data for tests of fitting."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from commons.data_pymc import DATASETS, Dataset, Role, Variable, data_section

CORPUS = Path(__file__).resolve().parents[1] / "corpus"
IMPORTS = "import numpy as np\nimport pymc as pm\nimport pytensor.tensor as pt\n"
EIGHT = DATASETS["eight_schools"]
GOOD = """
    mu = pm.Normal("mu", 0, 5)
    tau = pm.HalfCauchy("tau", 5)
    z = pm.Normal("z", 0, 1, shape=J)
    theta = pm.Deterministic("theta", mu + tau * z)
    pm.Normal("y_obs", theta, sigma, observed=y)
"""
_DATA = json.loads((CORPUS / "workload" / "data.json").read_text())
_OUTCOMES = {"es": "y", "dg": "Y", "glm": "C", "gp": "k", "sg": "r"}


def eight_schools(body: str, *, before: str = "") -> str:
    """A complete program on the eight schools; `before` runs ahead of the model block."""
    return f"{data_section(EIGHT)}import pytensor.tensor as pt\n{before}\nwith pm.Model() as model:\n{body}"


def workload() -> list[str]:
    return sorted(path.stem for path in (CORPUS / "workload").glob("*.py"))


def workload_source(name: str) -> str:
    return IMPORTS + (CORPUS / "workload" / f"{name}.py").read_text()


def workload_data(name: str) -> Dataset:
    outcome = "y" if name == "gp_reg" else _OUTCOMES[name.split("_", maxsplit=1)[0]]
    variables = []
    for variable, values in _DATA[name.split("_", maxsplit=1)[0]].items():
        array = np.asarray(values)
        role = Role.SIZE if array.ndim == 0 else Role.OUTCOME if variable == outcome else Role.PREDICTOR
        variables.append(Variable(name=variable, values=array, role=role))
    return Dataset(name=name, description=name, variables=tuple(variables))


def numbers(dataset: Dataset) -> dict[str, object]:
    """The data as a program sees them."""
    return {name: values.item() if values.ndim == 0 else values for name, values in dataset.values.items()}


def corpus_columns() -> dict[str, Any]:
    """All that the programs of the corpus find in `data`."""
    namespace: dict[str, Any] = {}
    exec((CORPUS / "data.py").read_text(), namespace)
    return dict(namespace["make"]())


def corpus_data() -> Dataset:
    """What the programs of the corpus may use: its numeric columns without missing values; `y` is the outcome."""
    arrays = {name: np.asarray(value) for name, value in corpus_columns().items()}
    usable = {n: a for n, a in arrays.items() if a.dtype.kind in "iufb" and not np.isnan(a.astype(float)).any()}
    variables = tuple(
        Variable(name=n, values=a, role=Role.OUTCOME if n == "y" else Role.PREDICTOR if a.ndim else Role.SIZE)
        for n, a in usable.items()
    )
    return Dataset(name="corpus", description="", variables=variables)
