"""Convergence of everything that is reported.

Rank-normalised split R-hat and bulk and tail effective sample size (Vehtari A et al., Bayesian Analysis 2021;16:667).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from econ111.errors import FitError
from econ111.inference.posterior import Posterior


@dataclass(frozen=True)
class Diagnostics:
    """Worst figures of a fit over its parameters and estimands, and why it cannot be used (empty when it can)."""

    r_hat: float
    bulk_effective_draws: float
    tail_effective_draws: float
    divergences: int
    draws: int
    chains: int
    worst: str
    failure: str = ""
    accepted: bool = False

    @property
    def usable(self) -> bool:
        """True when no rule was broken."""
        return not self.failure

    def to_dict(self) -> dict[str, Any]:
        """Every figure by name."""
        return asdict(self)


def diagnose(
    quantities: Mapping[str, np.ndarray], posterior: Posterior, *, rules: Mapping[str, float], accept: bool = False
) -> Diagnostics:
    """Convergence of a fit, judged on everything that is reported from it.

    Parameters
    ----------
    quantities : mapping of str to array (sample, ...)
        Estimands and parameters, by the name to print.
    posterior : Posterior
        Whose chains they come from.
    rules : mapping
        `r_hat` (largest), `effective_draws` (least) and `divergent_share` (largest share of draws).
    accept : bool
        Whether the caller accepts a fit that breaks a rule; every output is then marked.

    Returns
    -------
    Diagnostics

    Raises
    ------
    FitError
        When a rule is broken and the caller does not accept it, with the numbers and what to do.
    """
    figures = {name: _convergence(values, posterior.chains) for name, values in quantities.items()}
    r_hat = {name: figure[0] for name, figure in figures.items()}
    bulk = {name: figure[1] for name, figure in figures.items()}
    worst = max(r_hat, key=lambda name: r_hat[name])
    thinnest = min(bulk, key=lambda name: bulk[name])
    tail = min(figure[2] for figure in figures.values())
    allowed = int(rules["divergent_share"] * posterior.draws.sizes["sample"])
    divergent = posterior.divergences if posterior.divergences > allowed else 0
    failure = _failure(r_hat[worst], min(bulk[thinnest], tail), divergent, rules, (worst, thinnest))
    if failure and not accept:
        raise FitError(
            f"The fit has not converged: {failure}. Raise sampling.tune and sampling.draws in the specification, or "
            "look for a trust whose launch date is not right or whose data contradict themselves (econ111 check). "
            "--accept-unconverged uses it all the same and marks every output."
        )
    return Diagnostics(
        r_hat=r_hat[worst],
        bulk_effective_draws=bulk[thinnest],
        tail_effective_draws=tail,
        divergences=posterior.divergences,
        draws=posterior.draws.sizes["sample"],
        chains=posterior.chains,
        worst=f"{worst} (R-hat), {thinnest} (effective draws)",
        failure=failure,
        accepted=bool(failure) and accept,
    )


def _convergence(values: np.ndarray, chains: int) -> tuple[float, float, float]:
    """Worst R-hat, bulk and tail effective draws over every element that varies."""
    # The plain-array functions alone: the whole of ArviZ takes half a second more to load.
    from arviz_stats.base import array_stats

    flat = np.asarray(values).reshape(chains, values.shape[0] // chains, -1)
    if not np.isfinite(flat).all():
        return np.inf, 0.0, 0.0
    flat = flat[:, :, flat.std(axis=(0, 1)) > 0]
    if flat.shape[2] == 0:
        return 1.0, float(values.shape[0]), float(values.shape[0])
    axes = {"chain_axis": 0, "draw_axis": 1}
    r_hat = array_stats.rhat(flat, **axes)
    bulk, tail = (
        array_stats.ess(flat, method=method, prob=prob, **axes)
        for method, prob in (("bulk", None), ("tail", (0.05, 0.95)))
    )
    return float(np.max(r_hat)), float(np.min(bulk)), float(np.min(tail))


def _failure(
    r_hat: float, effective: float, divergences: int, rules: Mapping[str, float], names: tuple[str, str]
) -> str:
    found = []
    if not r_hat <= rules["r_hat"]:
        found.append(f"R-hat of {names[0]} is {r_hat:.3f}, allowed {rules['r_hat']}")
    if not effective >= rules["effective_draws"]:
        found.append(f"{effective:.0f} effective draws of {names[1]}, wanted {rules['effective_draws']:.0f}")
    if divergences:
        found.append(f"{divergences} divergent transitions")
    return "; ".join(found)
