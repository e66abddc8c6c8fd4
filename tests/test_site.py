"""The documentation as a site: it builds without a warning, every page can be reached, and no link is broken."""

from __future__ import annotations

import csv
import doctest
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

import econ111
from econ111.parameters import load_catalogue
from econ111.parameters.sources import SHARE_ALIKE
from econ111.report.prose import glossary

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
TABLES = ROOT / "data" / "parameters"
EXTENSIONS = DOCS / "_extensions"
BUILD_SECONDS = 900
# Rooms inside a room: what they hold is named by the room around them, or serves the package alone.
INNER_ROOMS = {
    "econ111.activity.national", "econ111.cli", "econ111.impact.density", "econ111.report.panel", "econ111.run",
}  # fmt: skip


def build(source: Path, out: Path) -> subprocess.CompletedProcess[str]:
    """Build a folder of pages with the settings of the site, warnings being errors."""
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = {**os.environ, "PYTHONPATH": path, "IPYTHONDIR": str(out.parent / "ipython")}
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-c", DOCS, "-b", "html", source, out]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=BUILD_SECONDS
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole site, built once."""
    out = tmp_path_factory.mktemp("site") / "html"
    done = build(DOCS, out)
    assert done.returncode == 0, done.stdout + done.stderr
    return out


@cache
def soup(path: Path) -> Any:
    """A page as read by Beautiful Soup, which comes with the theme and carries no types; each page once."""
    from bs4 import BeautifulSoup

    return BeautifulSoup(path.read_text(encoding="utf-8"), "lxml")


@cache
def anchors(path: Path) -> frozenset[str]:
    """Every place of a page that a link can name."""
    return frozenset(str(tag["id"]) for tag in soup(path).find_all(id=True))


def rooms_described() -> Iterator[tuple[str, str]]:
    """Module and name of everything that a page of the reference describes."""
    for page in sorted((DOCS / "api").glob("*.rst")):
        for module, options in re.findall(r"^\.\. room:: (\S+)\n((?: +:.*\n?)*)", page.read_text(), re.MULTILINE):
            named = re.search(r":names: (.*)", options)
            elsewhere = re.search(r":elsewhere: (.*)", options)
            others = {name for room in (elsewhere[1].split() if elsewhere else []) for name in public(room)}
            for name in named[1].split() if named else public(module) - others:
                yield module, name


def public(module: str) -> set[str]:
    """Names of `__all__`, the version apart."""
    return set(import_module(module).__all__) - {"__version__"}


def test_every_file_of_parameters_is_in_the_catalogue() -> None:
    """A file that no page shows is a number that nobody argues about."""
    shown = {
        name for page in (DOCS / "parameters").glob("*.md")
        for name in re.findall(r"\{parameter-file\} (\S+)", page.read_text(encoding="utf-8"))
    }  # fmt: skip
    assert shown == {path.relative_to(TABLES).as_posix() for path in TABLES.rglob("*.csv")}


def test_every_public_name_is_described_once() -> None:
    """Each object that a room names in `__all__` stands on one page of the reference, and on no second one."""
    found = [getattr(import_module(module), name) for module, name in rooms_described()]
    rooms = {"econ111"} | {one.name for one in walk_packages(econ111.__path__, "econ111.") if one.ispkg}
    wanted = {
        f"{room}.{name}": getattr(import_module(room), name)
        for room in sorted(rooms - INNER_ROOMS) if hasattr(import_module(room), "__all__")
        for name in public(room)
    }  # fmt: skip
    times = {name: sum(one is thing for one in found) for name, thing in wanted.items()}
    assert {name: count for name, count in times.items() if count != 1 and not isinstance(wanted[name], str)} == {}


def test_the_glossary_has_no_second_copy_of_the_pages_words() -> None:
    """The terms of the report page come from the package; the page of the site adds others and repeats none."""
    own = re.findall(r"^([A-Z][^\n]*)$", (DOCS / "glossary.md").read_text().split("{field-terms}")[1], re.MULTILINE)
    assert len(own) > 20
    assert not {term.lower() for term in own} & {term.lower() for term, _ in glossary()}


def test_no_page_asks_to_stand_outside_the_navigation() -> None:
    """Sphinx warns of a page that no list names, unless the page calls itself an orphan."""
    pages = [path for path in DOCS.rglob("*") if path.suffix in (".md", ".rst") and "_build" not in path.parts]
    assert [str(path) for path in pages if re.search(r"^:?orphan:", path.read_text(), re.MULTILINE)] == []


@pytest.mark.parametrize("name", sorted(path.stem for path in EXTENSIONS.glob("*.py")))
def test_the_examples_of_an_extension_hold(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The extensions of the site lie outside the package, so their examples are run here."""
    pytest.importorskip("sphinx")
    monkeypatch.syspath_prepend(str(EXTENSIONS))
    assert doctest.testmod(import_module(name), optionflags=doctest.NORMALIZE_WHITESPACE).failed == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("```{code-cell} python\n1 / 0\n```", "ZeroDivisionError"),
        (r"$$x = \nosuchcommand$$", "nosuchcommand"),
        (":::{field-terms}\nAvoided\n   Something else.\n:::", "duplicate term"),
    ],
)
def test_a_page_that_is_wrong_fails_the_build(body: str, said: str, tmp_path: Path) -> None:
    """A cell that raises, an equation that cannot be read, and a second definition are named, and there is no site."""
    source = tmp_path / "pages"
    source.mkdir()
    head = "---\nfile_format: mystnb\nkernelspec:\n  name: python3\n---\n\n# A page\n\n"
    (source / "index.md").write_text(head + body, encoding="utf-8")
    done = build(source, tmp_path / "html")
    assert done.returncode != 0
    assert said in done.stdout + done.stderr


