"""The base of every section of a specification."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from econ111.display import Shown


class Closed(Shown, BaseModel):
    """A section whose keys are all known and whose values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    def __str__(self) -> str:
        return repr(self)
