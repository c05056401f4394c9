"""What functions of the library need, where a call surely lacks it: two arguments, a list of vectors, a dimension."""

from refinestat.refinegen.predicates import shapes
from refinestat.refinegen.predicates.records import Passed
from refinestat.refinegen.predicates.symbols import COLUMNS, Kind
from refinestat.refinegen.predicates.vocabulary import words

OF_TWO = words("dot matmul outer maximum minimum power pow sub true_div gt lt ge le eq neq")
KERNELS = words("ExpQuad RatQuad Matern52 Matern32 Matern12 Exponential Cosine Periodic Linear Polynomial")


def fault(path: str, arguments: Passed) -> str:
    """Why a function of pm.math, pt or pm.gp cannot be called like this; empty where it may be."""
    module, _, name = path.rpartition(".")
    if arguments.unsure:
        return ""
    if module == "pm.gp.cov":
        lacks = name in KERNELS and not arguments.positional and "input_dim" not in arguments.keywords
        return "input_dim is missing: it comes first, the number of columns of X" if lacks else ""
    if path == "pm.gp.HSGP":
        return _basis(arguments)
    if module in {"pm.math", "pt"} and name in OF_TWO and len(arguments.positional) == 1 and not arguments.keywords:
        return f"{path} takes two arguments, got one"
    return _joined(path, arguments) if path in {"pm.math.concatenate", "pt.concatenate"} else ""


def law(path: str, arguments: Passed) -> str:
    """COLUMNS for a kernel of pm.gp.cov that picks its columns, and for a process that has such a one."""
    module, _, name = path.rpartition(".")
    kernel = module == "pm.gp.cov" and name in KERNELS
    process = module == "pm.gp" and any(
        value.law == COLUMNS for value in (*arguments.values, *arguments.named.values())
    )
    return COLUMNS if kernel or process else ""


def no_columns(arguments: Passed) -> str:
    """Why a process cannot be used at these points: they are a vector, where kernels take a table."""
    given, named = arguments.values, arguments.named
    first = given[0 if "name" in named else 1 :]
    points = named.get("X", named.get("Xnew", first[0] if first else None))
    if points is None or points.kind is not Kind.NUMBER or points.shape is None or len(points.shape) != 1:
        return ""
    return f"points of shape {shapes.text(points.shape)} have no columns, which the kernel takes: X[:, None]"


def _basis(arguments: Passed) -> str:
    given = arguments.positional[0] if arguments.positional else arguments.keywords.get("m")
    if given is None:
        return "m is missing: a list with the number of basis vectors for each column of X"
    one = given.value.kind is Kind.NUMBER and given.value.shape == ()
    return "m must be a list, one number for each column of X: m=[...]" if one else ""


def _joined(path: str, arguments: Passed) -> str:
    given = arguments.values[0] if arguments.values else None
    if given is None or given.kind is Kind.NUMBER:
        return "" if given is None else f"{path} takes a list of vectors"
    if any(item.kind is Kind.NUMBER and item.shape == () for item in given.items or ()):
        return f"{path} joins vectors, and one of these is a single value: put it in a list"
    return ""
