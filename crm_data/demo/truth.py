"""KPIs by member of a dimension for one window, straight from the CRM's rows with plain pandas.

Each function gives a frame indexed by member with `value`, in the KPI's unit, and `n`, its rows.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pandas as pd
from sqlalchemy import Connection, Select, select

from crm_data.demo.plan import TIME_ZONE
from crm_data.demo.rates import BASE
from crm_data.schema import customers, marketing, organisation, sales, service


def churn_by_region(connection: Connection, start: date, end: date) -> pd.DataFrame:
    """Of the customers at the end of the day before `start`, the share lost before `end`."""
    member = customers.memberships.c
    spells = _read(connection, select(member.account_id, member.started_on, member.ended_on))
    spells = spells[~(spells["ended_on"] < spells["started_on"])].sort_values(["account_id", "started_on"])
    ends = spells["ended_on"].fillna(pd.Timestamp.max.floor("D").as_unit("s"))
    latest = ends.groupby(spells["account_id"]).cummax().groupby(spells["account_id"]).shift()
    run = (latest.isna() | (spells["started_on"] > latest)).cumsum()
    runs = (
        spells.assign(ended_on=ends)
        .groupby(run)
        .agg(account_id=("account_id", "first"), start=("started_on", "min"), end=("ended_on", "max"))
    )
    first, last = pd.Timestamp(start), pd.Timestamp(end)
    there = runs[(runs["start"] < first) & (runs["end"] >= first)]
    lost = (there["end"] < last).astype(float)
    return _mean(lost, there["account_id"].map(_sales_region(connection)))


def cost_by_channel(connection: Connection, start: date, end: date) -> pd.DataFrame:
    """Media cost in euro, to the cent per row, ÷ customers whose first purchase falls in the window."""
    cost, campaign = marketing.spend.c, marketing.campaigns.c
    rows = _read(
        connection,
        select(cost.amount, cost.currency, cost.spent_on, cost.channel, campaign.channel.label("of_campaign"))
        .select_from(marketing.spend.outerjoin(marketing.campaigns))
        .where(cost.kind == "media", cost.spent_on >= start, cost.spent_on < end),
    )
    paid = _euro(connection, rows, "spent_on").groupby(rows["channel"].fillna(rows["of_campaign"])).sum()
    first = _first_purchases(connection)
    new = first[(first >= pd.Timestamp(start)) & (first < pd.Timestamp(end))]
    account = customers.accounts.c
    channel = _read(connection, select(account.id, account.acquisition_channel)).set_index("id")
    bought = channel.loc[new.index, "acquisition_channel"].value_counts()
    return pd.DataFrame({"value": paid.astype(float) / bought, "n": bought}).dropna()


def cases_by_product(connection: Connection, start: date, end: date) -> pd.DataFrame:
    case, product = service.cases.c, sales.products.c
    joined = service.cases.outerjoin(sales.products)
    rows = _read(connection, select(case.opened_at, product.name).select_from(joined))
    here = _within(rows["opened_at"], start, end)
    count = rows.loc[here, "name"].value_counts()
    return pd.DataFrame({"value": count.astype(float), "n": count})


def satisfaction_by_segment(connection: Connection, start: date, end: date) -> pd.DataFrame:
    """Answers of 4 and 5 ÷ answers, the last for each case, by the account's segment on that day."""
    answer, survey = service.survey_answers.c, service.surveys.c
    rows = _read(
        connection,
        select(
            answer.id, answer.account_id, answer.survey_id, answer.case_id, answer.answered_at, answer.score
        )
        .join(service.surveys)
        .where(survey.kind == "CSAT", answer.score.is_not(None))
        .order_by(answer.answered_at, answer.id),
    )
    again = rows["case_id"].notna() & rows.duplicated(["survey_id", "case_id"], keep="last")
    rows = rows[~again & _within(rows["answered_at"], start, end) & rows["account_id"].notna()]
    satisfied = (rows["score"] >= 4).astype(float)
    return _mean(satisfied, _segment_then(connection, rows["account_id"], _day(rows["answered_at"])))


