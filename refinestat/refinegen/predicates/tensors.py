"""What functions of NumPy, SciPy and Python make of random variables: some fail, some give arrays of objects."""

from collections.abc import Iterable

from refinestat.refinegen import catalogue
from refinestat.refinegen.predicates import signatures
from refinestat.refinegen.predicates.records import Passed
from refinestat.refinegen.predicates.symbols import Kind, Value
from refinestat.refinegen.predicates.vocabulary import words

OBJECTS = "an array of random variables"  # the path of one: NumPy's, which PyTensor makes nothing of
USUAL_KEYWORDS = words("axis keepdims ddof decimals dtype")

# Names of the same in pm.math or pt.
OTHER_NAMES = {
    "amax": "max", "amin": "min", "around": "round", "append": "concatenate", "concat": "concatenate", "hstack":
    "concatenate", "vstack": "stack", "column_stack": "stack", "array": "stack", "asarray": "stack", "sign": "sgn",
    "fabs": "abs", "expit": "sigmoid", "inv": "matrix_inverse", "float_power": "power", "fmax": "maximum", "fmin":
    "minimum", "pow": "power", "radians": "deg2rad", "degrees": "rad2deg", "ndtr": "invprobit",
}  # fmt: skip


def is_random(value: Value) -> bool:
    """A random variable, or a tensor that is made of one."""
    return value.symbolic and bool(value.sources)


def misuse(value: Value, name: str, arguments: Passed | None) -> str:
    """Why a tensor's attribute of this name is none, or cannot be called with these; empty where it may."""
    if value.kind is not Kind.NUMBER or not value.symbolic or value.path == OBJECTS or name.startswith("_"):
        return ""
    known = catalogue.load().signatures["tensor"]
    if name not in known:
        instead = advice(name)
        return f"a tensor has no attribute {name!r}" + (f"; use {instead}(...)" if instead.endswith(name) else "")
    return signatures.misfit(f".{name}", known[name], arguments) if arguments is not None else ""


def fails(path: str, arguments: Passed) -> bool:
    """Whether the function of this path surely fails on one of the arguments."""
    facts = catalogue.load().tensors
    if arguments.unsure or not arguments.keywords.keys() <= USUAL_KEYWORDS:
        return False
    if path == "np.einsum":
        return _einsum_fails(arguments.values)
    if path == "np.where" and arguments.values and is_random(arguments.values[0]):
        return True  # what it asks about is to be an array
    return any(path in facts.get(f"no {form}", ()) for form in _forms(arguments.values))


def _einsum_fails(values: list[Value]) -> bool:
    """Whether a tensor, which has no dimensions for NumPy, stands where the subscripts name one."""
    subscripts = values[0].constant if values else None
    if not isinstance(subscripts, str):
        return False
    named = subscripts.split("->", maxsplit=1)[0].split(",")
    pairs = zip(named, values[1:], strict=False)
    return any(is_random(value) and any(map(str.isalpha, letters)) for letters, value in pairs)


def makes_objects(path: str, values: list[Value]) -> bool:
    """Whether the function of this path makes an array of objects of them."""
    facts = catalogue.load().tensors
    forms = _forms(values)
    if forms == {"tensors"} and any(_is_array(value) for value in values) and path in facts["objects of arrays"]:
        return True
    return bool(forms) and all(path in facts[f"objects of {form}"] for form in forms)


def _forms(values: Iterable[Value]) -> set[str]:
    return {form for form in map(_form, values) if form}


def _form(value: Value) -> str:
    if value.kind is not Kind.SEQUENCE:
        return "tensors" if is_random(value) else ""
    inner = {_form(item) for item in value.items or ()}
    return "lists" if "tensors" in inner else "tables" if "lists" in inner else ""


def _is_array(value: Value) -> bool:
    return value.kind is Kind.NUMBER and not value.symbolic and not value.sources and bool(value.shape)


def advice(path: str) -> str:
    """Which function to use instead."""
    name = path.rpartition(".")[2]
    opened = catalogue.load().opened
    for module in ("pm.math", "pt", "pt.linalg"):
        for each in (name, OTHER_NAMES.get(name, name)):
            if each in opened[module]:
                return f"{module}.{each}"
    return "pm.math or pt"
