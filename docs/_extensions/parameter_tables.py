"""The parameter catalogue: each file of `data/parameters/` as tables, made from the rows when the site is built.

`{parameter-file}` shows one file in groups, `{source-list}` the publications behind the rows. Every row has its name
as anchor, can be found by the search box, and is what a parameter's name in `code` anywhere on the site links to.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

import pandas as pd
from docutils import nodes
from docutils.parsers.rst import directives
from sphinx import addnodes
from sphinx.domains.std import StandardDomain
from sphinx.util.docutils import SphinxDirective
from table_nodes import code, paragraph, section, table

from econ111.parameters import Catalogue, Parameter, load_attendance_evidence, load_catalogue, load_payment_rules
from econ111.parameters.evidence import EVIDENCE_FILE
from econ111.parameters.payment_rules import PAYMENT_RULES_FILE
from econ111.report.numbers import percent
from econ111.resources import shipped_folder
from econ111.units import is_money

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment
    from sphinx.util.typing import ExtensionMetadata

PARAMETER, SOURCE = "parameter", "source"
HEADINGS = ("Parameter", "Value, unit, prices of", "Distribution", "Source, licence, confidence")
WIDTHS = (36, 18, 18, 28)
NOTICE = "NOTICE.md"
PRIOR = "prior_"
ABBREVIATIONS = {"ed": "ED", "nhscii": "NHS cost inflation index,", "mh": "mental health"}


@cache
def catalogue() -> Catalogue:
    """The shipped parameters, read once for a build."""
    return load_catalogue()


class ParameterFile(SphinxDirective):
    """Tables of one file; `:group:` names the field by which its rows are grouped."""

    required_arguments = 1
    option_spec: ClassVar = {"group": directives.unchanged}

    def run(self) -> list[nodes.Node]:
        """Sections of tables, after the licence's notice where the folder has one."""
        name = self.arguments[0]
        path = shipped_folder("data/parameters") / name
        if not path.is_file():
            return [paragraph(f"{name} is not installed here; its rows are under a licence of their own.")]
        self.env.note_dependency(str(path))
        if name == EVIDENCE_FILE:
            return self._evidence(path)
        if name == PAYMENT_RULES_FILE:
            return [self._payment_rules(path)]
        rows = [one for one in catalogue().parameters.values() if one.file == name]
        groups = grouped(rows, by=self.options.get("group", ""))
        if len(groups) == 1:
            return [*notice(path), _table([self._row(one) for one in rows])]
        made = [
            section(f"{path.stem}-{nodes.make_id(title)}", title, _table([self._row(one) for one in members]))
            for title, members in groups.items()
        ]
        return [*notice(path), *made]

    def _row(self, one: Parameter) -> list[list[nodes.Node]]:
        first = [self._anchor(one.name), paragraph(one.description)]
        first += [paragraph(one.note, kind="parameter-note")] if one.note else []
        prices = [paragraph(f"{one.price_year} prices")] if is_money(one.unit) and one.price_year else []
        prices += [paragraph(f"for {one.year}")] if one.year else []
        value = [paragraph(f"{one.value:,.10g}", kind="parameter-value"), paragraph(one.unit), *prices]
        spread = [paragraph(part.strip()) for part in one.describe()["uncertainty"].replace(", ", "\n", 1).splitlines()]
        return [first, value, spread, self._origin(one.sources, one.locator, one.licence, one.confidence)]

    def _evidence(self, path: Path) -> list[nodes.Node]:
        frame = load_attendance_evidence(path.parent)
        return [
            section(f"evidence-{what}", words(str(what)), _table([self._study(row) for _, row in rows.iterrows()]))
            for what, rows in frame.groupby("consequence", sort=False)
        ]

    def _study(self, row: pd.Series) -> list[list[nodes.Node]]:
        said = f"After {advice(str(row.disposition))}. {row.population}, {row.setting}, {row.year}."
        first = [self._anchor(str(row["name"])), paragraph(said), paragraph(str(row.note), kind="parameter-note")]
        known = f"{row.events:,.0f} of {row.n:,.0f} people"
        seen = known if row.n_published else f"number not printed; taken as {row.n:,.0f} people"
        hours = [paragraph(f"within {row.window_hours:,.0f} hours")] if pd.notna(row.window_hours) else []
        bias = f"bias on the logit: normal, mean {row.bias_logit_mean:g}, sd {row.bias_logit_sd:g}"
        value = [paragraph(percent(row.events / row.n), kind="parameter-value"), paragraph(seen), *hours]
        origin = self._origin(_keys(row.source), str(row.locator), str(row.licence), str(row.confidence))
        return [first, value, [paragraph(bias)], origin]

    def _payment_rules(self, path: Path) -> nodes.table:
        load_payment_rules(path.parent)  # checks the file, with every problem named
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
        return _table([self._payment_rule(row) for _, row in frame.iterrows()], first="Rule")

    def _payment_rule(self, row: pd.Series) -> list[list[nodes.Node]]:
        first = [self._anchor(f"{row['name']}_{row.first_year}", shown=str(row["name"])), paragraph(row.covers)]
        share = paragraph(row.variable_share or "not seen", kind="parameter-value")
        value = [share, paragraph("share of the price that follows activity in the year")]
        years = [paragraph(f"{row.first_year} to {row.last_year}"), paragraph(row.status)]
        origin = self._origin(_keys(row.source), row.locator, row.licence, row.confidence)
        return [[*first, paragraph(row.note, kind="parameter-note")], value, years, origin]

    def _anchor(self, name: str, *, shown: str = "") -> nodes.paragraph:
        """The row's name, where a link to it leads."""
        made = nodes.paragraph("", "", code(shown or name), ids=[name], classes=["parameter-name"])
        _domain(self.env).note_object(PARAMETER, name, name, location=self.get_location())
        return made

    def _origin(self, keys: Iterable[str], locator: str, licence: str, confidence: str) -> list[nodes.Node]:
        titles = [nodes.paragraph("", "", self._source(key)) for key in keys]
        return [*titles, paragraph(locator), paragraph(licence), paragraph(f"confidence: {confidence}")]

    def _source(self, key: str) -> nodes.Node:
        title = nodes.inline("", catalogue().sources[key].title)
        target = {"refdomain": "std", "reftype": SOURCE, "reftarget": key, "refexplicit": True, "refwarn": True}
        return addnodes.pending_xref("", title, refdoc=self.env.docname, **target)


