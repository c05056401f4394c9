"""Type: numbers where numbers are needed, whole ones where whole ones are, shapes that broadcast (paper, phi 6).

Shapes are compared only where both are known."""

import ast
from collections.abc import Iterator

import numpy as np

from refinestat.refinegen.catalogue import Distribution
from refinestat.refinegen.predicates import constants, lists, shape_rules, shapes, tensors, transfer
from refinestat.refinegen.predicates.indexing import is_slice
from refinestat.refinegen.predicates.records import Call, Event, Reading, What
from refinestat.refinegen.predicates.symbols import Kind, Value
from refinestat.refinegen.predicates.transfer import as_array
from refinestat.refinegen.predicates.verdicts import accept, refuse, shown
from refinestat.refinegen.records import Verdict

NAME = "type"


def check(reading: Reading) -> Verdict:
    """Refuses the first value of the wrong kind or shape."""
    for event in reading.events:
        for why in _event(event):
            return refuse(NAME, why, event.node, reading)
    for call in reading.calls:
        for node, why in _call(call):
            return refuse(NAME, f"{call.title}: {why}", node, reading)
    return accept(NAME)


def _event(event: Event) -> Iterator[str]:
    if event.what is What.SHAPES:
        values = event.values[0].items or event.values if len(event.values) == 1 else event.values  # a list: its items
        known = dict.fromkeys(s for s in (shapes.of(v) for v in values) if s is not None)
        yield f"shapes {' and '.join(shapes.text(s) for s in known)} do not fit in {shown(event.node)}"
    elif event.what is What.BRANCH:
        yield f"Python cannot branch on the random value {shown(event.node)}: use pm.math.switch"
    elif event.what is What.PLAIN:
        yield f"{shown(event.node)}: {_no_number(event.text)}"
    elif event.what is What.OBJECTS:
        yield f"{shown(event.node)}: {ARRAY_OF_OBJECTS}"
    elif event.what is What.ARGUMENTS:
        yield f"{shown(event.node)}: {event.text}"
    elif event.what is What.UNPACK:
        yield _unpacked(event)
    elif event.what is What.TEXT:
        yield f"{shown(event.node)}: a text and a number do not go together"
    elif event.what is What.LABELS:
        yield f"coords: the labels of {event.text!r} must be a list or an array, got one number"
    elif event.what is What.LIST_INDEX:
        yield from _list_index(event)
    elif event.what is What.INDEX:
        yield from _index(event)


ARRAY_OF_OBJECTS = "a NumPy array of random variables is no tensor; use pm.math.stack or pt"


def _no_number(path: str) -> str:
    if not path:
        return "a random variable is no plain number here; use pm.math or its methods"
    return f"{path} does not take random variables; use {tensors.advice(path)}"


def _unpacked(event: Event) -> str:
    (value,) = event.values
    if shapes.of(value) == ():
        return f"{shown(event.node)}: one value cannot be gone through or taken apart"
    return f"{shown(event.node)}: {lists.length(value)} values for {event.text} names"


def _list_index(event: Event) -> Iterator[str]:
    base, index = event.values
    count = len(base.items or ())
    for part in index.items or () if is_slice(index) else ():
        yield from _no_position(event, part)
    if index.shape or tensors.is_random(index) or transfer.reals([index]):
        yield f"{shown(event.node)}: a list takes one plain whole number; make a tensor of it with pm.math.stack"
    elif isinstance(index.constant, int) and not -count <= index.constant < count:
        yield f"{shown(event.node)}: index {index.constant} is out of range for a list of {count}"


