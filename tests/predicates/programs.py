"""The right programs that the tests start from: the corpus files, and scored programs on the built-in data sets."""

import runpy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from commons.data_pymc import DATASETS
from refinestat.refinegen.predicates import judge_source
from refinestat.refinegen.prompts import head

CORPUS = Path(__file__).parents[1] / "corpus"
GROUPS = {"es": "eight_schools", "dg": "dugongs", "sg": "surgical", "gp": "gp"}

BINOMIAL = {
    "glm_line": """
    a = pm.Normal("a", 0, 2)
    b = pm.Normal("b", 0, 2)
    p = pm.math.invlogit(a + b * year)
    pm.Binomial("obs", n=N, p=p, observed=C)
""",
    "glm_square": """
    beta = pm.Normal("beta", mu=0, sigma=1.5, shape=3)
    eta = beta[0] + beta[1] * year + beta[2] * year**2
    pm.Binomial("obs", n=N, logit_p=eta, observed=C)
""",
    "glm_over": """
    a = pm.Normal("a", mu=0, sigma=2)
    s = pm.HalfNormal("s", sigma=1)
    e = pm.Normal("e", mu=0, sigma=s, shape=n_years)
    p = pm.Deterministic("p", pm.math.sigmoid(a + e))
    pm.Binomial("obs", n=N, p=p, observed=C)
""",
    "glm_betabin": """
    m = pm.Beta("m", alpha=2, beta=2)
    k = pm.Gamma("k", alpha=2, beta=0.1)
    pm.BetaBinomial("obs", alpha=m * k, beta=(1 - m) * k, n=N, observed=C)
""",
}


def corpus_data() -> Mapping[str, Any]:
    """What `data` holds for the files of corpus/valid."""
    return runpy.run_path(str(CORPUS / "data.py"))["make"]()  # type: ignore[no-any-return]


def valid() -> dict[str, str]:
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted((CORPUS / "valid").glob("*.py"))}


def gallery() -> dict[str, str]:
    """Files as people write them for books and documentation: all build with PyMC."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted((CORPUS / "gallery").glob("*.py"))}


def hostile() -> dict[str, str]:
    """Read as bytes: a carriage return must stay one."""
    return {path.stem: path.read_bytes().decode("utf-8") for path in sorted((CORPUS / "hostile").glob("*.py"))}


def workload() -> dict[str, str]:
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted((CORPUS / "workload").glob("*.py"))}


def scored() -> dict[str, tuple[str, str]]:
    """Right programs on the built-in data: name of the data set, and the whole text."""
    programs = {}
    for name, text in workload().items():
        dataset = GROUPS.get(name.split("_")[0])
        if dataset is None or "pt." in text or "coords" in text:
            continue
        body = text.split("\n", 1)[1]
        programs[name] = (dataset, head(DATASETS[dataset]) + body)
    for name, body in BINOMIAL.items():
        programs[name] = ("glm", head(DATASETS["glm"]) + body.lstrip("\n"))
    return programs


IMPORTS = "import numpy as np\nimport pymc as pm\nimport pytensor.tensor as pt\n\n"


def model_refusals(statements: str, imports: str = IMPORTS) -> list[str]:
    """Why a model of these statements, with `; ` between them, is refused where the corpus's data are known."""
    lines = "".join(f"    {statement}\n" for statement in statements.split("; "))
    text = f"{imports}with pm.Model() as model:\n{lines}"
    return [verdict.why for verdict in judge_source(text, None, {"data": corpus_data()}) if not verdict.ok]
