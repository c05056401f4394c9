"""Which imports a program may have, and what names they bind."""

import ast

from refinestat.refinegen import catalogue
from refinestat.refinegen.predicates.symbols import LIBRARIES, Kind, Value, function, module
from refinestat.refinegen.predicates.vocabulary import words

# Modules of the library, and the root under which the catalogue knows them.
LIBRARY = {
    "numpy": "np", "numpy.linalg": "np.linalg", "numpy.random": "np.random", "pymc": "pm", "pymc.math": "pm.math",
    "pymc.gp": "pm.gp", "pymc.distributions": "pm.distributions",
    "pymc.distributions.transforms": "pm.distributions.transforms", "pytensor.tensor": "pt",
    "pytensor.tensor.linalg": "pt.linalg", "pytensor.tensor.special": "pt.special",
    "pytensor.tensor.nlinalg": "pt.nlinalg", "pytensor.tensor.slinalg": "pt.slinalg",
}  # fmt: skip
# What a user's own data section may import besides: to load, prepare and draw data.
OTHERS = words("""
    __future__ arviz collections dataclasses datetime functools itertools math matplotlib pandas patsy polars
    pytensor random scipy seaborn sklearn statistics statsmodels string typing warnings xarray pymc_extras
    preliz formulaic zarr graphviz numba jax tqdm time re json
""")


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
    bound = alias.asname or alias.name
    full = f"{name}.{alias.name}" if from_module else name
    if alias.name == "*":
        return f"from {name} import * is not allowed"
    if bound in SHORT and SHORT[bound] != full:
        return f"{bound} must be {SHORT[bound]}, not {full}"
    return "" if _allowed(name, alias.name, full, own_data) else f"import of {full} is not allowed"


def fault_of_script(node: ast.Import | ast.ImportFrom) -> str:
    """Why an import in a file that a person wrote makes the file unreadable; empty where it does not."""
    names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
    old = next((root for name in names if (root := name.partition(".")[0]) in FORMER), "")
    if old == "pymc3":
        return "pymc3 is another library than pymc 5, whose names and parameters are checked here"
    return f"{old} is another library than pytensor, which pymc 5 takes" if old else ""


FORMER = {"pymc3", "theano", "aesara"}


def usual(body: ast.Module) -> dict[str, Value]:
    """The names that a text without imports is read with; none where it has some."""
    imported = any(isinstance(node, ast.Import | ast.ImportFrom) for node in body.body)
    return {} if imported else {**LIBRARIES, "pt": module("pt")}


SHORT = {"pm": "pymc", "np": "numpy", "pt": "pytensor.tensor"}


def _allowed(name: str, member: str, full: str, own_data: bool) -> bool:
    if full in LIBRARY or (own_data and name in {"pytensor", "numpy.polynomial"}):
        return True
    if name in LIBRARY:
        return member in catalogue.load().opened.get(LIBRARY[name], frozenset())
    root = name.split(".", maxsplit=1)[0]
    return own_data and root in OTHERS and root != "pytensor"


def bound(node: ast.Import | ast.ImportFrom) -> dict[str, Value]:
    """The names that an import binds."""
    names = {}
    for alias in node.names:
        if isinstance(node, ast.ImportFrom):
            names[alias.asname or alias.name] = _value(node.module or "", alias.name)
        elif alias.asname:
            names[alias.asname] = _value("", alias.name)
        else:
            root = alias.name.split(".", maxsplit=1)[0]
            names[root] = _value("", root)
    return names


def _value(source: str, name: str) -> Value:
    """A module or function of the library; anything else is unknown, but for where it comes from."""
    full = f"{source}.{name}" if source else name
    if full in LIBRARY:
        return module(LIBRARY[full])
    if source in LIBRARY:
        return function(f"{LIBRARY[source]}.{name}")
    return Value(kind=Kind.UNKNOWN, path=full)
