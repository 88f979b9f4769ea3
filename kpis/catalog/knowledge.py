"""Whether customers find the answer themselves."""

from kpis.catalog.facts import ARTICLE_VIEWS, ARTICLE_VOTES
from kpis.catalog.service import CASES_OPENED
from kpis.model import KPI, Better, Composition, Condition, During, Phasing, Unit, ratio

VIEWS = KPI(
    key="article_views",
    label="Articles read",
    unit=Unit.COUNT,
    better=Better.UP,
    help="How often articles of the knowledge base were read in the period.",
    department="service",
    fact=ARTICLE_VIEWS,
    clock=During(ARTICLE_VIEWS.c.day),
    formula="Σ views",
    phasing=Phasing.DAILY,
)

HELPFUL = KPI(
    key="article_helpful",
    label="Found helpful",
    unit=Unit.SHARE,
    better=Better.UP,
    help="Of the votes that readers gave in the period on whether an article helped, the share that said "
    "yes. Few readers vote.",
    department="service",
    fact=ARTICLE_VOTES,
    clock=During(ARTICLE_VOTES.c.day),
    among=(Condition(ARTICLE_VOTES.c.votes > 0, "read without a vote"),),
    each=ARTICLE_VOTES.c.helpful,
    per=1,
    formula="helpful votes ÷ votes",
)

SELF_SERVICE = Composition(
    key="self_service",
    label="Articles read per case",
    unit=Unit.SCORE,
    better=Better.UP,
    help="A proxy for deflection: articles read ÷ cases opened in the period. Nobody knows which readers "
    "would have opened a case, so watch its trend, not its level.",
    department="service",
    formula="articles read ÷ cases opened",
    parts=(VIEWS, CASES_OPENED),
    combine=ratio(VIEWS, CASES_OPENED),
    n_of="cases_opened",
    errors=("cases_opened",),
)

KNOWLEDGE = (VIEWS, HELPFUL, SELF_SERVICE)
