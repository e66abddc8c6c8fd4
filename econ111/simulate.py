"""Synthetic call data from a recipe, with the truth that made them.

A service is simulated from its causes, not from the model that will be fitted: calls that leave the physical line,
calls taken over from crisis lines, and new calls, each with its own volume and mix. What a trust then returns is
thinned as real returns are: whole months missing, few categories, small numbers hidden and counts rounded.

Negative binomial volumes use var = mean + mean**2 * relative_sd**2; rows of dispositions are Dirichlet-multinomial.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd
from pydantic import AfterValidator, Field, ValidationError, model_validator

from econ111.display import SYNTHETIC, Card, Shown
from econ111.errors import InputError
from econ111.specs.closed import Closed
from econ111.specs.schema import Disposition, Rule
from econ111.timeline import build_timeline
from econ111.toml_text import parse_toml

DISPOSITIONS: tuple[Disposition, ...] = ("ed", "ambulance", "primary_care", "crisis_mh", "self_care", "other")
LINES = ("physical", "mental")
Share = Annotated[float, Field(ge=0, le=1)]
Mix = dict[Disposition, Share]


def _sums_to_one(mix: Mix) -> Mix:
    if abs(sum(mix.values()) - 1) > 1e-6:
        raise ValueError(f"the shares add up to {sum(mix.values()):g}, not to 1")
    return mix


WholeMix = Annotated[Mix, AfterValidator(_sums_to_one)]


class RecipeTrust(Closed):
    """One trust: its size before launch, what the launch does, and what it returns."""

    code: str
    launch_date: date
    ramp_months: float = Field(gt=0)
    physical_calls: float = Field(gt=0)
    displaced_share: Share
    absorbed_calls: float = Field(ge=0)
    induced_calls: float = Field(ge=0)
    missing_months: dict[Literal["physical", "mental"], tuple[str, ...]] = Field(default_factory=dict)
    returns: tuple[str, ...] = DISPOSITIONS
    rule: Rule | None = None


class Recipe(Closed):
    """A synthetic service, whole. Rates are per month; mixes sum to 1 (`induced` may sum to less)."""

    seed: int
    first_month: date
    last_month: date
    season_amplitude: float
    yearly_growth: float
    level_sd: float
    relative_sd: float = Field(gt=0)
    mix_concentration: float = Field(gt=0)
    trust_mix_sd: float
    abandoned_share: Share
    transfer_share: Share
    unrecorded: dict[Literal["physical", "mental"], Share]
    physical_mix: WholeMix
    mental_mix: WholeMix
    crisis_line_mix: WholeMix
    induced_otherwise: Mix
    trusts: tuple[RecipeTrust, ...]

    @model_validator(mode="after")
    def _months_in_order(self) -> Recipe:
        if self.last_month < self.first_month:
            raise ValueError("last_month is before first_month; exchange them")
        return self


@dataclass(frozen=True, repr=False)
class SimulatedCalls(Shown):
    """What was returned (`calls`, in the template's long form) and what made it (`truth`, per estimand and trust)."""

    calls: pd.DataFrame
    truth: pd.DataFrame

    def _card(self) -> Card:
        tables = {
            "Calls in the form of the template": self.calls,
            "Truth: dispositions avoided, by estimand": self.truth,
        }
        facts = {
            "trusts": ", ".join(self.calls["trust"].unique()),
            "months": f"{self.calls['month'].min()} to {self.calls['month'].max()}",
        }
        return Card("Simulated calls, and the truth that made them", (SYNTHETIC,), facts, (), tables)


def load_recipe(path: Path) -> Recipe:
    """Read a recipe.

    Raises
    ------
    InputError
        When the file is not valid TOML or a key is missing, unknown or out of range.
    """
    try:
        return Recipe.model_validate(parse_toml(path.read_text(encoding="utf-8-sig")))
    except ValidationError as error:
        faults = [f"{path.name} ({'.'.join(map(str, fault['loc']))}): {fault['msg']}." for fault in error.errors()]
        raise InputError("\n".join(faults)) from error
    except (OSError, ValueError) as error:
        raise InputError(f"{path.name} cannot be read as a recipe: {error}.") from error


def simulate_calls(recipe: Recipe) -> SimulatedCalls:
    """Draw one synthetic service.

    Parameters
    ----------
    recipe : Recipe
        From `load_recipe`.

    Returns
    -------
    SimulatedCalls
        The same for the same recipe, whatever the machine's other work.
    """
    rng = np.random.default_rng(recipe.seed)
    months = pd.date_range(recipe.first_month, recipe.last_month, freq="MS")
    timeline = build_timeline(months, {trust.code: trust.launch_date for trust in recipe.trusts})
    pattern = _shared_pattern(recipe, timeline.days.values, timeline.year_angle.values, rng)
    rows: list[dict[str, Any]] = []
    truth: list[dict[str, Any]] = []
    for trust in recipe.trusts:
        at = timeline.sel(trust=trust.code)
        flows = _flows(trust, pattern, at.open_share.values, at.months_since_launch.values)
        mixes = {line: _trust_mix(recipe, line, rng) for line in LINES}
        truth += _truth(recipe, trust, flows, mixes)
        for line in LINES:
            expected = flows["with"] if line == "physical" else flows["mental"]
            rows += _returns(recipe, trust, line, expected, mixes[line], months, rng)
    return SimulatedCalls(pd.DataFrame(rows), pd.DataFrame(truth))


def _shared_pattern(recipe: Recipe, days: np.ndarray, angle: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Factor on every trust's monthly rate: growth, season, a wandering level and the month's length (month)."""
    years = np.arange(len(days)) / 12
    level = np.cumsum(np.append(0.0, rng.normal(0.0, recipe.level_sd, len(days) - 1)))
    log_rate = recipe.yearly_growth * years + recipe.season_amplitude * np.cos(angle) + level
    return np.asarray(np.exp(log_rate) * days * 12 / 365.25)


def _flows(trust: RecipeTrust, pattern: np.ndarray, open_share: np.ndarray, since: np.ndarray) -> dict[str, np.ndarray]:
    """Expected calls by origin (month)."""
    use = open_share * (1.0 - np.exp(-since / trust.ramp_months))
    without = trust.physical_calls * pattern
    displaced = without * trust.displaced_share * use
    absorbed, induced = trust.absorbed_calls * pattern * use, trust.induced_calls * pattern * use
    return {
        "without": without,
        "with": without - displaced,
        "displaced": displaced,
        "absorbed": absorbed,
        "induced": induced,
        "mental": displaced + absorbed + induced,
    }


def _trust_mix(recipe: Recipe, line: str, rng: np.random.Generator) -> np.ndarray:
    mix = recipe.physical_mix if line == "physical" else recipe.mental_mix
    share = _as_array(mix) * np.exp(rng.normal(0.0, recipe.trust_mix_sd, len(DISPOSITIONS)))
    return np.asarray(share / share.sum())


def _truth(
    recipe: Recipe, trust: RecipeTrust, flows: dict[str, np.ndarray], mixes: dict[str, np.ndarray]
) -> list[dict[str, Any]]:
    """Expected avoided dispositions over the whole period after launch, by estimand; positive is fewer."""
    before, mental = mixes["physical"], mixes["mental"]
    displaced, absorbed, induced, calls = (flows[name].sum() for name in ("displaced", "absorbed", "induced", "mental"))
    avoided = {
        "same_calls": calls * (before - mental),
        "displaced": displaced * (before - mental),
        "net_system": displaced * before
        + absorbed * _as_array(recipe.crisis_line_mix)
        + induced * _as_array(recipe.induced_otherwise)
        - calls * mental,
    }
    return [
        {"estimand": estimand, "trust": trust.code, "disposition": name, "avoided": value}
        for estimand, values in avoided.items()
        for name, value in zip(DISPOSITIONS, values, strict=True)
    ]


def _returns(
    recipe: Recipe,
    trust: RecipeTrust,
    line: str,
    expected: np.ndarray,
    mix: np.ndarray,
    months: pd.DatetimeIndex,
    rng: np.random.Generator,
) -> list[dict[str, Any]]:
    """Rows of the template for one trust and line, from its first month with calls."""
    rows: list[dict[str, Any]] = []
    missing = trust.missing_months.get(line, ())  # type: ignore[call-overload]
    for month, rate in zip(months, expected, strict=True):
        counts = _one_month(recipe, line, rate, mix, rng)
        if rate == 0.0:
            continue
        label = f"{month:%Y-%m}"
        for measure, count in counts.items():
            hidden = measure in (*DISPOSITIONS, "unrecorded") and label in missing
            if measure in DISPOSITIONS and measure not in trust.returns:
                continue
            value = "-" if hidden else _as_published(count, trust.rule)
            rows.append({"trust": trust.code, "month": label, "line": line, "measure": measure, "value": value})
    return rows


def _one_month(recipe: Recipe, line: str, rate: float, mix: np.ndarray, rng: np.random.Generator) -> dict[str, int]:
    shape = 1.0 / recipe.relative_sd**2
    answered = int(rng.poisson(rng.gamma(shape, rate / shape)))
    offered = answered + int(rng.negative_binomial(answered, 1 - recipe.abandoned_share) if answered else 0)
    unrecorded = int(rng.binomial(answered, recipe.unrecorded[line]))  # type: ignore[index]
    shares = rng.dirichlet(recipe.mix_concentration * mix)
    dispositions = rng.multinomial(answered - unrecorded, shares)
    transfers = int(rng.binomial(answered, recipe.transfer_share)) if line == "mental" else 0
    volumes = {"calls_offered": offered, "calls_answered": answered, "calls_abandoned": offered - answered}
    others = {"transfers_in": transfers, "unrecorded": unrecorded}
    return volumes | others | {name: int(n) for name, n in zip(DISPOSITIONS, dispositions, strict=True)}


def _as_published(count: int, rule: Rule | None) -> str:
    """A count as the trust prints it under its small-number rule."""
    if rule is None:
        return str(count)
    if count < rule.below and (count > 0 or rule.zero_included):
        return "*"
    if rule.rounding == "nearest":
        return str(int((count + rule.base // 2) // rule.base * rule.base))
    if rule.rounding == "up":
        return str(-(-count // rule.base) * rule.base)
    return str(count)


def _as_array(mix: Mix) -> np.ndarray:
    return np.array([mix.get(name, 0.0) for name in DISPOSITIONS])
