"""A plot as SVG that can stand inside a page: with a text alternative, and with names that no other SVG has.

Text stays text, in the page's font. Identifiers are prefixed, because two drawings on one page may not share them, and
the style sheet that Matplotlib adds is dropped, because inside a page it would apply to everything.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from markupsafe import Markup

from econ111.report.labels import clean

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SVG_NAMESPACE = "http://www.w3.org/2000/svg"
_SVG = f"{{{SVG_NAMESPACE}}}"
_HREF = "{http://www.w3.org/1999/xlink}href"
POINTS_PER_INCH = 72
SMALLEST_SCALE = 0.8


def draw_svg(
    plot: Callable[[Axes], Axes],
    *,
    key: str,
    title: str,
    summary: str,
    size: tuple[float, float],
    synthetic: bool = False,
) -> Markup:
    """Draw a plot as inline SVG.

    Parameters
    ----------
    plot : callable
        Draws on the axes it is given and returns them.
    key : str
        Letters, digits and hyphens, different for each drawing of a page.
    title, summary : str
        The text alternative: what it is, and what its numbers say.
    size : (float, float)
        Width and height in inches.
    synthetic : bool
        Whether to write so into the drawing, which may be copied without its page.

    Returns
    -------
    Markup
        An `svg` element, escaped and safe to place.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    from econ111.report.plots.style import STYLE

    with mpl.rc_context(STYLE | {"svg.hashsalt": key}), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        figure = Figure(figsize=size)
        axes = plot(figure.subplots())
        if synthetic:
            _say_synthetic(axes)
        stream = io.BytesIO()
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        figure.savefig(stream, format="svg", bbox_inches="tight", pad_inches=0.05, metadata=nothing)
    return _inline(stream.getvalue(), key=key, title=title, summary=summary)


def _say_synthetic(axes: Axes) -> None:
    axes.annotate(
        "Synthetic data",
        xy=(1, 0),
        xycoords="axes fraction",
        xytext=(0, -36),
        textcoords="offset points",
        fontsize=8.5,
        color="#595959",
        ha="right",
        va="top",
    )


def _inline(content: bytes, *, key: str, title: str, summary: str) -> Markup:
    root = ElementTree.fromstring(content)
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in (f"{_SVG}style", f"{_SVG}metadata"):
                parent.remove(child)
    for element in root.iter():
        _rename(element, key)
    width = float(root.get("viewBox", "0 0 1 1").split()[2]) * 96 / POINTS_PER_INCH
    for name in ("width", "height", "version"):
        root.attrib.pop(name, None)
    root.attrib |= {
        "role": "img",
        "aria-labelledby": f"{key}-title {key}-desc",
        "style": f"min-width:{width * SMALLEST_SCALE:.0f}px;max-width:{width:.0f}px",
        "xmlns": SVG_NAMESPACE,
    }
    for place, (name, text) in enumerate((("title", title), ("desc", summary))):
        element = ElementTree.Element(name, {"id": f"{key}-{name}"})
        element.text = clean(text)
        root.insert(place, element)
    return Markup(ElementTree.tostring(root, encoding="unicode"))


def _rename(element: ElementTree.Element, key: str) -> None:
    """Plain tag names, and every identifier and reference under this drawing's key."""
    element.tag = element.tag.removeprefix(_SVG)
    attributes = {}
    for name, value in element.attrib.items():
        if name == "id":
            if element.tag == "g":
                continue
            attributes[name] = f"{key}-{value}"
        elif name == _HREF:
            attributes["href"] = value.replace("#", f"#{key}-", 1) if value.startswith("#") else value
        else:
            attributes[name] = value.replace("url(#", f"url(#{key}-")
    element.attrib.clear()
    element.attrib.update(attributes)