def cycle_by_team(connection: Connection, start: date, end: date) -> pd.DataFrame:
    """Mean days from opening to closing of the deals won, without those that make no sense."""
    deal, user, team = sales.opportunities.c, organisation.users.c, organisation.teams.c
    rows = _read(
        connection,
        select(deal.opened_on, deal.closed_on, team.name)
        .select_from(sales.opportunities)
        .join(organisation.users, user.id == deal.owner_id)
        .join(organisation.teams, team.id == user.team_id)
        .where(
            deal.status == "won",
            deal.closed_on >= start,
            deal.closed_on < end,
            deal.opened_on <= deal.closed_on,
        ),
    )
    return _mean((rows["closed_on"] - rows["opened_on"]).dt.days.astype(float), rows["name"])


def _read(connection: Connection, statement: Select) -> pd.DataFrame:  # type: ignore[type-arg]
    """The rows, with days and instants as pandas' own."""
    frame = pd.read_sql(statement, connection, coerce_float=False)
    for name, column in zip(frame.columns, statement.selected_columns, strict=True):
        kind = type(column.type).__name__
        if kind == "Date":
            frame[name] = pd.to_datetime(frame[name]).astype("datetime64[s]")
        elif kind == "UTCDateTime":
            frame[name] = pd.to_datetime(frame[name], utc=True)
    return frame


def _mean(values: pd.Series, member: pd.Series) -> pd.DataFrame:
    return values.groupby(member).agg(value="mean", n="count")


def _day(instants: pd.Series) -> pd.Series:
    """The day in the organisation's time zone."""
    return instants.dt.tz_convert(TIME_ZONE).dt.tz_localize(None).dt.normalize()


def _within(instants: pd.Series, start: date, end: date) -> pd.Series:
    day = _day(instants)
    return (day >= pd.Timestamp(start)) & (day < pd.Timestamp(end))


def _sales_region(connection: Connection) -> pd.Series:
    """The root of the tree that each account's region belongs to, by account."""
    region = organisation.regions.c
    tree = _read(connection, select(region.id, region.parent_id, region.name)).set_index("id")
    account = customers.accounts.c
    place = _read(connection, select(account.id, account.region_id)).set_index("id")["region_id"]
    while (above := place.map(tree["parent_id"])).notna().any():
        place = above.fillna(place)
    return place.map(tree["name"])


def _segment_then(connection: Connection, account: pd.Series, day: pd.Series) -> pd.Series:
    """The segment that each account was in on the day."""
    version = customers.account_history.c
    versions = _read(connection, select(version.account_id, version.changed_at, version.segment))
    versions = versions.assign(day=_day(versions["changed_at"])).sort_values(["day", "changed_at"])
    asked = pd.DataFrame(
        {"account_id": account.astype(versions["account_id"].dtype), "day": day.astype(versions["day"].dtype)}
    )
    asked = asked.reset_index().sort_values("day", kind="stable")
    found = pd.merge_asof(asked, versions[["account_id", "day", "segment"]], on="day", by="account_id")
    return found.set_index("index")["segment"].reindex(account.index)


def _first_purchases(connection: Connection) -> pd.Series:
    """By account: its first invoice, else its first deal won, else its first membership."""
    invoice, deal, member = sales.invoices.c, sales.opportunities.c, customers.memberships.c
    asked = (
        select(invoice.account_id, invoice.issued_on.label("day")).where(invoice.kind == "invoice"),
        select(deal.account_id, deal.closed_on.label("day")).where(deal.status == "won"),
        select(member.account_id, member.started_on.label("day")).where(
            member.ended_on.is_(None) | (member.ended_on >= member.started_on)
        ),
    )
    first = pd.Series(dtype="datetime64[s]")
    for statement in asked:
        known = _read(connection, statement).groupby("account_id")["day"].min()
        first = pd.concat([first, known[~known.index.isin(first.index)]])
    return first


def _euro(connection: Connection, rows: pd.DataFrame, day: str) -> pd.Series:
    """Amounts at the rate of their day, each rounded to the cent."""
    rate = organisation.exchange_rates.c
    first, last = rows[day].min(), rows[day].max() + timedelta(1)
    daily = _read(
        connection,
        select(rate.currency, rate.valid_on, rate.rate).where(
            rate.kind == "daily", rate.valid_on >= first.date(), rate.valid_on < last.date()
        ),
    )
    known = daily.set_index(["currency", "valid_on"])["rate"].to_dict()
    cent, one = Decimal("0.01"), Decimal(1)
    euro = [
        (amount * (one if currency == BASE else known[currency, on])).quantize(cent, ROUND_HALF_UP)
        for amount, currency, on in zip(rows["amount"], rows["currency"], rows[day], strict=True)
    ]
    return pd.Series(euro, index=rows.index)
