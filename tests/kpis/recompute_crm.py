"""The CRM database as plain rows, read for recomputing KPIs without the copy and without `kpis`.

Everything here follows the words of `crm_data/warehouse/facts` and the help of the KPIs; nothing is
shared with the code that fills the copy. Slow and obvious on purpose.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from sqlalchemy import Engine, select

from crm_data.schema import metadata
from tests.warehouse.test_calendar import worked

Row = dict[str, Any]
TABLES = """
    organisation silence_thresholds regions teams users exchange_rates products campaigns spend
    touches campaign_members emails web_traffic social_mentions working_hours holidays
    accounts account_history contacts memberships leads opportunities opportunity_history
    invoices invoice_lines cases case_reopenings articles article_views
    surveys survey_invitations survey_answers activities loyalty loyalty_points
    stages quotes payments targets
""".split()
DAY = timedelta(days=1)


class Versions:
    """What a record was, by day: the last version of the day counts, the first one also before it."""

    def __init__(self) -> None:
        self._days: list[date] = []
        self._rows: list[Row] = []

    def add(self, day: date, row: Row) -> None:
        if self._days and self._days[-1] == day:
            self._rows[-1] = row
        else:
            self._days.append(day)
            self._rows.append(row)

    def at(self, day: date) -> Row | None:
        """The version in force at the end of the day; the first one where the day precedes them all."""
        return self._rows[max(bisect_right(self._days, day) - 1, 0)] if self._rows else None

    def known_at(self, day: date) -> Row | None:
        """The version in force at the end of the day; None before the first."""
        return self.at(day) if self._days and self._days[0] <= day else None

    @property
    def days(self) -> list[date]:
        return self._days


class Crm:
    """The tables, and the questions that every department asks of them."""

    def __init__(self, engine: Engine, today: date) -> None:
        self.today = today
        with engine.connect() as connection:
            self.rows: dict[str, list[Row]] = {
                name: [dict(row) for row in connection.execute(select(metadata.tables[name])).mappings()]
                for name in TABLES
            }
        settings = self.rows["organisation"][0]
        self._zone = ZoneInfo(settings["time_zone"])
        self._base = settings["base_currency"]
        self.fiscal_month = settings["fiscal_start_month"]
        self._rates = self._read_rates()
        self.lookup = {table: {row["id"]: row for row in rows} for table, rows in self.rows.items()}
        self.account_versions = self._versions("account_history", "account_id")
        self.deal_versions = self._versions("opportunity_history", "opportunity_id")

    def group(self, table: str, key: str) -> dict[int, list[Row]]:
        groups = defaultdict(list)
        for row in self.rows[table]:
            groups[row[key]].append(row)
        return groups

    def day(self, instant: datetime) -> date:
        """The organisation's day of an instant."""
        assert instant.tzinfo is not None
        return instant.astimezone(UTC).astimezone(self._zone).date()

    def worked(self, since: datetime, until: datetime) -> int:
        """The seconds between two instants on which the organisation was at work."""
        week = self.rows["working_hours"]
        hours = {row["weekday"]: (row["opens_minute"], row["closes_minute"]) for row in week}
        off = {row["day"] for row in self.rows["holidays"]}
        return worked(since, until, hours, off, self._zone)

    # Money -------------------------------------------------------------------------------------

    def flow_cents(self, amount: Decimal | None, currency: str | None, day: date) -> int | None:
        """At the latest daily rate on or before the day, rounded to the cent, halves away from zero."""
        if amount is None:
            return None
        if currency == self._base:
            return _cents(amount)
        days, rates = self._rates[currency, "daily"]
        return _cents(amount * rates[bisect_right(days, day) - 1])

    def stock_cents(self, amount: Decimal | None, currency: str | None, day: date) -> int | None:
        """At the plan rate of the fiscal year that the day is in."""
        if amount is None:
            return None
        if currency == self._base:
            return _cents(amount)
        rates = dict(zip(*self._rates[currency, "plan"], strict=True))
        year = day.year if day.month >= self.fiscal_month else day.year - 1
        return _cents(amount * rates[date(year, self.fiscal_month, 1)])

    def _read_rates(self) -> dict[tuple[str | None, str], tuple[list[date], list[Decimal]]]:
        series: dict[tuple[str | None, str], tuple[list[date], list[Decimal]]] = defaultdict(lambda: ([], []))
        for row in sorted(self.rows["exchange_rates"], key=lambda row: row["valid_on"]):
            days, rates = series[row["currency"], row["kind"]]
            days.append(row["valid_on"])
            rates.append(row["rate"])
        return series

    # Dimensions --------------------------------------------------------------------------------

    def upwards(self, region_id: int | None) -> Iterator[Row]:
        """A region and those that it is in, up to the root."""
        while region_id is not None:
            region = self.lookup["regions"][region_id]
            yield region
            region_id = region["parent_id"]

    def region_name(self, region_id: int | None) -> str | None:
        """The sales region: the root of the tree that the region is in."""
        return next((region["name"] for region in reversed([*self.upwards(region_id)])), None)

    def country_of(self, region_id: int | None) -> str | None:
        return next((region["country"] for region in self.upwards(region_id) if region["country"]), None)

    def region_of_user(self, user: int | None) -> str | None:
        return None if user is None else self.region_name(self.lookup["users"][user]["region_id"])

    def name(self, table: str, key: int | None) -> str | None:
        return None if key is None else self.lookup[table][key]["name"]

    def team_of(self, user: int | None) -> str | None:
        return None if user is None else self.name("teams", self.lookup["users"][user]["team_id"])

    def customer(self, account: int | None, day: date) -> Row:
        """The dimensions of an account as they were on a day; all empty for no account. Without a region of
        its own it is in its owner's, without a country in its region's."""
        names = "account region own_region country segment industry size channel owner team".split()
        if account is None:
            return dict.fromkeys(names)
        now = self.lookup["accounts"][account]
        then = (self.account_versions.get(account) or Versions()).at(day) or now
        return {
            "account": account,
            "region": self.region_name(then["region_id"]) or self.region_of_user(then["owner_id"]),
            "own_region": self.region_name(then["region_id"]),
            "country": now["country"] or self.country_of(then["region_id"]),
            "segment": then["segment"],
            "industry": then["industry"],
            "size": now["size"],
            "channel": now["acquisition_channel"],
            "owner": then["owner_id"],
            "team": self.team_of(then["owner_id"]),
        }

    def product(self, product: int | None) -> Row:
        row = {"name": None, "family": None} if product is None else self.lookup["products"][product]
        return {"product": row["name"], "family": row["family"]}

    def _versions(self, table: str, key: str) -> dict[int, Versions]:
        kept: dict[int, Versions] = defaultdict(Versions)
        for row in sorted(self.rows[table], key=lambda row: (row["changed_at"], row["id"])):
            kept[row[key]].add(self.day(row["changed_at"]), row)
        return kept


def _cents(amount: Decimal) -> int:
    return int((amount * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def frame(rows: Iterable[Row], columns: Iterable[str]) -> pd.DataFrame:
    """Rows as objects, so that whole numbers stay whole and None stays None."""
    return pd.DataFrame(list(rows), columns=list(columns), dtype=object)


def only(rows: pd.DataFrame, test: Callable[..., bool], *columns: str) -> pd.DataFrame:
    """The rows whose values in these columns pass."""
    kept = [test(*values) for values in zip(*(rows[column] for column in columns), strict=True)]
    return rows.loc[np.array(kept, dtype=bool)]


@lru_cache(maxsize=8)  # each dimension is asked of the same rows
def counted(of: Callable[[Crm, Any], pd.DataFrame], crm: Crm, window: Any) -> pd.DataFrame:
    """What `of` counts in a window."""
    return of(crm, window)


def split(rows: pd.DataFrame, dimension: str) -> dict[object, pd.DataFrame]:
    """The rows of each member."""
    places: dict[object, list[int]] = {}
    for place, member in enumerate(rows[dimension]):
        places.setdefault(member, []).append(place)
    return {member: rows.iloc[found] for member, found in places.items()}


def known(value: object) -> bool:
    return value is not None