class SourceList(SphinxDirective):
    """Every publication of `sources.toml`, by title."""

    def run(self) -> list[nodes.Node]:
        """One entry for each: publisher, year, licence, address, and where it was read if not there."""
        self.env.note_dependency(str(shipped_folder("data/parameters") / "sources.toml"))
        found = nodes.definition_list(classes=["sources"])
        for source in sorted(catalogue().sources.values(), key=lambda one: one.title.casefold()):
            term = nodes.term("", source.title, ids=[f"source-{source.key}"])
            _domain(self.env).note_object(SOURCE, source.key, f"source-{source.key}", location=self.get_location())
            about = [paragraph(f"{source.publisher}, {source.year}. Licence: {source.licence}.")]
            about.append(nodes.paragraph("", "", _address(source.url)))
            about += [paragraph(f"Where the figures were read: {source.seen}.")] if source.seen else []
            found += nodes.definition_list_item("", term, nodes.definition("", *about))
        return [found]


def grouped(rows: Iterable[Parameter], *, by: str) -> dict[str, list[Parameter]]:
    """Rows by the titles of their groups: shares that add up to one together, the others by one field.

    Examples
    --------
    >>> from econ111.parameters import example_parameter
    >>> rows = [example_parameter(name="mix.ed", unit="proportion"), example_parameter()]
    >>> list(grouped(rows, by="unit"))
    ['Shares that add up to one: mix', 'GBP per contact']
    """
    found: dict[str, list[Parameter]] = {}
    for row in rows:
        title = f"Shares that add up to one: {words(row.group).lower()}" if row.group else _title(row, by)
        found.setdefault(title or "Others", []).append(row)
    return found


def _title(row: Parameter, by: str) -> str:
    """Heading of the group to which a row belongs."""
    if by == "source":
        return "; ".join(catalogue().sources[key].title for key in row.sources)
    field = str(getattr(row, by)) if by else ""
    return f"Edition {field}" if by == "edition" else words(field)


def words(name: str) -> str:
    """A name of the code as the words of a heading.

    Examples
    --------
    >>> words("ed_attendance"), words("GBP per call")
    ('ED attendance', 'GBP per call')
    """
    text = " ".join(ABBREVIATIONS.get(part, part) for part in name.replace("_", " ").split(" "))
    return text[:1].upper() + text[1:]


def advice(disposition: str) -> str:
    """What came before a consequence, within a sentence.

    Examples
    --------
    >>> advice("ed"), advice("self_care"), advice("ed_attendance")
    ('ED advice', 'self-care advice', 'an ED attendance')
    """
    if disposition == "ed_attendance":
        return "an ED attendance"
    return f"{ABBREVIATIONS.get(disposition, disposition.replace('_', '-'))} advice"


def notice(path: Path) -> list[nodes.Node]:
    """The licence's notice that lies beside a file, whole; nothing where there is none."""
    beside = path.parent / NOTICE
    if not beside.is_file():
        return []
    heading, *parts = [" ".join(part.split()) for part in beside.read_text(encoding="utf-8").split("\n\n")]
    title = nodes.title("", f"{heading.lstrip('# ')}: CC BY-NC-SA 4.0")
    return [nodes.admonition("", title, *(paragraph(part) for part in parts), classes=["licence-notice"])]


def link_names(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Make every `code` that is a parameter's name, or a prior's without its prefix, a link to its row."""
    domain = _domain(app.env)
    for literal in list(doctree.findall(nodes.literal)):
        if isinstance(literal.parent, nodes.reference) or "parameter-name" in literal.parent.get("classes", []):
            continue
        text = literal.astext()
        found = domain.objects.get((PARAMETER, text)) or domain.objects.get((PARAMETER, PRIOR + text))
        if found is not None:
            address = f"{app.builder.get_relative_uri(docname, found[0])}#{found[1]}"
            link = nodes.reference("", "", literal.deepcopy(), refuri=address, internal=True)
            literal.parent.replace(literal, link)


def _table(rows: list[list[list[nodes.Node]]], *, first: str = HEADINGS[0]) -> nodes.table:
    return table((first, *HEADINGS[1:]), rows, widths=WIDTHS, kind="parameters")


def _address(url: str) -> nodes.Node:
    """A link; the name of a file of this project as it is."""
    return nodes.reference("", url, refuri=url, internal=False) if "://" in url else code(url)


def _keys(source: object) -> list[str]:
    return [key.strip() for key in str(source).split(";")]


def _domain(env: BuildEnvironment) -> StandardDomain:
    return cast("StandardDomain", env.get_domain("std"))


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directives, the kinds of object, and the links."""
    app.add_object_type(PARAMETER, PARAMETER, objname="parameter")
    app.add_object_type(SOURCE, SOURCE, objname="source of parameters")
    app.add_directive("parameter-file", ParameterFile)
    app.add_directive("source-list", SourceList)
    app.connect("doctree-resolved", link_names)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
