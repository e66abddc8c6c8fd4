"""What an outcome series could show, said before it is looked at: from the months before launch and the design alone.

The scales are fitted to cells before launch. The counterfactual then lies where those cells put it, and scatters as all
cells of the design, later months of the controls among them, will let it. An effect is noticed when the 95% interval of
the avoided count excludes zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import xarray as xr

from econ111.impact.priors import Priors
from econ111.impact.series_model import build_series_model
from econ111.impact.series_panel import Panel
from econ111.impact.series_posterior import fit_series
from econ111.impact.series_projection import project
from econ111.intervals import INTERVAL_LEVEL


@dataclass(frozen=True)
class Detectable:
    """The smallest effect that would be noticed with the given power, and the sd of the counterfactual behind it."""

    effect: float
    counterfactual_sd: float
    power: float


def detectable_effect(avoided_per_month: np.ndarray, *, power: float, level: float = INTERVAL_LEVEL) -> Detectable:
    """Smallest change a month that would be noticed, from the spread of the projected counterfactual alone.

    Parameters
    ----------
    avoided_per_month : array (sample)
        Mean over the counted months of the predicted count, or of that minus what was observed; only its spread is
        used.
    power : float
        Probability of noticing.
    level : float
        Level of the interval that must exclude zero.

    Returns
    -------
    Detectable
        `effect` = (z(1 - (1 - level) / 2) + z(power)) * sd.

    Examples
    --------
    >>> draws = np.random.default_rng(1).normal(0.0, 1.0, 100_000)
    >>> round(detectable_effect(draws, power=0.8).effect, 1)
    2.8
    """
    normal = NormalDist()
    factor = normal.inv_cdf(1 - (1 - level) / 2) + normal.inv_cdf(power)
    spread = float(np.std(avoided_per_month))
    return Detectable(effect=factor * spread, counterfactual_sd=spread, power=power)


def foreseen(
    panel: Panel, priors: Priors, *, tune: int, draws: int, chains: int, rng: np.random.Generator
) -> xr.Dataset:
    """Predicted counts a month over the counted months, from what was known before launch.

    Parameters
    ----------
    panel : Panel
        Cells of the design. No count of the outcome after launch enters, nor any value of a control after launch.
    priors : mapping
        As for `build_series_model`.
    tune, draws, chains, rng
        As for `fit_series`.

    Returns
    -------
    Dataset (sample)
        `per_trust` (sample, trust), the mean monthly count over the trust's own counted months; `total` (sample), the
        sum over trusts of all counted cells, divided by the number of months in which any was counted.
    """
    before = build_series_model(panel.before_launch(), priors)
    fit = fit_series(before, tune=tune, draws=draws, chains=chains, rng=rng)
    design = build_series_model(panel, priors)
    predicted = project(design, fit.values, rng, known=before).predicted_without
    return monthly_means(predicted, panel)


def monthly_means(counts: xr.DataArray, panel: Panel) -> xr.Dataset:
    """Mean monthly counts over counted cells, by trust and of all trusts; see `foreseen`.

    Parameters
    ----------
    counts : DataArray (sample, trust, month)
        Of the panel's trusts, in every month from the first launch on.
    panel : Panel
        Says which cells are counted.
    """
    chosen = counted_cells(panel)
    sums = counts.where(chosen, 0.0).sum("month")
    months = max(int(chosen.any("trust").sum()), 1)
    return xr.Dataset({"per_trust": sums / chosen.sum("month"), "total": sums.sum("trust") / months})


def counted_cells(panel: Panel) -> xr.DataArray:
    """True where the outcome is counted (trust, month), in every month from the first launch on."""
    rows = panel.counted[: len(panel.trusts), panel.first_open :]
    return xr.DataArray(
        rows, {"trust": list(panel.trusts), "month": panel.months[panel.first_open :]}, ("trust", "month")
    )
