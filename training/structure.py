"""The family that a program belongs to: its likelihood, and what its mean is made of."""

import ast
from collections.abc import Iterator

from training.reading import model_block, observations, random_variables

_PROCESSES = {
    "pm.gp.Latent": "Gaussian process",
    "pm.gp.HSGP": "basis process",
    "pm.GaussianRandomWalk": "walk",
    "pm.AR": "autoregression",
}
_SMOOTH = frozenset({"exp", "log", "invlogit", "sigmoid", "sqrt", "tanh"})
_IDENTITY = frozenset({"Normal", "StudentT", "LogNormal", "Laplace", "SkewNormal", "Cauchy", "TruncatedNormal"})


def family(source: str, predictors: frozenset[str]) -> str:
    """The likelihood and the features of a program, such as "Normal: effects" or "Binomial: degree 2".

    Features: a process, effects (a vector of random variables), basis (a matrix product), summed variance (of effects
    that are integrated out), and of a predictor: degree (of a polynomial), linear, or the function that bends it."""
    observed = list(observations(source))
    likelihood = observed[-1].distribution if observed else "none"
    features = set(_features(source, predictors, likelihood))
    degrees = sorted(feature for feature in features if feature.startswith("degree"))
    features -= set(degrees[:-1])
    if features - {"linear", "effects"}:
        features.discard("linear")
    return f"{likelihood}: {', '.join(sorted(features)) or 'constant'}"


def _features(source: str, predictors: frozenset[str], likelihood: str) -> Iterator[str]:
    unknown, known = set(random_variables(source)), set(predictors)
    for statement in model_block(source):
        names = _names(statement)
        targets = {target.id for target in getattr(statement, "targets", []) if isinstance(target, ast.Name)}
        if names & known and not names & unknown:
            known |= targets  # a predictor prepared: standardised, its logarithm
        elif names & unknown:
            unknown |= targets
        for node in ast.walk(statement):
            if isinstance(node, ast.Call):
                yield from _of_call(node, known, unknown, likelihood)
            elif isinstance(node, ast.BinOp):
                yield from _of_operator(node, known, unknown)
            elif isinstance(node, ast.Name) and node.id in known:
                yield "linear"


def _of_call(node: ast.Call, known: set[str], unknown: set[str], likelihood: str) -> Iterator[str]:
    function = ast.unparse(node.func)
    last = function.rsplit(".", 1)[-1]
    if function in _PROCESSES:
        yield _PROCESSES[function]
    elif last == "dot":
        yield "basis"
    elif last == "sqrt" and _names(node) & unknown:
        yield "summed variance"
    elif last == "log" or (last in _SMOOTH and likelihood in _IDENTITY):
        yield from [last] if _names(node) & known else []
    if any(keyword.arg == "shape" for keyword in node.keywords):
        yield "effects"


def _of_operator(node: ast.BinOp, known: set[str], unknown: set[str]) -> Iterator[str]:
    left, right = _names(node.left), _names(node.right)
    if isinstance(node.op, ast.MatMult):
        yield "basis"
    elif isinstance(node.op, ast.Pow) and left & known and isinstance(node.right, ast.Constant):
        yield f"degree {node.right.value}"
    elif isinstance(node.op, ast.Pow | ast.Div):
        if isinstance(node.op, ast.Pow) and left & unknown and right & known:
            yield "exp"
        elif left & known and right & unknown:
            yield "power" if isinstance(node.op, ast.Pow) else "ratio"


def _names(node: ast.AST) -> set[str]:
    return {name.id for name in ast.walk(node) if isinstance(name, ast.Name)}
