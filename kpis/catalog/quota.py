"""What was won, and may yet be, against what was to be won."""

from collections.abc import Mapping
from fractions import Fraction

from kpis.catalog.pipeline import OPEN_PIPELINE
from kpis.catalog.won import REVENUE_WON
from kpis.model import TARGET, Better, Combined, Composition, Unit

_ONE, _NOTHING = Fraction(1), Fraction(0)


def _attainment(totals: Mapping[str, Fraction]) -> Combined:
    terms = {"revenue_won": (_ONE, _NOTHING), TARGET: (_NOTHING, _ONE)}
    return Combined(totals["revenue_won"], totals.get(TARGET, _NOTHING), terms)


def _coverage(totals: Mapping[str, Fraction]) -> Combined:
    left = totals.get(TARGET, _NOTHING) - totals["revenue_won"]
    terms = {"open_pipeline": (_ONE, _NOTHING), "revenue_won": (_NOTHING, -_ONE), TARGET: (_NOTHING, _ONE)}
    why = None if left > 0 else "The target is met: nothing is left to win."
    return Combined(totals["open_pipeline"], left, terms, why=why)


QUOTA_ATTAINMENT = Composition(
    key="quota_attainment",
    label="Quota attainment",
    unit=Unit.SHARE,
    better=Better.UP,
    help="Revenue won against its target. A period that is not over is measured by the days gone: 100% is on "
    "course. Each region, team, product and representative has a target of its own; they need not add up.",
    department="sales",
    formula="revenue won ÷ its target",
    parts=(REVENUE_WON,),
    combine=_attainment,
    n_of="revenue_won",
    errors=(),
    additive=False,
    target=REVENUE_WON,
)

PIPELINE_COVERAGE = Composition(
    key="pipeline_coverage",
    label="Pipeline coverage",
    unit=Unit.SCORE,
    better=Better.UP,
    help="How many times the open pipeline covers what is still to be won: open at the end of the period ÷ "
    "target of the whole quarter that the end is in, less what was won in it so far.",
    department="sales",
    formula="open pipeline ÷ (target of the quarter - revenue won in it)",
    parts=(OPEN_PIPELINE, REVENUE_WON),
    combine=_coverage,
    n_of="open_pipeline",
    errors=(),
    may_be_empty=("revenue_won",),
    additive=False,
    over={"revenue_won": "quarter"},
    target=REVENUE_WON,
    target_of="quarter",
)

QUOTA = (QUOTA_ATTAINMENT, PIPELINE_COVERAGE)
