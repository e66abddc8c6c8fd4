"""The expected value of sample information: what the data of one study would be worth, before they are collected.

Draw by draw, the study is simulated from the parameters of the draw; net benefit is then regressed on what the study
would report (Strong M et al., Medical Decision Making 2015;35:570). The regression is the same as for parameters: a
study is worth what knowing its results is worth, and never more than knowing the parameters themselves.
"""

from __future__ import annotations

import pandas as pd

from econ111.display import as_table
from econ111.economics.value_of_information.basis import Basis
from econ111.economics.value_of_information.draws import Table, read_net_benefit, read_parameters
from econ111.economics.value_of_information.partial import evppi


def evsi(net_benefit: Table, results: Table, *, basis: Basis | None = None) -> pd.DataFrame:
    """Expected value of sample information, with its standard error and a check.

    Parameters
    ----------
    net_benefit : table or array
        As for `evppi`.
    results : table
        (sample, result): what the study would report, simulated once from each draw of the parameters: means, counts or
        proportions. Few and sufficient summaries serve best.
    basis : Basis, optional
        Comparator, price year, perspective and discounting, for draws that do not carry them.

    Returns
    -------
    DataFrame
        One row: evsi, standard_error, check, check_standard_error (in the unit of the net benefit, per decision),
        agrees, method, check_method, note, share_of_evpi, draws, and the words of the basis.

    Raises
    ------
    InputError
        As `evppi`.

    Examples
    --------
    One observation as noisy as the prior halves the variance: 0.399 * sqrt(1 / 2) = 0.282.

    >>> import numpy as np
    >>> rng = np.random.default_rng(1)
    >>> value = rng.standard_normal(50_000)
    >>> evsi(value, {"observed": value + rng.standard_normal(50_000)})["evsi"].round(2).item()
    0.28
    """
    values, names = read_parameters(results, draws=len(read_net_benefit(net_benefit).values))
    frame = pd.DataFrame(values, columns=names)
    table = evppi(net_benefit, frame, groups={"study": names}, basis=basis)
    found = table.rename(columns={"evppi": "evsi"}).drop(columns=["group", "parameters"])
    return as_table(found, "Worth of the data of a study (evsi), a decision")
