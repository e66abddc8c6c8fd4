"""Sampling, its diagnostics, and the store of fits: the only room that runs a sampler.

posterior     draws that passed the completeness check, with one `sample` dim: `chain` and `draw` stay in this room
sampling      a PyMC model's posterior, by PyMC's own sampler
densities     the posterior of independent densities written out as functions, by nutpie
nutpie_model  a log density in the form that nutpie takes
reweighting   draws weighted again under another prior or likelihood
diagnostics   convergence of what is reported
store         fits by the content of model, data and code, as netCDF with a checksum; never as a pickle
"""

from econ111.inference.densities import Density, sample_densities
from econ111.inference.diagnostics import Diagnostics, diagnose
from econ111.inference.posterior import Posterior
from econ111.inference.sampling import ModelBuilder, sample_posterior
from econ111.inference.store import default_store, sampler_versions, stored_posterior

__all__ = [
    "Density",
    "Diagnostics",
    "ModelBuilder",
    "Posterior",
    "default_store",
    "diagnose",
    "sample_densities",
    "sample_posterior",
    "sampler_versions",
    "stored_posterior",
]
