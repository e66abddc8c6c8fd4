"""Re-expressing the mental line's dispositions in the physical line's terms.

    mix in physical terms[d] = sum over c of mix[c] C[c, d]

C is row-stochastic: what the mental line records as c, the physical line would have recorded as d. Only a difference
between the lines biases what is avoided, so the physical line is the reference and all uncertainty is put on C: each
row is Dirichlet about its stated shares, worth `concentration` calls, and updated by calls that were coded both ways:

    C[c, .] ~ Dirichlet(concentration[c] * stated[c, .] + audit[c, .])

A share stated as 0 stays 0 unless the audit saw it. Calls without a counterpart count as `other`; above the share that
the evaluation allows outside its named dispositions, nothing is computed. Review of misclassified counts: Perez CJ et
al., RACSAM 2007;101:71.
"""

from __future__ import annotations

import numpy as np
import xarray as xr

from econ111.activity.crosswalk import TARGETS, UNMAPPED, Crosswalk
from econ111.activity.reading import DISPOSITIONS
from econ111.errors import InputError
from econ111.parameters import random_stream

REST = "other"
STAGE = "mental"


def draw_crosswalk(crosswalk: Crosswalk, *, samples: int, seed: int, audited: bool = True) -> xr.DataArray:
    """Draws of the matrix C.

    Parameters
    ----------
    crosswalk : Crosswalk
        From `read_crosswalk`.
    samples, seed : int
        Size and seed; each cell has a stream of its own, so that changing one row leaves the others.
    audited : bool
        Whether the double-coded calls are used.

    Returns
    -------
    DataArray (sample, category, disposition)
        Rows add up to 1, with the further disposition `unmapped`.
    """
    shapes = crosswalk.concentration[:, None] * crosswalk.shares + (crosswalk.audit if audited else 0.0)
    gammas = np.zeros((samples, *shapes.shape))
    for place, category in enumerate(DISPOSITIONS):
        for target, disposition in enumerate(TARGETS):
            if shapes[place, target] > 0:
                rng = random_stream(seed, f"crosswalk.{category}.{disposition}")
                gammas[:, place, target] = rng.standard_gamma(shapes[place, target], samples)
    coords = {"category": list(DISPOSITIONS), "disposition": list(TARGETS)}
    matrix = gammas / gammas.sum(axis=-1, keepdims=True)
    return xr.DataArray(matrix, dims=("sample", "category", "disposition"), coords=coords)


def re_expressed(shares: xr.DataArray, matrix: xr.DataArray) -> xr.DataArray:
    """Shares with the mental stage in the physical line's terms.

    Parameters
    ----------
    shares : DataArray (sample, stage, trust, disposition)
        Among recorded calls.
    matrix : DataArray (sample, category, disposition)
        From `draw_crosswalk`.

    Returns
    -------
    DataArray (sample, stage, trust, disposition)
        The stages of the physical line are as they were; what has no counterpart is `other`.
    """
    found = _in_other_terms(shares, matrix)
    kept = found.drop_sel(disposition=UNMAPPED)
    rest = found.sel(disposition=UNMAPPED, drop=True)
    kept = kept + xr.where(kept.disposition == REST, rest, 0.0)  # type: ignore[no-untyped-call]
    return shares.where(shares.stage != STAGE, kept.sel(disposition=shares.disposition)).transpose(*shares.dims)


def check_unmapped(shares: xr.DataArray, matrix: xr.DataArray, *, limit: float, file: str) -> None:
    """Refuse a crosswalk that leaves too much of a trust's dispositions outside the named ones.

    Parameters
    ----------
    shares, matrix
        As in `re_expressed`.
    limit : float
        Largest expected share, per trust, that may be `other` or have no counterpart; `data.max_other_share`.
    file : str
        Name of the crosswalk for the message.

    Raises
    ------
    InputError
        With the share of each trust above the limit.
    """
    outside = _in_other_terms(shares, matrix).sel(disposition=[REST, UNMAPPED]).mean("sample")
    total = outside.sum("disposition")
    over = [
        f"{trust} {float(total.sel(trust=trust)):.0%} "
        f"({float(outside.sel(trust=trust, disposition=UNMAPPED)):.0%} without a counterpart)"
        for trust in total.trust.values
        if float(total.sel(trust=trust)) > limit
    ]
    if over:
        raise InputError(
            f"{file}: more than {limit:.0%} of the mental line's dispositions end as 'other' or without a counterpart: "
            f"{', '.join(over)}. Map more of its categories, or raise data.max_other_share and say why in study.notes."
        )


def _in_other_terms(shares: xr.DataArray, matrix: xr.DataArray) -> xr.DataArray:
    """The mental stage's shares in physical terms (sample, trust, disposition), `unmapped` apart."""
    mental = shares.sel(stage=STAGE, drop=True).rename(disposition="category")
    found: xr.DataArray = xr.dot(mental, matrix.sel(category=mental.category), dim="category")
    return found
