"""What is read off a program without running it: random variables, unused ones, location priors, what is observed."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

_LOCATIONS = {"Normal": "sigma", "StudentT": "sigma", "Laplace": "b", "Cauchy": "beta"}
_SCALING = (ast.Mult, ast.Div, ast.Pow, ast.MatMult)


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """The observed statement: its distribution and the name that is observed."""

    distribution: str
    outcome: str


def model_block(source: str) -> list[ast.stmt]:
    """The statements under `with pm.Model() as model:`."""
    return next(node.body for node in ast.parse(source).body if isinstance(node, ast.With))


def _call(statement: ast.stmt) -> ast.Call | None:
    value = statement.value if isinstance(statement, ast.Assign | ast.Expr) else None
    return value if isinstance(value, ast.Call) else None


def _function(call: ast.Call) -> str:
    return ast.unparse(call.func)


def random_variables(source: str) -> dict[str, str]:
    """Unobserved random variables by name, with the call that makes them."""
    found = {}
    for statement in model_block(source):
        call = _call(statement)
        if call is None or not isinstance(statement, ast.Assign) or not call.args:
            continue
        named = isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str)
        observed = any(keyword.arg == "observed" for keyword in call.keywords)
        if (
            named
            and not observed
            and _function(call) != "pm.Deterministic"
            and isinstance(statement.targets[0], ast.Name)
        ):
            found[statement.targets[0].id] = _function(call)
    return found


def unused(source: str) -> list[str]:
    """Random variables that nothing uses."""
    loaded = {
        node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }
    return [name for name in random_variables(source) if name not in loaded]


def assigned(source: str) -> list[str]:
    """Names that the model block assigns, in order, repeats included."""
    targets = [s.targets[0] for s in model_block(source) if isinstance(s, ast.Assign)]
    return [target.id for target in targets if isinstance(target, ast.Name)]


def observations(source: str) -> Iterator[Observed]:
    """Every call with `observed=`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            for keyword in node.keywords:
                if keyword.arg == "observed":
                    yield Observed(distribution=_function(node).removeprefix("pm."), outcome=ast.unparse(keyword.value))


def location_scales(source: str) -> list[float]:
    """Literal standard deviations of priors on the whole line that no product, quotient or power scales."""
    tree = ast.parse(source)
    scaled = {
        name.id
        for node in ast.walk(tree)
        if isinstance(node, ast.BinOp) and isinstance(node.op, _SCALING)
        for side in (node.left, node.right)
        for name in ast.walk(side)
        if isinstance(name, ast.Name)
    }
    found = []
    for statement in model_block(source):
        call = _call(statement)
        if call is None or not isinstance(statement, ast.Assign) or not isinstance(statement.targets[0], ast.Name):
            continue
        keyword = _LOCATIONS.get(_function(call).removeprefix("pm."))
        for item in call.keywords:
            value = item.value.value if isinstance(item.value, ast.Constant) else None
            if item.arg == keyword and isinstance(value, int | float) and statement.targets[0].id not in scaled:
                found.append(float(value))
    return found
