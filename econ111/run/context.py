"""What every step of a run needs, and the keys under which fits are stored."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import xarray as xr

from econ111.activity.reading import issue_table
from econ111.errors import InputError, Issue, nearest
from econ111.files import sha256_of
from econ111.inference import (
    Density,
    Diagnostics,
    Posterior,
    default_store,
    diagnose,
    sample_densities,
    sample_posterior,
    sampler_versions,
    stored_posterior,
)
from econ111.parameters import Catalogue, load_catalogue
from econ111.results import Evaluation, code_state
from econ111.run.linked_names import check_linked
from econ111.run.remembered import NO_MEMORY, Memory, memory_key
from econ111.specs.loading import load_spec
from econ111.specs.schema import Sampling, Spec

if TYPE_CHECKING:
    from econ111.inference import ModelBuilder

_PRIOR = "prior_"
_RULE = "verdict_"
_CHECK = "check_"
# Priors of what is computed from draws, not of the draws themselves.
_OUTSIDE = "attendance_"
_MODEL_CODE = (
    "impact/inputs.py", "impact/mix.py", "impact/volumes.py", "impact/observation.py", "impact/call_model.py",
    "impact/series*.py", "impact/calendar.py", "impact/walks.py", "impact/density/*.py", "inference/*.py",
    "timeline.py",
)  # fmt: skip


@dataclass(frozen=True)
class Context:
    """One run: what is evaluated, from which numbers, and how to speak of it."""

    spec: Spec
    spec_path: Path | None
    catalogue: Catalogue
    parameters_folder: Path | None
    store: Path | None
    use_store: bool
    accept_unconverged: bool
    announce: Callable[[str], None]
    progress: bool

    @property
    def sampling(self) -> Sampling:
        """Size and seed of the fit."""
        if self.spec.sampling is None:
            raise TypeError("a design that samples has a [sampling] section")
        return self.spec.sampling

    @property
    def priors(self) -> dict[str, float]:
        """Scales of the priors by name; those of the specification replace the shipped ones."""
        own = self.spec.model.priors if self.spec.model else {}
        names = [name for name in self.catalogue if name.startswith(_PRIOR)]
        shipped = {name.removeprefix(_PRIOR): self.catalogue[name].value for name in names}
        unknown = [f"{name!r}. {nearest(name, shipped)}" for name in own if name not in shipped]
        if unknown:
            raise InputError(f"[model.priors] has no prior named {' Nor '.join(unknown)}")
        return shipped | own

    @property
    def rules(self) -> dict[str, float]:
        """Thresholds of the verdicts by name."""
        return self._named(_RULE)

    @property
    def check_rules(self) -> dict[str, float]:
        """Thresholds and sizes of the checks of the model by name."""
        return self._named(_CHECK)

    def _named(self, prefix: str) -> dict[str, float]:
        names = [name for name in self.catalogue if name.startswith(prefix)]
        return {name.removeprefix(prefix): self.catalogue[name].value for name in names}

    def fit(self, build: ModelBuilder, data: xr.Dataset, keep: Sequence[str]) -> tuple[Posterior, list[str]]:
        """The posterior of a PyMC model of these data, from the store when nothing that it depends on has changed."""
        return self._stored(
            lambda: sample_posterior(build, self.sampling, keep=keep, progress=self.progress), fit_key(self, data, keep)
        )

    def fit_densities(
        self, densities: Callable[[], Sequence[Density]], data: xr.Dataset
    ) -> tuple[Posterior, list[str]]:
        """The posterior of independent densities of these data, from the store when nothing has changed."""
        return self._stored(
            lambda: sample_densities(densities(), self.sampling, progress=self.progress), fit_key(self, data)
        )

    def _stored(self, draw: Callable[[], Posterior], key: str) -> tuple[Posterior, list[str]]:
        folder = (self.store or default_store()) if self.use_store else None
        return stored_posterior(draw, key=key, folder=folder)

    def memory(self, data: xr.Dataset, files: Sequence[Path] = ()) -> Memory:
        """What earlier runs worked out from the same fit, specification, parameters and files."""
        folder = (self.store or default_store()) if self.use_store else None
        parts = [fit_key(self, data), self.spec.model_dump_json(), self.catalogue.checksum()]
        return Memory(folder, memory_key(*parts, files=files))

    def memory_of(self, found: Evaluation) -> Memory:
        """What earlier runs worked out from these very draws, whatever design they came from."""
        folder = (self.store or default_store()) if self.use_store else None
        record = {name: found.record[name] for name in ("seed", "spec", "checksums", "versions")}
        draws = (found.posterior, found.outcomes, found.costs, found.budget, found.parameter_draws)
        parts = [held[name].values for held in draws if held is not None for name in held.data_vars]
        return Memory(folder, memory_key(json.dumps([record, found.diagnostics], default=str), *parts))

    def diagnose(
        self, quantities: Callable[[], dict[str, np.ndarray]], posterior: Posterior, memory: Memory = NO_MEMORY
    ) -> Diagnostics:
        """Convergence of everything that is reported, as an earlier run found it or found now."""

        def figures() -> dict[str, pd.DataFrame]:
            found = diagnose(quantities(), posterior, rules=self.rules, accept=self.accept_unconverged)
            return {"diagnostics": pd.DataFrame([found.to_dict()])}

        table = memory.tables(f"diagnostics, accepted whatever they are: {self.accept_unconverged}", figures)
        row = table["diagnostics"].to_dict("records")[0]
        return Diagnostics(**{str(name): figure for name, figure in row.items()})


def make_context(
    evaluation: str | Path | Spec,
    *,
    folder: Path | None = None,
    parameters: Path | None,
    store: Path | None,
    use_store: bool,
    accept_unconverged: bool,
    announce: Callable[[str], None],
    progress: bool,
) -> Context:
    """What a run of an evaluation needs; see `econ111.run.evaluate` for the arguments."""
    spec, path = _spec_and_path(evaluation, folder)
    check_linked(spec, parameters)
    return Context(
        spec=spec,
        spec_path=path,
        catalogue=load_catalogue(parameters),
        parameters_folder=parameters,
        store=store,
        use_store=use_store,
        accept_unconverged=accept_unconverged,
        announce=announce,
        progress=progress,
    )


def _spec_and_path(evaluation: str | Path | Spec, folder: Path | None) -> tuple[Spec, Path | None]:
    """The specification, and a path beside which its data files lie when they do not ship."""
    if isinstance(evaluation, Spec):
        return evaluation, folder / f"{evaluation.study.name}.toml" if folder else None
    path = Path(evaluation)
    return load_spec(evaluation), path if path.suffix == ".toml" else None


def fit_key(context: Context, data: xr.Dataset, keep: Sequence[str] = ()) -> str:
    """Checksum of all that a fit depends on: design, data, priors, sampling, model code and package versions."""
    spec = context.spec
    shape = [spec.design, spec.model.model_dump_json() if spec.model else "", context.sampling.model_dump_json()]
    launches = [f"{trust.code} {trust.launch_date}" for trust in spec.trusts]
    launches += [str(spec.series.launch_date)] if spec.series else []
    priors = [f"{name} {value!r}" for name, value in sorted(context.priors.items()) if not name.startswith(_OUTSIDE)]
    return sha256_of(*shape, *launches, *priors, *sampler_versions(), *keep, *_content(data), *_model_code())


def silent(_stage: str) -> None:
    """Say nothing."""


def add_issues(found: pd.DataFrame, more: Sequence[Issue]) -> pd.DataFrame:
    """A table of issues with more at its end."""
    return pd.concat([found, issue_table(more)], ignore_index=True) if more else found


def checks_table(found: Diagnostics, rules: dict[str, float], extra: Sequence[dict[str, Any]] = ()) -> pd.DataFrame:
    """Convergence figures beside what is allowed, and further checks."""
    largest, least = rules["r_hat"], rules["effective_draws"]
    wanted = f"at least {least:.0f}"
    divergent = int(rules["divergent_share"] * found.draws)
    rows = [
        ("largest R-hat of what is reported", found.r_hat, f"at most {largest}", found.r_hat <= largest),
        ("least bulk effective draws", found.bulk_effective_draws, wanted, found.bulk_effective_draws >= least),
        ("least tail effective draws", found.tail_effective_draws, wanted, found.tail_effective_draws >= least),
        ("divergent transitions", float(found.divergences), f"at most {divergent}", found.divergences <= divergent),
    ]
    table = [
        {"check": name, "value": value, "allowed": allowed, "verdict": "pass" if good else "FAIL"}
        for name, value, allowed, good in rows
    ]
    return pd.DataFrame([*table, *extra])


def _content(data: xr.Dataset) -> list[bytes]:
    parts: list[bytes] = []
    for name in sorted(map(str, data.variables)):
        values = data[name].values
        parts += [
            name.encode(),
            values.tobytes() if values.dtype != object else "\0".join(map(str, values.ravel())).encode(),
        ]
    return parts


def _model_code() -> list[str]:
    """Text of every module on which draws may depend."""
    home = Path(__file__).resolve().parent.parent
    return [path.read_text(encoding="utf-8") for name in _MODEL_CODE for path in sorted(home.glob(name))]


def state_warnings(accepted: bool) -> tuple[str, ...]:
    """Warnings that belong in every record."""
    found = ["The fit broke a convergence rule and was accepted by the user."] if accepted else []
    found += ["The code was changed since its last commit."] if code_state()["changed"] == "yes" else []
    return tuple(found)
