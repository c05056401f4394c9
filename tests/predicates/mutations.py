"""Mutation operators: each breaks a right program in one way, at every place where it can.

An operator gives (program text, place) pairs; the predicates that may name the fault stand beside it in OPERATORS."""

import ast
import copy
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

Change = Callable[[ast.AST], bool]
SCALES = {"sigma", "tau", "beta", "alpha", "lam", "nu", "b", "kappa"}
PRIORS = {"HalfNormal", "HalfCauchy", "Exponential", "Gamma", "HalfStudentT", "InverseGamma", "Uniform"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """name; who may refuse it; change: alters the n-th node that it fits, in place."""

    name: str
    predicates: tuple[str, ...]
    sites: Callable[[ast.Module], Iterator[Callable[[], None]]]


def distribution_calls(tree: ast.Module) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
        ):
            name = node.func.attr
            if (
                node.func.value.id == "pm"
                and name[0].isupper()
                and name not in {"Deterministic", "Potential", "Data", "Model"}
            ):
                yield node


def named(call: ast.Call) -> bool:
    return bool(call.args) and isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str)


def block(tree: ast.Module) -> ast.With:
    return next(node for node in tree.body if isinstance(node, ast.With))


def _expr(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def _stmt(text: str) -> ast.stmt:
    return ast.parse(text).body[0]


def random_names(tree: ast.Module) -> list[str]:
    names = []
    for node in block(tree).body:
        assigned = isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
        if assigned and any(call is node.value and named(call) for call in distribution_calls(tree)):
            names.append(node.targets[0].id)
    return names


def keyword_sites(old: str | None, new: str) -> Callable[[ast.Module], Iterator[Callable[[], None]]]:
    def sites(tree: ast.Module) -> Iterator[Callable[[], None]]:
        for call in distribution_calls(tree):
            for keyword in call.keywords:
                if (
                    keyword.arg
                    and keyword.arg not in {"observed", "shape", "dims"}
                    and (old is None or keyword.arg == old)
                ):
                    renamed = keyword.arg + new if old is None else new
                    yield lambda k=keyword, n=renamed: setattr(k, "arg", n)

    return sites


def drop_argument(tree: ast.Module) -> Iterator[Callable[[], None]]:
    for call in distribution_calls(tree):
        for keyword in call.keywords:
            if keyword.arg in {"n", "p", "alpha", "beta", "mu", "lam", "nu", "a"} and not (
                isinstance(call.func, ast.Attribute)
                and call.func.attr in {"Normal", "StudentT"}
                and keyword.arg == "mu"
            ):
                yield lambda c=call, k=keyword: c.keywords.remove(k)
        if named(call) and len(call.args) > 1:
            yield lambda c=call: c.args.pop()


def add_keyword(name: str, value: str, *, when: str) -> Callable[[ast.Module], Iterator[Callable[[], None]]]:
    def sites(tree: ast.Module) -> Iterator[Callable[[], None]]:
        for call in distribution_calls(tree):
            given = {k.arg for k in call.keywords}
            if when in given and name not in given:
                yield lambda c=call: c.keywords.append(ast.keyword(arg=name, value=_expr(value)))

    return sites


def set_argument(parameters: set[str], value: str) -> Callable[[ast.Module], Iterator[Callable[[], None]]]:
    def sites(tree: ast.Module) -> Iterator[Callable[[], None]]:
        for call in distribution_calls(tree):
            for keyword in call.keywords:
                if keyword.arg in parameters:
                    yield lambda k=keyword: setattr(k, "value", _expr(value))

    return sites


def positional_scale(value: str) -> Callable[[ast.Module], Iterator[Callable[[], None]]]:
    def sites(tree: ast.Module) -> Iterator[Callable[[], None]]:
        for call in distribution_calls(tree):
            kind = call.func.attr if isinstance(call.func, ast.Attribute) else ""
            if named(call) and kind in {"HalfNormal", "HalfCauchy", "Exponential"} and len(call.args) == 2:
                yield lambda c=call: c.args.__setitem__(1, _expr(value))
            if named(call) and kind == "Normal" and len(call.args) == 3:
                yield lambda c=call: c.args.__setitem__(2, _expr(value))

    return sites


def duplicate_name(tree: ast.Module) -> Iterator[Callable[[], None]]:
    calls = sorted((c for c in distribution_calls(tree) if named(c)), key=lambda c: (c.lineno, c.col_offset))
    for first, second in itertools.pairwise(calls):
        yield lambda a=first, b=second: b.args.__setitem__(0, copy.deepcopy(a.args[0]))


def drop_name(tree: ast.Module) -> Iterator[Callable[[], None]]:
    for call in distribution_calls(tree):
        if named(call):
            yield lambda c=call: c.args.pop(0)


def name_is_number(tree: ast.Module) -> Iterator[Callable[[], None]]:
    for call in distribution_calls(tree):
        if named(call):
            yield lambda c=call: c.args.__setitem__(0, ast.Constant(value=0))


def undeclare(tree: ast.Module) -> Iterator[Callable[[], None]]:
    bound = {n.id for n in ast.walk(block(tree)) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    for node in ast.walk(block(tree)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in bound:
            yield lambda n=node: setattr(n, "id", n.id + "_1")


def reverse_order(tree: ast.Module) -> Iterator[Callable[[], None]]:
    body = block(tree).body
    bound = {n.id for n in ast.walk(body[0]) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    used = {n.id for s in body[1:] for n in ast.walk(s) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    if bound & used:
        yield lambda: body.append(body.pop(0))


def self_reference(tree: ast.Module) -> Iterator[Callable[[], None]]:
    for node in block(tree).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and isinstance(node.value, ast.Call):
            name = node.targets[0].id
            earlier = {
                n.id
                for s in block(tree).body
                for n in ast.walk(s)
                if isinstance(n, ast.Name) and s.lineno < node.lineno
            }
            if named(node.value) and len(node.value.args) > 1 and name not in earlier:
                yield lambda c=node.value, n=name: c.args.__setitem__(1, ast.Name(id=n, ctx=ast.Load()))


def rename_function(root: str, suffix: str) -> Callable[[ast.Module], Iterator[Callable[[], None]]]:
    def sites(tree: ast.Module) -> Iterator[Callable[[], None]]:
        for node in ast.walk(tree):
            called = node.func if isinstance(node, ast.Call) else None
            if isinstance(called, ast.Attribute) and ast.unparse(called.value) == root and called.attr != "Model":
                yield lambda f=called: setattr(f, "attr", f.attr[:-1] + suffix)

    return sites


def unwrap(functions: set[str]) -> Callable[[ast.Module], Iterator[Callable[[], None]]]:
    """Drops exp(...) or invlogit(...) around its argument."""

    def sites(tree: ast.Module) -> Iterator[Callable[[], None]]:
        for parent in ast.walk(tree):
            for field, value in ast.iter_fields(parent):
                items = value if isinstance(value, list) else [value]
                for position, item in enumerate(items):
                    if (
                        isinstance(item, ast.Call)
                        and isinstance(item.func, ast.Attribute)
                        and item.func.attr in functions
                    ):
                        yield (
                            lambda p=parent, f=field, v=value, i=position, c=item: (
                                v.__setitem__(i, c.args[0]) if isinstance(v, list) else setattr(p, f, c.args[0])
                            )
                        )

    return sites


def normal_scale(tree: ast.Module) -> Iterator[Callable[[], None]]:
    """A prior of a scale becomes Normal."""
    scales = {ast.unparse(k.value) for c in distribution_calls(tree) for k in c.keywords if k.arg in {"sigma", "tau"}}
    scales |= {
        ast.unparse(c.args[2])
        for c in distribution_calls(tree)
        if named(c) and len(c.args) == 3 and c.func.attr == "Normal"
    }  # type: ignore[attr-defined]
    for node in block(tree).body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and ast.unparse(node.targets[0]) in scales:
            call = node.value
            if call in list(distribution_calls(tree)) and call.func.attr in PRIORS:  # type: ignore[attr-defined]
                yield lambda c=call: (
                    setattr(c, "func", _expr("pm.Normal")),
                    setattr(c, "args", [c.args[0], _expr("0"), _expr("1")]),
                    setattr(c, "keywords", [k for k in c.keywords if k.arg in {"shape", "dims"}]),
                )


def power_scale(power: str) -> Callable[[ast.Module], Iterator[Callable[[], None]]]:
    def sites(tree: ast.Module) -> Iterator[Callable[[], None]]:
        for call in distribution_calls(tree):
            for keyword in call.keywords:
                if keyword.arg == "sigma" and isinstance(keyword.value, ast.Name) and "s" in keyword.value.id:
                    yield lambda k=keyword: setattr(k, "value", _expr(f"{ast.unparse(k.value)}{power}"))

    return sites


def wrong_shape(tree: ast.Module) -> Iterator[Callable[[], None]]:
    for call in distribution_calls(tree):
        for keyword in call.keywords:
            if keyword.arg == "shape" and not isinstance(keyword.value, ast.Tuple):
                yield lambda k=keyword: setattr(k, "value", _expr(f"{ast.unparse(k.value)} + 1"))


def real_shape(tree: ast.Module) -> Iterator[Callable[[], None]]:
    for call in distribution_calls(tree):
        for keyword in call.keywords:
            if keyword.arg == "shape" and not isinstance(keyword.value, ast.Tuple):
                yield lambda k=keyword: setattr(k, "value", _expr(f"{ast.unparse(k.value)} * 1.5"))


def change_index(new: str) -> Callable[[ast.Module], Iterator[Callable[[], None]]]:
    def sites(tree: ast.Module) -> Iterator[Callable[[], None]]:
        for node in ast.walk(block(tree)):
            if (
                isinstance(node, ast.Subscript)
                and isinstance(node.value, ast.Name)
                and node.value.id in random_names(tree)
            ) and not isinstance(node.slice, ast.Tuple | ast.Slice):
                yield lambda n=node: setattr(n, "slice", _expr(new.format(ast.unparse(n.slice))))

    return sites


def observed_to(new: str) -> Callable[[ast.Module], Iterator[Callable[[], None]]]:
    def sites(tree: ast.Module) -> Iterator[Callable[[], None]]:
        for call in distribution_calls(tree):
            for keyword in call.keywords:
                if keyword.arg == "observed":
                    yield lambda k=keyword: setattr(k, "value", _expr(new.format(ast.unparse(k.value))))

    return sites


def leak_outcome(tree: ast.Module) -> Iterator[Callable[[], None]]:
    for call in distribution_calls(tree):
        seen = next((k for k in call.keywords if k.arg == "observed"), None)
        for keyword in call.keywords if seen is not None else ():
            if keyword.arg in {"mu", "p", "lam", "alpha"}:
                yield lambda k=keyword, o=seen: setattr(
                    k, "value", _expr(f"{ast.unparse(k.value)} + 0 * {ast.unparse(o.value)}")
                )


def leak_by_alias(tree: ast.Module) -> Iterator[Callable[[], None]]:
    for call in distribution_calls(tree):
        seen = next((k for k in call.keywords if k.arg == "observed"), None)
        if seen is not None:
            yield (
                lambda o=seen: (
                    block(tree).body[:0].extend([])
                    or block(tree).body.insert(
                        0, _stmt(f"centre = pm.Normal('centre', ({ast.unparse(o.value)})[::-1], 1)")
                    )
                )
            )


def observe_twice(tree: ast.Module) -> Iterator[Callable[[], None]]:
    for node in block(tree).body:
        call = next(
            (c for c in ast.walk(node) if isinstance(c, ast.Call) and any(k.arg == "observed" for k in c.keywords)),
            None,
        )
        if call is not None and named(call):
            second = copy.deepcopy(node)
            inner = next(
                c for c in ast.walk(second) if isinstance(c, ast.Call) and any(k.arg == "observed" for k in c.keywords)
            )
            inner.args[0] = ast.Constant(value="second")
            yield lambda s=second: block(tree).body.append(s)


def unobserve(tree: ast.Module) -> Iterator[Callable[[], None]]:
    for call in distribution_calls(tree):
        for keyword in call.keywords:
            if keyword.arg == "observed":
                yield lambda c=call, k=keyword: c.keywords.remove(k)


def insert(text: str, *, random: bool) -> Callable[[ast.Module], Iterator[Callable[[], None]]]:
    """A statement after the first random variable, whose name stands for {}."""

    def sites(tree: ast.Module) -> Iterator[Callable[[], None]]:
        names = random_names(tree)
        if names or not random:
            name = names[0] if names else ""
            body = block(tree).body
            at = next(
                (i + 1 for i, s in enumerate(body) if isinstance(s, ast.Assign) and ast.unparse(s.targets[0]) == name),
                0,
            )
            yield lambda: body.insert(at, _stmt(text.format(name)))

    return sites


def likelihood_to(new: str) -> Callable[[ast.Module], Iterator[Callable[[], None]]]:
    def sites(tree: ast.Module) -> Iterator[Callable[[], None]]:
        for call in distribution_calls(tree):
            seen = next((ast.unparse(k.value) for k in call.keywords if k.arg == "observed"), None)
            if seen is not None and named(call):
                made = _expr(f"pm.{new.format(ast.unparse(call.args[0]), seen)}")
                yield lambda c=call, m=made: (
                    setattr(c, "func", m.func),
                    setattr(c, "args", m.args),
                    setattr(c, "keywords", m.keywords),
                )  # type: ignore[attr-defined]

    return sites


def too_many(tree: ast.Module) -> Iterator[Callable[[], None]]:
    for call in distribution_calls(tree):
        if named(call):
            yield lambda c=call: c.args.extend([_expr("1")] * 5)


def swap_positional(tree: ast.Module) -> Iterator[Callable[[], None]]:
    for call in distribution_calls(tree):
        if named(call) and len(call.args) == 3 and call.func.attr in {"Normal", "Uniform", "StudentT"}:  # type: ignore[attr-defined]
            yield lambda c=call: c.args.__setitem__(slice(1, 3), [c.args[2], c.args[1]])


def wrong_key(tree: ast.Module) -> Iterator[Callable[[], None]]:
    for node in ast.walk(block(tree)):
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id == "data":
            yield lambda n=node: setattr(n, "slice", ast.Constant(value="nothing"))


def name_in_dist(tree: ast.Module) -> Iterator[Callable[[], None]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "dist":
            yield lambda c=node: c.args.insert(0, ast.Constant(value="part"))


def _op(name: str, predicates: str, sites: Callable[[ast.Module], Iterator[Callable[[], None]]]) -> Operator:
    return Operator(name=name, predicates=tuple(predicates.split()), sites=sites)


OPERATORS = (
    _op("keyword sd for sigma", "parameter", keyword_sites("sigma", "sd")),
    _op("misspelled keyword", "parameter", keyword_sites(None, "x")),
    _op("argument missing", "parameter", drop_argument),
    _op("sigma and tau", "parameter", add_keyword("tau", "1.0", when="sigma")),
    _op("p and logit_p", "parameter", add_keyword("logit_p", "0.0", when="p")),
    _op("too many positional", "parameter", too_many),
    _op("duplicate name", "parameter", duplicate_name),
    _op("name missing", "parameter support type", drop_name),
    _op("name is a number", "parameter", name_is_number),
    _op("name in .dist", "parameter", name_in_dist),
    _op("undeclared name", "dependency", undeclare),
    _op("used before declared", "dependency", reverse_order),
    _op("self-reference", "dependency", self_reference),
    _op("unknown data key", "dependency", wrong_key),
    _op("unknown dims", "dependency", insert("extra = pm.Normal('extra', 0, 1, dims='nowhere')", random=False)),
    _op("unknown distribution", "distribution", rename_function("pm", "q")),
    _op("unknown function of pm.math", "distribution", rename_function("pm.math", "q")),
    _op("calls a variable", "distribution", insert("extra = {}(1)", random=True)),
    _op("negative scale", "support", set_argument({"sigma", "tau"}, "-1")),
    _op("zero scale", "support", set_argument({"sigma", "tau"}, "0")),
    _op("negative positional scale", "support", positional_scale("-2.5")),
    _op("probability above one", "support", set_argument({"p", "psi"}, "1.2")),
    _op("negative probability", "support", set_argument({"p", "psi"}, "-0.1")),
    _op("Normal prior of a scale", "support", normal_scale),
    _op("rate without exp", "support", unwrap({"exp"})),
    _op("probability without link", "support", unwrap({"invlogit", "sigmoid"})),
    _op("bounds crossed", "support", insert("extra = pm.Uniform('extra', 2, 1)", random=False)),
    _op("swapped positional", "support parameter", swap_positional),
    _op("variance for sd", "parameter", power_scale("**2")),
    _op("shape off by one", "type", wrong_shape),
    _op("shape is real", "type", real_shape),
    _op("index is real", "type", change_index("{} * 1.5")),
    _op("index out of range", "type", change_index("999")),
    _op("branch on a random variable", "type", insert("extra = 1 if {} > 0 else 2", random=True)),
    _op("float of a random variable", "type", insert("extra = float({})", random=True)),
    _op("text for a number", "type", set_argument({"mu", "sigma", "p", "alpha", "lam"}, "'1'")),
    _op("Poisson likelihood", "type support", likelihood_to("Poisson({}, 3.0, observed={})")),
    _op("Bernoulli likelihood", "type support", likelihood_to("Bernoulli({}, 0.5, observed={})")),
    _op("Beta likelihood", "type support", likelihood_to("Beta({}, 2, 2, observed={})")),
    _op("Gamma likelihood", "type support", likelihood_to("Gamma({}, 2, 1, observed={})")),
    _op("outcome in its own mean", "guards", leak_outcome),
    _op("outcome leaked", "guards", leak_by_alias),
    _op("observed twice", "guards", observe_twice),
    _op("observed in part", "guards", observed_to("({})[:5]")),
    _op("observed transformed", "guards", observed_to("({}) * 1")),
    _op("not observed", "guards", unobserve),
    _op("potential", "guards", insert("extra = pm.Potential('extra', 1.0)", random=False)),
)


def mutants(source: str, operator: Operator, most: int = 2) -> Iterator[str]:
    """The program, broken at the first few places where the operator fits."""
    count = sum(1 for _ in operator.sites(ast.parse(source)))
    for position in range(min(count, most)):
        tree = ast.parse(source)
        change = list(operator.sites(tree))[position]
        change()
        yield ast.unparse(ast.fix_missing_locations(tree)) + "\n"
