"""A plot as SVG that can stand inside a page: with a text alternative, and with names that no other SVG has.

Text stays text, in the page's font. Identifiers are prefixed, because two drawings on one page may not share them, and
the style sheet that Matplotlib adds is dropped, because inside a page it would apply to everything.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from markupsafe import Markup

from econ111.report.blocks import LegendEntry
from econ111.report.labels import clean

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Annotation
    from matplotlib.transforms import BboxBase

SVG_NAMESPACE = "http://www.w3.org/2000/svg"
_SVG = f"{{{SVG_NAMESPACE}}}"
_HREF = "{http://www.w3.org/1999/xlink}href"
POINTS_PER_INCH = 72
MARGIN_INCHES = 0.05
SWATCH_INCHES = (0.42, 0.17)
LETTERS = "Arial, Helvetica, sans-serif"
MEASURES = ("d", "x", "y", "points", "transform", "viewBox")
# Hundredths of a point are finer than any screen or printer.
_LONG_NUMBER = re.compile(r"-?\d+\.\d{3,}(?:e-?\d+)?")
_NO_TURN = re.compile(r"rotate\(-?0(?: [\d.-]+)*\)")


def draw_svg(
    plot: Callable[[Axes], Axes],
    *,
    key: str,
    title: str,
    summary: str,
    size: tuple[float, float],
    synthetic: bool = False,
) -> Markup:
    """Draw a plot as inline SVG, without its legend, which the page gives once per figure; see `draw_legend`.

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
        legend = axes.get_legend()
        if legend is not None:
            legend.remove()
        root = _inline(figure, key=key, around=_drawn(axes, figure, synthetic=synthetic))
    return _described(root, key=key, title=title, summary=summary)


def draw_legend(plot: Callable[[Axes], Axes], *, key: str) -> tuple[LegendEntry, ...]:
    """What a plot names, each with a swatch; the page sets them as text, so that they wrap on a narrow screen.

    Parameters
    ----------
    plot : callable
        Draws on the axes it is given and returns them.
    key : str
        As in `draw_svg`.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    from econ111.report.plots.style import STYLE

    with mpl.rc_context(STYLE | {"svg.hashsalt": key}):
        handles, labels = plot(Figure().subplots()).get_legend_handles_labels()
        entries = []
        for place, (handle, label) in enumerate(zip(handles, labels, strict=True)):
            figure = Figure(figsize=SWATCH_INCHES)
            figure.patch.set_alpha(0)
            figure.legend([handle], [""], loc="center", borderpad=0, borderaxespad=0, handletextpad=0, handlelength=2.8)
            entries.append(LegendEntry(clean(label), _swatch(_inline(figure, key=f"{key}-l{place}"))))
    return tuple(entries)


def _drawn(axes: Axes, figure: Figure, *, synthetic: bool) -> BboxBase:
    """Inches of what is drawn, with a margin; says first that the data are synthetic, where they are.

    Matplotlib, asked to find this out while it saves, draws everything once more.
    """
    from matplotlib.transforms import Bbox, TransformedBbox

    around = figure.get_tightbbox()
    if synthetic:
        below = around.y0 * POINTS_PER_INCH - axes.bbox.y0 * POINTS_PER_INCH / figure.dpi
        said = _say_synthetic(axes, below).get_window_extent()
        around = Bbox.union([around, TransformedBbox(said, figure.dpi_scale_trans.inverted())])
    return around.padded(MARGIN_INCHES)


def _say_synthetic(axes: Axes, below: float) -> Annotation:
    """Some points below the axes, under whatever stands there, at the right."""
    return axes.annotate(
        "Synthetic data",
        xy=(1, 0),
        xycoords="axes fraction",
        xytext=(0, below - 3),
        textcoords="offset points",
        fontsize=9,
        color="#595959",
        ha="right",
        va="top",
    )


def _inline(figure: Figure, *, key: str, around: BboxBase | None = None) -> ElementTree.Element:
    """The drawing as an element for a page: no style sheet, no fixed size, no name that another drawing has."""
    stream = io.BytesIO()
    nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    figure.savefig(stream, format="svg", bbox_inches=around, metadata=nothing)
    root = ElementTree.fromstring(stream.getvalue())
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in (f"{_SVG}style", f"{_SVG}metadata"):
                parent.remove(child)
    for element in root.iter():
        _rename(element, key)
    make_compact(root)
    for name in ("width", "height", "version"):
        root.attrib.pop(name, None)
    root.set("xmlns", SVG_NAMESPACE)
    root.set("font-family", LETTERS)
    return root


def _described(root: ElementTree.Element, *, key: str, title: str, summary: str) -> Markup:
    width = float(root.get("viewBox", "0 0 1 1").split()[2]) * 96 / POINTS_PER_INCH
    root.attrib |= {"role": "img", "aria-labelledby": f"{key}-title {key}-desc", "style": f"--natural:{width:.0f}px"}
    for place, (name, text) in enumerate((("title", title), ("desc", summary))):
        element = ElementTree.Element(name, {"id": f"{key}-{name}"})
        element.text = clean(text)
        root.insert(place, element)
    return Markup(ElementTree.tostring(root, encoding="unicode"))


def _swatch(root: ElementTree.Element) -> Markup:
    """A swatch stands beside its word, and says nothing more to a reader of the text."""
    root.attrib |= {"aria-hidden": "true", "class": "swatch"}
    return Markup(ElementTree.tostring(root, encoding="unicode"))


def make_compact(root: ElementTree.Element) -> None:
    """Take out what no reader sees: indentation, groups that hold nothing of their own, and endless decimals.

    Parameters
    ----------
    root : Element
        Changed in place; what is drawn, and its text, stay.

    Examples
    --------
    >>> drawing = ElementTree.fromstring('<svg><g> <g><path d="M 1.23456 -0.0001 "/></g> </g><defs> </defs></svg>')
    >>> make_compact(drawing)
    >>> ElementTree.tostring(drawing, encoding="unicode")
    '<svg><path d="M1.23 0" /></svg>'
    """
    for child in list(root):
        make_compact(child)
    kept: list[ElementTree.Element] = []
    for child in root:
        plain = child.tag in ("g", "defs") and not child.attrib
        kept += list(child) if plain and child.tag == "g" else [] if plain and not len(child) else [child]
    root[:] = kept
    for element in (root, *kept):
        element.text = element.text if (element.text or "").strip() else None
        element.tail = None
    _shorten(root)


def _shorten(element: ElementTree.Element) -> None:
    """Measures to two decimals and styles, without blanks; no turn by nothing, and letters named once, at the root."""
    for name in MEASURES:
        if name in element.attrib:
            text = _LONG_NUMBER.sub(lambda found: f"{round(float(found.group()), 2) + 0.0:g}", element.attrib[name])
            if name == "d":
                text = re.sub(r"\s*([A-Za-z])\s*", r"\1", text)
            element.attrib[name] = " ".join(_NO_TURN.sub("", text).split())
    if element.attrib.get("transform") == "":
        del element.attrib["transform"]
    if "style" in element.attrib:
        style = re.sub(r"([:;])\s+", r"\1", element.attrib["style"])
        element.attrib["style"] = re.sub(r"font-family:[^;]*;?", "", style)


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
