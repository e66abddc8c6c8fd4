"""The glossary: what the report page defines, from the package, with the field's other terms from the page itself.

`{field-terms}` takes further entries in the form of Sphinx's own `glossary` and adds those of
`econ111.report.prose.glossary`. A term defined in both places is a warning, so that no second copy can come to be.
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from docutils.statemachine import StringList
from sphinx.domains.std import Glossary

from econ111.report.prose import glossary

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

SEVERAL = (", ", " and ")


def entry(term: str, text: str) -> list[str]:
    """Lines of one entry; a heading that names two terms becomes two terms with one definition.

    Examples
    --------
    >>> entry("Fewer, more", "Verdicts.")
    ['', 'Fewer', 'More', '   Verdicts.', '']
    """
    joint = next((mark for mark in SEVERAL if mark in term and len(term.split(mark)) == 2), None)
    terms = [part[0].upper() + part[1:] for part in term.split(joint)] if joint else [term]
    return ["", *terms, textwrap.indent(text, "   "), ""]


class FieldTerms(Glossary):
    """One sorted glossary out of the package's terms and those in the directive."""

    def run(self) -> list[nodes.Node]:
        """Add the package's entries to the content, then let Sphinx make the glossary."""
        lines = [line for term, text in glossary() for line in entry(term, text)]
        self.content = StringList([*self.content, *lines], source=self.env.docname)
        self.options["sorted"] = None
        return super().run()


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive."""
    app.add_directive("field-terms", FieldTerms)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
