"""The what-if panel of the page: the run's draws, thinned, priced again in the reader's browser.

Everything below the counts is linear in prices, so that means, intervals and probabilities under other unit costs, on
another basis of the service's cost or for one trust need the draws alone and no model. `payload` packs the draws,
`arithmetic` is what the browser does, written in Python, and `view` lays the panel out.
"""

from econ111.report.panel.arithmetic import Repriced, Settings, default_settings, reprice
from econ111.report.panel.payload import MOST_DRAWS, panel_payload, unpack
from econ111.report.panel.view import panel_block

__all__ = [
    "MOST_DRAWS",
    "Repriced",
    "Settings",
    "default_settings",
    "panel_block",
    "panel_payload",
    "reprice",
    "unpack",
]
