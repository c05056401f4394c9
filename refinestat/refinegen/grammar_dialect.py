"""The semantic grammar of one statement, as text for llguidance: what Pi and the catalogue know, compiled.

Outside brackets a line ends the statement; inside, lines may break and comments stand wherever a space may. Each
terminal but the names and numbers takes the space around it along, so that both kinds of space have one place.

Compiling costs about a millisecond per 100 words. So functions of a library, and parameters of a distribution, come
in once the statement names it; until then REST stands for what would follow, which one token can hardly reach."""

import re
from collections.abc import Iterable, Sequence
from functools import cache

from refinestat.refinegen import catalogue
from refinestat.refinegen.grammar_calls import call_rules
from refinestat.refinegen.grammar_names import NAMING, Begun, Names

NOTHING = "NOTHING"  # a terminal that no text spells: a control character
_COMMENT = r"#[^\n]*"  # control characters are in no token of the mask
# Space inside brackets: a comment, a new line, perhaps of comment, and indentation; not more, or some never stop.
_W = rf" *(({_COMMENT})?\n {{0,24}}({_COMMENT}\n {{0,24}})?)?"
_OPERATORS = r"(\+|-|\*\*?|\/\/?|%|@|<=?|>=?|==|!=|&|\|)"
_NAME = r"([A-Za-z]|_[A-Za-z0-9])[A-Za-z0-9_]{0,38}"
_NUMBER = r"((0|[1-9][0-9]{0,14}(_[0-9]{3}){0,4})(\.[0-9]{0,20})?|\.[0-9]{1,20})([eE][+\-]?[0-9]{1,2})?"

_TERMINALS = rf"""
NOTHING: /\x01/
REST: /(.|\n)+/
MEMBER: /[^A-Za-z0-9_](.|\n)*/
BLANK: / {{0,4}}({_COMMENT})?\n/
INDENT: "    "
EOL: / *({_COMMENT})?\n/
NEXT: /    (pm\.?|{_NAME})?/
OUTSIDE: /[A-Za-z_@"'][^\n]*/
EQ: / *= */
COMMAS: / *, */
CHANGE: / *[+\-*\/]= */
OUTER: / *{_OPERATORS} */
INNER: / *(\n {{0,24}})?{_OPERATORS} *(\n {{0,24}})?/
SIGN: /[\-+~]/
LPAR: /\({_W}/
RPAR: /{_W}\)/
OPEN: /\[ */
CLOSE: / *\]/
LSQ: /\[{_W}/
RSQ: /{_W}\]/
COMMA: /{_W},{_W}/
COLON: / *: */
IS: / *= */
DIST: /\.dist\({_W}/
NUMBER: /{_NUMBER}/
WHOLE: /0|[1-9][0-9]{{0,8}}/
PROPERTY: /\.(T|shape|size|ndim)/
METHOD: /\.(mean|std|var|min|max|sum|prod|cumsum|cumprod|dot|reshape|flatten|ravel|transpose|clip|round|argmax|argmin|argsort|any|all|squeeze|repeat|take|swapaxes|diagonal|trace)/
CAST: /\.astype\((float|int)\)/"""  # noqa: E501

_RULES = r"""
truth: "True" | "False"
lengths: whole | LPAR whole (COMMA whole)* COMMA? RPAR | LPAR RPAR
argument: expr | list | truth
value: expr | list | tuple | "None" | truth
list: LSQ RSQ | LSQ value (COMMA value)* COMMA? RSQ
tuple: LPAR RPAR | LPAR value COMMA RPAR | LPAR value (COMMA value)+ COMMA? RPAR
unnamed_list: LSQ unnamed (COMMA unnamed)* COMMA? RSQ | LIST
expr: operand (INNER operand)*
outer: operand (OUTER operand)*
first: SIGN? core (OUTER operand)*
operand: SIGN? core | nested part*
core: NUMBER | PLAIN | SCALAR tail* | ARRAY part* | LIST (OPEN whole CLOSE)? | TABLE part*
  | FUNCTION given part* | CONSTANT | BUILTIN given | LPAR expr RPAR part* | OBJECT given? part*
  | GAUSSIAN process | ROOT MEMBER | summary
part: OPEN index (COMMAS index)? (COMMAS index)? CLOSE | tail
tail: PROPERTY | METHOD (given | LPAR RPAR) | CAST
index: whole? COLON whole? (COLON whole?)? | whole | "None" | "..."
whole: integer (INNER integer)*
integer: SIGN? (WHOLE | INTEGER | ARRAY part+ | TABLE part* | BUILTIN given | FUNCTION given part* | OBJECT
  | LPAR expr RPAR | ROOT MEMBER | summary)
given: LPAR value (COMMA value)* (COMMA KEY IS value)? COMMA? RPAR | LPAR KEY IS value COMMA? RPAR"""


