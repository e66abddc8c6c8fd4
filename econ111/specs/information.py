"""What an evaluation says of better data: which, how much of them, and how long an answer would last."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from econ111.specs.closed import Closed


class ValueOfInformation(Closed):
    """What better data could be bought: parameters by name, sizes of studies, and how many draws to value them with.

    `linked` names the probabilities that linked records would show; a star stands for any advice or consequence. A cost
    of a study that is left out is not stated, and then nothing is subtracted. `separable_decisions` says that every
    trust decides for itself and none is touched by what another does; only then are trusts' values added up.
    """

    horizon: str
    implementation: str
    discount_rate: str
    reporting: str
    linkage_rate: str
    provider_spread: str
    linked: tuple[str, ...] = Field(min_length=1)
    providers: tuple[Annotated[int, Field(ge=1)], ...] = Field(min_length=1)
    months: tuple[Annotated[int, Field(ge=1)], ...] = Field(min_length=1)
    audit_calls: tuple[Annotated[int, Field(ge=1)], ...] = ()
    completed_return: bool = False
    separable_decisions: bool = False
    set_up_cost: str | None = None
    cost_per_provider: str | None = None
    cost_per_month: str | None = None
    draws: int = Field(default=8_000, ge=1_000)

    def named(self) -> dict[str, str]:
        """Every parameter that it uses, and what for."""
        uses: dict[str | None, str] = {
            self.horizon: "horizon of the value of information",
            self.implementation: "implementation in the value of information",
            self.discount_rate: "discounting of the value of information",
            self.reporting: "delay of a study in the value of information",
            self.linkage_rate: "size of a linked study",
            self.provider_spread: "spread between providers of a linked study",
            self.set_up_cost: "cost of a linked study",
            self.cost_per_provider: "cost of a linked study, for each provider",
            self.cost_per_month: "cost of a linked study, for each month",
        }
        return {name: use for name, use in uses.items() if name is not None}
