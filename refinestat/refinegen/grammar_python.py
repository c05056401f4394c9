"""What we change in SynCode's Python grammar: terminals as Python has them."""

import re

_PREFIX = "(?:[bf]?r|r[bf]|[ubf])?"
_DIGITS = "[0-9](?:_?[0-9])*"
_FRACTION = rf"(?:{_DIGITS}\.(?:{_DIGITS})?|\.{_DIGITS})"
_EXPONENT = f"e[-+]?{_DIGITS}"
REFINED = {  # in place of the rules of the same names
    "?stmt": "?stmt: simple_stmt | compound_stmt",
    "NAME": r"NAME: /[^\W\d]\w*/",
    "COMMENT": r"COMMENT: /#.*(\n[\t ]*)+/",
    "STRING": rf"""STRING: /{_PREFIX}("(?!"")(?:[^"\\\n]|\\.)*"|'(?!'')(?:[^'\\\n]|\\.)*')/is""",
    "LONG_STRING": rf"""LONG_STRING: /{_PREFIX}(\"""(?:[^\\]|\\.)*?\"""|'''(?:[^\\]|\\.)*?''')/is""",
    "number": "number: DEC_NUMBER | HEX_NUMBER | OCT_NUMBER | BIN_NUMBER | FLOAT_NUMBER | IMAG_NUMBER",
    "DEC_NUMBER": "DEC_NUMBER: /0(?:_?0)*|[1-9](?:_?[0-9])*/",
    "// IMAG_NUMBER.2": f"IMAG_NUMBER.3: /(?:{_FRACTION}(?:{_EXPONENT})?|{_DIGITS}(?:{_EXPONENT})?)j/i",
    "FLOAT_NUMBER.2": f"FLOAT_NUMBER.2: /{_FRACTION}(?:{_EXPONENT})?|{_DIGITS}{_EXPONENT}/i",
}
_ANY_PREFIX = "(?:[bBfF]?[rR]|[rR][bBfF]|[uUbBfF])?"
_ASCII_BUT_LETTERS = r"\x00-\x40\x5b-\x5e\x60\x7b-\x7f"
_ASCII_BUT_WORDS = r"\x00-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f"
_LONG = """{0}{0}{0}(?:{0}?{0}?(?:[^{0}\\\\]|\\\\(?:.|\n)))*{0}{0}{0}"""
AUTOMATA = {  # the same for automata, which know no look-ahead and see all bytes beyond ASCII as one letter
    "NAME": f"[^{_ASCII_BUT_LETTERS}][^{_ASCII_BUT_WORDS}]*",
    "COMMENT": r"#[^\n]*(?:\n[\t ]*)+",
    "_NL": r"(?:\r?\n[\t ]*|#[^\n]*\n[\t ]*)+",
    "STRING": _ANY_PREFIX + r"""(?:"(?:[^"\\\n]|\\(?:.|\n))*"|'(?:[^'\\\n]|\\(?:.|\n))*')""",
    "LONG_STRING": _ANY_PREFIX + "(?:" + _LONG.format('"') + "|" + _LONG.format("'") + ")",
}


def refined(grammar: str) -> str:
    """SynCode's Python grammar, with terminals as Python has them: escapes in strings, any letters in names, `1_000`;
    a doc string is a statement, not a comment; the word `eof` may not end a statement."""
    lines = grammar.splitlines()
    for name, line in REFINED.items():
        at = [i for i, old in enumerate(lines) if re.match(rf"{re.escape(name)} *:", old)]
        if len(at) != 1:
            raise RuntimeError(f"SynCode's Python grammar has {len(at)} rules {name}, expected 1")
        lines[at[0]] = line
    return "\n".join(lines)
