"""Words of tables as Python holds them while a run works.

pandas keeps words in PyArrow's form where PyArrow is installed, which is small and quick for millions of rows. The
tables of a run have hundreds, and are read cell by cell: in that form a London evaluation from a stored fit takes a
twentieth longer.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

import pandas as pd


def python_strings() -> AbstractContextManager[Any]:
    """Tables made inside the `with` hold their words as Python does; their `dtype` is `str` either way."""
    return pd.option_context("mode.string_storage", "python")
