"""The reference of one room of the package, from its `__all__` and the docstrings.

`.. room:: econ111.economics` gives a table of the room's public names, then each in full: functions, classes with
their fields, values. `:elsewhere:` names rooms whose names are described on their own page and are only listed here.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from importlib import import_module
from typing import TYPE_CHECKING, ClassVar, TypeAliasType

from docutils.parsers.rst import directives
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

LONGEST_VALUE = 110


class Room(SphinxDirective):
    """Everything public of one module; `:names:` where a module has no `__all__`."""

    required_arguments = 1
    option_spec: ClassVar = {"names": directives.unchanged, "elsewhere": directives.unchanged}

    def run(self) -> list[nodes.Node]:
        """A table that leads to the descriptions below it, then the descriptions."""
        module = self.arguments[0]
        names = self.options.get("names", "").split() or public_names(module)
        others = {name for other in self.options.get("elsewhere", "").split() for name in public_names(other)}
        lines = directives_for(module, [name for name in names if name not in others])
        return self.parse_text_to_nodes(StringList(lines, source=f"{module}.__all__"))


def public_names(module: str) -> list[str]:
    """Names of `__all__`, functions first, then classes, then values; each kind in alphabetical order.

    Examples
    --------
    >>> public_names("econ111.disclosure")[0], public_names("econ111.disclosure")[-1]
    ('protect', 'Protected')
    """
    room = import_module(module)
    named = [name for name in room.__all__ if name != "__version__" and not _is_alias(getattr(room, name))]
    return sorted(named, key=lambda name: (_KINDS.index(kind_of(module, name)), name.casefold()))


def _is_alias(found: object) -> bool:
    """Whether it only names a type for signatures."""
    return isinstance(found, TypeAliasType)


def kind_of(module: str, name: str) -> str:
    """`function`, `class` or `data`, as autodoc calls them."""
    found = getattr(import_module(module), name)
    if inspect.isclass(found):
        return "exception" if issubclass(found, BaseException) else "class"
    return "function" if callable(found) else "data"


def directives_for(module: str, names: Iterable[str]) -> list[str]:
    """The table and the descriptions as lines of reStructuredText."""
    kinds = {name: kind_of(module, name) for name in names}
    made = [f".. currentmodule:: {module}", "", ".. autosummary::", "   :nosignatures:", ""]
    made += [f"   {name}" for name, kind in kinds.items() if kind != "data"] + [""]
    for name, kind in kinds.items():
        if kind == "data":
            made += [f".. py:data:: {name}", *_value_of(module, name), ""]
        else:
            made += [f".. auto{kind}:: {module}.{name}", *(["   :members:"] if kind == "class" else []), ""]
    return made


def _value_of(module: str, name: str) -> list[str]:
    """A value that fits on a line; a longer one is read in the source."""
    shown = repr(getattr(import_module(module), name))
    return [f"   :value: {shown}"] if len(shown) <= LONGEST_VALUE else []


_KINDS = ("function", "class", "exception", "data")


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive."""
    app.add_directive("room", Room)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
