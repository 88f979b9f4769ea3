"""Exchange rates by hand: what one unit of a currency is worth on a day, in the organisation's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from babel import Locale
from sqlalchemy import Connection, Engine, select

from crm_data.audit import Row
from crm_data.edits.act import Act, acting
from crm_data.edits.errors import Invalid
from crm_data.edits.revise import Saved
from crm_data.organisation import read_organisation
from crm_data.schema.organisation import exchange_rates
from crm_data.schema.system import audit_log

_DEED = "add rate"
_EARLIEST = date(1970, 1, 1)
_AHEAD = timedelta(days=366)
_MOST = Decimal(10) ** 9
_DIGITS = Decimal("1e-9")  # as the column holds it


@dataclass(frozen=True)
class Entered:
    """A rate that somebody entered here and that is still as it was. `act`: to undo it."""

    act: int
    at: datetime
    actor: str
    currency: str
    day: date
    rate: Decimal


def add_rate(engine: Engine, typed: Mapping[str, Any], *, who: str | None = None) -> Saved:
    """Add a daily rate: `currency`, `valid_on` (a day or its ISO text) and `rate`.

    It holds from that day until the next one that is known. Raises Invalid, NotSaved, CrmUnavailable.
    """
    with acting(engine, _DEED, who=who) as act:
        values = _checked(act, typed)
        key = act.insert(exchange_rates, values | {"kind": "daily"})
        return Saved(key, act.key)


def entered_rates(connection: Connection, limit: int = 5) -> list[Entered]:
    """The last rates that were entered here, those that were undone or changed since left out."""
    log, rates = audit_log.c, exchange_rates.c
    made = (
        select(log.act, log.at, log.actor, rates.currency, rates.valid_on, rates.rate)
        .join(exchange_rates, rates.id == log.row_id)
        .where(log.table_name == exchange_rates.name, log.action == "create", log.deed == _DEED)
        .where(rates.version == 1)
        .order_by(log.id.desc())
        .limit(limit)
    )
    return [Entered(*row) for row in connection.execute(made)]


def _checked(act: Act, typed: Mapping[str, Any]) -> Row:
    """The values, or Invalid with a sentence for each field that makes no sense."""
    base = read_organisation(act.connection).base_currency
    problems: dict[str, str] = {}
    currency = str(typed.get("currency") or "").strip().upper()
    if currency not in Locale("en").currencies:
        problems["currency"] = "This is no currency. Write its three letters, such as USD."
    elif currency == base:
        problems["currency"] = f"{base} is the organisation's own currency: its rate is always 1."
    day = _day(typed.get("valid_on"))
    if day is None:
        problems["valid_on"] = "This is no day. Write it like 2026-11-21."
    elif not _EARLIEST <= day <= act.now.date() + _AHEAD:
        problems["valid_on"] = "This day is too early or too late for a rate."
    rate = _rate(typed.get("rate"))
    if rate is None:
        problems["rate"] = "This is no number. Write it like 0.9134."
    elif not 0 < rate <= _MOST:
        problems["rate"] = "A rate is more than 0, with nine decimals at most."
    if not problems:
        same = select(exchange_rates.c.rate).where(
            exchange_rates.c.kind == "daily",
            exchange_rates.c.currency == currency,
            exchange_rates.c.valid_on == day,
        )
        there = act.connection.scalar(same)
        if there is not None:
            problems["valid_on"] = f"{currency} has a rate for this day already: {there.normalize():f}."
    if problems:
        raise Invalid(problems)
    return {"currency": currency, "valid_on": day, "rate": rate}


def _day(value: Any) -> date | None:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value or "").strip())
    except ValueError:
        return None


def _rate(value: Any) -> Decimal | None:
    """A decimal, with a point or one comma; None where it is no finite number."""
    text = str(value or "").strip()
    if text.count(",") == 1 and "." not in text:
        text = text.replace(",", ".")
    if not text.isascii():
        return None
    try:
        rate = Decimal(text)
        return rate.quantize(_DIGITS) if rate.is_finite() and abs(rate) <= _MOST * 10 else None
    except InvalidOperation:
        return None
