"""What the NHS 111 mental-health option changed, for whom, and at what cost to which budget.

The public face. Each name is fetched from its room when it is first used, so `import econ111` stays light: PyMC, ArviZ
and the plotting libraries load only when something needs them.

    import econ111 as e
    run = e.evaluate("london-2024")
    run
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from econ111.activity import check_file as check_file
    from econ111.activity import read_calls as read_calls
    from econ111.economics import budget_impact as budget_impact
    from econ111.economics import cost_consequence as cost_consequence
    from econ111.parameters import draw_parameters as draw_parameters
    from econ111.parameters import load_catalogue as load_catalogue
    from econ111.results import Evaluation as Evaluation
    from econ111.run import evaluate as evaluate
    from econ111.simulate import simulate_calls as simulate_calls
    from econ111.specs.loading import load_spec as load_spec
    from econ111.verification import verify as verify

__version__ = "0.1.0"

_ROOMS = {
    "evaluate": "econ111.run",
    "load_spec": "econ111.specs.loading",
    "read_calls": "econ111.activity",
    "check_file": "econ111.activity",
    "simulate_calls": "econ111.simulate",
    "load_catalogue": "econ111.parameters",
    "draw_parameters": "econ111.parameters",
    "cost_consequence": "econ111.economics",
    "budget_impact": "econ111.economics",
    "Evaluation": "econ111.results",
    "verify": "econ111.verification",
}

__all__ = [
    "Evaluation",
    "__version__",
    "budget_impact",
    "check_file",
    "cost_consequence",
    "draw_parameters",
    "evaluate",
    "load_catalogue",
    "load_spec",
    "read_calls",
    "simulate_calls",
    "verify",
]


def __getattr__(name: str) -> object:
    if name not in _ROOMS:
        raise AttributeError(f"econ111 has no {name!r}; its public names are: {', '.join(sorted(_ROOMS))}.")
    found = getattr(import_module(_ROOMS[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted(__all__)