def _index(event: Event) -> Iterator[str]:
    base, index = event.values
    parts = index.items if index.kind is Kind.SEQUENCE and index.items is not None else (index,)
    is_tuple = isinstance(event.node, ast.Subscript) and isinstance(event.node.slice, ast.Tuple)
    parts = parts if is_tuple else (index,)
    for position, part in enumerate(as_array(p) for p in parts):
        for each in part.items or () if is_slice(part) else (part,):
            yield from _no_position(event, each)
        if part.kind is not Kind.NUMBER:
            continue
        if (
            base.shape is not None
            and position < len(base.shape)
            and not any(p.kind is Kind.NONE for p in parts[:position])
        ):
            yield from _range(event, part, base.shape[position], position)
    if (
        base.shape is not None
        and sum(p.kind is not Kind.NONE and p.constant is not ... for p in parts) > len(base.shape)
        and not any(isinstance(p.constant, np.ndarray) and p.constant.dtype.kind == "b" for p in parts)
    ):
        yield f"{shown(event.node)}: too many indices for shape {shapes.text(base.shape)}"


def _no_position(event: Event, part: Value) -> Iterator[str]:
    if part.kind is Kind.TEXT:
        yield f"{shown(event.node)}: an index must be a whole number, got a text"
    elif part.kind is Kind.NUMBER and part.integer is False:
        yield f"{shown(event.node)}: an index must be a whole number, got reals such as {_example(part)}"
    elif part.kind is Kind.NUMBER and part.real:
        yield f"{shown(event.node)}: an index must be a whole number, got reals, even if whole: use .astype('int64')"


def _range(event: Event, part: Value, length: int | None, position: int) -> Iterator[str]:
    constant = part.constant
    if length is None or not part.known or isinstance(constant, bool) or not constants.numeric(constant):
        return
    array = np.asarray(constant)
    if array.dtype.kind == "b" or not array.size:
        return
    if int(array.max()) >= length or int(array.min()) < -length:
        far = int(array.max()) if int(array.max()) >= length else int(array.min())
        yield f"{shown(event.node)}: index {far} is out of range for a length of {length}"


def _example(value: Value) -> str:
    if value.known:
        return f"{np.asarray(value.constant).ravel()[0]:.4g}"
    return f"values of {value.law or 'a real'}"


def _call(call: Call) -> Iterator[tuple[ast.AST, str]]:
    yield from _arguments(call)
    yield from _options(call)
    yield from _plain(call)
    yield from _components(call)
    yield from _observed(call)
    yield from shape_rules.faults(call)


def _arguments(call: Call) -> Iterator[tuple[ast.AST, str]]:
    if call.spec is None:
        return
    for name, argument in call.arguments.items():
        kind = argument.value.kind
        if kind is Kind.TEXT and name != "#":
            yield argument.node, f"{name} must be a number, got a text"
        elif kind is Kind.DISTRIBUTION and name not in DISTRIBUTIONS:
            yield argument.node, f"{name} must be a number, got an unnamed distribution"
        elif kind in NO_NUMBERS and (name in call.spec.domains or _is_numeric(name, call.spec)):
            yield argument.node, f"{name} must be a number, got {argument.value.path or NO_NUMBERS[kind]}"
        elif name in {"dist", "sd_dist", "innovation_dist", "init_dist"} and kind is Kind.NUMBER:
            yield argument.node, f"{name} must be an unnamed distribution, such as pm.Normal.dist(0, 1)"
        if kind is Kind.SEQUENCE and argument.value.law:
            yield argument.node, f"{name}: pm.{argument.value.law} gives three: chol, corr, stds = ..."
        if argument.value.path == tensors.OBJECTS:
            yield argument.node, f"{name}: {ARRAY_OF_OBJECTS}"
        domain, shape = call.spec.domains.get(name), argument.value.shape
        if domain is not None and domain.matrix and kind is Kind.NUMBER and shape is not None and len(shape) < 2:
            yield (
                argument.node,
                f"{name} must be a matrix, got {f'shape {shapes.text(shape)}' if shape else 'one number'}",
            )


STARTS = ("support_point", "moment", "prior")


