"""The base of every section of a specification."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Closed(BaseModel):
    """A section whose keys are all known and whose values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)