def grammar(names: Names, begun: Begun, *, same_name: bool = True) -> str:
    """The grammar of the statement that comes next, and of the beginning of what follows it.

    same_name: a variable of the model bears the name that it is bound to."""
    parts = [
        '%llguidance {"no_forcing": true}',  # else only one of the ways to cut a text into tokens is allowed
        _statement(names, begun, same_name),
        _TERMINALS,
        _RULES,
        call_rules(begun.called, names.observers, names.scored, bool(names.dims)),
        _naming(names, begun),
        _library(names.modules, names.scored, begun.roots),
        *_outcome(names, begun),
        *_names(names, begun, same_name),
    ]
    return "\n".join(parts)


def _statement(names: Names, begun: Begun, same_name: bool) -> str:
    """`start`, and the ways in which a statement may go on after its beginning."""
    ends, goes_on = "(EOL BLANK* (NEXT | OUTSIDE)?)?", f"EOL BLANK* NEXT? {NOTHING}"
    over = ends if not names.scored or (names.observes and names.learns) else goes_on
    last = ends if not names.scored or names.learns or begun.nested else goes_on
    likelihood = "" if names.scored and names.observes else f" | seen {last}"
    made = f"named {over}{likelihood}"
    computed = f"(first | list | tuple | unnamed | unnamed_list | first (COMMAS first)+) {over}"
    if begun.bound:
        assigned = f"({made} | {computed})" if not same_name or begun.bound not in names.taken else f"({computed})"
        ways = [f'"{begun.bound}" EQ {assigned}']
    else:
        ways = [f"CHANGED CHANGE outer {over}", made]
        ways += [] if begun.called or begun.roots else [f"NEW (COMMAS NEW)* EQ ({made} | {computed})"]
    start = ["INDENT statement", *(["INDENT?", "OUTSIDE"] if over is ends else [])]
    return f"start: BLANK* ({' | '.join(start)})\nstatement: {' | '.join(ways)}"


def _naming(names: Names, begun: Begun) -> str:
    """`named`: all that gives a variable its name, but for the outcome."""
    naming = NAMING if names.scored else (*NAMING, "Potential")  # a Potential changes the score
    rest = '(COMMA "dims" IS dims)? COMMA? RPAR' if names.dims else "COMMA? RPAR"
    ways = [
        "free",
        *(f'"pm.{name}" LPAR ' + (f"TOP COMMA value {rest}" if name in begun.called else "REST") for name in naming),
    ]
    if names.objects:
        known = begun.called & {"prior", "conditional"}
        rest = "TOP COMMA (/X(new)?/ IS)? value COMMA? RPAR" if known else "REST"
        ways.append(rf"OBJECT /\.(prior|conditional)/ LPAR {rest}")
    dims = [f"DIM: /[\"']({_any(names.dims)})[\"']/", "dims: DIM | LPAR DIM (COMMA DIM)* COMMA? RPAR"]
    return "\n".join(["named: " + " | ".join(ways), *(dims if names.dims else [])])


def _any(words: Iterable[str]) -> str:
    return "|".join(map(_escaped, words))


def _escaped(word: str) -> str:
    return re.sub(r"([^A-Za-z0-9_])", r"\\\1", word)


def _terminal(name: str, words: Iterable[str]) -> str:
    found = _any(words)
    return f"{name}: /{found}/" if found else f"{name}: {NOTHING}"


@cache
def _library(modules: tuple[str, ...], scored: bool, roots: frozenset[str]) -> str:
    """Terminals for the functions of the modules that are imported; ROOT: those that the statement has not named."""
    functions: list[str] = []
    gaussian: list[str] = []
    for path, members in catalogue.load().opened.items():
        root = path.split(".", 1)[0]
        closed = path.startswith(CLOSED) or (scored and path == "np.random")
        lazy = "pm.gp" if path.startswith("pm.gp") else root
        if root not in modules or closed or (lazy != "pm" and lazy not in roots):
            continue
        called = [m for m in sorted(members) if _is_function(path, m)]
        if called:
            (gaussian if lazy == "pm.gp" else functions).append(f"{_escaped(path)}\\.({'|'.join(called)})")
    later = [root for root in ("np", "pt", "pm.gp") if root.split(".")[0] in modules and root not in roots]
    keywords = catalogue.load().keywords
    transforms = [m for m in sorted(catalogue.load().opened["pm.distributions.transforms"]) if m.islower()]
    return "\n".join(
        [
            f"FUNCTION: /{'|'.join(functions)}/",
            f"GAUSSIAN: /{'|'.join(gaussian)}/" if gaussian else f"GAUSSIAN: {NOTHING}",
            _terminal("ROOT", later),
            r"CONSTANT: /np\.(pi|e|inf)/" if "np" in roots else f"CONSTANT: {NOTHING}",
            f"TRANSFORM: /pm\\.distributions\\.transforms\\.({'|'.join(transforms)})/",
            _terminal("KEY", sorted({k for root in ("pm.math", *({"np", "pt"} & roots)) for k in keywords[root]})),
            *(_gaussian(keywords["pm.gp"]) if gaussian else [f"process: {NOTHING}"]),
        ]
    )


