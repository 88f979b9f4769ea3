"""The stories planted in a demo, with their true figures, worked out from the rows with plain pandas.

Nothing here uses the copy or the KPI model, so that these figures can judge theirs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd
from sqlalchemy import Connection, Engine, select

from crm_data.demo import truth
from crm_data.demo.campaigns import DEAR_CAMPAIGN, DEAR_CHANNEL, dear_start
from crm_data.demo.pipeline import FAST_TEAM, fast_from
from crm_data.demo.plan import Plan
from crm_data.demo.products import FAULTY
from crm_data.demo.service import FAULTY_SEGMENT, fault_from
from crm_data.demo.subscriptions import CHURN_REGION
from crm_data.schema.system import audit_log

#: Gives `value` and `n` by member of the dimension, for a window.
Figures = Callable[[Connection, date, date], pd.DataFrame]


@dataclass(frozen=True)
class Plot:
    """What was planted: the KPI of one member of a dimension stands out in [start, end)."""

    title: str
    told: str
    kpi: str
    dimension: str
    member: str
    start: date
    end: date
    figures: Figures


@dataclass(frozen=True)
class Story(Plot):
    """`value` is the KPI's true value, `n` its rows; `earlier` is the value a year before.

    `typical` is the middle of what the dimension's other members have in [start, end).
    Values are in the KPI's unit: euro, days, counts, shares of 1.
    """

    value: float
    n: int
    earlier: float
    typical: float


class NoDemo(ValueError):
    """The database does not hold a demo."""


def stories(engine: Engine) -> list[Story]:
    """Every planted story with its true figures. Raises NoDemo where there is no demo."""
    with engine.connect() as connection:
        return [_told(plot, connection) for plot in plots(plan_of(connection))]


def plan_of(connection: Connection) -> Plan:
    """From what the demo in the database was made. Raises NoDemo where there is none."""
    made = select(audit_log.c.after).where(audit_log.c.actor == "demo", audit_log.c.action == "create")
    known = connection.scalars(made.order_by(audit_log.c.id)).first()
    if known is None:
        raise NoDemo("This CRM is not a demo: it has no planted stories.")
    return Plan(known["events"], date.fromisoformat(known["today"]), known["demo_seed"])


def plots(plan: Plan) -> list[Plot]:
    start, end = plan.quarter_start, plan.quarter_end
    last = end - timedelta(1)
    return [
        Plot(
            f"Churn rises in {CHURN_REGION}",
            f"From {start} on customers in {CHURN_REGION} leave more than twice as often.",
            *("churn_rate", "region", CHURN_REGION, start, end, truth.churn_by_region),
        ),
        Plot(
            f"{DEAR_CHANNEL} buys dear customers",
            f"The campaign “{DEAR_CAMPAIGN}” runs from {dear_start(plan)} to {last} instead of all "
            f"others in {DEAR_CHANNEL}, at several times their cost and for no more customers.",
            *("cac", "channel", DEAR_CHANNEL, dear_start(plan), end, truth.cost_by_channel),
        ),
        Plot(
            f"{FAULTY} ships with a fault: cases",
            f"Units shipped from {fault_from(plan)} on are faulty. {FAULTY_SEGMENT} customers open cases "
            f"about them until {last}.",
            *("cases_opened", "product", FAULTY, start, end, truth.cases_by_product),
        ),
        Plot(
            f"{FAULTY} ships with a fault: satisfaction",
            f"{FAULTY_SEGMENT} customers who had such a case are much less satisfied.",
            *("csat", "segment", FAULTY_SEGMENT, start, end, truth.satisfaction_by_segment),
        ),
        Plot(
            f"{FAST_TEAM} gets faster",
            f"Deals that the team opens from {fast_from(plan)} on take about half as long.",
            *("sales_cycle", "team", FAST_TEAM, start, end, truth.cycle_by_team),
        ),
    ]


def _told(plot: Plot, connection: Connection) -> Story:
    now = plot.figures(connection, plot.start, plot.end)
    before = plot.figures(connection, _year_before(plot.start), _year_before(plot.end))
    unknown = float("nan")
    return Story(
        **vars(plot),
        value=float(now["value"].get(plot.member, unknown)),
        n=int(now["n"].get(plot.member, 0)),
        earlier=float(before["value"].get(plot.member, unknown)),
        typical=float(now["value"].drop(plot.member, errors="ignore").median()),
    )


def _year_before(day: date) -> date:
    return day.replace(year=day.year - 1)
