"""How figures look, and how they become SVG that is the same every time and can stand in a page.

The page's style sheet gives each of COLOURS a meaning of its own in light and dark: figures carry no style."""

import io
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from xml.etree import ElementTree

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

COLOURS = {
    "ink": "#1b1f24",
    "soft": "#656d76",
    "line": "#d0d7de",
    "band": "#dfe7f2",
    "main": "#2463b4",
    "bad": "#c6362c",
    "chain-1": "#2a6fbf",
    "chain-2": "#d9741a",
    "chain-3": "#16876f",
    "chain-4": "#9a56b8",
}
CHAINS = [COLOURS[f"chain-{number}"] for number in range(1, 5)]
WIDTH = 4.1  # inches: a column of the page, or a phone, shows it without making the text smaller
SVG = "{http://www.w3.org/2000/svg}"
LINK = "{http://www.w3.org/1999/xlink}href"
STYLE = {
    "svg.fonttype": "none",  # text stays text
    "text.parse_math": False,  # a name may hold a dollar sign
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": COLOURS["soft"],
    "axes.labelcolor": COLOURS["soft"],
    "axes.titlecolor": COLOURS["ink"],
    "axes.titlesize": 9,
    "axes.titlelocation": "left",
    "axes.linewidth": 0.8,
    "xtick.color": COLOURS["soft"],
    "ytick.color": COLOURS["soft"],
    "text.color": COLOURS["ink"],
    "lines.linewidth": 1.2,
    "legend.frameon": False,
    "figure.constrained_layout.use": True,
    "path.simplify_threshold": 0.5,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A drawing for the page. title: what it is. alt: what it shows, in words. note: how to read it."""

    title: str
    alt: str
    note: str
    svg: str


@contextmanager
def canvas(height: float, rows: int = 1) -> Iterator[tuple[Canvas, list[Axes]]]:
    """An empty figure, sizes in inches, and its axes."""
    with mpl.rc_context(STYLE), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing", UserWarning)  # the page's fonts have them
        figure = Canvas(figsize=(WIDTH, height))
        yield figure, list(figure.subplots(rows, 1, squeeze=False).flat)


def svg(figure: Canvas, name: str, label: str) -> str:
    """The figure as an <svg> element: no date, no style, no id but those that are used, which start with `name`."""
    text = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": name}):
        figure.savefig(text, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    root = ElementTree.fromstring(text.getvalue().encode())
    for parent in root.iter():
        for child in list(parent):
            if child.tag == f"{SVG}style" or not child.tag.startswith(SVG):
                parent.remove(child)
    _remove(root, f"{SVG}metadata")
    used = set(re.findall(r"""(?:href="|url\()#([^")]+)""", text.getvalue()))
    for element in root.iter():
        _tidy(element, used, name)
    width, height = root.attrib.pop("width"), root.attrib.pop("height")
    root.attrib.update({"role": "img", "aria-label": label, "class": "plot"})
    root.attrib["viewBox"] = f"0 0 {width.removesuffix('pt')} {height.removesuffix('pt')}"
    ElementTree.register_namespace("", SVG[1:-1])
    return ElementTree.tostring(root, encoding="unicode").replace(f' xmlns="{SVG[1:-1]}"', "", 1)


def _remove(root: ElementTree.Element, tag: str) -> None:
    for parent in root.iter():
        for child in parent.findall(tag):
            parent.remove(child)


def _tidy(element: ElementTree.Element, used: set[str], name: str) -> None:
    """Styles become attributes, which a page may restyle and a strict policy lets pass; ids become unique."""
    for part in element.attrib.pop("style", "").split(";"):
        key, _, value = part.partition(":")
        if key.strip() not in ("", "font", "font-family"):
            element.set(key.strip(), value.strip())
        elif key.strip() == "font" and (size := re.search(r"([\d.]+)px", value)):
            element.set("font-size", size[1])
    if (link := element.attrib.pop(LINK, None)) is not None:
        element.set("href", f"#{name}-{link[1:]}")
    if (clip := element.get("clip-path")) is not None:
        element.set("clip-path", clip.replace("url(#", f"url(#{name}-"))
    for key in ("d", "x", "y", "transform", "width", "height"):
        if key in element.attrib:
            element.set(key, re.sub(r"(\.\d\d)\d+", r"\1", element.attrib[key]))
    identity = element.attrib.pop("id", None)
    if identity in used:
        element.set("id", f"{name}-{identity}")
