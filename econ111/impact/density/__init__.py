"""The call model's log density and its gradient, fused and compiled once for every evaluation.

The model is the one that `econ111.impact.call_model` states in PyMC; the tests hold both equal, value and gradient, on
every structure. Written out here because a person waits for compilation: these kernels are compiled once per machine,
whatever the data, and take an eighth of the time a step.

Volumes, dispositions and recording share no parameter, so that their posteriors are independent and each is sampled by
itself, with steps of its own size.

compiled        a kernel as a function that the sampler calls by its address, and its data as words in memory
special         log-gamma and digamma together
sums            sums of matrices and vectors as loops
layout          the free vector of a density and its named parts
priors          log prior densities of free values
counts          negative binomial and Dirichlet-multinomial terms, exact or bounded
volumes         calls per month and trust, with their kernel in volume_kernel
mix             dispositions
recording       unrecorded or abandoned calls
call            the three together
prior_draws     free vectors drawn from the priors
"""

from econ111.impact.density.mix import MixDensity
from econ111.impact.density.recording import ShareDensity
from econ111.impact.density.volumes import VolumeDensity

__all__ = ["MixDensity", "ShareDensity", "VolumeDensity"]
