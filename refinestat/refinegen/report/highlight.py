"""Python as highlighted HTML. The text of a program is untrusted: Pygments escapes every character of it."""

from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer


def highlighted(source: str) -> Markup:
    """Spans with the classes of Pygments; the page's style sheet colours them."""
    return Markup(highlight(source, PythonLexer(stripnl=False), HtmlFormatter(nowrap=True)))