def _options(call: Call) -> Iterator[tuple[ast.AST, str]]:
    for key in ("transform", "default_transform"):
        if key in call.options and call.options[key].value.kind is Kind.TEXT:
            yield call.options[key].node, f"{key} must be one of pm.distributions.transforms, got a text"
    start = call.options["initval"].value.constant if "initval" in call.options else None
    if isinstance(start, str) and start not in STARTS:
        yield call.options["initval"].node, f"initval must be numbers or one of {', '.join(STARTS)}, got {start!r}"
    sizes = [call.options[key].value.kind for key in ("shape", "size") if key in call.options]
    if call.spec is not None and len(sizes) == 2 and Kind.NONE not in sizes:
        yield call.options["size"].node, "shape and size say the same: give one"
    if "dims" in call.options and call.options["dims"].value.kind is Kind.NUMBER:
        yield call.options["dims"].node, "dims must be the name of a dimension or a tuple of names, got a number"
    observed = call.options.get("observed")
    if observed is not None and observed.value.kind in NO_NUMBERS and not call.unsure:
        yield observed.node, f"observed must be numbers, got {NO_NUMBERS[observed.value.kind]}"
    elif observed is not None and observed.value.law and observed.value.symbolic:
        yield observed.node, f"observed must be data, got the random variable {shown(observed.node)}"


def _plain(call: Call) -> Iterator[tuple[ast.AST, str]]:
    """Deterministic and Potential take tensors only; vectors of chances are no numbers."""
    passed = call.arguments.get("var") if call.function in {"Deterministic", "Potential"} else None
    if passed is not None and passed.value.path == tensors.OBJECTS:
        yield passed.node, ARRAY_OF_OBJECTS
    if passed is not None and passed.value.kind is Kind.SEQUENCE and passed.value.path != lists.SHAPE_OF_TENSOR:
        yield passed.node, "needs a tensor, got a list; make a tensor of it with pm.math.stack"
    if passed is not None and not passed.value.symbolic and passed.value.known:
        yield passed.node, "needs a tensor, got a plain number: it depends on no variable of the model"
    name = {"Dirichlet": "a", "DirichletMultinomial": "a", "Multinomial": "p"}.get(call.function, "")
    vector = call.arguments.get(name)
    if vector is not None and vector.value.kind is Kind.NUMBER and vector.value.shape == ():
        yield vector.node, f"{name} must be a vector, got one number"


def _components(call: Call) -> Iterator[tuple[ast.AST, str]]:
    """What a mixture is made of is unnamed, and as many as its weights."""
    argument = call.arguments.get("comp_dists")
    if argument is None:
        return
    items = argument.value.items if argument.value.kind is Kind.SEQUENCE else (argument.value,)
    if any(item.kind is Kind.NUMBER for item in items or ()):
        yield argument.node, "comp_dists must be unnamed distributions, such as pm.Normal.dist(0, 1)"
    kinds = {item.discrete for item in items or () if item.kind is Kind.DISTRIBUTION and item.law != "DiracDelta"}
    if {True, False} <= kinds:
        yield argument.node, "comp_dists must be all discrete or all continuous"
    weights = call.arguments.get("w")
    shape = shapes.of(weights.value) if weights is not None else None
    if items and len(items) > 1 and shape and shape[-1] is not None and shape[-1] not in {1, len(items)}:
        yield argument.node, f"{len(items)} components, but {shape[-1]} weights"


NO_NUMBERS = {Kind.FUNCTION: "a function", Kind.MODULE: "a module", Kind.MODEL: "a model", Kind.TABLE: "a dict"}


def _is_numeric(name: str, spec: Distribution) -> bool:
    """Whether a parameter is of numbers: of distributions with a support of their own, all but other distributions."""
    return spec.support is not None and name in spec.parameters and name not in DISTRIBUTIONS


DISTRIBUTIONS = {"dist", "sd_dist", "innovation_dist", "init_dist", "comp_dists"}


def _observed(call: Call) -> Iterator[tuple[ast.AST, str]]:
    argument = call.options.get("observed")
    if argument is None or call.spec is None:
        return
    value = as_array(argument.value)
    if value.kind is Kind.TEXT:
        yield argument.node, "observed must be numbers, got a text"
    inner = call.spec.discrete
    if inner and value.known and constants.numeric(value.constant):
        data = np.asarray(value.constant, dtype=float).ravel()
        broken = data[(data != np.floor(data)) & ~np.isnan(data)]
        if broken.size:
            yield argument.node, f"observed must be whole numbers, got reals such as {broken[0]:.4g}"