@pytest.mark.slow
def test_every_page_is_reached_from_the_navigation(site: Path) -> None:
    """Following only the lists of pages, not links within sentences, leads from the first page to each."""
    left, reached = ["index.html"], set()
    while left:
        page = left.pop()
        if page in reached:
            continue
        reached.add(page)
        for menu in soup(site / page).find_all("nav"):
            links = [urlsplit(link["href"]) for link in menu.find_all("a", href=True)]
            places = [(site / page).parent / unquote(link.path) for link in links if link.path and not link.scheme]
            left += [place.resolve().relative_to(site.resolve()).as_posix() for place in places]
    sources = [path.relative_to(DOCS) for path in DOCS.rglob("*") if path.suffix in (".md", ".rst")]
    pages = {path.with_suffix(".html").as_posix() for path in sources if path.parts[0] != "_build"}
    assert sorted(pages - reached) == []


@pytest.mark.slow
def test_no_link_within_the_site_is_broken(site: Path) -> None:
    """Every address names a file that is there and, after the hash, a place in it."""
    pages = {path.resolve(): soup(path) for path in site.rglob("*.html")}
    places = {path.resolve(): anchors(path) for path in site.rglob("*.html")}
    broken = []
    for path, page in pages.items():
        for link in page.find_all("a", href=True):
            parts = urlsplit(link["href"])
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            wanted = unquote(parts.fragment)
            if not target.exists() or (wanted and wanted not in places.get(target, {wanted})):
                broken.append(f"{path.name}: {link['href']}")
    assert sorted(set(broken)) == []


@pytest.mark.slow
def test_the_site_needs_no_network(site: Path) -> None:
    """Scripts, style sheets and pictures lie beside the pages, which a hospital's machine may open from a folder."""
    outside = [
        f"{path.name}: {address}"
        for path in site.rglob("*.html")
        for tag in soup(path).find_all(["script", "link", "img", "iframe", "source"])
        if (address := str(tag.get("src") or (tag.get("href") if tag.name == "link" else "") or ""))
        and urlsplit(address).netloc
    ]
    assert outside == []


@pytest.mark.slow
def test_every_parameter_can_be_found_by_its_name(site: Path) -> None:
    """The name is an anchor on exactly one page; rows for non-commercial use stand on a page with their notice."""
    pages = {path.name: anchors(path) for path in (site / "parameters").glob("*.html")}
    where = {name: [page for page, made in pages.items() if name in made] for name in load_catalogue()}
    studies = list(csv.DictReader((TABLES / "attendance_evidence.csv").open(encoding="utf-8")))
    where |= {row["name"]: [page for page, made in pages.items() if row["name"] in made] for row in studies}
    assert {name: found for name, found in where.items() if len(found) != 1} == {}
    restricted = [name for name, one in load_catalogue().parameters.items() if one.licence in SHARE_ALIKE]
    assert restricted
    for page in {where[name][0] for name in restricted}:
        said = [note.get_text() for note in soup(site / "parameters" / page).find_all(class_="licence-notice")]
        assert any("NonCommercial-ShareAlike" in text for text in said), page


@pytest.mark.slow
def test_the_how_tos_show_figures_that_say_what_they_are(site: Path) -> None:
    """At least eight figures, each with words for those who do not see it; a page of made-up data says synthetic."""
    pages = {path.stem: soup(path).find("article") for path in (site / "how-to").glob("*.html")}
    figures = {name: page.select(".cell_output img") for name, page in pages.items() if name != "index"}
    assert sum(len(found) for found in figures.values()) >= 8
    wordless = [name for name, found in figures.items() for one in found if len(one.get("alt", "")) < 40]
    assert wordless == []
    for name in ("own-draws", "budget", "one-way", "information", "disclosure", "calls"):
        code = "".join(cell.get_text() for cell in pages[name].select(".cell_input"))
        assert code.count("Synthetic") == len(figures[name]), name
