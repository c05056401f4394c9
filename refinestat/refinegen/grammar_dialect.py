"""The semantic grammar of one statement, as text for llguidance: what Pi and the catalogue know, compiled.

Outside brackets a line ends the statement; inside, lines may break and comments stand wherever a space may. Each
terminal but the names and numbers takes the space around it along, so that both kinds of space have one place.
Names of the program are not spelt: `grammar_places.py`.

Compiling costs about a millisecond per 100 words. So functions of a library, and parameters of a distribution, come
in once the statement names it; until then REST stands for what would follow, which one token can hardly reach."""

from refinestat.refinegen.grammar_calls import call_rules
from refinestat.refinegen.grammar_library import library_rules
from refinestat.refinegen.grammar_names import NAMING, Begun, Setting
from refinestat.refinegen.grammar_places import NO_PLACE, terminals
from refinestat.refinegen.grammar_words import NOTHING, any_of, escaped, terminal

_COMMENT = rf"#[^\n{NO_PLACE}]*"  # other control characters are in no token of the mask
# Space inside brackets: a comment, a new line, perhaps of comment, and indentation; not more, or some never stop.
_W = rf" *(({_COMMENT})?\n {{0,24}}({_COMMENT}\n {{0,24}})?)?"
_OPERATORS = r"(\+|-|\*\*?|\/\/?|%|@|<=?|>=?|==|!=|&|\|)"
_NAME = r"([A-Za-z]|_[A-Za-z0-9])[A-Za-z0-9_]{0,38}"
_NUMBER = r"((0|[1-9][0-9]{0,14}(_[0-9]{3}){0,4})(\.[0-9]{0,20})?|\.[0-9]{1,20})([eE][+\-]?[0-9]{1,2})?"

_TERMINALS = rf"""
NOTHING: /\x01/
REST: /[^{NO_PLACE}]+/
MEMBER: /\.[^{NO_PLACE}]*/
BLANK: / {{0,4}}({_COMMENT})?\n/
INDENT: "    "
EOL: / *({_COMMENT})?\n/
NEXT: /    (pm\.?|{_NAME})?/
OUTSIDE: /[A-Za-z_@"'][^\n{NO_PLACE}]*/
BOUND: /{_NAME}/
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


def grammar(setting: Setting, begun: Begun, *, same_name: bool = True) -> str:
    """The grammar of the statement that comes next, and of the beginning of what follows it.

    same_name: a variable of the model bears the name that it is bound to."""
    parts = [
        '%llguidance {"no_forcing": true}',  # else only one of the ways to cut a text into tokens is allowed
        _statement(setting, begun, same_name),
        _TERMINALS,
        _RULES,
        call_rules(begun.called, setting.observers, setting.scored, bool(setting.dims), "pm" in begun.roots),
        _naming(setting, begun),
        library_rules(setting.modules, setting.scored, begun.roots),
        *_outcome(setting, begun),
        *_words(setting, begun, same_name),
    ]
    return "\n".join(parts)


def _statement(setting: Setting, begun: Begun, same_name: bool) -> str:
    """`start`, and the ways in which a statement may go on after its beginning."""
    ends, goes_on = "(EOL BLANK* (NEXT | OUTSIDE)?)?", f"EOL BLANK* NEXT? {NOTHING}"
    over = ends if not setting.scored or (setting.observes and setting.learns) else goes_on
    last = ends if not setting.scored or setting.learns or begun.nested else goes_on
    likelihood = "" if setting.scored and setting.observes else f" | seen {last}"
    made = f"named {over}{likelihood}"
    computed = f"(first | list | tuple | unnamed | apart | unnamed_list | first (COMMAS first)+) {over}"
    if begun.bound:
        assigned = f"({computed})" if same_name and begun.taken else f"({made} | {computed})"
        ways = [f"BOUND (COMMAS BOUND)* EQ {assigned}"]
    else:
        ways = [f"CHANGED CHANGE outer {over}", made]
        ways += [] if begun.called or begun.roots != {"pm"} else [f"NEW (COMMAS NEW)* EQ ({made} | {computed})"]
    start = ["INDENT statement", *(["INDENT?", "OUTSIDE"] if over is ends else [])]
    return f"start: BLANK* ({' | '.join(start)})\nstatement: {' | '.join(ways)}"


def _naming(setting: Setting, begun: Begun) -> str:
    """`named`: all that gives a variable its name, but for the outcome."""
    naming = NAMING if setting.scored else (*NAMING, "Potential")  # a Potential changes the score
    rest = '(COMMA "dims" IS dims)? COMMA? RPAR' if setting.dims else "COMMA? RPAR"
    ways = [
        "free",
        *(f'"pm.{name}" LPAR ' + (f"TOP COMMA value {rest}" if name in begun.called else "REST") for name in naming),
    ]
    known = begun.called & {"prior", "conditional"}
    given = "TOP COMMA (/X(new)?/ IS)? value COMMA? RPAR" if known else "REST"
    ways.append(rf"OBJECT /\.(prior|conditional)/ LPAR {given}")
    dims = [f"DIM: /[\"']({any_of(setting.dims)})[\"']/", "dims: DIM | LPAR DIM (COMMA DIM)* COMMA? RPAR"]
    return "\n".join(["named: " + " | ".join(ways), *(dims if setting.dims else [])])


def _outcome(setting: Setting, begun: Begun) -> list[str]:
    """How the outcome may be used: observed; and its length and summaries. Where nothing is scored, as anything."""
    if not setting.scored:
        return ["observation: value", f"summary: {NOTHING}"]
    summary = [
        r"OUTCOME (/\.(mean|std|min|max)\(\)/ | /\.(shape|size)/)",
        'OUTCOME ".shape" OPEN "0" CLOSE',
        '"len" LPAR OUTCOME RPAR',
    ]
    if "np" in begun.roots:  # before, it would hide ROOT
        summary.append(r"/np\.(mean|std|min|max|zeros_like|ones_like)/ LPAR OUTCOME RPAR")
    return ["observation: OUTCOME", "summary: " + " | ".join(summary)]


def _words(setting: Setting, begun: Begun, same_name: bool) -> list[str]:
    """The terminals that Pi fills.

    A variable's name is any that is taken by none, which the mask sees to; TOP has a place of its own where it is the
    name that the statement binds."""
    keys = [f"{escaped(t)}\\[(\"({any_of(k)})\"|'({any_of(k)})')\\]" for t, k in setting.tables]
    fresh = f"/\"{_NAME}\"|'{_NAME}'/"
    bears, outcome = same_name and begun.bears, escaped(setting.outcome)
    return [
        *terminals(outcome and f"data\\[(\"{outcome}\"|'{outcome}')\\]", top=bears),
        terminal("BUILTIN", setting.builtins),
        f"TABLE: /{'|'.join(keys)}/" if keys else f"TABLE: {NOTHING}",
        *([] if begun.bound or begun.called else [f"NEW: /{_NAME}/ & ~/{any_of(setting.forbidden)}/"]),
        f"FRESH: {fresh}",
        *([] if bears else [f"TOP: {fresh}"]),
    ]
