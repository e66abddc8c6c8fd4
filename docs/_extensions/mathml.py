"""Equations as MathML, made when the site is built: no script, no font and no network when a page is read.

The converter is the one inside Docutils. It knows the common part of LaTeX; a command that it does not know is a
warning with its place, so that the build fails rather than a page showing half an equation.
"""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from docutils import nodes
from docutils.utils.math import MathError
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.util import logging

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata
    from sphinx.writers.html5 import HTML5Translator

logger = logging.getLogger(__name__)


def markup(latex: str, *, block: bool, location: nodes.Node | None = None) -> str:
    r"""One equation as MathML; its LaTeX as text, with a warning, when it cannot be read.

    Examples
    --------
    >>> "<mfrac>" in markup(r"\frac{1}{2}", block=False)
    True
    """
    try:
        return str(tex2mathml(latex, as_block=block))
    except MathError as error:
        logger.warning("equation not understood: %s in %r", error, latex, location=location, type="mathml")
        return html.escape(latex)


def visit_inline(self: HTML5Translator, node: nodes.math) -> None:
    """An equation within a sentence."""
    self.body.append(f'<span class="math">{markup(node.astext(), block=False, location=node)}</span>')
    raise nodes.SkipNode


def visit_block(self: HTML5Translator, node: nodes.math_block) -> None:
    """An equation of its own; where it is wider than the page it scrolls, also by keyboard."""
    box = self.starttag(node, "div", CLASS="math", tabindex="0", role="group", **{"aria-label": "Equation"})
    self.body.append(f"{box}{markup(node.astext(), block=True, location=node)}</div>\n")
    raise nodes.SkipNode


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the renderer under the name `mathml`."""
    app.add_html_math_renderer("mathml", inline_renderers=(visit_inline, None), block_renderers=(visit_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
