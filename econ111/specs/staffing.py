"""The keys of a line costed from the people up: names of parameters and of groups, never numbers."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from econ111.display import Shown

STAFFING = "staffing"


class Supplement(Shown, BaseModel):
    """The London supplement of one zone: its proportion of basic pay, its floor and its cap."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    share: str
    floor: str
    cap: str


class Staffing(Shown, BaseModel):
    """Bottom-up cost of the line, offered as the service-cost basis `staffing`.

    `queue` says whether callers wait for ever (Erlang C) or give up (Erlang A, with `patience`). `pay` and `band_share`
    name the bands, `supplements` and `zone_share` the zones of London, in the same words.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    label: str = "Staffing from the people up, each trust its own line"
    queue: Literal["erlang_c", "erlang_a"] = "erlang_c"
    handling_minutes: str = "line_handling_minutes"
    answer_target: str = "line_answer_target"
    patience: str = "line_caller_patience"
    calls_by_hour: str = "line_calls_by_hour"
    weekend_ratio: str = "line_weekend_ratio"
    least_on_duty: str = "line_least_on_duty"
    pay: dict[str, str] = Field(
        default={"band4": "afc_band4_2024_25", "band6": "afc_band6_2024_25", "band7": "afc_band7_2024_25"},
        min_length=1,
    )
    band_share: str = "line_staff_band"
    supplements: dict[str, Supplement] = Field(
        default={
            "inner": Supplement(share="hcas_inner_pct", floor="hcas_inner_min_2024_25", cap="hcas_inner_max_2024_25"),
            "outer": Supplement(share="hcas_outer_pct", floor="hcas_outer_min_2024_25", cap="hcas_outer_max_2024_25"),
        },
        min_length=1,
    )
    zone_share: str = "line_staff_zone"
    night_enhancement: str = "unsocial_night_saturday"
    sunday_enhancement: str = "unsocial_sunday_holiday"
    insurance_rate: str = "employer_ni_rate_2024_25"
    insurance_threshold: str = "employer_ni_threshold_2024_25"
    pension_rate: str = "employer_pension_2024_25"
    levy_rate: str = "apprenticeship_levy"
    paid_hours: str = "afc_hours_year"
    week_hours: str = "afc_hours_week"
    leave_days: str = "afc_leave_days"
    public_holidays: str = "afc_public_holidays"
    training_days: str = "line_training_days"
    sickness: str = "line_sickness_share"
    off_phone: str = "line_off_phone_share"
    overheads: str = "line_overhead_share"

    @property
    def groups(self) -> tuple[str, str, str]:
        """Groups of shares that are drawn together."""
        return self.calls_by_hour, self.band_share, self.zone_share

    @property
    def names(self) -> list[str]:
        """Every single parameter, those of Erlang A only where it is used."""
        roles = (
            "handling_minutes", "answer_target", "weekend_ratio", "least_on_duty", "night_enhancement",
            "sunday_enhancement", "insurance_rate", "insurance_threshold", "pension_rate", "levy_rate", "paid_hours",
            "week_hours", "leave_days", "public_holidays", "training_days", "sickness", "off_phone", "overheads",
        )  # fmt: skip
        supplements = [name for one in self.supplements.values() for name in (one.share, one.floor, one.cap)]
        return [*(getattr(self, role) for role in roles), self.patience, *self.pay.values(), *supplements]
