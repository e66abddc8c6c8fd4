"""Attendances themselves against a projected counterfactual (E4): the model, with every level integrated out.

    log(count[i, t] / days[t]) = level[i] + shared[t] + own[i, t] + common[t] + noise[i, t] - fall[i] * reached[i, t]
    shared[t]                  = walk[t] + slope * years[t] + season[t]

`walk` and `own` are random walks, `common` and `noise` are stationary with correlation `autocorrelation` ** months
apart. Control series have the same parts with scales of their own; their walk and slope have correlation
`control_correlation` with those of the outcome: one latent factor behind both, and a remainder. `fall` stands only in
the form with effects: Normal(mean fall, fall_trust_sd), partially pooled over trusts. `reached` is the share of its
final size that the service has reached: 1 - exp(-months since launch / ramp_months), or 1 for a step.

Everything but a handful of scales is normal, so that it is integrated out exactly. Series meet only in a few common
coordinates (the shared parts of each month, and the mean fall). With C their prior covariance, and M and b their
precision and score from all series, each by itself,

    log density = sum over series of normal log densities - log det(1 + C M) / 2 + b' (1 + C M)^-1 C b / 2

(the matrix inversion lemma). Series used in the same months share one inverse. Meant for counts of a hundred and more a
month. Reference: Durbin and Koopman, Time Series Analysis by State Space Methods (2012), chapters 2 and 3.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import expit, ndtr, ndtri

from econ111.impact.calendar import Start
from econ111.impact.priors import Priors
from econ111.impact.series_covariance import Setting, Values, common_prior, own_prior, reached_share, side_name
from econ111.impact.series_panel import Panel

Kind = Literal["scale", "share", "positive"]
# A scale is at least this part of its prior's, and no coordinate further out, so that no covariance is singular.
LEAST = 1e-3
FURTHEST = 7.0


@dataclass(frozen=True)
class Hyper:
    """One parameter that is sampled, by a coordinate that is standard normal beforehand.

    A `scale` is half-normal with scale `spread`; the logit of a `share` is Normal(centre, spread); a `positive` is
    log-normal with median `centre` and log sd `spread`.
    """

    name: str
    kind: Kind
    centre: float
    spread: float

    def value(self, free: np.ndarray) -> np.ndarray:
        """The parameter from its coordinate.

        Examples
        --------
        >>> Hyper("series_level_sd", "scale", 0.0, 0.1).value(np.array([0.0])).round(4)
        array([0.0675])
        """
        match self.kind:
            case "scale":
                return np.asarray(self.spread * (LEAST - ndtri(ndtr(-free) / 2)))
            case "share":
                return np.asarray(expit(self.centre + self.spread * free))
            case "positive":
                return np.asarray(self.centre * np.exp(self.spread * free))


@dataclass(frozen=True)
class Group:
    """Series of one side used in the same months and, with effects, launched alike.

    `members` (series); `months` used (month); `open_share` and `since` launch in those months; `scatter` is the sum of
    outer products of their log rates about the centre, `total` the sum of the log rates.
    """

    control: bool
    members: np.ndarray
    months: np.ndarray
    open_share: np.ndarray
    since: np.ndarray
    scatter: np.ndarray
    total: np.ndarray


@dataclass(frozen=True)
class SeriesModel:
    """The model of one panel: what is fixed, the parameters that are sampled, and its groups of series.

    `coordinates` are the common coordinates that some used cell depends on.
    """

    panel: Panel
    setting: Setting
    hypers: tuple[Hyper, ...]
    groups: tuple[Group, ...]
    coordinates: np.ndarray

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the sampled parameters."""
        return tuple(one.name for one in self.hypers)

    def values(self, free: np.ndarray) -> dict[str, np.ndarray]:
        """Parameters by name (sample) from coordinates (sample, parameter)."""
        return {one.name: one.value(free[:, place]) for place, one in enumerate(self.hypers)}


