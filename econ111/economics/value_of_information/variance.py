"""What learning would do to the uncertainty of a result, where there is no threshold and so no decision yet.

expected variance avoided = Var(result) - E[Var(result | what is learnt)] = Var(E[result | what is learnt])

It is estimated by how much better draws left out are predicted than by the mean alone, which noise cannot inflate.
Reference: Jackson C et al., Journal of the American Statistical Association 2019;114:1436.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import xarray as xr

from econ111.economics.value_of_information.basis import Basis, basis_of
from econ111.economics.value_of_information.draws import Table, read_groups, read_parameters
from econ111.economics.value_of_information.partial import smoother_of
from econ111.errors import InputError
from econ111.threads import one_thread


def variance_explained(
    result: np.ndarray | pd.Series | xr.DataArray | Sequence[float],
    learnt: Table,
    *,
    groups: Mapping[str, Sequence[str]] | Sequence[str] | None = None,
    basis: Basis | None = None,
) -> pd.DataFrame:
    """Share of the variance of a result that learning parameters, or the results of a study, is expected to take away.

    Parameters
    ----------
    result : array (sample,)
        Any quantity: attendances avoided, net cost.
    learnt : table
        (sample, parameter): parameters, or simulated results of a study as for `evsi`.
    groups, basis
        As for `evppi`.

    Returns
    -------
    DataFrame
        One row per group: group, variance_explained (share from 0 to 1), standard_error, spread_before and spread_after
        (standard deviations, in the unit of the result, before and expected after), draws, and the words of the basis.

    Raises
    ------
    InputError
        As `evppi`; and when the result is the same in every draw.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> x, y = rng.standard_normal((2, 20_000))
    >>> variance_explained(2 * x + y, {"x": x, "y": y})["variance_explained"].round(2).tolist()
    [0.8, 0.2]
    """
    column = np.asarray(result, dtype=float)
    if column.ndim != 1 or not np.isfinite(column).all() or column.size == 0 or column.min() == column.max():
        raise InputError("The result must be one finite number per draw, and not the same in all.")
    values, names = read_parameters(learnt, draws=len(column))
    centred = column - column.mean()
    total = float((centred**2).mean())
    rows = []
    with one_thread():
        for label, members in read_groups(groups, names).items():
            chosen = values[:, [names.index(name) for name in members]]
            share, error = share_explained(column, smoother_of(chosen).fit(centred[:, None]).held_out[:, 0])
            rows.append((label, share, error, np.sqrt(total), np.sqrt(total * (1 - share))))
    columns = ["group", "variance_explained", "standard_error", "spread_before", "spread_after"]
    table = pd.DataFrame(rows, columns=columns).sort_values("variance_explained", ascending=False, ignore_index=True)
    return basis_of(result, basis).on(
        table.assign(draws=len(column)), "Share of a result's variance that would be settled"
    )


def share_explained(column: np.ndarray, held_out: np.ndarray) -> tuple[float, float]:
    """Share of the variance of a column that a fit explains on draws it did not see, and its standard error.

    Parameters
    ----------
    column, held_out : array (sample,)
        Draws, and the fit of each by the others, about any centre.

    Examples
    --------
    >>> share_explained(np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 3.0]))[0]
    1.0
    """
    centred = column - column.mean()
    total = float((centred**2).mean())
    avoided = centred**2 - (centred - held_out + held_out.mean()) ** 2
    share = min(max(float(avoided.mean()) / total, 0.0), 1.0)
    return share, float(avoided.std(ddof=1)) / np.sqrt(len(column)) / total