def _gaussian(keywords: Sequence[str]) -> list[str]:
    """What a covariance, a mean or a Gaussian process is given: positions, then keywords, each once."""
    by_name = len(keywords)  # the bit that says so
    ways = [f"value gmore::_ %if bit_clear({by_name})"]
    for bit, keyword in enumerate(keywords):
        ways.append(f'"{keyword}" IS value gmore::bit_or({1 << by_name | 1 << bit}) %if bit_clear({bit})')
    more = "gmore::_: RPAR | COMMA RPAR | COMMA garg::_"
    return ["process: LPAR RPAR | LPAR garg::0", more, "garg::_: " + "\n  | ".join(ways)]


CLOSED = ("pm.distributions", "pm.ode", "pm.logprob")
NO_FUNCTIONS = {"np": {"c_", "r_", "pi", "e", "inf", "nan", "newaxis", "mgrid", "ogrid"}}


def _is_function(path: str, name: str) -> bool:
    """Whether a program calls it as a function: what else has a capital is a class, and only of a GP called."""
    library = catalogue.load()
    if f"{path}.{name}" in library.opened or name in NO_FUNCTIONS.get(path, ()):
        return False
    return name.islower() or path.startswith("pm.gp")


def _outcome(names: Names, begun: Begun) -> list[str]:
    """How the outcome may be used: observed; and its length and summaries. Where nothing is scored, as anything."""
    if not names.scored:
        return ["observation: value", f"summary: {NOTHING}"]
    held = [*map(_escaped, names.observed), *(rf"{t}\[(\"{o}\"|'{o}')\]" for t, o in _outcome_keys(names))]
    if not held:
        return [f"observation: {NOTHING}", f"summary: {NOTHING}"]
    summary = [
        r"OUTCOME (/\.(mean|std|min|max)\(\)/ | /\.(shape|size)/)",
        'OUTCOME ".shape" OPEN "0" CLOSE',
        '"len" LPAR OUTCOME RPAR',
    ]
    if "np" in begun.roots:  # before, it would hide ROOT
        summary.append(r"/np\.(mean|std|min|max|zeros_like|ones_like)/ LPAR OUTCOME RPAR")
    return ["observation: OUTCOME", f"OUTCOME: /{'|'.join(held)}/", "summary: " + " | ".join(summary)]


def _outcome_keys(names: Names) -> list[tuple[str, str]]:
    return [("data", name) for name in names.observed if "data" in dict(names.tables)]


def _names(names: Names, begun: Begun, same_name: bool) -> list[str]:
    """The terminals that Pi fills."""
    keys = [f"{_escaped(t)}\\[(\"({_any(k)})\"|'({_any(k)})')\\]" for t, k in names.tables]
    taken = f" & ~/[\"']({_any(names.taken)})[\"']/" if names.taken else ""
    fresh = f"/\"{_NAME}\"|'{_NAME}'/{taken}"
    same = same_name and begun.bound and "," not in begun.bound
    return [
        _terminal("PLAIN", names.plain),
        _terminal("SCALAR", names.scalars),
        _terminal("ARRAY", names.arrays),
        _terminal("INTEGER", names.whole),
        _terminal("OBJECT", names.objects),
        _terminal("LIST", names.lists),
        _terminal("UNNAMED", names.unnamed),
        _terminal("BUILTIN", names.builtins),
        _terminal("CHANGED", names.changed),
        f"TABLE: /{'|'.join(keys)}/" if keys else f"TABLE: {NOTHING}",
        f"NEW: /{_NAME}/ & ~/{_any(names.forbidden)}/",
        f"FRESH: {fresh}",
        f"TOP: /\"{begun.bound}\"|'{begun.bound}'/" if same else f"TOP: {fresh}",
    ]
