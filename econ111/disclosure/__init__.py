"""Keeping people out of published counts: small counts are hidden, others rounded, and none can be worked out.

rule       which rule an evaluation publishes by
margins    a table of counts with all its totals, and the sums that hold between them
hiding     which cells to hide so that no hidden count can be recovered from the others
recovery   what an attacker could learn: the bounds that the published numbers put on each hidden one
tables     a table of counts, protected
calls      the observed counts of an evaluation, protected
"""

from __future__ import annotations

from econ111.disclosure.calls import publishable_calls
from econ111.disclosure.recovery import recoverable_bounds
from econ111.disclosure.rule import DisclosureRule, publishing_rule
from econ111.disclosure.tables import Protected, protect

__all__ = ["DisclosureRule", "Protected", "protect", "publishable_calls", "publishing_rule", "recoverable_bounds"]
