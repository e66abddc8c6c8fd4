"""Settings of the documentation, built by `make docs`."""

from __future__ import annotations

import os
import sys
import tomllib
from pathlib import Path

import econ111

# Figures of executed pages are drawn into the page, whatever the surroundings choose for plots.
os.environ.pop("MPLBACKEND", None)

_TOP = Path(__file__).resolve().parents[1]
_PROJECT = tomllib.loads((_TOP / "pyproject.toml").read_text(encoding="utf-8"))["project"]
sys.path.insert(0, str(_TOP / "docs" / "_extensions"))

project = _PROJECT["name"]
author = _PROJECT["authors"][0]["name"]
project_copyright = author
release = econ111.__version__
language = "en-GB"
exclude_patterns = ["_build"]

extensions = ["sphinx.ext.autodoc", "sphinx.ext.autosummary", "sphinx.ext.napoleon", "sphinx.ext.viewcode", "myst_nb"]
extensions += ["field_terms", "mathml", "parameter_tables", "rooms"]

# Pages in MyST; those that begin with a kernel are run at every build. A cell that fails is a warning with its
# traceback, and `make docs` takes warnings for errors.
myst_enable_extensions = ["colon_fence", "dollarmath"]
myst_heading_anchors = 3
nb_execution_mode = "force"
nb_execution_show_tb = True
nb_execution_timeout = 300
nb_merge_streams = True

# The reference, from numpydoc docstrings.
autosummary_generate = False
autodoc_typehints = "none"
autodoc_member_order = "bysource"
napoleon_google_docstring = False
default_role = "py:obj"

html_theme = "pydata_sphinx_theme"
html_title = f"econ111 {release}"
html_math_renderer = "mathml"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_sourcelink = False
html_context = {"default_mode": "auto"}
html_theme_options = {
    "show_prev_next": False,
    "navbar_end": ["theme-switcher"],
    "secondary_sidebar_items": ["page-toc"],
    "header_links_before_dropdown": 7,
    "show_toc_level": 2,
}
