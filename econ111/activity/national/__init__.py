"""Readers of national publications, each with the defects that are known of it as entries in its table of issues.

One module to a publication. `sources` holds what they share: rows of a table by column name, and JSON whose every
fault names its place. Nothing is mended: a figure that contradicts another is kept, flagged, and both are shown.
"""

from econ111.activity.national.ae_types import read_ae_types
from econ111.activity.national.ambulance import read_ambulance
from econ111.activity.national.ecds_national import read_ecds_national
from econ111.activity.national.ecds_routes import read_ecds_routes
from econ111.activity.national.geography import read_borough_trusts, read_provider_icbs
from econ111.activity.national.iucadc_areas import read_iucadc_areas
from econ111.activity.national.iucadc_daily import read_iucadc_daily
from econ111.activity.national.mhsds import read_mhsds

__all__ = [
    "read_ae_types",
    "read_ambulance",
    "read_borough_trusts",
    "read_ecds_national",
    "read_ecds_routes",
    "read_iucadc_areas",
    "read_iucadc_daily",
    "read_mhsds",
    "read_provider_icbs",
]