def build_series_model(panel: Panel, priors: Priors, *, effects: bool = False, start: Start = "step") -> SeriesModel:
    """The model of an outcome series.

    Parameters
    ----------
    panel : Panel
        From `build_panel`; with effects, from its `with_counted`.
    priors : mapping
        `level_sd`, `season_sd`, `trust_level_step_sd`, and those that begin with `series_` or `ramp_`.
    effects : bool
        Whether falls after launch are part of the model.
    start : {"step", "ramp"}
        How the service reaches its final effect.

    Returns
    -------
    SeriesModel
        Its parameters are `series_level_sd` (sd of a month's step of the shared walk), `series_relative_sd` (of a
        month's noise), `series_autocorrelation` (0 to 1); with several trusts `series_trust_level_sd` (steps of a
        trust's own walk) and `series_common_sd` (a month's shock to all); the same with `control_` for controls, and
        `control_correlation`; with effects `fall_trust_sd` and `ramp_months`.
    """
    setting = Setting(
        priors=priors,
        steps=panel.steps,
        waves=panel.waves,
        sides=1 + bool(panel.controls),
        effects=effects,
        start=start,
    )
    groups = _groups(panel, effects)
    reached = [group.months + len(panel.steps) * int(group.control) for group in groups]
    last = [setting.size - 1] if effects else []
    return SeriesModel(
        panel=panel,
        setting=setting,
        hypers=_hypers(panel, priors, effects, start),
        groups=groups,
        coordinates=np.unique(np.concatenate([*reached, last]).astype(int)),
    )


def log_density(model: SeriesModel, free: np.ndarray) -> np.ndarray:
    """Log posterior density of coordinates (sample, parameter), up to a constant; -inf where it has none."""
    with np.errstate(all="ignore"):
        within = np.clip(free, -FURTHEST, FURTHEST)
        found = log_likelihood(model, model.values(within)) - 0.5 * (free**2).sum(axis=1)
    return np.where(np.isfinite(found) & (within == free).all(axis=1), found, -np.inf)


def log_likelihood(model: SeriesModel, values: Values) -> np.ndarray:
    """Exact log marginal likelihood of the used log rates (sample)."""
    met = _meet(model, values, [group.total for group in model.groups])
    level = np.linalg.solve(met.spread, met.common @ met.score[:, :, None])[:, :, 0]
    found = 0.5 * np.einsum("sq,sq->s", met.score, level) - 0.5 * np.linalg.slogdet(met.spread)[1]
    for group, inverse in zip(model.groups, met.inverses, strict=True):
        # The inverse is at hand, and the determinant of the inverse is that of the covariance, turned over.
        size = np.linalg.slogdet(inverse)[1] - len(group.months) * np.log(2 * np.pi)
        found += 0.5 * (len(group.members) * size - np.tensordot(inverse, group.scatter))
    return np.asarray(found)


def weigh(model: SeriesModel, values: Values, seen: np.ndarray) -> np.ndarray:
    """Inverse covariance of all used cells times log rates about the centre (sample, series, month); 0 elsewhere."""
    cells = [seen[:, group.members[:, None], group.months] for group in model.groups]
    met = _meet(model, values, [each.sum(axis=1) for each in cells])
    level = np.linalg.solve(met.spread, met.common @ met.score[:, :, None])[:, :, 0]
    weight = np.zeros_like(seen)
    for group, inverse, each in zip(model.groups, met.inverses, cells, strict=True):
        shared = level[:, _places(model, group)]
        if _falls(model, group):
            shared = shared - reached_share(model.setting, values, group.open_share, group.since) * level[:, -1:]
        weight[:, group.members[:, None], group.months] = (each - shared[:, None]) @ inverse
    return weight


@dataclass(frozen=True)
class _Met:
    """Where series meet: `common` is C, `spread` 1 + C M, `score` b; `inverses` of each group's own covariance."""

    common: np.ndarray
    spread: np.ndarray
    score: np.ndarray
    inverses: list[np.ndarray]


