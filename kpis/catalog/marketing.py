"""Marketing: from the first visit to what campaigns earned."""

from kpis.catalog.acquisition import ACQUISITION
from kpis.catalog.campaigns import CAMPAIGNS
from kpis.catalog.reach import REACH

MARKETING = (*ACQUISITION, *CAMPAIGNS, *REACH)
