"""Everything that happened with one account, of all kinds together, newest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, FromClause, String, case, cast, func, literal, null, select

from crm_data.schema import metadata
from crm_data.schema.types import UTCDateTime

_t = metadata.tables


@dataclass(frozen=True)
class Event:
    """What happened: its kind and its own text; `day` in the organisation's time zone. `at` is known to the
    minute where the CRM records it. `contact`, `case`: keys of the records that it is about."""

    day: date
    at: datetime | None
    kind: str
    text: str | None
    amount: Decimal | None = None
    currency: str | None = None
    contact: int | None = None
    case: int | None = None


@dataclass(frozen=True)
class _Source:
    """Rows of a table that are events. `when`: their day or instant; `joined`: to get to the account."""

    kind: ColumnElement[Any]
    rows: FromClause
    when: ColumnElement[Any]
    account: ColumnElement[Any]
    text: ColumnElement[Any]
    amount: ColumnElement[Any] | None = None
    currency: ColumnElement[Any] | None = None
    contact: ColumnElement[Any] | None = None
    of_case: ColumnElement[Any] | None = None


def events(
    connection: Connection, account: int, zone: ZoneInfo, until: date, offset: int, limit: int
) -> tuple[int, list[Event]]:
    """How many events the account has up to a day, and a page of them."""
    found: list[Event] = []
    total = 0
    for source in _sources():
        within = (
            source.account == account,
            source.when.isnot(None),
            source.when < _after(source, until, zone),
        )
        total += connection.scalar(select(func.count()).select_from(source.rows).where(*within)) or 0
        shown = select(*_columns(source)).select_from(source.rows).where(*within)
        newest = shown.order_by(source.when.desc()).limit(offset + limit)
        found += [_event(row, zone) for row in connection.execute(newest)]
    found.sort(key=lambda event: (event.day, event.at or datetime.min.replace(tzinfo=UTC)), reverse=True)
    return total, found[offset : offset + limit]


def _columns(source: _Source) -> Iterator[ColumnElement[Any]]:
    yield source.when.label("when")
    yield source.kind.label("kind")
    yield source.text.label("text")
    for name in ("amount", "currency", "contact", "of_case"):
        column = getattr(source, name)
        yield (null() if column is None else column).label(f"its_{name}")


def _event(row: Any, zone: ZoneInfo) -> Event:
    when, kind, text, amount, currency, contact, of_case = row
    is_instant = isinstance(when, datetime)
    local = when.astimezone(zone) if is_instant else None
    return Event(local.date() if local else when, local, kind, text, amount, currency, contact, of_case)


def _after(source: _Source, until: date, zone: ZoneInfo) -> date | datetime:
    """What lies behind the day: the next one, or its first instant."""
    following = date.fromordinal(until.toordinal() + 1)
    is_instant = isinstance(source.when.type, UTCDateTime)
    return datetime.combine(following, time(), zone).astimezone(UTC) if is_instant else following


def _sources() -> Iterator[_Source]:
    yield from _log_and_mails()
    yield from _sales()
    yield from _service()
    member = _t["memberships"].c
    rows = _t["memberships"]
    terms = (member.monthly_amount, member.currency)
    yield _Source(literal("Contract began"), rows, member.started_on, member.account_id, member.plan, *terms)
    yield _Source(
        literal("Contract ended"), rows, member.ended_on, member.account_id, member.end_reason, *terms
    )
    card, points = _t["loyalty"].c, _t["loyalty_points"].c
    with_card = _t["loyalty_points"].join(_t["loyalty"], card.id == points.loyalty_id)
    said = func.coalesce(points.reason + " · ", "") + cast(points.points, String)
    yield _Source(literal("Points"), with_card, points.happened_on, card.account_id, said)


def _log_and_mails() -> Iterator[_Source]:
    log = _t["activities"].c
    yield _Source(
        log.kind,
        _t["activities"],
        log.happened_at,
        log.account_id,
        log.subject,
        contact=log.contact_id,
        of_case=log.case_id,
    )
    mail, person, campaign = _t["emails"].c, _t["contacts"].c, _t["campaigns"].c
    rows = (
        _t["emails"]
        .join(_t["contacts"], person.id == mail.contact_id)
        .outerjoin(_t["campaigns"], campaign.id == mail.campaign_id)
    )
    yield _Source(
        literal("campaign e-mail"), rows, mail.sent_at, person.account_id, campaign.name, contact=person.id
    )


def _sales() -> Iterator[_Source]:
    deals, deal = _t["opportunities"], _t["opportunities"].c
    terms = (deal.account_id, deal.name, deal.amount, deal.currency)
    yield _Source(literal("Deal opened"), deals, deal.opened_on, *terms)
    closed = case((deal.status != "open", deal.closed_on))
    yield _Source(literal("Deal ") + deal.status, deals, closed, *terms)
    quote, invoice, paid = _t["quotes"].c, _t["invoices"].c, _t["payments"].c
    for words, when in (
        ("Quote sent", quote.sent_on),
        ("Quote accepted", quote.accepted_on),
        ("Quote declined", quote.declined_on),
    ):
        yield _Source(
            literal(words), _t["quotes"], when, quote.account_id, quote.number, quote.amount, quote.currency
        )
    lines = _t["invoice_lines"]
    amount = select(func.sum(lines.c.amount)).where(lines.c.invoice_id == invoice.id).scalar_subquery()
    yield _Source(
        func.replace(invoice.kind, "credit", "credit note"),
        _t["invoices"],
        invoice.issued_on,
        invoice.account_id,
        invoice.number,
        amount,
        invoice.currency,
    )
    with_invoice = _t["payments"].join(_t["invoices"], invoice.id == paid.invoice_id)
    yield _Source(
        literal("Payment"),
        with_invoice,
        paid.paid_on,
        invoice.account_id,
        invoice.number,
        paid.amount,
        invoice.currency,
    )


def _service() -> Iterator[_Source]:
    one = _t["cases"].c
    for words, when in (("Case opened", one.opened_at), ("Case resolved", one.resolved_at)):
        yield _Source(
            literal(words),
            _t["cases"],
            when,
            one.account_id,
            one.subject,
            contact=one.contact_id,
            of_case=one.id,
        )
    answer, survey = _t["survey_answers"].c, _t["surveys"].c
    rows = _t["survey_answers"].join(_t["surveys"], survey.id == answer.survey_id)
    yield _Source(
        literal("Survey answered"),
        rows,
        answer.answered_at,
        answer.account_id,
        survey.name,
        contact=answer.contact_id,
        of_case=answer.case_id,
    )