def _meet(model: SeriesModel, values: Values, totals: list[np.ndarray]) -> _Met:
    """Precision and score of the common coordinates, given each group's sum of log rates ([sample,] month)."""
    common = common_prior(model.setting, values, model.coordinates)
    precision, score, inverses = np.zeros_like(common), np.zeros(common.shape[:2]), []
    for group, total in zip(model.groups, totals, strict=True):
        places, count = _places(model, group), len(group.members)
        inverse = np.linalg.inv(own_prior(model.setting, values, group))
        precision[:, places[:, None], places] += count * inverse
        score[:, places] += _rows(inverse, np.broadcast_to(total, (len(inverse), len(places))))
        inverses.append(inverse)
        if _falls(model, group):
            pull = -reached_share(model.setting, values, group.open_share, group.since)
            along = _rows(inverse, pull)
            precision[:, places, -1] += count * along
            precision[:, -1, places] += count * along
            precision[:, -1, -1] += count * (pull * along).sum(axis=1)
            score[:, -1] += (along * total).sum(axis=1)
    return _Met(common, np.eye(common.shape[1]) + common @ precision, score, inverses)


def _rows(matrices: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    """Each sample's matrix times its vector (sample, month)."""
    return np.asarray((matrices @ vectors[:, :, None])[:, :, 0])


def _places(model: SeriesModel, group: Group) -> np.ndarray:
    """Places of a group's months among the common coordinates in use."""
    return np.searchsorted(model.coordinates, group.months + len(model.panel.steps) * int(group.control))


def _falls(model: SeriesModel, group: Group) -> bool:
    """Whether the mean fall is part of what a group's series show."""
    return model.setting.effects and not group.control


def _hypers(panel: Panel, priors: Priors, effects: bool, start: Start) -> tuple[Hyper, ...]:
    found = []
    for control, count in ((False, len(panel.trusts)), (True, panel.controls)):
        scales = {"series_level_sd": "series_level_step_sd", "series_relative_sd": "series_relative_sd"}
        several = {"series_trust_level_sd": "trust_level_step_sd", "series_common_sd": "series_common_sd"}
        named = {} if count == 0 else scales if count == 1 else scales | several
        found += [Hyper(side_name(name, control), "scale", 0.0, priors[prior]) for name, prior in named.items()]
    centre, spread = priors["series_autocorrelation_logit"], priors["series_autocorrelation_logit_sd"]
    found.append(Hyper("series_autocorrelation", "share", centre, spread))
    if panel.controls:
        centre, spread = priors["series_control_logit"], priors["series_control_logit_sd"]
        found.append(Hyper("control_correlation", "share", centre, spread))
    if effects and len(panel.trusts) > 1:
        found.append(Hyper("fall_trust_sd", "scale", 0.0, priors["series_effect_trust_sd"]))
    if effects and start == "ramp":
        found.append(Hyper("ramp_months", "positive", priors["ramp_months"], priors["ramp_log_sd"]))
    return tuple(found)


def _groups(panel: Panel, effects: bool) -> tuple[Group, ...]:
    alike: dict[tuple[object, ...], list[int]] = {}
    for place in range(len(panel.names)):
        launch = (panel.open_share[place].tobytes(), panel.since[place].tobytes()) if effects else ()
        if panel.used[place].any():
            alike.setdefault((bool(panel.control[place]), panel.used[place].tobytes(), *launch), []).append(place)
    groups = []
    for members in alike.values():
        first = members[0]
        months = np.flatnonzero(panel.used[first])
        rates = panel.log_rate[np.ix_(members, months)] - panel.centre[members][:, None]
        groups.append(
            Group(
                control=bool(panel.control[first]), members=np.array(members), months=months,
                open_share=panel.open_share[first][months], since=panel.since[first][months],
                scatter=rates.T @ rates, total=rates.sum(axis=0),
            )
        )  # fmt: skip
    return tuple(groups)
