"""Which imports a program may have, and what names they bind."""

import ast

from refinestat.refinegen import catalogue
from refinestat.refinegen.predicates.symbols import UNKNOWN, Value, function, module

# Modules of the library, and the root under which the catalogue knows them.
LIBRARY = {
    "numpy": "np", "numpy.linalg": "np.linalg", "numpy.random": "np.random", "pymc": "pm", "pymc.math": "pm.math",
    "pymc.gp": "pm.gp", "pymc.distributions": "pm.distributions",
    "pymc.distributions.transforms": "pm.distributions.transforms", "pytensor.tensor": "pt",
    "pytensor.tensor.linalg": "pt.linalg", "pytensor.tensor.special": "pt.special",
    "pytensor.tensor.nlinalg": "pt.nlinalg", "pytensor.tensor.slinalg": "pt.slinalg",
}  # fmt: skip
# What a user's own data section may import besides: to load, prepare and draw data.
OTHERS = frozenset(
    "__future__ arviz collections dataclasses datetime functools itertools math matplotlib pandas patsy polars pytensor "
    "random scipy seaborn sklearn statistics statsmodels string typing warnings xarray pymc_extras preliz formulaic zarr "
    "graphviz numba jax tqdm time re json".split()
)


def fault(node: ast.Import | ast.ImportFrom, *, own_data: bool) -> str:
    """Why an import is not allowed; empty where it is. own_data: the data section is the user's own."""
    if isinstance(node, ast.ImportFrom) and node.level:
        return "relative imports are not allowed"
    for alias in node.names:
        name = node.module or "" if isinstance(node, ast.ImportFrom) else alias.name
        why = _fault(name, alias, isinstance(node, ast.ImportFrom), own_data)
        if why:
            return why
    return ""


def _fault(name: str, alias: ast.alias, from_module: bool, own_data: bool) -> str:
    if alias.name == "*":
        return f"from {name} import * is not allowed"
    bound = alias.asname or alias.name
    path = LIBRARY.get(name)
    reserved = {"pm": "pymc", "np": "numpy", "pt": "pytensor.tensor"}
    full = f"{name}.{alias.name}" if from_module else name
    if bound in reserved and reserved[bound] != full:
        return f"{bound} must be {reserved[bound]}, not {full}"
    if path is not None:
        opened = catalogue.load().opened.get(path, frozenset())
        if from_module and full not in LIBRARY and alias.name not in opened:
            return f"import of {full} is not allowed"
        return ""
    root = name.split(".")[0]
    if full in LIBRARY or (own_data and root in OTHERS):
        return ""
    if own_data and root in {"pymc", "pytensor", "numpy"} and name in {"pytensor", "numpy.polynomial"}:
        return ""
    return f"import of {full} is not allowed"


def bound(node: ast.Import | ast.ImportFrom) -> dict[str, Value]:
    """The names that an import binds."""
    names = {}
    for alias in node.names:
        if isinstance(node, ast.ImportFrom):
            full = f"{node.module}.{alias.name}"
            value = module(LIBRARY[full]) if full in LIBRARY else _member(node.module or "", alias.name)
            names[alias.asname or alias.name] = value
        elif alias.asname:
            names[alias.asname] = module(LIBRARY[alias.name]) if alias.name in LIBRARY else UNKNOWN
        else:
            root = alias.name.split(".")[0]
            names[root] = module(LIBRARY[root]) if root in LIBRARY else UNKNOWN
    return names


def _member(source: str, name: str) -> Value:
    return function(f"{LIBRARY[source]}.{name}") if source in LIBRARY else UNKNOWN
