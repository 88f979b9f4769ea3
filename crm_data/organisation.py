"""The organisation's settings, as everything else needs them."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from crm_data.schema.organisation import organisation as settings


@dataclass(frozen=True)
class Organisation:
    name: str = "My organisation"
    time_zone: str = "UTC"
    week_start: int = 1  # ISO: 1 Monday … 7 Sunday
    fiscal_start_month: int = 1
    fiscal_calendar: str = "months"  # or 445
    base_currency: str = "EUR"
    locale: str = "en"
    demo: bool = False

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


def read_organisation(connection: Connection) -> Organisation:
    """The settings in the database, or the defaults of a database that has none yet."""
    row = connection.execute(select(settings)).mappings().first()
    if row is None:
        return Organisation()
    names = (
        "name",
        "time_zone",
        "week_start",
        "fiscal_start_month",
        "fiscal_calendar",
        "base_currency",
        "locale",
    )
    return Organisation(**{name: row[name] for name in names}, demo=row["demo_seed"] is not None)
