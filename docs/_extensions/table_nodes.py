"""Tables, paragraphs and sections as Docutils nodes, for pages that are made from data."""

from __future__ import annotations

from collections.abc import Sequence

from docutils import nodes


def paragraph(text: str, *, kind: str = "") -> nodes.paragraph:
    """A paragraph, with a class for the style sheet if it has one.

    Examples
    --------
    >>> paragraph("by the gram").astext()
    'by the gram'
    """
    return nodes.paragraph("", text, classes=[kind] if kind else [])


def code(text: str) -> nodes.literal:
    """A name as it stands in a file."""
    return nodes.literal("", text)


def section(anchor: str, title: str, *content: nodes.Node) -> nodes.section:
    """A section with a title, for the page's table of contents."""
    return nodes.section("", nodes.title("", title), *content, ids=[nodes.make_id(anchor)])


def table(
    headings: Sequence[str], rows: Sequence[Sequence[Sequence[nodes.Node]]], *, widths: Sequence[int], kind: str
) -> nodes.table:
    """A table whose cells hold several paragraphs.

    Examples
    --------
    >>> made = table(["a", "b"], [[[paragraph("1")], [paragraph("2")]]], widths=[1, 1], kind="plain")
    >>> made.astext().split()
    ['a', 'b', '1', '2']
    """
    group = nodes.tgroup("", *(nodes.colspec(colwidth=width) for width in widths), cols=len(headings))
    group += nodes.thead("", _row([[paragraph(heading)] for heading in headings]))
    group += nodes.tbody("", *(_row(cells) for cells in rows))
    return nodes.table("", group, classes=[kind, "colwidths-given"])


def _row(cells: Sequence[Sequence[nodes.Node]]) -> nodes.row:
    return nodes.row("", *(nodes.entry("", *cell) for cell in cells))
