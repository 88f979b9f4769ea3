"""Making a demo: everything in its order, into the database, in one transaction."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
from sqlalchemy import Engine, func, select

from crm_data.demo import accounts as account_rows
from crm_data.demo import (
    alerts,
    billing,
    calendar,
    campaigns,
    contacts,
    deals,
    dirt,
    goals,
    knowledge,
    loyalty,
    mail,
    places,
    products,
    prospects,
    rates,
    service,
    spend,
    staff,
    surveys,
    touches,
    web,
)
from crm_data.demo.activities import activities
from crm_data.demo.customers import Customers, customers
from crm_data.demo.load import Loader
from crm_data.demo.plan import DEFAULT_EVENTS, DEFAULT_SEED, Plan, newest_day
from crm_data.demo.transaction import LOADED, Progress, whole
from crm_data.schema.system import imports

Tables = Iterator[tuple[str, pd.DataFrame]]
SMALLEST, LARGEST = 200, 50_000_000
_HISTORY_BATCH = 100_000  # deals
_ROWS_PER_EVENT, _FIXED_ROWS = 4.4, 100_000  # about; for the progress bar


def make_demo(
    engine: Engine,
    *,
    events: int = DEFAULT_EVENTS,
    today: date | None = None,
    seed: int = DEFAULT_SEED,
    replace: bool = False,
    progress: Progress = lambda _what, _share: None,
) -> dict[str, int]:
    """Fill an empty CRM database with a demo; gives the number of rows of each table.

    The same events, today and seed make the same rows. All of it is committed, or nothing.
    Raises DemoRefused where the database holds data, ValueError for a size that cannot be made.
    """
    if not SMALLEST <= events <= LARGEST:
        raise ValueError(f"A demo has {SMALLEST:,} to {LARGEST:,} e-mails, not {events:,}.")
    plan = Plan(events, today or newest_day(datetime.now(UTC)), seed)
    with engine.connect() as connection:
        last_import = connection.scalar(select(func.max(imports.c.id))) or 0
    with whole(engine, progress, replace=replace) as connection:
        loader = Loader(connection, engine.dialect.name, np.datetime64(plan.start), plan.now)
        expected = events * _ROWS_PER_EVENT + _FIXED_ROWS
        for table, frame in _tables(plan):
            progress(table, LOADED * min(loader.rows.total() / expected, 1.0))
            loader.write(table, frame)
        loader.write("imports", _import(plan, last_import + 1, loader.rows))
    progress("done", 1.0)
    return dict(loader.rows)


def _tables(plan: Plan) -> Tables:
    """Every table, those that others refer to first."""
    people = staff.staff(plan)
    regions = places.regions()
    rate = rates.exchange_rates(plan)
    converter = rates.Converter(rate)
    campaign = campaigns.campaigns(plan, people)
    cost = spend.spend(plan, campaign, converter)
    yield "organisation", staff.organisation(plan)
    yield "silence_thresholds", staff.silence_thresholds()
    yield "working_hours", calendar.working_hours()
    yield "holidays", calendar.holidays(plan)
    yield "regions", regions
    yield "teams", people.teams
    yield "users", people.users
    yield "exchange_rates", rate
    yield "products", products.products(plan)
    yield "campaigns", campaign.frame
    yield "spend", cost

    prospect = prospects.prospects(plan, regions, campaign, people)
    account = account_rows.accounts(plan, prospect)
    moved = account_rows.moves(plan, account, people)
    contact = contacts.people(plan, account)
    lead = prospects.leads(plan, prospect, account)
    yield "accounts", account_rows.accounts_table(plan, account, moved, converter, regions)
    yield "account_history", account_rows.history_table(account, moved)
    yield "contacts", contacts.contacts_table(plan, account, contact)
    yield "leads", lead

    customer = customers(plan, account, converter)
    deal, course = deals.table(plan, customer.drafts, account, contact, lead, people, converter)
    invoiced = billing.billing(plan, account, customer, converter)
    yield from _sales(plan, account, customer, deal, course, invoiced)
    yield "touches", touches.touches(plan, campaign, prospect, lead, account, deal)
    yield "campaign_members", touches.members(plan, campaign, lead, contact, account)
    del prospect

    served = service.service(plan, account, customer.months, contact, people)
    asked = surveys.answers(plan, account, customer.months, contact, served.cases, invoiced.invoices)
    yield from _service(plan, served, asked)
    yield "activities", activities(plan, lead, deal, served.cases, contact)
    yield "targets", _targets(plan, account, customer, deal, people, invoiced)
    yield "alert_rules", alerts.rules()
    yield "alert_events", alerts.events(plan, account, customer.stints, cost, asked.answers)
    del lead, deal, course, invoiced, served, asked
    yield "web_traffic", web.traffic(plan)
    yield "social_mentions", web.mentions(plan, campaign, np.datetime64(service.fault_from(plan)))
    for month in mail.emails(plan, campaign, contact, account):
        yield "emails", month
    yield "audit_log", _audit(plan)


def _sales(
    plan: Plan,
    account: pd.DataFrame,
    customer: Customers,
    deal: pd.DataFrame,
    course: deals.Course,
    invoiced: billing.Billing,
) -> Tables:
    yield "stages", deals.stages()
    yield "opportunities", dirt.dirty_deals(plan, deal)
    first_id = 1
    for first in range(0, len(deal), _HISTORY_BATCH):
        batch = np.arange(first, min(first + _HISTORY_BATCH, len(deal)))
        history = deals.history(plan, course, batch, deal["currency"])
        yield "opportunity_history", history.assign(id=np.arange(first_id, first_id + len(history)))
        first_id += len(history)
    yield "quotes", deals.quotes(plan, deal, course)
    yield "memberships", dirt.dirty_memberships(plan, customer.memberships)
    member, points = loyalty.loyalty(plan, customer.stints)
    yield "loyalty", member
    yield "loyalty_points", points
    yield "invoices", invoiced.invoices
    yield "invoice_lines", invoiced.lines
    yield "payments", invoiced.payments


def _service(plan: Plan, served: service.Service, asked: surveys.Answers) -> Tables:
    yield "cases", served.cases
    yield "case_reopenings", served.reopenings
    yield "case_comments", served.comments
    article = knowledge.articles(plan)
    yield "articles", article
    yield "article_views", knowledge.views(plan, article)
    yield "surveys", asked.surveys
    yield "survey_invitations", asked.invitations
    yield "survey_answers", asked.answers


def _targets(
    plan: Plan,
    account: pd.DataFrame,
    customer: Customers,
    deal: pd.DataFrame,
    people: staff.Staff,
    invoiced: billing.Billing,
) -> pd.DataFrame:
    drafts = customer.drafts
    won = drafts[drafts["won"] & (drafts["closed"] <= pd.Timestamp(plan.today))]
    region = np.array(list(places.REGIONS))[account["region"].to_numpy()[won["account"]]]
    owner = deal["owner_id"].to_numpy()[won.index]
    closed = pd.DataFrame(
        {
            "day": won["closed"],
            "euro": won["amount"],
            "region": region,
            "owner": owner,
            "team": np.array(staff.TEAM_NAMES)[people.team_of(owner)],
            "product": np.array(products.NAMES)[won["product"].to_numpy() - 1],
        }
    )
    first = invoiced.invoices.groupby("account_id")["issued_on"].min()
    return goals.targets(plan, closed, first.to_numpy().astype("datetime64[D]"))


def _audit(plan: Plan) -> pd.DataFrame:
    after = json.dumps({"demo_seed": plan.seed, "events": plan.events, "today": plan.today.isoformat()})
    return pd.DataFrame(
        {
            "id": [1],
            "at": [plan.now],
            "actor": ["demo"],
            "action": ["create"],
            "table_name": ["organisation"],
            "row_id": [1],
            "after": [after],
        }
    )


def _import(plan: Plan, number: int, rows: dict[str, int]) -> pd.DataFrame:
    """The demo counts as one import, so that a copy of the demo it replaced reads everything again."""
    return pd.DataFrame(
        {
            "id": [number],
            "source_system": ["demo"],
            "started_at": [np.datetime64(plan.start, "us")],
            "finished_at": [plan.now],
            "files": [json.dumps([])],
            "counts": [json.dumps(rows)],
            "actor": ["demo"],
        }
    )
