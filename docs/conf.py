"""Settings of the documentation, built by `make docs`."""

from __future__ import annotations

import tomllib
from pathlib import Path

import econ111

_TOP = Path(__file__).resolve().parents[1]
_PROJECT = tomllib.loads((_TOP / "pyproject.toml").read_text(encoding="utf-8"))["project"]

project = _PROJECT["name"]
author = _PROJECT["authors"][0]["name"]
project_copyright = author
release = econ111.__version__
language = "en-GB"

extensions = ["myst_parser"]
myst_heading_anchors = 3
exclude_patterns = ["_build"]

html_theme = "pydata_sphinx_theme"
html_title = f"econ111 {release}"
html_show_sourcelink = False
html_theme_options = {
    "show_prev_next": False,
    "navbar_end": ["theme-switcher"],
    "secondary_sidebar_items": ["page-toc"],
}
html_sidebars = {"**": ["sidebar-nav-bs"]}
