"""The shape of a random variable: from shape, dims, what is observed, or its parameters."""

from refinestat.refinegen.catalogue import Distribution
from refinestat.refinegen.predicates import shapes
from refinestat.refinegen.predicates.records import Call
from refinestat.refinegen.predicates.state import STEPS_OF_A_HINT, State
from refinestat.refinegen.predicates.symbols import Kind, Shape, Value


def dims_of(call: Call) -> tuple[str | None, ...] | None:
    """Names of dimensions; None where unknown."""
    value = call.options["dims"].value if "dims" in call.options else None
    if value is None or value.kind is Kind.NONE:
        return ()
    if isinstance(value.constant, str):
        return (value.constant,)
    if value.kind is not Kind.SEQUENCE or value.items is None:
        return None
    names = [item.constant for item in value.items]
    return tuple(names) if all(n is None or isinstance(n, str) for n in names) else None


def missing_dims(call: Call, state: State) -> tuple[str, ...]:
    """Dimensions that the model does not have; data, and variables with a shape, bring theirs along."""
    dims = dims_of(call) or ()
    sized = call.spec is not None and any(key in call.options for key in ("shape", "size"))
    if call.function == "Data" or (sized and call.registered):
        held = call.arguments.get("value")
        lengths = shape_of(call, state) if sized else shapes.of(held.value) if held is not None else None
        for position, dim in enumerate(dims):
            length = lengths[position] if lengths and len(lengths) == len(dims) else None
            if dim is not None:
                state.coords.setdefault(dim, length)
        if "coords" in call.options or "infer_dims_and_coords" in call.options or dims_of(call) is None:
            state.open_coords = True
        return ()
    if state.open_coords or not call.registered:
        return ()
    missing = tuple(dim for dim in dims if dim is not None and dim not in state.coords)
    state.steps += STEPS_OF_A_HINT if missing else 0
    return missing


def shape_of(call: Call, state: State) -> Shape | None:
    """The shape that the call asks for; where it does not, what its arguments give; None where unknown."""
    for key in ("shape", "size"):
        if key in call.options and call.options[key].value.kind is not Kind.NONE:
            asked = _lengths(call.options[key].value)
            return asked if key == "shape" or (call.spec is not None and not call.spec.ndim) else None
    dims = dims_of(call)
    if dims is None:
        return None
    if dims:
        return tuple(state.coords.get(dim) if dim is not None else None for dim in dims)
    observed = call.options.get("observed")
    if observed is not None and observed.value.kind is not Kind.NONE:
        return shapes.of(observed.value)
    return _of_parameters(call)


def _lengths(value: Value) -> Shape | None:
    if isinstance(value.constant, int) and not isinstance(value.constant, bool):
        return (value.constant,)
    if value.kind is Kind.SEQUENCE and value.items is not None:
        return (
            tuple(i.constant if isinstance(i.constant, int) else None for i in value.items)
            if not _ellipsis(value)
            else None
        )
    return (None,) if value.kind is Kind.NUMBER and value.shape == () else None


def _ellipsis(value: Value) -> bool:
    return any(item.constant is ... for item in value.items or ())


def _of_parameters(call: Call) -> Shape | None:
    spec = call.spec
    if spec is not None and spec.name in {"GaussianRandomWalk", "AR"}:
        return _of_steps(call)
    if spec is not None and spec.name in VECTOR_OF and not call.unsure:
        return _of_vector(call, spec)
    if spec is not None and spec.name == "LKJCorr":
        return _of_correlations(call)
    if (
        spec is None
        or spec.ndim
        or spec.tied
        or spec.support is None
        or spec.name in {"GaussianRandomWalk", "RandomWalk", "NormalMixture", "Interpolated"}
        or call.unsure
    ):
        return None
    result: Shape | None = ()
    for argument in call.arguments.values():
        try:
            result = shapes.broadcast(result, () if argument.value.kind is Kind.NONE else shapes.of(argument.value))
        except shapes.Mismatch:
            return None
    return result if spec.name not in {"Categorical", "OrderedLogistic", "OrderedProbit"} else None


# Where the length of a vector distribution stands: in its parameter of the same length.
VECTOR_OF = {
    "Dirichlet": ("a",),
    "MvNormal": ("mu", "cov", "chol", "tau"),
    "MvStudentT": ("mu", "scale", "chol", "tau"),
}


def _of_steps(call: Call) -> Shape | None:
    """A walk of so many steps, and what comes before them: its first value, or those that it looks back at."""
    given = {name: argument.value for name, argument in call.arguments.items()}
    steps = given["steps"].constant if "steps" in given else None
    own = set(given) - {"steps", "rho", "init_dist"}
    scalar = all(given[name].shape == () and given[name].kind is Kind.NUMBER for name in own)
    if not isinstance(steps, int) or not scalar or call.unsure or {"constant", "ar_order"} & set(given):
        return None
    if call.function == "GaussianRandomWalk":
        start = given.get("init_dist")
        return (steps + 1,) if start is None or start.shape == () else None
    rho = shapes.of(given["rho"]) if "rho" in given else None
    return None if rho is None or len(rho) > 1 or None in rho else (steps + (rho[0] or 0 if rho else 1),)


def _of_correlations(call: Call) -> Shape | None:
    """The correlations, or the matrix of them."""
    matrix = call.arguments.get("return_matrix")
    size = whole(call, "n")
    if call.unsure or (matrix is not None and not matrix.value.known):
        return None
    if matrix is not None and matrix.value.constant:
        return (size, size)
    return (size * (size - 1) // 2 if size is not None else None,)


def whole(call: Call, name: str) -> int | None:
    """A parameter that is a known whole number."""
    constant = call.arguments[name].value.constant if name in call.arguments else None
    return constant if isinstance(constant, int) and not isinstance(constant, bool) else None


def _of_vector(call: Call, spec: Distribution) -> Shape | None:
    """A vector as long as one of its parameters; None where they do not tell, or tell of a batch."""
    for name in VECTOR_OF[spec.name]:
        given = call.arguments.get(name)
        length = shapes.of(given.value) if given is not None else None
        if given is not None and length is None:
            return None
        if length and len(length) == (1 if name in {"a", "mu"} else 2):
            return (length[-1],)
    return None
